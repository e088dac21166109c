package syncsvc

import (
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const (
	maxAmount     = 1_000_000_000_000 // đồng of one entry
	maxListNumber = 64                // bytes
)

// decideReceipt decides what a leader says arrived of a list.
//
//	create    leader, deputy of the team today; its id is derived from team and
//	          list, so that saying it on two phones is saying it once
//
// What the accountant has not confirmed paid can't be received. An amount that
// differs is kept as such and may be set right; one that matches is final.
func decideReceipt(s *state, in *input) outcome {
	if in.m.Op != syncproto.OpCreate {
		return aside(syncproto.CodeUnknownOp, s.guess(in.m))
	}
	r := syncproto.Merge(in.m.Type, nil, unseen(in.m))
	p := s.guess(in.m)
	team, list := domain.ID(r.Doc.Str("team")), r.Doc.Str("list")
	amount, ok := r.Doc.Int("amount")
	on := day(r.Doc, "on")
	if len(r.Refused) > 0 || p.commune == "" || list == "" || len(list) > maxListNumber || !ok || amount < -maxAmount || amount > maxAmount ||
		on == "" || !text(r.Doc, "note") || in.m.ID != ledger.ReceiptID(team, list) {
		return aside(syncproto.CodeInvalid, p)
	}
	if c := dateCode(s, in, on); c != "" {
		return aside(c, p)
	}
	if out, ok := mayLead(s, in, p); !ok {
		return out
	}
	paid, any, err := ledger.PaidOn(s.r, team, list)
	if err != nil {
		s.fail(err)
	}
	if !any {
		return aside(syncproto.CodeInvalid, p)
	}
	rec := s.record(in.key())
	if rec != nil {
		was := s.doc(rec)
		before, _ := was.Int("paid")
		switch {
		case sameContent(in.m.Type, was, r.Doc) && before == int64(paid):
			return noop("", rec)
		case was.Str("state") == string(ledger.Matches) && before == int64(paid):
			return aside(syncproto.CodeConflictMaterial, p)
		}
		r.Doc["author"], r.Doc["received"] = was["author"], was["received"]
	}
	state := ledger.Matches
	if amount != int64(paid) {
		state = ledger.Differs
	}
	r.Doc["state"], r.Doc["paid"] = syncproto.Str(string(state)), syncproto.Int(int64(paid))
	return moneyOutcome(in, r.Doc, p, rec)
}

// decideSpending decides what a team says it spent of its support.
//
//	create, edit, delete    leader, deputy of the team today; accountant of its
//	                        commune
//
// It names a use that the policy allows and a paper that proves it. Under a
// policy that pays real costs a closed month keeps what it counted: what comes
// after is set aside, and adopting it proposes a back payment.
func decideSpending(s *state, in *input) outcome {
	rec := s.record(in.key())
	switch {
	case in.m.Op != syncproto.OpCreate && in.m.Op != syncproto.OpEdit && in.m.Op != syncproto.OpDelete:
		return aside(syncproto.CodeUnknownOp, s.guess(in.m))
	case rec == nil && in.m.Op != syncproto.OpCreate:
		return missing(s, in)
	case rec != nil && rec.Deleted:
		return aside(syncproto.CodeDeleted, s.placeOf(rec))
	}
	var cur syncproto.Doc
	m := in.m
	if rec != nil {
		cur = s.doc(rec)
	} else {
		m = unseen(in.m)
	}
	if rec != nil && in.m.Op == syncproto.OpCreate {
		if again := syncproto.Merge(in.m.Type, nil, unseen(in.m)); sameContent(in.m.Type, cur, again.Doc) {
			return noop("", rec)
		}
		return aside(syncproto.CodeInvalid, s.placeOf(rec))
	}
	r := syncproto.Merge(in.m.Type, cur, m)
	p := s.at(domain.ID(r.Doc.Str("team")), "")
	if rec != nil {
		p = s.placeOf(rec)
	}
	if out, ok := maySpend(s, in, p); !ok {
		return out
	}
	if m := s.keptCosts(p.team, cur, r.Doc); m != "" {
		p.month = m
		return aside(syncproto.CodeMonthClosed, p)
	}
	switch {
	case in.m.Op == syncproto.OpDelete:
		return outcome{v: syncproto.Applied, key: rec.Key, place: p,
			writes: []write{{del: true, before: rec, put: store.Put{Key: rec.Key, Cause: in.cause()}}}}
	case len(r.Refused) > 0 || p.commune == "" || !validSpending(s, r.Doc) || rec != nil && r.Doc.Str("team") != cur.Str("team"):
		return aside(syncproto.CodeInvalid, p)
	case len(r.Conflict) > 0:
		return aside(syncproto.CodeConflictMaterial, p)
	case rec != nil && !r.Changed:
		return noop("", rec)
	}
	if c := dateCode(s, in, day(r.Doc, "on")); c != "" {
		return aside(c, p)
	}
	return moneyOutcome(in, r.Doc, p, rec)
}

// keptCosts is the closed month that decided real costs of an entry, as it
// stands or as it would.
func (s *state) keptCosts(team domain.ID, docs ...syncproto.Doc) domain.Month {
	for _, d := range docs {
		on := day(d, "on")
		if on == "" || !s.isClosed(syncproto.TeamMonthScope(team, string(on.Month()))) {
			continue
		}
		keeps, err := s.months.KeepsCosts(s.r, team, on.Month(), d.Str("policy"))
		if err != nil {
			s.fail(err)
		}
		if keeps {
			return on.Month()
		}
	}
	return ""
}

func validSpending(s *state, d syncproto.Doc) bool {
	amount, ok := d.Int("amount")
	return isID(d, "team") && ok && 0 < amount && amount <= maxAmount && day(d, "on") != "" &&
		len(d.Strs("evidence")) > 0 && validSet(d, "evidence", validEvidence) && text(d, "note") &&
		s.allowedUse(d.Str("policy"), d.Str("category"))
}

// allowedUse reports whether a policy's money may be spent on a category.
func (s *state) allowedUse(policy, category string) bool {
	uses, err := ledger.Uses(s.r, policy)
	if err != nil {
		s.fail(err)
	}
	return category != "" && slices.ContainsFunc(uses, func(u ledger.Use) bool { return u.ID == category })
}

// mayLead: who leads the team today speaks for its money.
func mayLead(s *state, in *input, p place) (outcome, bool) {
	switch role := s.grantsOf(in.m.By).TeamRole(p.team, s.today); {
	case role == "":
		return notMember(in, p), false
	case !leads(role):
		return aside(syncproto.CodeForbidden, p), false
	}
	return outcome{}, true
}

func maySpend(s *state, in *input, p place) (outcome, bool) {
	if s.grantsOf(in.m.By).Has(p.commune, s.today, domain.RoleAccountant) {
		return outcome{}, true
	}
	return mayLead(s, in, p)
}

// moneyOutcome completes a document with the fields of the server.
func moneyOutcome(in *input, d syncproto.Doc, p place, before *store.Record) outcome {
	if before == nil { // an edit keeps them
		d["author"] = syncproto.Str(string(in.m.By))
		d["received"] = syncproto.Int(in.now.UnixMilli())
	}
	d["unit"] = syncproto.Str(string(p.commune))
	d["c"] = syncproto.Str(syncproto.ContentHash(in.m.Type, d).String())
	return outcome{v: syncproto.Applied, key: in.key(), place: p, writes: []write{{before: before, put: store.Put{Key: in.key(), Doc: d,
		Scopes: []syncproto.Scope{syncproto.CommuneScope(p.commune), syncproto.TeamScope(p.team)}, Cause: in.cause()}}}}
}

// receive follows a receipt that matches into the payments it is about.
func (a *applier) receive(d syncproto.Doc) error {
	var rc ledger.Receipt
	if err := json.Unmarshal(d.AppendCanonical(nil), &rc); err != nil || rc.State != ledger.Matches {
		return err
	}
	return ledger.MarkReceived(a.tx, rc)
}
