package localtest

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// model is the plainest Local: maps, copied for nothing, sorted when read. It
// knows no rollback; the suite only runs on it what commits.
type model struct {
	meta    client.Meta
	records map[client.Key]*client.Record
	scopes  map[syncproto.Scope]client.ScopeState
	outbox  map[int64]*client.Item
	sent    map[int64]*client.Item
	log     []*client.LogEntry
}

func newModel() *model {
	return &model{records: map[client.Key]*client.Record{}, scopes: map[syncproto.Scope]client.ScopeState{},
		outbox: map[int64]*client.Item{}, sent: map[int64]*client.Item{}}
}

func (m *model) View(fn func(client.LocalReader) error) error { return fn(m) }
func (m *model) Update(fn func(client.LocalTx) error) error   { return fn(m) }
func (m *model) Close() error                                 { return nil }
func (m *model) Meta() (client.Meta, error)                   { return m.meta, nil }
func (m *model) SetMeta(v client.Meta) error                  { m.meta = v; return nil }
func (m *model) PutRecord(r *client.Record) error             { m.records[r.Key] = r; return nil }
func (m *model) DeleteRecord(k client.Key) error              { delete(m.records, k); return nil }
func (m *model) PutScope(s client.ScopeState) error           { m.scopes[s.Scope] = s; return nil }
func (m *model) DeleteScope(s syncproto.Scope) error          { delete(m.scopes, s); return nil }
func (m *model) PutOutbox(it *client.Item) error              { m.outbox[it.N] = it; return nil }
func (m *model) DeleteOutbox(n int64) error                   { delete(m.outbox, n); return nil }
func (m *model) PutSent(it *client.Item) error                { m.sent[it.N] = it; return nil }
func (m *model) DeleteSent(n int64) error                     { delete(m.sent, n); return nil }

func (m *model) AddLog(e *client.LogEntry) error {
	e.Seq = int64(len(m.log)) + 1
	m.log = append(m.log, e)
	return nil
}

func (m *model) Record(k client.Key) (*client.Record, error) {
	if r, ok := m.records[k]; ok {
		return r, nil
	}
	return nil, client.ErrNotFound
}

func (m *model) Members(scope syncproto.Scope, typ string, yield func(*client.Record) bool) error {
	keys := slices.SortedFunc(maps.Keys(m.records), func(a, b client.Key) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	for _, k := range keys {
		in := slices.ContainsFunc(m.records[k].Marks, func(x client.Mark) bool { return x.Scope == scope })
		if in && (typ == "" || typ == k.Type) && !yield(m.records[k]) {
			return nil
		}
	}
	return nil
}

func (m *model) Scope(s syncproto.Scope) (client.ScopeState, error) {
	if v, ok := m.scopes[s]; ok {
		return v, nil
	}
	return client.ScopeState{}, client.ErrNotFound
}

func (m *model) Scopes(yield func(client.ScopeState) bool) error {
	for _, s := range slices.Sorted(maps.Keys(m.scopes)) {
		if !yield(m.scopes[s]) {
			return nil
		}
	}
	return nil
}

func (m *model) Outbox(from int64, yield func(*client.Item) bool) error {
	return byN(m.outbox, from, yield)
}

func (m *model) Sent(yield func(*client.Item) bool) error { return byN(m.sent, 0, yield) }

func byN(items map[int64]*client.Item, from int64, yield func(*client.Item) bool) error {
	for _, n := range slices.Sorted(maps.Keys(items)) {
		if n >= from && !yield(items[n]) {
			return nil
		}
	}
	return nil
}

func (m *model) Log(yield func(*client.LogEntry) bool) error {
	for _, e := range slices.Backward(m.log) {
		if !yield(e) {
			return nil
		}
	}
	return nil
}

// Dumped is everything that can be read from a Local.
type Dumped struct {
	Meta    client.Meta
	Members map[syncproto.Scope][]client.Record
	ByType  map[string][]client.Key
	Scopes  []client.ScopeState
	Outbox  []client.Item
	From3   []int64
	Sent    []client.Item
	Log     []client.LogEntry
}

// Dump reads everything of a database whose scopes are those of the suite, or
// stand in its list of scopes.
func Dump(t testing.TB, l client.Local) Dumped {
	t.Helper()
	d := Dumped{Members: map[syncproto.Scope][]client.Record{}, ByType: map[string][]client.Key{}}
	err := l.View(func(r client.LocalReader) (err error) {
		if d.Meta, err = r.Meta(); err != nil {
			return err
		}
		names := []syncproto.Scope{"ref", "team:a", "team:a/2026-01", "user:b"}
		if err := r.Scopes(func(s client.ScopeState) bool {
			d.Scopes = append(d.Scopes, s)
			names = append(names, s.Scope)
			return true
		}); err != nil {
			return err
		}
		slices.Sort(names)
		for _, s := range slices.Compact(names) {
			if err := d.scope(r, s); err != nil {
				return err
			}
		}
		if err := r.Outbox(0, func(it *client.Item) bool { d.Outbox = append(d.Outbox, *it); return true }); err != nil {
			return err
		}
		if err := r.Outbox(3, func(it *client.Item) bool { d.From3 = append(d.From3, it.N); return true }); err != nil {
			return err
		}
		if err := r.Sent(func(it *client.Item) bool { d.Sent = append(d.Sent, *it); return true }); err != nil {
			return err
		}
		return r.Log(func(e *client.LogEntry) bool { d.Log = append(d.Log, *e); return true })
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *Dumped) scope(r client.LocalReader, s syncproto.Scope) error {
	err := r.Members(s, "", func(rec *client.Record) bool {
		d.Members[s] = append(d.Members[s], *rec)
		return true
	})
	if err != nil {
		return err
	}
	for _, rec := range d.Members[s] {
		got, err := r.Record(rec.Key)
		if err != nil {
			return err
		}
		if got.Rev != rec.Rev || string(got.Doc) != string(rec.Doc) {
			return errRefused
		}
	}
	return r.Members(s, "act", func(rec *client.Record) bool {
		d.ByType[string(s)] = append(d.ByType[string(s)], rec.Key)
		return true
	})
}
