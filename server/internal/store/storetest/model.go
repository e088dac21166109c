package storetest

import (
	"maps"
	"slices"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// model is a store as plain maps.
type model struct {
	seq       int64
	durable   int64
	records   map[store.Key]*record
	entries   map[syncproto.Scope]map[store.Key]store.Entry
	closed    map[syncproto.Scope]bool
	verdicts  map[[2]string]syncproto.Verdict
	clients   map[[2]string]store.Client
	raws      map[syncproto.FP]string
	waiters   map[store.Key][]syncproto.ID
	decisions []store.Decision
	creds     map[[2]string]string
	counters  map[string]int64
	due       map[[2]string]bool
}

type record struct {
	doc      syncproto.Doc // nil: a tombstone
	rev      int64
	scopes   []syncproto.Scope
	bounds   store.Bounds
	versions []store.Version // oldest first
}

func newModel(seq int64) *model {
	return &model{seq: seq,
		records: map[store.Key]*record{}, entries: map[syncproto.Scope]map[store.Key]store.Entry{},
		closed: map[syncproto.Scope]bool{}, verdicts: map[[2]string]syncproto.Verdict{},
		clients: map[[2]string]store.Client{}, raws: map[syncproto.FP]string{},
		waiters: map[store.Key][]syncproto.ID{}, creds: map[[2]string]string{},
		counters: map[string]int64{}, due: map[[2]string]bool{}}
}

// clone copies all that a transaction may change.
func (m *model) clone() *model {
	c := *m
	c.records = maps.Clone(m.records) // records are replaced, never changed
	c.entries = map[syncproto.Scope]map[store.Key]store.Entry{}
	for s, es := range m.entries {
		c.entries[s] = maps.Clone(es)
	}
	c.closed, c.verdicts, c.clients = maps.Clone(m.closed), maps.Clone(m.verdicts), maps.Clone(m.clients)
	c.raws, c.creds, c.counters, c.due = maps.Clone(m.raws), maps.Clone(m.creds), maps.Clone(m.counters), maps.Clone(m.due)
	c.waiters = map[store.Key][]syncproto.ID{}
	for k, l := range m.waiters {
		c.waiters[k] = slices.Clone(l)
	}
	c.decisions = slices.Clip(m.decisions)
	return &c
}

// refuses reports whether a closed scope is touched.
func (m *model) refuses(old *record, scopes []syncproto.Scope) bool {
	for _, s := range scopes {
		if m.closed[s] {
			return true
		}
	}
	return old != nil && slices.ContainsFunc(old.scopes, func(s syncproto.Scope) bool { return m.closed[s] })
}

// enter sets the one entry of a record in a scope.
func (m *model) enter(s syncproto.Scope, e store.Entry) {
	if m.entries[s] == nil {
		m.entries[s] = map[store.Key]store.Entry{}
	}
	m.entries[s][e.Key] = e
}

// put is Put at a seq that the engine has chosen; atMs is the time of the
// transaction. It reports whether anything is to be written.
func (m *model) put(p store.Put, seq, atMs int64) (want error, wrote bool) {
	old := m.records[p.Key]
	if old != nil && old.doc == nil {
		return store.ErrDeleted, false
	}
	if m.refuses(old, p.Scopes) {
		return store.ErrScopeClosed, false
	}
	scopes := slices.Compact(slices.Sorted(slices.Values(p.Scopes)))
	next := &record{doc: maps.Clone(p.Doc), scopes: scopes, rev: seq,
		bounds: store.Bounds{NotBeforeMs: p.NotBeforeMs, NotAfterMs: p.NotAfterMs}}
	changed := true
	if old != nil && syncproto.HashDoc(old.doc) == syncproto.HashDoc(p.Doc) {
		changed = false
		next.rev, next.bounds, next.versions = old.rev, old.bounds, old.versions
		if slices.Equal(old.scopes, scopes) {
			return nil, false
		}
	}
	if changed {
		v := store.Version{Rev: seq, AtMs: atMs, C: syncproto.ContentHash(p.Type, p.Doc), Cause: p.Cause}
		var had syncproto.Doc
		if old != nil {
			had = old.doc
			next.versions = slices.Clip(old.versions)
		}
		v.Before, v.Added = diff(had, p.Doc)
		next.versions = append(next.versions, v)
	}
	var before []syncproto.Scope
	if old != nil {
		before = old.scopes
	}
	for _, s := range before {
		if !slices.Contains(scopes, s) {
			m.enter(s, store.Entry{Seq: seq, Op: syncproto.ChangeLeave, Key: p.Key, Rev: next.rev})
		}
	}
	for _, s := range scopes {
		if changed || !slices.Contains(before, s) {
			m.enter(s, store.Entry{Seq: seq, Op: syncproto.ChangePut, Key: p.Key, Rev: next.rev})
		}
	}
	m.records[p.Key] = next
	return nil, true
}

// remove is Delete at a seq.
func (m *model) remove(k store.Key, c store.Cause, seq, atMs int64) (want error, wrote bool) {
	old := m.records[k]
	if old == nil {
		return store.ErrNotFound, false
	}
	if old.doc == nil {
		return nil, false
	}
	if m.refuses(old, nil) {
		return store.ErrScopeClosed, false
	}
	v := store.Version{Rev: seq, AtMs: atMs, Before: maps.Clone(old.doc), Cause: c}
	m.records[k] = &record{rev: seq, scopes: old.scopes, versions: append(slices.Clip(old.versions), v),
		bounds: store.Bounds{NotBeforeMs: c.NotBeforeMs, NotAfterMs: c.NotAfterMs}}
	for _, s := range old.scopes {
		m.enter(s, store.Entry{Seq: seq, Op: syncproto.ChangeDel, Key: k, Rev: seq})
	}
	return nil, true
}

// diff is what a change from a to b removes or replaces, and what it brings.
func diff(a, b syncproto.Doc) (before syncproto.Doc, added []string) {
	for k, v := range a {
		if w, ok := b[k]; !ok || string(w) != string(v) {
			if before == nil {
				before = syncproto.Doc{}
			}
			before[k] = v
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			added = append(added, k)
		}
	}
	slices.Sort(added)
	return before, added
}

// scope recomputes the state of a scope.
func (m *model) scope(s syncproto.Scope) (st store.Scope) {
	st.Closed = m.closed[s]
	for k, e := range m.entries[s] {
		st.Last = max(st.Last, e.Seq)
		if e.Op == syncproto.ChangePut {
			st.Count++
			r := m.records[k]
			st.Sum = syncproto.AddSum(st.Sum, syncproto.Addend(s, k.Type, k.ID, r.rev, syncproto.HashDoc(r.doc)))
		}
	}
	return st
}

// changes lists the entries of a scope in order of seq.
func (m *model) changes(s syncproto.Scope, after, upto int64) (list []store.Entry) {
	for k, e := range m.entries[s] {
		if e.Seq <= after || e.Seq > upto {
			continue
		}
		if e.Op == syncproto.ChangePut {
			e.Doc = m.records[k].doc.AppendCanonical(nil)
			e.H = syncproto.HashDoc(m.records[k].doc)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b store.Entry) int { return int(a.Seq - b.Seq) })
	return list
}

// export is a record as Record returns it.
func (m *model) export(k store.Key) store.Record {
	r := m.records[k]
	out := store.Record{Key: k, Rev: r.rev, Scopes: r.scopes, Bounds: r.bounds, Deleted: r.doc == nil}
	if r.doc != nil {
		out.Doc, out.H, out.C = r.doc.AppendCanonical(nil), syncproto.HashDoc(r.doc), syncproto.ContentHash(k.Type, r.doc)
	}
	return out
}
