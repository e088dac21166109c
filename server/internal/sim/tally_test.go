package sim

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/sim/oracle"
)

// tally adds up what the histories did.
type tally struct {
	runs int
	sum  oracle.Stats
}

func (t *tally) add(r result) {
	t.runs++
	s := r.stats
	t.sum.Syncs += s.Syncs
	t.sum.Verdicts += s.Verdicts
	t.sum.Aside += s.Aside
	t.sum.Waiting += s.Waiting
	t.sum.Merged += s.Merged
	t.sum.Noop += s.Noop
	t.sum.Replayed += s.Replayed
	t.sum.Rotates += s.Rotates
	t.sum.Lost += s.Lost
	t.sum.Resets += s.Resets
	t.sum.Pages += s.Pages
	t.sum.Docs += s.Docs
	t.sum.Closes += s.Closes
	t.sum.Adopted += s.Adopted
	t.sum.Adjusted += s.Adjusted
	t.sum.Reopened += s.Reopened
	t.sum.Lists += s.Lists
	t.sum.Recoveries += s.Recoveries
	t.sum.Replaced += s.Replaced
	t.sum.Vouchers += s.Vouchers
	t.sum.Received += s.Received
	t.sum.Found += s.Found
	if t.sum.Codes == nil {
		t.sum.Codes = map[string]int{}
	}
	for k, n := range s.Codes {
		t.sum.Codes[k] += n
	}
}

func (t *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%+v", t.sum)
	return b.String()
}

// dull fails if the histories never came to where the rules are: a simulation
// that does nothing finds nothing.
func (t *tally) dull(tt *testing.T) {
	counts := map[string]int{"merged": t.sum.Merged, "noop": t.sum.Noop, "aside": t.sum.Aside, "waiting": t.sum.Waiting,
		"replayed": t.sum.Replayed, "rotate": t.sum.Rotates, "lost": t.sum.Lost, "closes": t.sum.Closes, "adopted": t.sum.Adopted,
		"adjusted": t.sum.Adjusted, "reopened": t.sum.Reopened,
		"lists": t.sum.Lists, "recoveries": t.sum.Recoveries, "replaced": t.sum.Replaced, "vouchers": t.sum.Vouchers,
		"received": t.sum.Received}
	for _, code := range []string{"month_closed", "locked_review", "conflict_material", "deleted", "not_member", "invalid",
		"future_date", "forbidden", "parent_unknown", "overwrote_newer", "stale_review"} {
		counts[code] = t.sum.Codes[code]
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] == 0 {
			tt.Errorf("no history came to %q", k)
		}
	}
}

// progress lets a soak go on where it stopped. SIM_STATE names its file; the
// default is in the user's cache.
type progress struct {
	path string
	next uint64
	seen map[uint64]bool
}

func newProgress(t *testing.T, first uint64) *progress {
	p := &progress{path: os.Getenv("SIM_STATE"), next: first, seen: map[uint64]bool{}}
	if p.path == "" && os.Getenv("CHECK") == "soak" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		p.path = filepath.Join(dir, "banso-sim-soak")
	}
	if p.path == "" {
		return p
	}
	b, err := os.ReadFile(p.path)
	if err == nil {
		if p.next, err = strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err != nil {
			t.Fatal(err)
		}
		t.Logf("going on at seed %d", p.next)
	}
	return p
}

// done notes a finished seed; everything below next is done.
func (p *progress) done(t *testing.T, seed uint64) {
	p.seen[seed] = true
	for p.seen[p.next] {
		delete(p.seen, p.next)
		p.next++
	}
	if p.path != "" {
		if err := os.WriteFile(p.path, []byte(strconv.FormatUint(p.next, 10)), 0o600); err != nil {
			t.Error(err)
		}
	}
}
