package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// world is the small set of names that random operations use.
type world struct {
	rnd     *rand.Rand
	keys    []store.Key
	types   []string
	scopes  []syncproto.Scope
	people  []syncproto.ID
	clients []syncproto.ID
	fps     []syncproto.FP
	raws    map[syncproto.FP]syncproto.RawMutation
}

func newWorld(seed uint64) *world {
	w := &world{rnd: rand.New(rand.NewPCG(seed, 7)), types: []string{"activity", "report", "thing"}, raws: map[syncproto.FP]syncproto.RawMutation{}}
	for i := range 18 {
		w.keys = append(w.keys, store.Key{Type: w.types[i%3], ID: w.id()})
	}
	// the same id under two types is two records
	w.keys = append(w.keys, store.Key{Type: "report", ID: w.keys[0].ID})
	for i := range 7 {
		w.scopes = append(w.scopes, syncproto.Scope(fmt.Sprintf("team:%d", i)))
	}
	for range 3 {
		w.people = append(w.people, w.id())
		w.clients = append(w.clients, w.id())
	}
	for i := range 12 {
		raw := syncproto.RawMutation(fmt.Sprintf(`{"t":%d}`, i))
		fp := syncproto.Fingerprint(raw)
		w.fps = append(w.fps, fp)
		w.raws[fp] = raw
	}
	return w
}

func (w *world) id() syncproto.ID {
	var b syncproto.Bytes16
	for i := range b {
		b[i] = byte(w.rnd.UintN(256))
	}
	return b.ID()
}

func pick[T any](w *world, list []T) T { return list[w.rnd.IntN(len(list))] }

func (w *world) doc() syncproto.Doc {
	d := syncproto.Doc{"note": syncproto.Str(fmt.Sprintf("ghi chú %d", w.rnd.IntN(3)))}
	for _, f := range []string{"category", "done_on", "odd\"key", "state"} {
		if w.rnd.IntN(2) == 0 {
			d[f] = syncproto.Int(w.rnd.Int64N(3))
		}
	}
	return d
}

func (w *world) some() (list []syncproto.Scope) {
	for range w.rnd.IntN(4) {
		list = append(list, pick(w, w.scopes)) // may repeat
	}
	return list
}

func (w *world) cause() store.Cause {
	c := store.Cause{Op: pick(w, []string{"create", "edit", ""})}
	if w.rnd.IntN(3) > 0 {
		c.By, c.FP = pick(w, w.people), pick(w, w.fps)
		c.NotAfterMs = w.rnd.Int64N(1 << 41)
	}
	if w.rnd.IntN(3) == 0 {
		c.NotBeforeMs = w.rnd.Int64N(1 << 41)
		c.Lost = syncproto.Doc{"note": syncproto.Str("cũ")}
	}
	return c
}

// step is one random operation on both sides; what it returns is wrong.
type step func(tx store.Tx, m *model) error

func (w *world) step() step {
	switch n := w.rnd.IntN(100); {
	case n < 45:
		return w.putStep()
	case n < 52:
		return w.deleteStep()
	case n < 57:
		s, c := pick(w, w.scopes), w.rnd.IntN(3) == 0
		return func(tx store.Tx, m *model) error { m.closed[s] = c; return tx.SetClosed(s, c) }
	case n < 63:
		return w.verdictStep()
	case n < 68:
		p, c, v := pick(w, w.people), pick(w, w.clients), store.Client{Last: w.rnd.Int64N(99), Chain: pick(w, w.fps)}
		return func(tx store.Tx, m *model) error {
			m.clients[[2]string{string(p), string(c)}] = v
			return tx.PutClient(p, c, v)
		}
	case n < 71:
		fp := pick(w, w.fps)
		return func(tx store.Tx, m *model) error { m.raws[fp] = string(w.raws[fp]); return tx.KeepRaw(fp, w.raws[fp]) }
	case n < 77:
		return w.waitStep()
	case n < 80:
		return w.appendStep()
	case n < 84:
		return w.credentialStep()
	case n < 92:
		k, d := fmt.Sprintf("c/%d", w.rnd.IntN(20)), w.rnd.Int64N(5)-2
		return func(tx store.Tx, m *model) error {
			if m.counters[k] += d; m.counters[k] == 0 {
				delete(m.counters, k)
			}
			return tx.Count(k, d)
		}
	case n < 99:
		return w.dueStep()
	}
	return func(tx store.Tx, m *model) error { m.durable = tx.Head().Commit; return tx.SetDurable(m.durable) }
}

func (w *world) putStep() step {
	p := store.Put{Key: pick(w, w.keys), Doc: w.doc(), Scopes: w.some(), Cause: w.cause()}
	same, sameScopes := w.rnd.IntN(5) == 0, w.rnd.IntN(2) == 0
	return func(tx store.Tx, m *model) error {
		p := p
		if r := m.records[p.Key]; r != nil && r.doc != nil && same {
			p.Doc = r.doc
			if sameScopes {
				p.Scopes = r.scopes
			}
		}
		before := tx.Head().Commit
		rec, err := tx.Put(p)
		after := tx.Head().Commit
		want, wrote := m.put(p, after, tx.Now().UnixMilli())
		return m.judge(p.Key, rec, err, want, wrote, before, after)
	}
}

func (w *world) deleteStep() step {
	k, c := pick(w, w.keys), w.cause()
	return func(tx store.Tx, m *model) error {
		before := tx.Head().Commit
		rec, err := tx.Delete(k, c)
		after := tx.Head().Commit
		want, wrote := m.remove(k, c, after, tx.Now().UnixMilli())
		return m.judge(k, rec, err, want, wrote, before, after)
	}
}

