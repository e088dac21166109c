package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

var errLost = errors.New("the answer was lost")

// flaky loses the answers of some writes, before or after they are durable, as
// a cut connection does. Who asks comes again with the same request.
type flaky struct {
	store.Store
	mu  sync.Mutex
	rng *rand.Rand
}

func (f *flaky) roll() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rng.IntN(100)
}

func (f *flaky) Update(ctx context.Context, fn func(store.Tx) error) error {
	roll := f.roll()
	if roll < 10 {
		return errLost
	}
	err := f.Store.Update(ctx, fn)
	if err == nil && roll < 25 {
		return errLost
	}
	return err
}

// writer is one of those who list, pay and correct at the same time.
type writer struct {
	w     *world
	svc   *ledger.Service
	rng   *rand.Rand
	c     int // commune it works at
	known *drafts
}

// drafts are the ids that anybody may take up.
type drafts struct {
	mu  sync.Mutex
	ids []domain.ID
}

func (d *drafts) add(id domain.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids = append(d.ids, id)
}

func (d *drafts) pick(rng *rand.Rand) (domain.ID, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.ids) == 0 {
		return "", false
	}
	return d.ids[len(d.ids)-1-rng.IntN(min(len(d.ids), 6))], true
}

// insist repeats a request until its answer arrives, and now and then once
// more. What a rule refuses is an answer.
func (r *writer) insist(fn func() error) error {
	for range 50 {
		err := fn()
		if errors.Is(err, errLost) {
			continue
		}
		if err != nil && domain.CodeOf(err) == "" {
			return err
		}
		if r.rng.IntN(4) == 0 {
			continue
		}
		return nil
	}
	return nil
}

func (r *writer) step() error {
	w := r.w
	id, any := r.known.pick(r.rng)
	switch n := r.rng.IntN(10); {
	case n < 3 || !any:
		return r.draft()
	case n < 6:
		ids := []domain.ID{id}
		if other, ok := r.known.pick(r.rng); ok {
			ids = append(ids, other)
		}
		return r.insist(func() error { _, err := r.svc.Issue(ctx, w.province, ids); return err })
	case n < 8:
		key := w.id()
		r.known.add(key)
		if err := r.insist(func() error { _, err := r.svc.Replace(ctx, w.province2, id, key, "Lý do"); return err }); err != nil {
			return err
		}
		return r.insist(func() error { _, err := r.svc.Issue(ctx, w.province, []domain.ID{key}); return err })
	case n < 9:
		c := ledger.Confirmed{Voucher: fmt.Sprint("PC ", r.rng.IntN(3)), On: "2024-01-20"}
		return r.insist(func() error { _, err := r.svc.Confirm(ctx, w.accountant[r.c], id, c); return err })
	}
	return r.flip()
}

func (r *writer) draft() error {
	w := r.w
	in := w.wanted(w.communes[r.c])
	in.Kind = []ledger.Kind{ledger.ListPayment, ledger.ListCorrection}[r.rng.IntN(2)]
	if r.rng.IntN(5) == 0 {
		in.Units, in.Split = nil, r.rng.IntN(2) == 0
	}
	who := w.accountant[r.c]
	if len(in.Units) == 0 {
		who = w.province2
	}
	return r.insist(func() error {
		out, err := r.svc.Draft(ctx, who, in)
		for _, l := range out {
			r.known.add(l.ID)
		}
		return err
	})
}

// flip opens a month again, changes its worth and closes it.
func (r *writer) flip() error {
	w, team := r.w, r.w.teams[r.c][r.rng.IntN(len(r.w.teams[r.c]))]
	m := domain.Month("2023-06").Add(r.rng.IntN(7))
	st := []domain.State{domain.Approved, domain.Rejected}[r.rng.IntN(2)]
	err := w.db.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetClosed(syncproto.TeamMonthScope(team, string(m)), false); err != nil {
			return err
		}
		_, err := tx.Append("test_open", string(team)+"/"+string(m), []byte(`{}`))
		return errors.Join(err, w.report(tx, r.c, team, m, st))
	})
	if errors.Is(err, store.ErrScopeClosed) || err != nil {
		return err
	}
	err = w.close(r.c, team, m)
	if errors.Is(err, store.ErrScopeClosed) || domain.CodeOf(err) != "" {
		return nil // another writer was there first
	}
	return err
}

// TestLedger_NeverMoreThanDue: 16 writers draft, issue, replace, pay and
// re-close at once, with lost answers and repeated requests, and an oracle
// that shares no code with the ledger follows the chain of decisions.
func TestLedger_NeverMoreThanDue(t *testing.T) {
	rounds, seeds := 60, uint64(1)
	switch {
	case testing.Short():
		rounds = 12
	case os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak":
		rounds, seeds = 100, 20
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := closed2023(t, 2, 3)
			known := &drafts{}
			flawed := *w.svc
			flawed.Store = &flaky{Store: w.db, rng: rand.New(rand.NewPCG(seed, 99))}
			writers := make([]*writer, 16)
			for k := range writers {
				writers[k] = &writer{w: w, svc: &flawed, rng: rand.New(rand.NewPCG(seed, uint64(k))), c: k % 2, known: known}
			}
			together(t, writers, rounds)
			o := follow(t, w)
			for more := 0; o.quiet() && more < 40; more++ { // who comes first is luck: go on until all of it has happened
				together(t, writers, 5)
				o = follow(t, w)
			}
			t.Logf("%d lists, %d recoveries, %d vouchers, %d replaced", o.lists, o.recoveries, o.vouchers, o.replaced)
			if o.quiet() {
				t.Error("the run was too quiet")
			}
			o.compare(w)
			w.proved(t)
		})
	}
}

// together lets all writers take their steps at once.
func together(t *testing.T, writers []*writer, rounds int) {
	t.Helper()
	var all sync.WaitGroup
	for k, r := range writers {
		all.Go(func() {
			for range rounds {
				if err := r.step(); err != nil {
					t.Errorf("writer %d: %v", k, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// quiet reports whether something that this test is about has not happened.
func (o *oracle) quiet() bool {
	return o.lists < 5 || o.recoveries == 0 || o.vouchers == 0 || o.replaced == 0
}

// TestLedger_HealsToWhatIsDue: whatever happened, one correction and one
// payment list later exactly what is due is listed.
func TestLedger_HealsToWhatIsDue(t *testing.T) {
	w := closed2023(t, 1, 2)
	r := &writer{w: w, svc: w.svc, rng: rand.New(rand.NewPCG(7, 7)), known: &drafts{}}
	for range 80 {
		if err := r.step(); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []ledger.Kind{ledger.ListPayment, ledger.ListCorrection} {
		in := w.wanted(w.communes[0])
		in.Kind = k
		out, err := w.svc.Draft(ctx, w.province2, in)
		if domain.CodeOf(err) == domain.Unprocessable {
			continue // nothing to list
		}
		if err != nil {
			t.Fatal(err)
		}
		if res, err := w.svc.Issue(ctx, w.province, []domain.ID{out[0].ID}); err != nil || !res[0].Issued {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	o := follow(t, w)
	o.compare(w)
	for k, worth := range o.due {
		if got := o.listed[k]; got != worth {
			t.Errorf("%v: listed %d, due %d", k, got, worth)
		}
	}
	if len(o.due) != 14 || !slices.Contains(sortedValues(o.due), 500_000) {
		t.Errorf("%v", o.due)
	}
}
