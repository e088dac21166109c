package syncsvc

import (
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxAbout bounds how many open cases about one record are looked at, oldest
// first. Honest phones leave a handful; one that piles up thousands on an id
// must not make each further push read them all.
const maxAbout = 1000

// openCase is what decide needs to know of a case.
type openCase struct {
	id    syncproto.ID
	op    syncproto.Op
	by    domain.ID
	code  syncproto.Code
	place place
}

// openCases lists the cases that stand open about a record. It is read once a
// transaction, which keeps the list up (noteOpen, noteClosed).
func (s *state) openCases(k store.Key) []openCase {
	out, ok := s.about[k]
	if ok {
		return out
	}
	ids, err := s.r.Waiters(aboutKey(k))
	if err != nil {
		s.fail(err)
	}
	for _, id := range ids[:min(len(ids), maxAbout)] {
		out = append(out, openCaseOf(id, s.doc(s.record(store.Key{Type: syncproto.TypeCase, ID: id}))))
	}
	s.about[k] = out
	return out
}

func openCaseOf(id syncproto.ID, d syncproto.Doc) openCase {
	return openCase{
		id: id, op: syncproto.Op(d.Str(fOp)), by: domain.ID(d.Str(fBy)), code: syncproto.Code(d.Str(fCode)), place: casePlace(d),
	}
}

// noteOpen tells the list of a record's open cases, if it was read, what a
// case that opened or changed is now.
func (s *state) noteOpen(id syncproto.ID, d syncproto.Doc) {
	k := store.Key{Type: d.Str(fType), ID: syncproto.ID(d.Str(fID))}
	list, ok := s.about[k]
	if !ok || !indexed(k.Type) {
		return
	}
	i := slices.IndexFunc(list, func(c openCase) bool { return c.id == id })
	switch {
	case i >= 0:
		list[i] = openCaseOf(id, d)
	case len(list) < maxAbout:
		s.about[k] = append(list, openCaseOf(id, d))
	}
}

// noteClosed takes a case out of that list.
func (s *state) noteClosed(id syncproto.ID, k store.Key) {
	if list, ok := s.about[k]; ok {
		s.about[k] = slices.DeleteFunc(list, func(c openCase) bool { return c.id == id })
	}
}

// ownAside reports whether content of an author's own on a record stands
// aside, so that his submit must wait for it. What nobody may bring back
// blocks nothing.
func (s *state) ownAside(k store.Key, by domain.ID) bool {
	for _, c := range s.openCases(k) {
		if c.by != by || c.code == syncproto.CodeForbidden {
			continue
		}
		switch c.op {
		case syncproto.OpCreate, syncproto.OpEdit, syncproto.OpAttach, syncproto.OpDetach:
			return true
		}
	}
	return false
}

// aboutKey is the key under which the store lists the open cases about a
// record (Wait and Waiters): an index that opens and closes with the case.
func aboutKey(k store.Key) store.Key { return store.Key{Type: "about_" + k.Type, ID: k.ID} }
