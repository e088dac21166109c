package syncsvc

import (
	"maps"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// decideActivity decides every operation on an activity.
//
//	create            member, deputy, leader of the team on the day done
//	edit, attach,     the author, or leader and deputy, while not decided
//	detach, submit,
//	delete
//	withdraw          the author, until decided
//	review            chair or vice chair of the team's commune today, not the author
func decideActivity(s *state, in *input) outcome {
	if in.m.Op == syncproto.OpCreate {
		return createActivity(s, in)
	}
	rec := s.record(in.key())
	if rec == nil {
		if !activityOps[in.m.Op] {
			return aside(syncproto.CodeUnknownOp, s.guess(in.m))
		}
		return missing(s, in)
	}
	p := s.placeOf(rec)
	switch in.m.Op {
	case syncproto.OpEdit, syncproto.OpAttach, syncproto.OpDetach:
		return editActivity(s, in, rec, p)
	case syncproto.OpDelete:
		return deleteActivity(s, in, rec, p)
	case syncproto.OpSubmit, syncproto.OpWithdraw:
		return moveOn(s, in, rec, p)
	case syncproto.OpReview:
		return decideReview(s, in, rec, p)
	}
	return aside(syncproto.CodeUnknownOp, p)
}

var activityOps = map[syncproto.Op]bool{
	syncproto.OpEdit: true, syncproto.OpAttach: true, syncproto.OpDetach: true, syncproto.OpDelete: true,
	syncproto.OpSubmit: true, syncproto.OpWithdraw: true, syncproto.OpReview: true,
}

// unseen is a create without what its author saw before it: that was another
// try of his own, which never became a record, and must not count as a
// conflict that drops fields of this one.
func unseen(m *syncproto.Mutation) *syncproto.Mutation {
	c := *m
	c.Was = nil
	return &c
}

func createActivity(s *state, in *input) outcome {
	r := syncproto.Merge(in.m.Type, nil, unseen(in.m))
	if len(r.Refused) > 0 || !validActivity(r.Doc) {
		return aside(syncproto.CodeInvalid, s.guess(in.m))
	}
	if tooBig(r.Doc) {
		return aside(syncproto.CodeTooLarge, s.guess(in.m))
	}
	on := day(r.Doc, "done_on")
	p := s.at(domain.ID(r.Doc.Str("team")), on.Month())
	key := in.key()
	var alias domain.ID
	if rec := s.record(key); rec != nil {
		code := syncproto.CodeInvalid // an id is used once
		switch {
		case rec.Deleted:
			code = syncproto.CodeDeleted
		case sameContent(in.m.Type, s.doc(rec), r.Doc):
			return noop("", rec)
		}
		if in.waive != code {
			return aside(code, p)
		}
		alias, key = in.m.ID, aliasKey(in)
	}
	if out, ok := allowed(s, in, on, p); !ok {
		return out
	}
	if s.monthClosed(nil, p) {
		return aside(syncproto.CodeMonthClosed, p)
	}
	if !s.catalogue.takes(r.Doc.Str("category"), on) {
		return aside(syncproto.CodeInvalid, p)
	}
	out := outcome{v: syncproto.Applied, key: key, place: p}
	r.Doc["author"] = syncproto.Str(string(in.m.By))
	r.Doc["state"] = syncproto.Str(string(domain.Received))
	r.Doc["received"] = syncproto.Int(in.now.UnixMilli())
	if alias != "" {
		r.Doc["alias_of"] = syncproto.Str(string(alias))
	}
	if dup := s.nearby(in, r.Doc); dup != "" {
		r.Doc["flags"] = syncproto.Strs([]string{flagDuplicate + string(dup)})
		out.code = syncproto.CodeDuplicateOf
	}
	out.writes = []write{in.put(key, r.Doc, p, nil)}
	return out
}

func editActivity(s *state, in *input, rec *store.Record, p place) outcome {
	if rec.Deleted {
		return afterDelete(s, in, p)
	}
	if !attachForm(in.m) {
		return aside(syncproto.CodeInvalid, p)
	}
	cur := s.doc(rec)
	if out, ok := mayTouch(s, in, cur, p); !ok {
		return out
	}
	r, code := lay(s, in, rec, cur)
	if code != "" {
		return aside(code, p)
	}
	if !r.Changed {
		return noop("", rec)
	}
	if !validActivity(r.Doc) {
		return aside(syncproto.CodeInvalid, p)
	}
	on := day(r.Doc, "done_on")
	to := s.at(domain.ID(r.Doc.Str("team")), on.Month())
	if on != day(cur, "done_on") || to.team != p.team {
		if out, ok := allowed(s, in, on, to); !ok {
			out.place = p
			return out
		}
	}
	if s.monthClosed(rec, to) {
		return aside(syncproto.CodeMonthClosed, p)
	}
	if (r.Doc.Str("category") != cur.Str("category") || on != day(cur, "done_on")) && !s.catalogue.takes(r.Doc.Str("category"), on) {
		return aside(syncproto.CodeInvalid, p)
	}
	return merged(in, rec, r, to)
}

// lay merges a mutation into a record. The lock of a month and of a decision
// come first, so that they can't be hidden behind a conflict.
func lay(s *state, in *input, rec *store.Record, cur syncproto.Doc) (syncproto.MergeResult, syncproto.Code) {
	m := in.m
	if in.waive == syncproto.CodeConflictMaterial {
		forced := *m
		forced.Was = maps.Clone(m.Was)
		if forced.Was == nil {
			forced.Was = syncproto.Doc{}
		}
		for f := range m.Set {
			if syncproto.ClassOf(m.Type, f) == syncproto.Material {
				forced.Was[f] = cur[f]
			}
		}
		m = &forced
	}
	r := syncproto.Merge(m.Type, cur, m)
	if len(r.Refused) > 0 {
		return r, syncproto.CodeInvalid
	}
	if !r.Changed && len(r.Conflict) == 0 {
		return r, ""
	}
	switch {
	case s.isClosed(rec.Scopes...):
		return r, syncproto.CodeMonthClosed
	case review.Edit(domain.State(cur.Str("state"))) == review.Locked:
		if in.waive != syncproto.CodeLockedReview {
			return r, syncproto.CodeLockedReview
		}
		r.Doc["state"] = syncproto.Str(string(domain.Pending)) // the chair let it in: he looks again
		r.Doc["submitted"] = syncproto.Int(in.now.UnixMilli())
		delete(r.Doc, "waiver")
	}
	switch {
	case len(r.Conflict) > 0:
		return r, syncproto.CodeConflictMaterial
	case tooBig(r.Doc):
		return r, syncproto.CodeTooLarge
	}
	return r, ""
}

// deleteActivity needs the content that was looked at, so that nobody removes
// what he has not seen.
func deleteActivity(s *state, in *input, rec *store.Record, p place) outcome {
	if rec.Deleted {
		return noop("", rec)
	}
	cur := s.doc(rec)
	if out, ok := mayTouch(s, in, cur, p); !ok {
		return out
	}
	switch {
	case s.isClosed(rec.Scopes...):
		return aside(syncproto.CodeMonthClosed, p)
	case review.Edit(domain.State(cur.Str("state"))) == review.Locked && in.waive != syncproto.CodeLockedReview:
		return aside(syncproto.CodeLockedReview, p)
	case in.m.Seen != rec.C && in.waive != syncproto.CodeDeleted:
		return aside(syncproto.CodeDeleted, p)
	}
	return outcome{
		v: syncproto.Applied, key: rec.Key, place: p,
		writes: []write{{del: true, before: rec, put: store.Put{Key: rec.Key, Cause: in.cause()}}},
	}
}
