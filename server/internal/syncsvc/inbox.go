package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

type bilingual struct{ vi, en string }

// noteOf is what every note of this mutation has. One that was made by
// somebody who held a history that this store has lost (a restored backup) was
// told before: it comes back to the inbox and is not pushed again.
func noteOf(s *state, in *input, to domain.ID, kind notify.Kind, about store.Key, p place) notify.Note {
	return notify.Note{
		To: to, Kind: kind, Key: string(kind) + "/" + in.fp.String(), About: about, Team: p.team, Month: p.month,
		Tag: about.Type + "/" + string(about.ID), Fields: map[string]string{}, Quiet: s.lostHistory(in),
		Cause: store.Cause{FP: in.fp, Bounds: in.bounds},
	}
}

func reviewNote(s *state, in *input, d syncproto.Doc, key store.Key, c review.Choice, reason string, p place) notify.Note {
	kind := notify.Rejected
	switch {
	case c == review.Return && key.Type == syncproto.TypeReport:
		kind = notify.ReportReturned
	case c == review.Return:
		kind = notify.Returned
	case c == review.Revoke:
		kind = notify.Revoked
	}
	n := noteOf(s, in, domain.ID(d.Str("author")), kind, key, p)
	n.Fields["reason"] = reason
	return n
}

func asideNote(s *state, in *input, to domain.ID, about store.Key, p place, c syncproto.Code, id syncproto.ID) notify.Note {
	t := textOf(c)
	n := noteOf(s, in, to, notify.Aside, about, p)
	n.Tag = "case/" + string(id)
	n.Fields["code"], n.Fields["case"] = string(c), string(id)
	n.Title, n.Body = notify.Text{Vi: t.title.vi, En: t.title.en}, notify.Text{Vi: t.next.vi, En: t.next.en}
	return n
}

func closedNote(s *state, in *input, to domain.ID, about store.Key, p place, id syncproto.ID, adopted bool, reason string) notify.Note {
	kind := notify.Dismissed
	if adopted {
		kind = notify.Adopted
	}
	n := noteOf(s, in, to, kind, about, p)
	n.Tag = "case/" + string(id)
	n.Fields["case"], n.Fields["reason"] = string(id), reason
	return n
}

// decideInbox lets the owner mark his own notes as shown, opened and read, and
// nothing else.
func decideInbox(s *state, in *input) outcome {
	if in.m.Op != syncproto.OpEdit {
		return aside(syncproto.CodeUnknownOp, place{})
	}
	rec := s.record(in.key())
	if rec == nil {
		return missing(s, in)
	}
	if len(rec.Scopes) != 1 || rec.Scopes[0] != syncproto.UserScope(in.m.By) {
		return aside(syncproto.CodeForbidden, place{})
	}
	if rec.Deleted {
		return aside(syncproto.CodeDeleted, place{})
	}
	r := syncproto.Merge(in.m.Type, s.doc(rec), in.m)
	for _, f := range []string{"read", "shown", "opened"} {
		if v, ok := r.Doc[f]; ok && v.Kind() != 't' && v.Kind() != 'f' {
			return aside(syncproto.CodeInvalid, place{})
		}
	}
	switch {
	case len(r.Refused) > 0:
		return aside(syncproto.CodeInvalid, place{})
	case !r.Changed:
		return noop("", rec)
	}
	return outcome{v: syncproto.Applied, key: rec.Key, writes: []write{{
		before: rec, put: store.Put{Key: rec.Key, Doc: r.Doc, Scopes: rec.Scopes, Cause: in.cause()},
	}}}
}
