package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// write is one Put or Delete on its way.
type write struct {
	key    store.Key
	rk     [recordKeyLen]byte
	old    *rec // nil: the record is new
	new    rec
	target []uint32 // scopes it is to live in, by number
}

// Put implements store.Tx.
func (t *txn) Put(p store.Put) (store.Record, error) {
	w, err := t.load(p.Key)
	if err != nil {
		return store.Record{}, err
	}
	if w.old != nil && w.old.deleted {
		return store.Record{}, store.ErrDeleted
	}
	scopes, err := scopeSet(p.Scopes)
	if err != nil {
		return store.Record{}, err
	}
	if err := t.checkClosed(w.old, scopes); err != nil {
		return store.Record{}, err
	}
	doc, c, err := t.canon.digest(p.Type, p.Doc)
	if err != nil {
		return store.Record{}, err
	}
	w.target = make([]uint32, 0, len(scopes))
	for _, s := range scopes {
		no, err := t.number(t.s.scopes, string(s))
		if err != nil {
			return store.Record{}, err
		}
		w.target = append(w.target, no)
	}
	if w.old != nil && bytes.Equal(doc, w.old.doc) {
		return t.rescope(w)
	}
	if w.new.cause, err = t.cause(p.Cause); err != nil {
		return store.Record{}, err
	}
	t.seq++
	w.new.rev, w.new.doc, w.new.c = t.seq, doc, c
	w.new.h = first16(doc)
	if w.old != nil && (!p.Derived || w.old.hist) {
		if err := t.appendHistory(w, doc); err != nil {
			return store.Record{}, err
		}
	}
	if err := t.move(w, t.seq); err != nil {
		return store.Record{}, err
	}
	return t.finish(w)
}

// rescope is a Put with the document unchanged: rev stays.
func (t *txn) rescope(w *write) (store.Record, error) {
	live := 0
	same := true
	for _, f := range w.old.refs {
		if !f.left {
			live++
			same = same && slices.Contains(w.target, f.scope)
		}
	}
	w.new = *w.old
	w.new.doc = bytes.Clone(w.old.doc)
	if same && live == len(w.target) {
		return t.own(w)
	}
	t.seq++
	if err := t.move(w, t.seq); err != nil {
		return store.Record{}, err
	}
	return t.finish(w)
}

// Delete implements store.Tx.
func (t *txn) Delete(k store.Key, cause store.Cause) (store.Record, error) {
	w, err := t.load(k)
	if err != nil {
		return store.Record{}, err
	}
	if w.old == nil {
		return store.Record{}, store.ErrNotFound
	}
	w.new = *w.old
	if w.old.deleted {
		return t.own(w)
	}
	if err := t.checkClosed(w.old, nil); err != nil {
		return store.Record{}, err
	}
	cau, err := t.cause(cause)
	if err != nil {
		return store.Record{}, err
	}
	t.seq++
	w.new = rec{deleted: true, key: w.rk, rev: t.seq, cause: cau}
	for _, f := range w.old.refs {
		if !f.left {
			w.target = append(w.target, f.scope)
		}
	}
	if err := t.appendHistory(w, nil); err != nil {
		return store.Record{}, err
	}
	if err := t.move(w, t.seq); err != nil {
		return store.Record{}, err
	}
	return t.finish(w)
}

// load finds what a write stands on.
func (t *txn) load(k store.Key) (*write, error) {
	id, ok := k.ID.Bytes()
	if !ok || k.Type == "" {
		return nil, fmt.Errorf("store: %.20q %.30q is no key of a record", k.Type, k.ID)
	}
	typ, err := t.number(t.s.types, k.Type)
	if err != nil {
		return nil, err
	}
	w := &write{key: k, rk: recordKey(typ, id)}
	w.new.key = w.rk
	old, err := t.find(w.rk)
	if errors.Is(err, store.ErrNotFound) {
		return w, nil
	}
	if err != nil {
		return nil, t.fail(err)
	}
	w.old = &old
	return w, nil
}

func scopeSet(list []syncproto.Scope) ([]syncproto.Scope, error) {
	if !slices.IsSorted(list) {
		list = slices.Sorted(slices.Values(list))
	}
	for i, s := range list {
		if s == "" || len(s) > maxKeyPart {
			return nil, errors.New("store: a scope's name is empty or too long")
		}
		if i > 0 && s == list[i-1] {
			return slices.Compact(slices.Clone(list)), nil
		}
	}
	return list, nil
}

// checkClosed refuses a write that touches a closed scope, before anything is
// written.
func (t *txn) checkClosed(old *rec, scopes []syncproto.Scope) error {
	for _, s := range scopes {
		if st, err := t.Scope(s); err != nil {
			return err
		} else if st.Closed {
			return store.ErrScopeClosed
		}
	}
	if old == nil {
		return nil
	}
	for _, f := range old.refs {
		if f.left {
			continue
		}
		if st, err := t.scope(f.scope); err != nil {
			return err
		} else if st.Closed {
			return store.ErrScopeClosed
		}
	}
	return nil
}

