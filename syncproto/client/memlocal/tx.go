package memlocal

import (
	"slices"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// tx writes in place; undo holds what takes each step back.
type tx struct {
	reader
	shared *Shared
	undo   []func()
}

func (t *tx) rollback() {
	for _, f := range slices.Backward(t.undo) {
		f()
	}
}

func (t *tx) note(f func()) { t.undo = append(t.undo, f) }

func (t *tx) SetMeta(m client.Meta) error {
	old := t.s.meta
	t.note(func() { t.s.meta = old })
	t.s.meta = m
	return nil
}

func (t *tx) PutRecord(rec *client.Record) error {
	old := t.s.records[rec.Key]
	t.note(func() { t.setRecord(rec.Key, old) })
	if t.shared != nil && slices.ContainsFunc(rec.Marks, func(m client.Mark) bool { return m.Scope == syncproto.ScopeRef }) {
		t.shared.intern(rec)
	}
	t.setRecord(rec.Key, rec)
	return nil
}

func (t *tx) DeleteRecord(k client.Key) error {
	old := t.s.records[k]
	t.note(func() { t.setRecord(k, old) })
	t.setRecord(k, nil)
	return nil
}

// setRecord replaces a record (nil: removes it) and keeps the index.
func (t *tx) setRecord(k client.Key, rec *client.Record) {
	if old := t.s.records[k]; old != nil {
		for _, m := range old.Marks {
			delete(t.s.members[m.Scope], k)
			if len(t.s.members[m.Scope]) == 0 {
				delete(t.s.members, m.Scope)
			}
		}
	}
	if rec == nil {
		delete(t.s.records, k)
		return
	}
	t.s.records[k] = rec
	for _, m := range rec.Marks {
		set := t.s.members[m.Scope]
		if set == nil {
			set = map[client.Key]struct{}{}
			t.s.members[m.Scope] = set
		}
		set[k] = struct{}{}
	}
}

func (t *tx) PutScope(s client.ScopeState) error {
	t.noteScope(s.Scope)
	t.s.scopes[s.Scope] = s
	return nil
}

func (t *tx) DeleteScope(name syncproto.Scope) error {
	t.noteScope(name)
	delete(t.s.scopes, name)
	return nil
}

func (t *tx) noteScope(name syncproto.Scope) {
	old, ok := t.s.scopes[name]
	t.note(func() {
		if ok {
			t.s.scopes[name] = old
			return
		}
		delete(t.s.scopes, name)
	})
}

func (t *tx) PutOutbox(it *client.Item) error { t.put(&t.s.outbox, it); return nil }
func (t *tx) DeleteOutbox(n int64) error      { t.drop(&t.s.outbox, n); return nil }
func (t *tx) PutSent(it *client.Item) error   { t.put(&t.s.sent, it); return nil }
func (t *tx) DeleteSent(n int64) error        { t.drop(&t.s.sent, n); return nil }

// put and drop leave the elements of the old slice as they are, so that the
// old slice is the undo.
func (t *tx) put(list *[]*client.Item, it *client.Item) {
	old := *list
	t.note(func() { *list = old })
	i, found := find(old, it.N)
	switch {
	case found:
		*list = slices.Clone(old)
		(*list)[i] = it
	case i == len(old):
		*list = append(old, it)
	default:
		*list = slices.Insert(slices.Clone(old), i, it)
	}
}

func (t *tx) drop(list *[]*client.Item, n int64) {
	old := *list
	i, found := find(old, n)
	if !found {
		return
	}
	t.note(func() { *list = old })
	if i == 0 {
		*list = old[1:]
		return
	}
	*list = append(slices.Clone(old[:i]), old[i+1:]...)
}

func (t *tx) AddLog(e *client.LogEntry) error {
	old, seq := t.s.log, t.s.logSeq
	t.note(func() { t.s.log, t.s.logSeq = old, seq })
	t.s.logSeq++
	e.Seq = t.s.logSeq
	if len(old) >= client.MaxLog {
		t.s.log = old[1:]
	}
	t.s.log = append(t.s.log, e)
	return nil
}
