package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// moveOn decides submit and withdraw.
func moveOn(s *state, in *input, rec *store.Record, p place) outcome {
	if rec.Deleted {
		return aside(syncproto.CodeDeleted, p)
	}
	cur := s.doc(rec)
	if out, ok := mayTouch(s, in, cur, p); !ok {
		return out
	}
	submit := in.m.Op == syncproto.OpSubmit
	if !submit && in.m.Type == syncproto.TypeActivity && cur.Str("author") != string(in.m.By) {
		return aside(syncproto.CodeForbidden, p)
	}
	if submit && in.adopter == "" && s.ownAside(rec.Key, in.m.By) {
		return waiting(syncproto.CodeParentAside, p, rec.Key)
	}
	step := review.Withdraw
	if submit {
		step = review.Submit
	}
	next, what := step(domain.State(cur.Str("state")))
	if what == review.Locked && in.waive == syncproto.CodeLockedReview {
		next, what = domain.Withdrawn, review.Go
	}
	switch {
	case what == review.Nothing:
		return noop("", rec)
	case s.monthClosed(rec, p):
		return aside(syncproto.CodeMonthClosed, p)
	case what == review.Locked:
		return aside(syncproto.CodeLockedReview, p)
	}
	cur["state"] = syncproto.Str(string(next))
	if submit {
		cur["submitted"] = syncproto.Int(in.now.UnixMilli())
	}
	return outcome{v: syncproto.Applied, key: rec.Key, place: p, writes: []write{in.put(rec.Key, cur, p, rec)}}
}

// decideReview decides a chair's decision on an activity or a report.
func decideReview(s *state, in *input, rec *store.Record, p place) outcome {
	choice := review.Choice(in.m.Args.Str(syncproto.ArgDecision))
	reason := in.m.Args.Str(syncproto.ArgReason)
	waive := in.m.Args.Bool(syncproto.ArgWaive)
	if !choice.Valid() || (choice.NeedsReason() || waive) && reason == "" || !text(in.m.Args, syncproto.ArgReason) {
		return aside(syncproto.CodeInvalid, p)
	}
	who := in.m.By
	if in.adopter != "" {
		who = in.adopter
	}
	if !s.grantsOf(who).MayReview(p.commune, s.today) && !s.standsIn(who, rec, p) {
		return aside(syncproto.CodeForbidden, p)
	}
	if rec.Deleted {
		return noop(syncproto.CodeStaleReview, rec)
	}
	cur := s.doc(rec)
	if cur.Str("author") == string(who) || leads(s.roleOn(who, cur, p)) && s.wrote(rec, who) {
		return aside(syncproto.CodeForbidden, p) // R15: the reviewer is not the author, of the whole or of a part
	}
	if !s.knew(rec, in.m.Seen) {
		return waiting(syncproto.CodeParentUnknown, p, rec.Key)
	}
	reviewed, _ := syncproto.ParseBytes16(cur.Str("reviewed_c"))
	yes, no := true, false
	next, what := review.Decide(review.At{
		State: domain.State(cur.Str("state")), C: rec.C, Seen: in.m.Seen,
		ReviewedC: reviewed, Own: cur.Str("reviewer") == string(who),
	}, choice)
	switch {
	case what == review.Nothing:
		return noop("", rec)
	case what == review.Stale:
		out := noop(syncproto.CodeStaleReview, rec)
		out.looked = &yes
		return out
	case s.monthClosed(rec, p):
		return aside(syncproto.CodeMonthClosed, p)
	}
	setDecision(cur, next, who, in.m.Seen, reason, waive)
	out := outcome{v: syncproto.Applied, key: rec.Key, place: p, looked: &no, writes: []write{in.put(rec.Key, cur, p, rec)}}
	if choice == review.Approve {
		out.approved = domain.ID(cur.Str("author"))
	} else {
		out.notes = []notify.Note{reviewNote(s, in, cur, rec.Key, choice, reason, p)}
	}
	return out
}

// standsIn reports whether a person may decide in the commune's place: he is
// appointed to, and the submission is undecided beyond its review day.
func (s *state) standsIn(who domain.ID, rec *store.Record, p place) bool {
	if !s.grantsOf(who).StandsIn(p.commune, s.today) || s.doc(rec).Str("state") != string(domain.Pending) {
		return false
	}
	by, err := s.months.ReviewBy(s.r, p.team, p.month)
	if err != nil && domain.CodeOf(err) == "" {
		s.fail(err)
	}
	return err == nil && s.today > by
}

// wrote reports whether a person changed what a record says, other than by
// adopting a change of somebody else.
func (s *state) wrote(rec *store.Record, who domain.ID) (found bool) {
	if err := s.r.History(rec.Key, func(v *store.Version) bool {
		switch syncproto.Op(v.Op) {
		case syncproto.OpCreate, syncproto.OpEdit, syncproto.OpAttach, syncproto.OpDetach:
			found = v.By == who
		}
		return !found
	}); err != nil {
		s.fail(err)
	}
	return found
}

func setDecision(d syncproto.Doc, next domain.State, who domain.ID, c syncproto.Hash, reason string, waive bool) {
	d["state"] = syncproto.Str(string(next))
	d["reviewer"] = syncproto.Str(string(who))
	d["reviewed_c"] = syncproto.Str(c.String())
	delete(d, "reason")
	delete(d, "waiver")
	if reason != "" {
		d["reason"] = syncproto.Str(reason)
	}
	if waive && next == domain.Approved {
		d["waiver"] = syncproto.Str(reason)
	}
}
