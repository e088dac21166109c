package syncsvc

import (
	"maps"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// decideCase decides what is done about a set-aside case.
//
//	adopt    as AdopterOf says; waits for nothing, decides the mutation again
//	dismiss  who may adopt, the leaders, the chair, and the author himself
func decideCase(s *state, in *input) outcome {
	if in.m.Op != syncproto.OpAdopt && in.m.Op != syncproto.OpDismiss {
		return aside(syncproto.CodeUnknownOp, s.guess(in.m))
	}
	rec := s.record(in.key())
	if rec == nil {
		return missing(s, in)
	}
	d := s.doc(rec)
	p := casePlace(d)
	if p.team != "" {
		p.commune = s.team(p.team).Commune // the chair of today
	}
	adopter := syncproto.AdopterOf(syncproto.Code(d.Str(fCode)))
	if !s.mayClose(in, d, p, adopter) {
		return aside(syncproto.CodeForbidden, p)
	}
	want := map[syncproto.Op]string{syncproto.OpAdopt: caseAdopted, syncproto.OpDismiss: caseDismissed}[in.m.Op]
	if st := d.Str(fState); st != caseOpen {
		if st == want {
			return noop("", rec)
		}
		return noop(syncproto.CodeStaleReview, rec) // closed another way meanwhile
	}
	if in.m.Op == syncproto.OpDismiss {
		reason := in.m.Args.Str(syncproto.ArgReason)
		if reason == "" || !text(in.m.Args, syncproto.ArgReason) {
			return aside(syncproto.CodeInvalid, p)
		}
		return outcome{v: syncproto.Applied, key: rec.Key, place: p,
			close: &closing{id: rec.ID, state: caseDismissed, by: in.m.By, reason: reason}}
	}
	return adopt(s, in, rec, d, p)
}

// mayClose checks who may adopt or dismiss. Where adopting touches what money
// stands on (a closed month, a review, membership) the author can't adopt for
// himself, whatever else he is.
func (s *state) mayClose(in *input, d syncproto.Doc, p place, adopter syncproto.Adopter) bool {
	gs, author := s.grantsOf(in.m.By), d.Str(fBy) == string(in.m.By)
	chair := gs.MayReview(p.commune, s.today)
	leader := leads(gs.TeamRole(p.team, s.today))
	if in.m.Op == syncproto.OpDismiss {
		return author || leader || chair
	}
	switch adopter {
	case syncproto.AdoptChair:
		return chair && !author
	case syncproto.AdoptLeader:
		return leader
	case syncproto.AdoptAuthor:
		return leader || author
	}
	return false
}

// adopt decides the kept mutation again, on today's record, waiving the one
// code of its case. If another rule still stands against it, the case stays
// open under that rule and the adoption has changed nothing.
func adopt(s *state, in *input, rec *store.Record, d syncproto.Doc, p place) outcome {
	inner, ok := s.kept(d)
	if !ok {
		return still(rec, d, p, syncproto.Code(d.Str(fCode)))
	}
	cur := s.record(inner.key())
	have := ""
	if cur != nil && !cur.Deleted {
		have = cur.H.String()
	}
	if in.m.Args.Str(syncproto.ArgHash) != have {
		return noop(syncproto.CodeStaleReview, rec) // it changed since the adopter looked
	}
	code := syncproto.Code(d.Str(fCode))
	inner.now, inner.caller, inner.adopter, inner.caseID = in.now, in.caller, in.m.By, rec.ID
	inner.waive = waivable(code)
	if code == syncproto.CodeTooLarge {
		inner.code = ""
	}
	if syncproto.AdopterOf(code) == syncproto.AdoptAuthor && len(in.m.Set) > 0 {
		inner.m = corrected(inner.m, in.m.Set)
	}
	out := decide(s, inner)
	if out.v == syncproto.Aside && out.code == syncproto.CodeMonthClosed && code == syncproto.CodeMonthClosed {
		return adoptLate(s, in, rec, d, p)
	}
	if out.v == syncproto.Aside || out.v == syncproto.Waiting {
		return still(rec, d, p, out.code)
	}
	return outcome{v: syncproto.Applied, key: rec.Key, place: p, writes: out.writes, notes: out.notes,
		close: &closing{id: rec.ID, state: caseAdopted, by: in.m.By, reason: in.m.Args.Str(syncproto.ArgReason), inner: &out}}
}

// still is the verdict on an adoption that another rule forbids: it stands
// aside without a case of its own, for the case that it names is still there.
func still(rec *store.Record, d syncproto.Doc, p place, code syncproto.Code) outcome {
	out := outcome{v: syncproto.Aside, code: code, key: rec.Key, place: p, kase: rec.ID}
	if syncproto.AdopterOf(code) != syncproto.AdoptNobody && d.Str(fCode) != string(code) {
		out.recode = d
	}
	return out
}

// waivable is the code that adopting a case waives. A closed month is never
// waived: a correction takes its place (adoptLate). Neither are a form that can't be
// read and a day that has not come: they are corrected, or their time comes.
func waivable(c syncproto.Code) syncproto.Code {
	switch c {
	case syncproto.CodeLockedReview, syncproto.CodeConflictMaterial, syncproto.CodeDeleted,
		syncproto.CodeNotMember, syncproto.CodeInvalid, syncproto.CodeTooLarge:
		return c
	}
	return ""
}

// corrected lays what the adopter corrects over a mutation.
func corrected(m *syncproto.Mutation, set syncproto.Doc) *syncproto.Mutation {
	c := *m
	c.Set = maps.Clone(m.Set)
	if c.Set == nil {
		c.Set = syncproto.Doc{}
	}
	maps.Copy(c.Set, set)
	return &c
}

// kept reads the mutation of a case again. This decodes inside a transaction,
// which only adoption and redecision do.
func (s *state) kept(d syncproto.Doc) (*input, bool) {
	fp, err := syncproto.ParseBytes16(d.Str(fFP))
	if err != nil {
		s.fail(err)
		return nil, false
	}
	raw, err := s.r.Raw(fp)
	if err != nil {
		s.fail(err)
		return nil, false
	}
	in := &input{item: readItem(raw), client: syncproto.ID(d.Str("client"))}
	in.bounds.NotBeforeMs, _ = d.Int("not_before")
	in.bounds.NotAfterMs, _ = d.Int("not_after")
	in.caller = domain.Caller{Person: domain.ID(d.Str(fBy))}
	return in, in.m != nil && in.m.By == in.caller.Person
}
