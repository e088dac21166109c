package boltstore

import (
	"bytes"
	"maps"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Mentions implements store.Reader. Texts are compared with the bytes of the
// canonical form, in which a string is written in one way only.
func (r *reader) Mentions(texts []string, yield func(store.Key) bool) error {
	var want [][]byte
	for _, s := range texts {
		if q := syncproto.Str(s); len(q) > 2 {
			want = append(want, q[1:len(q)-1])
		}
	}
	inHistory := false
	if err := r.b(bHistory).ForEach(func(_, v []byte) error {
		inHistory = inHistory || hasAny(v, want)
		return nil
	}); err != nil {
		return err
	}
	c := r.b(bRecords).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		d, err := decodeRec(fromBE64(k), v)
		if err != nil {
			return err
		}
		found := hasAny(d.doc, want) || hasAny(d.cause.lost, want)
		if !found && inHistory {
			if found, err = r.mentioned(&d, want); err != nil {
				return err
			}
		}
		if !found {
			continue
		}
		key, err := r.keyOf(d.key[:])
		if err != nil {
			return err
		}
		if !yield(key) {
			return nil
		}
	}
	return nil
}

// mentioned looks into the history of a record.
func (r *reader) mentioned(d *rec, want [][]byte) (bool, error) {
	rev, hist := d.rev, d.hist
	for hist {
		ch, err := decodeChange(r.b(bHistory).Get(be64(rev)))
		if err != nil {
			return false, err
		}
		if hasAny(ch.before, want) || hasAny(ch.prev.lost, want) {
			return true, nil
		}
		rev, hist = ch.prevRev, ch.prevHist
	}
	return false, nil
}

func hasAny(b []byte, want [][]byte) bool {
	for _, w := range want {
		if bytes.Contains(b, w) {
			return true
		}
	}
	return false
}

// Redact implements store.Tx. Only the entries of the history and what the
// newest change lost are written again; content hashes of earlier versions
// follow, since they would tell a value that somebody guesses.
func (t *txn) Redact(k store.Key, edit func(syncproto.Doc)) error {
	w, err := t.load(k)
	if err != nil {
		return err
	}
	if w.old == nil {
		return store.ErrNotFound
	}
	head := *w.old
	doc := syncproto.Doc{}
	if !head.deleted {
		if doc, err = syncproto.SplitCanonical(bytes.Clone(head.doc)); err != nil {
			return t.fail(err)
		}
	}
	lost, changed, err := redacted(head.cause.lost, edit)
	if err != nil {
		return t.fail(err)
	}
	if changed {
		head.cause.lost, head.doc = lost, bytes.Clone(head.doc)
		if err := t.put(bRecords, be64(head.rev), head.append(nil)); err != nil {
			return err
		}
	}
	rev, hist := head.rev, head.hist
	for hist {
		ch, err := t.redactChange(rev, k.Type, doc, edit)
		if err != nil {
			return err
		}
		rev, hist = ch.prevRev, ch.prevHist
	}
	return nil
}

// redactChange rewrites one entry of the history; doc is the record after the
// change and, when it returns, before it.
func (t *txn) redactChange(rev int64, typ string, doc syncproto.Doc, edit func(syncproto.Doc)) (ch change, err error) {
	was := bytes.Clone(t.b(bHistory).Get(be64(rev)))
	if ch, err = decodeChange(was); err != nil {
		return ch, t.fail(err)
	}
	before, err := splitDoc(ch.before)
	if err != nil {
		return ch, t.fail(err)
	}
	if before == nil {
		before = syncproto.Doc{}
	}
	edit(before)
	for _, f := range ch.added {
		delete(doc, f)
	}
	maps.Copy(doc, before)
	ch.before = before.AppendCanonical(nil)
	if ch.prev.lost, _, err = redacted(ch.prev.lost, edit); err != nil {
		return ch, t.fail(err)
	}
	ch.prevC = syncproto.ContentHash(typ, doc)
	if now := ch.append(nil); !bytes.Equal(now, was) {
		return ch, t.put(bHistory, be64(rev), now)
	}
	return ch, nil
}

// redacted edits a stored document, if there is one.
func redacted(p []byte, edit func(syncproto.Doc)) (out []byte, changed bool, err error) {
	if len(p) == 0 {
		return p, false, nil
	}
	d, err := syncproto.SplitCanonical(bytes.Clone(p))
	if err != nil {
		return nil, false, err
	}
	edit(d)
	if len(d) > 0 {
		out = d.AppendCanonical(nil)
	}
	return out, !bytes.Equal(out, p), nil
}
