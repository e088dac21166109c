package boltstore

import (
	"errors"
	"maps"
	"slices"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// History implements store.Reader. It walks back from the record's header and
// undoes each change; what is left before the first one is what it created.
func (r *reader) History(k store.Key, yield func(*store.Version) bool) error {
	rk, ok := r.rawKey(k)
	if !ok {
		return nil
	}
	d, err := r.find(rk)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	doc := syncproto.Doc{}
	if !d.deleted {
		if doc, err = syncproto.SplitCanonical(d.doc); err != nil {
			return err
		}
	}
	rev, hist, c, cau := d.rev, d.hist, d.c, d.cause
	for hist {
		ch, err := decodeChange(r.b(bHistory).Get(be64(rev)))
		if err != nil {
			return err
		}
		ver, err := r.version(rev, c, &cau)
		if err != nil {
			return err
		}
		if ver.Before, err = splitDoc(ch.before); err != nil {
			return err
		}
		ver.Added = ch.added
		for _, f := range ver.Added {
			delete(doc, f)
		}
		maps.Copy(doc, ver.Before)
		if !yield(&ver) {
			return nil
		}
		rev, hist, c, cau = ch.prevRev, ch.prevHist, ch.prevC, ch.prev
	}
	ver, err := r.version(rev, c, &cau)
	if err != nil {
		return err
	}
	ver.Added = slices.Sorted(maps.Keys(doc))
	yield(&ver)
	return nil
}

// version is what the header says of a change.
func (r *reader) version(rev int64, c syncproto.Hash, cau *cause) (store.Version, error) {
	v := store.Version{Rev: rev, AtMs: cau.at, C: c}
	by, err := r.text(r.s.people, cau.by)
	if err != nil {
		return v, err
	}
	op, err := r.text(r.s.words, cau.op)
	if err != nil {
		return v, err
	}
	lost, err := splitDoc(cau.lost)
	v.Cause = store.Cause{By: syncproto.ID(by), FP: cau.fp, Op: op, Lost: lost,
		Bounds: store.Bounds{NotBeforeMs: cau.nb, NotAfterMs: cau.na}}
	return v, err
}

func splitDoc(p []byte) (syncproto.Doc, error) {
	if len(p) == 0 {
		return nil, nil
	}
	return syncproto.SplitCanonical(jsontext.Value(p))
}
