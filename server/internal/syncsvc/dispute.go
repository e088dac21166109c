package syncsvc

import (
	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const (
	maxQuestion = 1000 // runes
	// defaultDisputeDays is within how many working days an answer is due: an
	// assumption of this system (badge A), and a setting.
	defaultDisputeDays = 5
)

// decideDispute decides the question "why was this not paid?" about a team's
// month.
//
//	create    who had a role in the team in that month, or has one today
//	withdraw  who asked, until it is answered
//
// The server attaches the explanation as it stands on receipt, and the day by
// which an answer is due. Who asks again while his question stands open gets
// that one.
func decideDispute(s *state, in *input) outcome {
	rec := s.record(in.key())
	switch {
	case in.m.Op == syncproto.OpCreate:
		return createDispute(s, in, rec)
	case in.m.Op != syncproto.OpWithdraw:
		return aside(syncproto.CodeUnknownOp, s.guess(in.m))
	case rec == nil:
		return missing(s, in)
	}
	d := s.doc(rec)
	p := s.at(domain.ID(d.Str("team")), domain.Month(d.Str("month")))
	switch {
	case d.Str("author") != string(in.m.By):
		return aside(syncproto.CodeForbidden, p)
	case d.Str("state") == string(domain.DisputeWithdrawn):
		return noop("", rec)
	case d.Str("state") != string(domain.DisputeOpen):
		return noop(syncproto.CodeStaleReview, rec) // answered meanwhile
	}
	d["state"] = syncproto.Str(string(domain.DisputeWithdrawn))
	d["at_ms"] = syncproto.Int(in.now.UnixMilli())
	return outcome{v: syncproto.Applied, key: rec.Key, place: p, writes: []write{{before: rec,
		put: store.Put{Key: rec.Key, Doc: d, Scopes: disputeScopes(p), Cause: in.cause()}}}}
}

func createDispute(s *state, in *input, rec *store.Record) outcome {
	r := syncproto.Merge(in.m.Type, nil, unseen(in.m))
	p := s.guess(in.m)
	switch {
	case len(r.Refused) > 0 || !validDispute(r.Doc) || p.commune == "":
		return aside(syncproto.CodeInvalid, p)
	case tooBig(r.Doc):
		return aside(syncproto.CodeTooLarge, p)
	case rec != nil && sameContent(in.m.Type, s.doc(rec), r.Doc):
		return noop("", rec)
	case rec != nil: // an id is used once
		return aside(syncproto.CodeInvalid, p)
	}
	if c := dateCode(s, in, p.month.First()); c != "" {
		return aside(c, p)
	}
	if in.waive != syncproto.CodeNotMember && s.roleInMonth(in.m.By, p.team, p.month) == "" {
		return notMember(in, p)
	}
	if old := s.asked(in.m.By, p); old != nil {
		return noop("", old)
	}
	stood, err := s.months.Explain(s.r, p.team, p.month, in.now)
	if domain.CodeOf(err) != "" {
		stood, err = []byte("{}"), nil // no policy, nothing to explain: the question stands all the same
	}
	if err != nil {
		s.fail(err)
	}
	for f, v := range map[string]string{"author": string(in.m.By), "state": string(domain.DisputeOpen), "origin": string(domain.Assumed),
		"answer_by": string(workingDays(s.today, s.disputeDays)), "c": syncproto.ContentHash(in.m.Type, r.Doc).String()} {
		r.Doc[f] = syncproto.Str(v)
	}
	r.Doc["stood"], r.Doc["asked_ms"] = stood, syncproto.Int(in.now.UnixMilli())
	return outcome{v: syncproto.Applied, key: in.key(), place: p, writes: []write{{
		put: store.Put{Key: in.key(), Doc: r.Doc, Scopes: disputeScopes(p), Cause: in.cause()}}}}
}

// asked is the open question of a person about a team's month, or nil.
func (s *state) asked(by domain.ID, p place) (found *store.Record) {
	if err := s.r.Members(syncproto.TeamScope(p.team), syncproto.TypeDispute, func(rec *store.Record) bool {
		var d domain.Dispute
		if err := json.Unmarshal(rec.Doc, &d); err != nil {
			s.fail(err)
			return false
		}
		if d.Author == by && d.Month == p.month && d.State == domain.DisputeOpen {
			c := *rec
			c.Doc = rec.Doc.Clone()
			found = &c
		}
		return found == nil
	}); err != nil {
		s.fail(err)
	}
	return found
}

// scopeDisputes lists the disputes of the province.
const scopeDisputes syncproto.Scope = "sys:disputes"

func disputeScopes(p place) []syncproto.Scope {
	return []syncproto.Scope{syncproto.CommuneScope(p.commune), scopeDisputes, syncproto.TeamScope(p.team)}
}

func validDispute(d syncproto.Doc) bool {
	q := d.Str("question")
	return isID(d, "team") && syncproto.ValidMonth(d.Str("month")) && q != "" && text(d, "question") && len([]rune(q)) <= maxQuestion
}

// workingDays is the day that lies n working days after a day: Saturdays and
// Sundays don't count. Public holidays do; a province extends by its word.
func workingDays(from domain.Date, n int) domain.Date {
	var weekends domain.Calendar
	return weekends.After(from, n)
}
