package client

import (
	"errors"
	"slices"

	"github.com/banso/banso/syncproto"
)

// base writes records and keeps the count and sum of every scope that knows
// them, within one local transaction.
type base struct {
	tx     LocalTx
	scopes map[syncproto.Scope]*ScopeState
	order  []syncproto.Scope // in which they were touched
}

func newBase(tx LocalTx) *base {
	return &base{tx: tx, scopes: map[syncproto.Scope]*ScopeState{}}
}

// scope returns the state of a scope to be changed; flush writes it.
func (b *base) scope(name syncproto.Scope) (*ScopeState, error) {
	if s, ok := b.scopes[name]; ok {
		return s, nil
	}
	s, err := b.tx.Scope(name)
	if errors.Is(err, ErrNotFound) {
		s, err = ScopeState{Scope: name}, nil
	}
	if err != nil {
		return nil, err
	}
	b.scopes[name] = &s
	b.order = append(b.order, name)
	return &s, nil
}

func (b *base) flush() error {
	for _, name := range b.order {
		if s := b.scopes[name]; s != nil {
			if err := b.tx.PutScope(*s); err != nil {
				return err
			}
		}
	}
	return nil
}

// record returns a record of base, nil if there is none.
func (b *base) record(k Key) (*Record, error) {
	rec, err := b.tx.Record(k)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return rec, err
}

// replace writes next (nil, or without marks: deletes) in the place of old
// (nil: new).
func (b *base) replace(old, next *Record) error {
	if old != nil {
		for _, m := range old.Marks {
			s, err := b.scope(m.Scope)
			if err != nil {
				return err
			}
			s.Count--
			s.Sum = syncproto.SubSum(s.Sum, syncproto.Addend(m.Scope, old.Type, old.ID, old.Rev, old.H))
		}
	}
	if next == nil || len(next.Marks) == 0 {
		if old == nil {
			return nil
		}
		return b.tx.DeleteRecord(old.Key)
	}
	for _, m := range next.Marks {
		s, err := b.scope(m.Scope)
		if err != nil {
			return err
		}
		s.Count++
		s.Sum = syncproto.AddSum(s.Sum, syncproto.Addend(m.Scope, next.Type, next.ID, next.Rev, next.H))
	}
	return b.tx.PutRecord(next)
}

// put stores a record as a scope's page gives it.
func (b *base) put(s *ScopeState, rec *Record) error {
	old, err := b.record(rec.Key)
	if err != nil {
		return err
	}
	if old != nil {
		rec.Marks = slices.Clone(old.Marks)
	}
	i := slices.IndexFunc(rec.Marks, func(m Mark) bool { return m.Scope == s.Scope })
	if i < 0 {
		rec.Marks = append(rec.Marks, Mark{Scope: s.Scope, Gen: s.Gen})
	} else {
		rec.Marks[i].Gen = s.Gen
	}
	if old != nil && old.Rev == rec.Rev && old.H == rec.H && slices.Equal(old.Marks, rec.Marks) {
		return nil
	}
	return b.replace(old, rec)
}

// leave takes a record out of one scope, and out of base if that was the last.
func (b *base) leave(scope syncproto.Scope, k Key) error {
	old, err := b.record(k)
	if err != nil || old == nil || !old.in(scope) {
		return err
	}
	next := *old
	next.Marks = slices.DeleteFunc(slices.Clone(old.Marks), func(m Mark) bool { return m.Scope == scope })
	return b.replace(old, &next)
}

// remove takes a record out of base: it is a tombstone.
func (b *base) remove(k Key) error {
	old, err := b.record(k)
	if err != nil || old == nil {
		return err
	}
	return b.replace(old, nil)
}

// sweep takes out of a scope what its reading from 0 did not bring.
func (b *base) sweep(s *ScopeState) error {
	var gone []Key
	err := b.tx.Members(s.Scope, "", func(rec *Record) bool {
		if i := slices.IndexFunc(rec.Marks, func(m Mark) bool { return m.Scope == s.Scope }); rec.Marks[i].Gen != s.Gen {
			gone = append(gone, rec.Key)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, k := range gone {
		if err := b.leave(s.Scope, k); err != nil {
			return err
		}
	}
	return nil
}

// purge forgets a scope and what only it knew.
func (b *base) purge(name syncproto.Scope) error {
	var gone []Key
	err := b.tx.Members(name, "", func(rec *Record) bool {
		gone = append(gone, rec.Key)
		return true
	})
	if err != nil {
		return err
	}
	for _, k := range gone {
		if err := b.leave(name, k); err != nil {
			return err
		}
	}
	b.scopes[name] = nil
	return b.tx.DeleteScope(name)
}
