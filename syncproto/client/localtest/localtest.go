package localtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// Run tests one implementation. open makes an empty database; reopen closes it
// and opens what is left of it, as after a new start of the app.
func Run(t *testing.T, open func(t *testing.T) (l client.Local, reopen func() client.Local)) {
	t.Run("Empty", func(t *testing.T) {
		l, _ := open(t)
		if diff := cmp.Diff(Dump(t, newModel()), Dump(t, l)); diff != "" {
			t.Fatalf("a new database is not empty (-want +got):\n%s", diff)
		}
	})
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("Model/%d", seed), func(t *testing.T) {
			l, reopen := open(t)
			walk(t, rand.New(rand.NewPCG(seed, 1)), l, reopen)
		})
	}
	t.Run("OwnWrites", func(t *testing.T) { l, _ := open(t); ownWrites(t, l) })
	t.Run("LogIsBounded", func(t *testing.T) { l, reopen := open(t); logIsBounded(t, l, reopen) })
	t.Run("Stop", func(t *testing.T) { l, _ := open(t); stops(t, l) })
}

var errRefused = errors.New("localtest: refused on purpose")

func walk(t *testing.T, r *rand.Rand, l client.Local, reopen func() client.Local) {
	t.Helper()
	model := newModel()
	for round := range 30 {
		script := make([]func(client.LocalTx) error, 1+r.IntN(12))
		for i := range script {
			script[i] = step(r)
		}
		end := r.IntN(5) // 0: fails, 1: panics, else commits
		run := func(tx client.LocalTx) error {
			for _, f := range script {
				if err := f(tx); err != nil {
					return err
				}
			}
			switch end {
			case 0:
				return errRefused
			case 1:
				panic(errRefused)
			}
			return nil
		}
		err := guarded(l, run)
		if end < 2 != errors.Is(err, errRefused) || end >= 2 && err != nil {
			t.Fatalf("round %d: Update: %v, end %d", round, err, end)
		}
		if end >= 2 {
			if err := model.Update(run); err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(10) == 0 {
			l = reopen()
		}
		if diff := cmp.Diff(Dump(t, model), Dump(t, l)); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s", round, diff)
		}
	}
}

