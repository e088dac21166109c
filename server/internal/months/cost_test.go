package months_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// meter counts what is asked of a store. Unlike time it is the same on every
// machine and under any load.
type meter struct {
	Reads  int // calls
	Rows   int // records, decisions and counters that came back
	Bytes  int // of their documents
	Writes int
}

func (m *meter) row(doc []byte) { m.Rows, m.Bytes = m.Rows+1, m.Bytes+len(doc) }

// metered is a store whose use a meter counts. Its views are transactions that
// write nothing: one kind of reader is enough to count.
type metered struct {
	store.Store
	m *meter
}

func (s metered) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return fn(meteredTx{tx, s.m}) })
}

func (s metered) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return fn(meteredTx{tx, s.m}) })
}

type meteredTx struct {
	store.Tx
	m *meter
}

func (t meteredTx) Record(k store.Key) (store.Record, error) {
	t.m.Reads++
	r, err := t.Tx.Record(k)
	t.m.row(r.Doc)
	return r, err
}

func (t meteredTx) Members(sc syncproto.Scope, typ string, yield func(*store.Record) bool) error {
	t.m.Reads++
	return t.Tx.Members(sc, typ, func(r *store.Record) bool { t.m.row(r.Doc); return yield(r) })
}

func (t meteredTx) Scope(sc syncproto.Scope) (store.Scope, error) {
	t.m.Reads++
	return t.Tx.Scope(sc)
}

func (t meteredTx) Changes(sc syncproto.Scope, after, upto int64, yield func(*store.Entry) bool) error {
	t.m.Reads++
	return t.Tx.Changes(sc, after, upto, func(e *store.Entry) bool { t.m.row(e.Doc); return yield(e) })
}

func (t meteredTx) History(k store.Key, yield func(*store.Version) bool) error {
	t.m.Reads++
	return t.Tx.History(k, func(v *store.Version) bool { t.m.row(nil); return yield(v) })
}

func (t meteredTx) Decision(kind, key string) (store.Decision, error) {
	t.m.Reads++
	d, err := t.Tx.Decision(kind, key)
	t.m.row(d.Body)
	return d, err
}

func (t meteredTx) Decisions(from int64, yield func(*store.Decision) bool) error {
	t.m.Reads++
	return t.Tx.Decisions(from, func(d *store.Decision) bool { t.m.row(d.Body); return yield(d) })
}

func (t meteredTx) Counters(prefix string, yield func(string, int64) bool) error {
	t.m.Reads++
	return t.Tx.Counters(prefix, func(k string, n int64) bool { t.m.row(nil); return yield(k, n) })
}

func (t meteredTx) Due(kind string, yield func(string) bool) error {
	t.m.Reads++
	return t.Tx.Due(kind, func(k string) bool { t.m.row(nil); return yield(k) })
}

func (t meteredTx) Put(p store.Put) (store.Record, error) { t.m.Writes++; return t.Tx.Put(p) }

func (t meteredTx) Append(kind, key string, body jsontext.Value) (store.Decision, error) {
	t.m.Writes++
	return t.Tx.Append(kind, key, body)
}

func (t meteredTx) Count(key string, by int64) error { t.m.Writes++; return t.Tx.Count(key, by) }

func (t meteredTx) MarkDue(kind, key string) error { t.m.Writes++; return t.Tx.MarkDue(kind, key) }

// costs are what one team-month costs behind a history of so many months, by
// what is done with it.
func costs(t *testing.T, history int) map[string]meter {
	w := newWorld(t)
	m := &meter{}
	svc := months.New(metered{w.db, m}, func() time.Time { return w.now })
	const month = domain.Month("2023-12")
	w.now = at("2023-12-05")
	all := slices.Concat(w.teams[:], w.others[:])
	for i := range history {
		for _, team := range all {
			w.work(team, month.Add(-1-i))
		}
		for _, team := range w.teams {
			w.close(team, month.Add(-1-i))
		}
	}
	w.settle()
	for _, team := range all {
		w.work(team, month)
	}
	w.now = at("2024-01-08")
	out := map[string]meter{}
	ask := func(what string, fn func() error) {
		t.Helper()
		for range 2 { // the first time a policy or a decision is decoded and kept
			*m = meter{}
			if err := fn(); err != nil {
				t.Fatal(what, err)
			}
		}
		out[what] = *m
	}
	view := func(what string, fn func(store.Reader) error) {
		t.Helper()
		ask(what, func() error { return metered{w.db, m}.View(context.Background(), fn) })
	}
	judge := func(r store.Reader) error { _, err := svc.Verdict(r, w.teams[0], month, w.now); return err }
	explain := func(r store.Reader) error { _, err := svc.Explain(r, w.teams[0], month, w.now); return err }
	view("judge", judge)
	view("explain", explain)
	csum := w.csum(w.chair, w.teams[0], month)
	*m = meter{}
	res, err := svc.CloseTeamMonths(context.Background(), w.chair, w.registered, month, []months.CloseItem{{Team: w.teams[0], Csum: csum}})
	if err != nil || !res[0].Closed || res[0].Verdict.Result != domain.Eligible {
		t.Fatalf("%+v, %v", res, err)
	}
	out["close"] = *m
	view("judge a closed one", judge)
	view("explain a closed one", explain)
	view("due", func(r store.Reader) error { _, err := svc.Dues(r, w.teams[0], month); return err })
	return out
}

// TestCost_HistoryAddsNothing: judging, explaining and closing a team's month,
// and saying what it is due, reads and writes the same behind ten months of
// history as behind one.
func TestCost_HistoryAddsNothing(t *testing.T) {
	short, long := costs(t, 1), costs(t, 10)
	for what, a := range short {
		b := long[what]
		t.Logf("%-21s %3d reads, %3d rows, %6d bytes, %2d writes; behind 10 months %3d, %3d, %6d, %2d",
			what, a.Reads, a.Rows, a.Bytes, a.Writes, b.Reads, b.Rows, b.Bytes, b.Writes)
		if a.Reads == 0 || a.Bytes == 0 || what == "close" && a.Writes == 0 {
			t.Errorf("%s: nothing was counted", what)
		}
		if b.Reads != a.Reads || b.Rows != a.Rows || b.Writes != a.Writes || b.Bytes > a.Bytes+a.Bytes/50 {
			t.Errorf("%s: costs %+v behind one month, %+v behind ten", what, a, b)
		}
	}
}
