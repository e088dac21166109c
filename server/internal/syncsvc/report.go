package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// decideReport decides every operation on a team's monthly report. Its id is
// derived from team and month, so two leaders who both begin it offline mean
// the same record: a second create is an edit.
//
//	create, edit, submit, withdraw   leader, deputy of the team in that month
//	                                 (or today: a successor finishes it)
//	review                           chair or vice chair of the commune today
//
// A report is never deleted: its id could not be used again.
func decideReport(s *state, in *input) outcome {
	switch in.m.Op {
	case syncproto.OpCreate, syncproto.OpEdit, syncproto.OpSubmit, syncproto.OpWithdraw, syncproto.OpReview:
	default:
		return aside(syncproto.CodeUnknownOp, s.guess(in.m))
	}
	rec := s.record(in.key())
	switch {
	case rec == nil && in.m.Op == syncproto.OpCreate:
		return createReport(s, in)
	case rec == nil:
		return missing(s, in)
	case rec.Deleted:
		return aside(syncproto.CodeDeleted, s.placeOf(rec))
	}
	p := s.placeOf(rec)
	switch in.m.Op {
	case syncproto.OpReview:
		return decideReview(s, in, rec, p)
	case syncproto.OpSubmit, syncproto.OpWithdraw:
		return moveOn(s, in, rec, p)
	}
	return editReport(s, in, rec, p)
}

func createReport(s *state, in *input) outcome {
	r := syncproto.Merge(in.m.Type, nil, unseen(in.m))
	if len(r.Refused) > 0 || !validReport(r.Doc) {
		return aside(syncproto.CodeInvalid, s.guess(in.m))
	}
	p := s.at(domain.ID(r.Doc.Str("team")), domain.Month(r.Doc.Str("month")))
	switch {
	case tooBig(r.Doc):
		return aside(syncproto.CodeTooLarge, p)
	case in.m.ID != syncproto.DerivedID(syncproto.TypeReport, p.team, string(p.month)), p.commune == "":
		return aside(syncproto.CodeInvalid, p)
	}
	if c := dateCode(s, in, p.month.First()); c != "" {
		return aside(c, p)
	}
	r.Doc["author"] = syncproto.Str(string(in.m.By))
	if out, ok := mayTouch(s, in, r.Doc, p); !ok {
		return out
	}
	if s.monthClosed(nil, p) {
		return aside(syncproto.CodeMonthClosed, p)
	}
	r.Doc["state"] = syncproto.Str(string(domain.Received))
	r.Doc["received"] = syncproto.Int(in.now.UnixMilli())
	return outcome{v: syncproto.Applied, key: in.key(), place: p, writes: []write{in.put(in.key(), r.Doc, p, nil)}}
}

func editReport(s *state, in *input, rec *store.Record, p place) outcome {
	cur := s.doc(rec)
	if out, ok := mayTouch(s, in, cur, p); !ok {
		return out
	}
	r, code := lay(s, in, rec, cur)
	switch {
	case code != "":
		return aside(code, p)
	case !r.Changed:
		return noop("", rec)
	case !validReport(r.Doc), r.Doc.Str("team") != cur.Str("team"), r.Doc.Str("month") != cur.Str("month"):
		return aside(syncproto.CodeInvalid, p) // its id says whose report it is
	case s.monthClosed(rec, p):
		return aside(syncproto.CodeMonthClosed, p)
	}
	return merged(in, rec, r, p)
}

// roleInMonth is the strongest role of a person in a team on the days that a
// month's report may be written: any day of the month, or today.
func (s *state) roleInMonth(person, team domain.ID, m domain.Month) (role domain.Role) {
	if !syncproto.ValidMonth(string(m)) {
		return ""
	}
	days := []domain.Date{m.First(), m.Last(), s.today}
	gs := s.grantsOf(person)
	for _, g := range gs { // a grant inside the month begins or ends on one of its days
		for _, d := range []domain.Date{g.From, g.To} {
			if d.Month() == m {
				days = append(days, d)
			}
		}
	}
	for _, d := range days {
		switch r := gs.TeamRole(team, d); {
		case leads(r):
			return r
		case r != "":
			role = r
		}
	}
	return role
}
