package memlocal

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// Local is a local database in memory. The zero value is not ready: use New.
type Local struct {
	mu     sync.RWMutex
	shared *Shared
	state
}

// state is replaced or mutated only under the lock; what its maps and slices
// point to is never changed.
type state struct {
	meta    client.Meta
	records map[client.Key]*client.Record
	members map[syncproto.Scope]map[client.Key]struct{}
	scopes  map[syncproto.Scope]client.ScopeState
	outbox  []*client.Item // by N
	sent    []*client.Item // by N
	log     []*client.LogEntry
	logSeq  int64
}

// Option sets up a Local.
type Option func(*Local)

// WithShared makes documents of the scope ref stand in memory once for all
// locals that have the same Shared.
func WithShared(s *Shared) Option { return func(l *Local) { l.shared = s } }

// Shared holds documents by their hash. It only grows.
type Shared struct {
	mu   sync.Mutex
	docs map[syncproto.Hash]jsontext.Value
}

// NewShared makes an empty one.
func NewShared() *Shared { return &Shared{docs: map[syncproto.Hash]jsontext.Value{}} }

func (s *Shared) intern(rec *client.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if doc, ok := s.docs[rec.H]; ok && string(doc) == string(rec.Doc) {
		rec.Doc = doc
		return
	}
	s.docs[rec.H] = rec.Doc
}

// New makes an empty local database.
func New(opts ...Option) *Local {
	l := &Local{state: state{
		records: map[client.Key]*client.Record{},
		members: map[syncproto.Scope]map[client.Key]struct{}{},
		scopes:  map[syncproto.Scope]client.ScopeState{},
	}}
	for _, o := range opts {
		o(l)
	}
	return l
}

// Snapshot is a state of a Local: what a backup of a phone holds.
type Snapshot struct{ state state }

// Snapshot copies the state; it costs a copy of the indexes, not of documents.
func (l *Local) Snapshot() *Snapshot {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return &Snapshot{l.state.copied()}
}

// Restore puts the state of a snapshot in place: a phone restored from backup.
func (l *Local) Restore(s *Snapshot) {
	c := s.state.copied()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = c
}

// Clone makes a second Local with the same state: a copied phone.
func (l *Local) Clone() *Local {
	return &Local{shared: l.shared, state: l.Snapshot().state}
}

func (s *state) copied() state {
	c := *s
	c.records = maps.Clone(s.records)
	c.members = make(map[syncproto.Scope]map[client.Key]struct{}, len(s.members))
	for k, v := range s.members {
		c.members[k] = maps.Clone(v)
	}
	c.scopes = maps.Clone(s.scopes)
	c.outbox, c.sent, c.log = slices.Clone(s.outbox), slices.Clone(s.sent), slices.Clone(s.log)
	return c
}

// View implements client.Local.
func (l *Local) View(fn func(client.LocalReader) error) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return fn(reader{&l.state})
}

// Update implements client.Local.
func (l *Local) Update(fn func(client.LocalTx) error) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &tx{reader: reader{&l.state}, shared: l.shared}
	done := false
	defer func() {
		if !done || err != nil {
			t.rollback()
		}
	}()
	err = fn(t)
	done = true
	return err
}

// Close implements client.Local; there is nothing to close.
func (l *Local) Close() error { return nil }

type reader struct{ s *state }

func (r reader) Meta() (client.Meta, error) { return r.s.meta, nil }

func (r reader) Record(k client.Key) (*client.Record, error) {
	if rec, ok := r.s.records[k]; ok {
		return rec, nil
	}
	return nil, client.ErrNotFound
}

func (r reader) Members(scope syncproto.Scope, typ string, yield func(*client.Record) bool) error {
	keys := make([]client.Key, 0, len(r.s.members[scope]))
	for k := range r.s.members[scope] {
		if typ == "" || k.Type == typ {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b client.Key) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(string(a.ID), string(b.ID)))
	})
	for _, k := range keys {
		if !yield(r.s.records[k]) {
			break
		}
	}
	return nil
}

func (r reader) Scope(name syncproto.Scope) (client.ScopeState, error) {
	if s, ok := r.s.scopes[name]; ok {
		return s, nil
	}
	return client.ScopeState{}, client.ErrNotFound
}

func (r reader) Scopes(yield func(client.ScopeState) bool) error {
	for _, name := range slices.Sorted(maps.Keys(r.s.scopes)) {
		if !yield(r.s.scopes[name]) {
			break
		}
	}
	return nil
}

func (r reader) Outbox(from int64, yield func(*client.Item) bool) error {
	return each(r.s.outbox, from, yield)
}

func (r reader) Sent(yield func(*client.Item) bool) error { return each(r.s.sent, 0, yield) }

func each(list []*client.Item, from int64, yield func(*client.Item) bool) error {
	i, _ := find(list, from)
	for _, it := range list[i:] {
		if !yield(it) {
			break
		}
	}
	return nil
}

func (r reader) Log(yield func(*client.LogEntry) bool) error {
	for _, e := range slices.Backward(r.s.log) {
		if !yield(e) {
			break
		}
	}
	return nil
}

func find(list []*client.Item, n int64) (int, bool) {
	return slices.BinarySearchFunc(list, n, func(it *client.Item, n int64) int { return cmp.Compare(it.N, n) })
}
