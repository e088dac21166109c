package sim

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lanes is how many histories run side by side.
const lanes = 2

func TestMain(m *testing.M) {
	debug.SetGCPercent(800) // a history is short and its memory small
	code := m.Run()
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

// TestSim plays histories: known bad seeds first, then as many new ones as the
// tier asks for.
func TestSim(t *testing.T) {
	if s := os.Getenv("SIM_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		res := run(t, seed, true)
		t.Logf("seed %d\n%s\ndigest %s\n%+v", seed, res.tail, res.digest, res.stats)
		report(t, res)
		return
	}
	prepare(t)
	for _, seed := range knownSeeds(t) {
		if res := run(t, seed, false); len(res.findings) > 0 {
			report(t, res)
			return
		}
	}
	first, n := uint64(1), histories()
	if s := os.Getenv("SIM_FIRST"); s != "" {
		var err error
		if first, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	sweep(t, first, uint64(n))
}

// histories is the size of the tier.
func histories() int {
	if s := os.Getenv("SIM_RUNS"); s != "" {
		n, err := strconv.Atoi(s)
		must(err)
		return n
	}
	switch {
	case testing.Short():
		return 40
	case os.Getenv("CHECK") == "full":
		return 10_000
	case os.Getenv("CHECK") == "soak":
		return 1_000_000
	}
	return 500
}

// sweep plays n histories on several lanes, and stops at the first that breaks
// an invariant.
func sweep(t *testing.T, first, n uint64) {
	var next atomic.Uint64
	var mu sync.Mutex
	var total tally
	var bad atomic.Bool
	state := newProgress(t, first)
	next.Store(state.next)
	t.Run("lanes", func(t *testing.T) {
		for lane := range lanes {
			t.Run(fmt.Sprint(lane), func(t *testing.T) {
				t.Parallel()
				for !bad.Load() && !outOfTime(t) {
					seed := next.Add(1) - 1
					if seed >= first+n {
						return
					}
					res := run(t, seed, false)
					mu.Lock()
					total.add(res)
					state.done(t, seed)
					mu.Unlock()
					if len(res.findings) > 0 {
						bad.Store(true)
						report(t, res)
					}
				}
			})
		}
	})
	t.Logf("%d histories, all below seed %d are done: %s", total.runs, state.next, total.String())
	if !bad.Load() && total.runs >= 40 {
		total.dull(t)
	}
}

// outOfTime ends a soak in good order before go test ends it in bad: it goes
// on there the next time. The other tiers have to play all.
func outOfTime(t *testing.T) bool {
	end, ok := t.Deadline()
	return ok && os.Getenv("CHECK") == "soak" && time.Until(end) < time.Minute
}

func report(t *testing.T, res result) {
	if len(res.findings) == 0 {
		return
	}
	var b strings.Builder
	for _, f := range res.findings {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	t.Errorf("seed %d breaks an invariant (SIM_SEED=%d runs it again)\n%s\n%s", res.seed, res.seed, b.String(), res.tail)
}

// knownSeeds are those that have found something.
func knownSeeds(t *testing.T) (seeds []uint64) {
	f, err := os.Open("testdata/seeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line, _, _ := strings.Cut(sc.Text(), " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		seed, err := strconv.ParseUint(line, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, seed)
	}
	return seeds
}

// TestSim_OneSeedOneTrace plays seeds twice and compares the traces.
func TestSim_OneSeedOneTrace(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		compare(t, run(t, seed, true), run(t, seed, true))
	}
}

// TestSim_ClocksDecideNothing plays seeds with the phones' clocks wrong by
// years and with right ones: every verdict, number and page is the same.
func TestSim_ClocksDecideNothing(t *testing.T) {
	for seed := uint64(11); seed <= 14; seed++ {
		compare(t, run(t, seed, true), run(t, seed, true, func(w *world) { w.rightClocks = true }))
	}
}

func compare(t *testing.T, a, b result) {
	t.Helper()
	if a.digest == b.digest {
		return
	}
	x, y := strings.Split(a.tail, "\n"), strings.Split(b.tail, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			t.Errorf("seed %d: line %d differs\n%s\n%s", a.seed, i, x[i], y[i])
			return
		}
	}
	t.Errorf("seed %d: %d and %d lines", a.seed, len(x), len(y))
}