// judge compares the outcome of a write with the model's.
func (m *model) judge(k store.Key, rec store.Record, err, want error, wrote bool, before, after int64) error {
	if !errors.Is(err, want) || want == nil && err != nil {
		return fmt.Errorf("write: got error %v, want %v", err, want)
	}
	if wrote && after != before+1 || !wrote && after != before {
		return fmt.Errorf("write %v: commit went from %d to %d", wrote, before, after)
	}
	m.seq = after
	if err == nil && (rec.Rev != m.records[k].rev || rec.Deleted != (m.records[k].doc == nil)) {
		return fmt.Errorf("write: got rev %d, want %d", rec.Rev, m.records[k].rev)
	}
	return nil
}

func (w *world) verdictStep() step {
	p, fp := pick(w, w.people), pick(w, w.fps)
	v := syncproto.Verdict{N: w.rnd.Int64N(50) + 1, V: pick(w, []syncproto.V{syncproto.Applied, syncproto.Merged, syncproto.Noop, syncproto.Aside, syncproto.Waiting})}
	switch w.rnd.IntN(3) {
	case 0:
		v.ID, v.Rev = pick(w, w.keys).ID, w.rnd.Int64N(1<<30)
	case 1:
		v.Code, v.Case, v.ID = syncproto.CodeMonthClosed, w.id(), "not an id"
	default:
		v.Code, v.Lost = syncproto.CodeOverwroteNewer, []string{"note", "place"}
	}
	return func(tx store.Tx, m *model) error {
		m.verdicts[[2]string{string(p), fp.String()}] = v
		return tx.PutVerdict(p, fp, v)
	}
}

func (w *world) waitStep() step {
	k, c, away := pick(w, w.keys), pick(w, w.clients), w.rnd.IntN(2) == 0
	return func(tx store.Tx, m *model) error {
		i := slices.Index(m.waiters[k], c)
		if away {
			if i >= 0 {
				m.waiters[k] = slices.Delete(m.waiters[k], i, i+1)
			}
			return tx.Unwait(k, c)
		}
		if i < 0 {
			m.waiters[k] = append(m.waiters[k], c)
		}
		return tx.Wait(k, c)
	}
}

func (w *world) appendStep() step {
	kind, key, n := pick(w, []string{"close", "funding"}), fmt.Sprint(w.rnd.IntN(4)), w.rnd.IntN(9)
	return func(tx store.Tx, m *model) error {
		d, err := tx.Append(kind, key, jsontext.Value(fmt.Sprintf(`{"z":"<ạ>", "a":%d}`, n)))
		if err != nil {
			return err
		}
		if string(d.Body) != fmt.Sprintf(`{"a":%d,"z":"<ạ>"}`, n) || d.N != int64(len(m.decisions))+1 || d.Kind != kind || d.Key != key {
			return fmt.Errorf("append: got %+v", d)
		}
		m.decisions = append(m.decisions, d)
		got, err := tx.Decision(kind, key)
		if err == nil && got.N != d.N {
			err = fmt.Errorf("decision: got %d, want %d", got.N, d.N)
		}
		return err
	}
}

func (w *world) credentialStep() step {
	kind, id, away := pick(w, []string{"ka", "kab"}), pick(w, []string{"i1", "i2", "j"}), w.rnd.IntN(3) == 0
	return func(tx store.Tx, m *model) error {
		if away {
			delete(m.creds, [2]string{kind, id})
			return tx.DeleteCredential(kind, id)
		}
		m.creds[[2]string{kind, id}] = `{"h":"x"}`
		return tx.PutCredential(kind, id, jsontext.Value(`{"h":"x"}`))
	}
}

func (w *world) dueStep() step {
	kind, key, clear := pick(w, []string{"ka", "kab"}), fmt.Sprint(w.rnd.IntN(4)), w.rnd.IntN(2) == 0
	return func(tx store.Tx, m *model) error {
		if clear {
			delete(m.due, [2]string{kind, key})
			return tx.ClearDue(kind, key)
		}
		m.due[[2]string{kind, key}] = true
		return tx.MarkDue(kind, key)
	}
}

// transaction runs some steps on the store and, if they stay, on the model.
// It returns the model after them and whether they were to stay.
func (w *world) transaction(t testing.TB, s store.Store, m *model) (next *model, err error) {
	steps := make([]step, 1+w.rnd.IntN(6))
	for i := range steps {
		steps[i] = w.step()
	}
	end := w.rnd.IntN(12) // 0: error, 1: panic
	var wrong []string
	err = s.Update(t.Context(), func(tx store.Tx) error {
		next, wrong = m.clone(), nil
		if h := tx.Head().Commit; h < next.seq {
			wrong = append(wrong, fmt.Sprintf("commit %d after %d", h, next.seq))
		}
		for _, st := range steps {
			if err := st(tx, next); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
		if end%6 == 0 {
			wrong = append(wrong, differences(tx, w, next)...)
		}
		switch end {
		case 0:
			return errWanted
		case 1:
			panic("wanted")
		}
		return nil
	})
	for _, e := range wrong {
		t.Fatal(e)
	}
	if (err == nil) != (end > 1) && !errors.Is(err, store.ErrStopped) && !errors.Is(err, store.ErrFull) {
		t.Fatalf("transaction that ends with %d: %v", end, err)
	}
	return next, err
}

var errWanted = errors.New("storetest: wanted")