// guarded turns the panic that a test provokes into an error.
func guarded(l client.Local, fn func(client.LocalTx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	return l.Update(fn)
}

func id(n int) syncproto.ID {
	return syncproto.Fingerprint([]byte{byte(n)}).ID()
}

// step is one random write; it makes its arguments anew each time, since they
// belong to the database.
func step(r *rand.Rand) func(client.LocalTx) error {
	n, m, x := r.IntN(12), r.IntN(4), r.Int64N(1000)
	k := client.Key{Type: []string{"activity", "report", "act"}[m%3], ID: id(n)}
	scope := syncproto.Scope([]string{"ref", "team:a", "team:a/2026-01", "user:b"}[m])
	other := syncproto.Scope([]string{"ref", "team:a", "team:a/2026-01", "user:b"}[(m+1+n%3)%4])
	doc := fmt.Sprintf("{\"a\":%d,\"b\":\"đ\\n\"}", x)
	switch r.IntN(10) {
	case 0, 1, 2:
		return func(tx client.LocalTx) error {
			rec := &client.Record{Key: k, Rev: x, Doc: []byte(doc), H: syncproto.Fingerprint([]byte(doc)),
				Marks: []client.Mark{{Scope: scope, Gen: x}}}
			if n%2 == 0 {
				rec.Marks = append(rec.Marks, client.Mark{Scope: other, Gen: 1})
			}
			return tx.PutRecord(rec)
		}
	case 3:
		return func(tx client.LocalTx) error { return tx.DeleteRecord(k) }
	case 4:
		return func(tx client.LocalTx) error {
			return tx.PutScope(client.ScopeState{Scope: scope, Cur: x, Gen: 2, Count: 3, Bad: n%2 == 0, RetryMs: x})
		}
	case 5:
		return func(tx client.LocalTx) error { return tx.DeleteScope(scope) }
	case 6, 7:
		return func(tx client.LocalTx) error {
			it := &client.Item{N: int64(n) + 1, FP: syncproto.Fingerprint([]byte(doc)), Op: "edit", Key: k, T: x,
				Raw: syncproto.RawMutation(doc)}
			if m > 1 {
				it.Stamp, it.V, it.Lag = x, syncproto.Applied, m == 2
				return tx.PutSent(it)
			}
			return tx.PutOutbox(it)
		}
	case 8:
		return func(tx client.LocalTx) error {
			return errors.Join(tx.DeleteSent(int64(n)), tx.DeleteOutbox(int64(m)))
		}
	}
	return func(tx client.LocalTx) error {
		meta := client.Meta{Person: id(1), Client: id(2), Top: x, Seen: &syncproto.Seen{Epoch: "e", Commit: x}}
		return errors.Join(tx.SetMeta(meta),
			tx.AddLog(&client.LogEntry{ServerMs: x, Verdict: syncproto.Verdict{N: x, V: syncproto.Aside, Code: "invalid"}}))
	}
}

func ownWrites(t *testing.T, l client.Local) {
	k := client.Key{Type: "activity", ID: id(1)}
	err := l.Update(func(tx client.LocalTx) error {
		rec := &client.Record{Key: k, Rev: 1, Doc: []byte("{}"), Marks: []client.Mark{{Scope: "ref", Gen: 1}}}
		if err := tx.PutRecord(rec); err != nil {
			return err
		}
		n := 0
		err := tx.Members("ref", "", func(*client.Record) bool { n++; return true })
		if _, e := tx.Record(k); e != nil || n != 1 || err != nil {
			return fmt.Errorf("own record: %v, %d members, %v", e, n, err)
		}
		if err := tx.DeleteRecord(k); err != nil {
			return err
		}
		if _, e := tx.Record(k); !errors.Is(e, client.ErrNotFound) {
			return fmt.Errorf("deleted record: %v", e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func logIsBounded(t *testing.T, l client.Local, reopen func() client.Local) {
	err := l.Update(func(tx client.LocalTx) error {
		for i := range int64(client.MaxLog + 10) {
			if err := tx.AddLog(&client.LogEntry{ServerMs: i}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n, newest := 0, int64(0)
	err = reopen().View(func(r client.LocalReader) error {
		return r.Log(func(e *client.LogEntry) bool {
			if n++; n == 1 {
				newest = e.ServerMs
			}
			return true
		})
	})
	if err != nil || n < client.MaxLog || n > 2*client.MaxLog || newest != client.MaxLog+9 {
		t.Fatalf("log: %d entries, newest %d, %v", n, newest, err)
	}
}

func stops(t *testing.T, l client.Local) {
	err := l.Update(func(tx client.LocalTx) error {
		for i := range 3 {
			err := errors.Join(tx.PutScope(client.ScopeState{Scope: syncproto.Scope(strings.Repeat("a", i+1))}),
				tx.PutOutbox(&client.Item{N: int64(i)}), tx.PutSent(&client.Item{N: int64(i)}), tx.AddLog(&client.LogEntry{}),
				tx.PutRecord(&client.Record{Key: client.Key{Type: "t", ID: id(i)}, Doc: []byte("{}"), Marks: []client.Mark{{Scope: "ref"}}}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var calls [5]int
	err = l.View(func(r client.LocalReader) error {
		return errors.Join(
			r.Scopes(func(client.ScopeState) bool { calls[0]++; return false }),
			r.Outbox(0, func(*client.Item) bool { calls[1]++; return false }),
			r.Sent(func(*client.Item) bool { calls[2]++; return false }),
			r.Log(func(*client.LogEntry) bool { calls[3]++; return false }),
			r.Members("ref", "", func(*client.Record) bool { calls[4]++; return false }))
	})
	if err != nil || !slices.Equal(calls[:], []int{1, 1, 1, 1, 1}) {
		t.Fatalf("yield was called %v times after false; %v", calls, err)
	}
}
