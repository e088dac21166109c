package sim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// result of one history.
type result struct {
	seed     uint64
	digest   string
	findings []oracle.Finding
	tail     string
	stats    oracle.Stats
}

// run plays one history in a bubble of its own.
func run(t *testing.T, seed uint64, verbose bool, options ...func(*world)) (res result) {
	t.Helper()
	prepare(t)
	dir, err := os.MkdirTemp(shared.dir, "h")
	must(err)
	defer func() { _ = os.RemoveAll(dir) }()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(epoch0))
		w := &world{t: t, seed: seed, dice: newDice(seed, 0), trace: newTrace(verbose), cast: shared.cast, faults: true,
			started: epoch0}
		for _, set := range options {
			set(w)
		}
		w.oracle = oracle.New(func() string { return w.day })
		w.oracle.Commune = map[string]string{}
		for _, t := range w.cast.teams {
			w.oracle.Commune[string(t.id)] = string(w.cast.communes[t.commune])
		}
		w.play(dir)
		res = result{seed: seed, digest: w.trace.digest(), findings: w.oracle.Findings(), tail: w.trace.text(), stats: w.oracle.Stats()}
	})
	return res
}

func (w *world) play(dir string) {
	w.srv = newServer(w, dir)
	first := filepath.Join(dir, "first")
	copyFolder(shared.data, first)
	w.srv.start(first)
	defer w.srv.stop()
	for i, p := range w.cast.people {
		g := w.cast.grant(p, domain.Interval{From: "2023-01-01"})
		w.oracle.Granted(oracle.Grant{ID: string(fixedID("grant", i)), Person: string(p.id), Role: string(p.role),
			Team: string(g.Team), Unit: string(g.Unit), From: "2023-01-01"})
	}
	w.officeSlot = w.slot()
	w.until = time.Now().Add(w.dice.between(5*24*time.Hour, 20*24*time.Hour))
	w.srv.back()
	w.baton.Lock()
	defer w.baton.Unlock()
	w.cue()
	w.apart(w.actors.Wait)
	if !w.srv.up {
		w.srv.start(w.srv.data)
	}
	if w.broken() {
		return
	}
	w.heal()
	if !w.broken() {
		w.judge()
	}
}

// cue sends the actors on stage: a phone for each chair, then people with one
// phone or two.
func (w *world) cue() {
	n := 6 + w.dice.IntN(5)
	for i := range n {
		p := w.cast.people[i%len(w.cast.people)]
		if i >= 6 && w.dice.in(60) {
			p = w.cast.people[2+w.dice.IntN(4)] // a second phone in a team
		}
		ph := w.addPhone(p, memlocal.New())
		w.spawn(ph.live)
	}
	d := newDice(w.seed, 500)
	w.spawn(func() { w.office(w.officeSlot, d) })
}

// exchange is one sync for the trace. What the server draws from its own
// luck (when to come again) is not in it.
func exchange(q *oracle.Request, r *oracle.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s first %d top %d seen %v -> %s ack %d commit %d durable %d", short(syncproto.ID(q.Client)), q.Push.First, q.Top, seenOf(q),
		r.State, r.Ack, r.Commit, r.Durable)
	for _, v := range r.Verdicts {
		fmt.Fprintf(&b, "; %d %s %s %d %s", v.N, v.V, v.Code, v.Rev, about(q, v))
	}
	for _, s := range r.Scopes {
		if len(s.Changes) > 0 || s.Reset || s.More {
			fmt.Fprintf(&b, "; %s %d..%d %d changes more %v reset %v", s.Scope[:min(9, len(s.Scope))], s.From, s.To, len(s.Changes), s.More, s.Reset)
		}
	}
	for _, v := range r.Revoked {
		fmt.Fprintf(&b, "; revoked %.9s", v.Scope)
	}
	return b.String()
}

// about names the record of a verdict. A case's id comes from the bytes of a
// mutation, and those hold a phone's clock.
func about(q *oracle.Request, v oracle.Verdict) string {
	i := v.N - q.Push.First
	if i < 0 || i >= int64(len(q.Push.List)) {
		return tailOf(v.ID)
	}
	if m, _ := oracle.ReadMutation(q.Push.List[i]); m.Type == "case" {
		return "case"
	}
	return tailOf(v.ID)
}

func tailOf(id string) string {
	if len(id) < 22 {
		return id
	}
	return id[18:]
}

func seenOf(q *oracle.Request) string {
	if q.Seen == nil {
		return "nothing"
	}
	return fmt.Sprint(q.Seen.Epoch, "/", q.Seen.Commit)
}