func (t *txn) cause(c store.Cause) (out cause, err error) {
	out = cause{fp: c.FP, at: t.now.UnixMilli(), nb: c.NotBeforeMs, na: c.NotAfterMs}
	if len(c.Lost) > 0 {
		out.lost = c.Lost.AppendCanonical(nil)
	}
	if out.by, err = t.number(t.s.people, string(c.By)); err != nil {
		return out, err
	}
	out.op, err = t.number(t.s.words, c.Op)
	return out, err
}

// appendHistory keeps what the change removes or replaces; doc is the new
// document, nil if it goes.
func (t *txn) appendHistory(w *write, doc jsontext.Value) error {
	before, err := syncproto.SplitCanonical(w.old.doc)
	if err != nil {
		return t.fail(fmt.Errorf("%w: %w", errCorrupt, err))
	}
	ch := change{prevRev: w.old.rev, prevHist: w.old.hist, prevC: w.old.c, prev: w.old.cause}
	if doc != nil {
		after, err := syncproto.SplitCanonical(doc)
		if err != nil {
			return fmt.Errorf("store: document: %w", err)
		}
		for f, v := range after {
			if b, ok := before[f]; !ok {
				ch.added = append(ch.added, f)
			} else if bytes.Equal(b, v) {
				delete(before, f)
			}
		}
		slices.Sort(ch.added)
	}
	ch.before = before.AppendCanonical(nil)
	w.new.hist = true
	return t.put(bHistory, be64(w.new.rev), ch.append(nil))
}

// move brings index, counts and sums from the old record to the new one, all
// at one seq.
func (t *txn) move(w *write, seq int64) error {
	refs := make([]ref, 0, len(w.target)+2)
	if w.old != nil {
		refs = append(refs, w.old.refs...)
	}
	for i := range refs {
		f := &refs[i]
		if f.left || slices.Contains(w.target, f.scope) {
			continue
		}
		if err := t.relink(w, f, seq, opLeave); err != nil {
			return err
		}
	}
	op := opPut
	if w.new.deleted {
		op = opDel
	}
	for _, no := range w.target {
		i := slices.IndexFunc(refs, func(f ref) bool { return f.scope == no })
		if i < 0 {
			refs = append(refs, ref{scope: no})
			i = len(refs) - 1
		} else if !refs[i].left && w.new.rev == w.old.rev {
			continue // neither the record nor its being there changed
		}
		if err := t.relink(w, &refs[i], seq, op); err != nil {
			return err
		}
	}
	w.new.refs = refs
	return nil
}

// relink replaces the record's entry in one scope.
func (t *txn) relink(w *write, f *ref, seq int64, op opByte) error {
	st, err := t.scope(f.scope)
	if err != nil {
		return err
	}
	if f.seq != 0 {
		if err := t.unlink(f.scope, st, f.seq); err != nil {
			return err
		}
		if !f.left {
			st.Count--
			st.Sum = syncproto.SubSum(st.Sum, syncproto.Addend(st.name, w.key.Type, w.key.ID, w.old.rev, w.old.h))
		}
	}
	e := entry{op: op, typ: w.rk[0], id: syncproto.Bytes16(w.rk[1:]), rev: w.new.rev}
	if err := t.link(f.scope, st, seq, &e); err != nil {
		return err
	}
	f.seq, f.left = seq, op == opLeave
	if op == opPut {
		st.Count++
		st.Sum = syncproto.AddSum(st.Sum, syncproto.Addend(st.name, w.key.Type, w.key.ID, w.new.rev, w.new.h))
	}
	st.Last, st.dirty, st.touched = seq, true, true
	return nil
}

// finish stores the record under its rev, so that bodies lie in order of time.
func (t *txn) finish(w *write) (store.Record, error) {
	v := w.new.append(make([]byte, 0, len(w.new.doc)+128))
	if w.old != nil && w.old.rev != w.new.rev {
		if err := t.del(bRecords, be64(w.old.rev)); err != nil {
			return store.Record{}, err
		}
	}
	t.absent = [recordKeyLen]byte{}
	rev := be64(w.new.rev)
	if err := t.put(bRecords, rev, v); err != nil {
		return store.Record{}, err
	}
	if w.old == nil || w.old.rev != w.new.rev {
		if err := t.put(bIDs, w.rk[:], rev); err != nil {
			return store.Record{}, err
		}
	}
	return t.own(w)
}

// own is the new record as its caller's own: its document lies in no page.
func (t *txn) own(w *write) (store.Record, error) { return t.export(w.key, &w.new) }
