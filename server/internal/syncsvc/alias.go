package syncsvc

import (
	"maps"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// aliasKey is the id under which adopted work on a used or deleted id lives
// on: derived from the case, so that adopting twice makes one record.
func aliasKey(in *input) store.Key {
	return store.Key{Type: in.m.Type, ID: syncproto.DerivedID("alias", in.caseID, "")}
}

// afterDelete decides work on a record that was deleted. Tombstones stay: the
// leader's adoption lays the work over the last content, under a new id that
// names the old one.
func afterDelete(s *state, in *input, p place) outcome {
	if in.waive != syncproto.CodeDeleted {
		return aside(syncproto.CodeDeleted, p)
	}
	last := s.lastDoc(in.key())
	if len(last) == 0 {
		return aside(syncproto.CodeDeleted, p)
	}
	m := *in.m
	m.Was = maps.Clone(last) // the person saw the content that is gone
	r := syncproto.Merge(m.Type, last, &m)
	if len(r.Refused) > 0 || !validActivity(r.Doc) {
		return aside(syncproto.CodeInvalid, p)
	}
	if out, ok := mayTouch(s, in, last, p); !ok {
		return out
	}
	on := day(r.Doc, "done_on")
	to := s.at(domain.ID(r.Doc.Str("team")), on.Month())
	if out, ok := allowed(s, in, on, to); !ok {
		return out
	}
	if s.monthClosed(nil, to) {
		return aside(syncproto.CodeMonthClosed, p)
	}
	for _, f := range []string{"reason", "reviewer", "reviewed_c", "waiver", "flags", "submitted"} {
		delete(r.Doc, f)
	}
	r.Doc["state"] = syncproto.Str(string(domain.Received))
	r.Doc["received"] = syncproto.Int(in.now.UnixMilli())
	r.Doc["alias_of"] = syncproto.Str(string(in.m.ID))
	key := aliasKey(in)
	return outcome{v: syncproto.Applied, key: key, place: to, writes: []write{in.put(key, r.Doc, to, nil)}}
}
