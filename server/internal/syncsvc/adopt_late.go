package syncsvc

import (
	"errors"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const fProposal = "proposal" // of a case: the correction that was proposed instead of adopting it

// lateReason is the reason of a proposal whose proposer gave none.
const lateReason = "Việc đến sau khi chốt tháng / work that came after the close"

// adoptLate is the adoption of work that a closed month refuses: what the chair
// accepts becomes a proposal to pay it back, which a second person decides; the
// case stays open until then. Where that would change nothing, or the work was
// made too late, the closed month stands against it as before.
func adoptLate(s *state, in *input, rec *store.Record, d syncproto.Doc, p place) outcome {
	if id := d.Str(fProposal); id != "" {
		return noop("", rec)
	}
	m, ok, err := s.months.Money(s.r, p.team, p.month)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.fail(err)
	}
	if !ok {
		return still(rec, d, p, syncproto.CodeMonthClosed)
	}
	reason := in.m.Args.Str(syncproto.ArgReason)
	if reason == "" {
		reason = lateReason
	}
	ask := months.Ask{Kind: string(domain.AdjustBack), Policy: s.costsBy(d), Team: p.team, Month: p.month, Close: m.Due.Close,
		Reason: reasonOf(reason), Basis: []string{months.BasisCase + string(rec.ID)}}
	prop, err := s.months.Draft(s.r, in.m.By, ask, in.now)
	if domain.CodeOf(err) != "" {
		return still(rec, d, p, syncproto.CodeMonthClosed)
	}
	id := syncproto.DerivedID(syncproto.TypeProposal, rec.ID, in.fp.String())
	put, perr := months.ProposalPut(months.ProposalView{ID: id, Proposal: prop}, in.m.By, "propose")
	if err = errors.Join(err, perr); err != nil {
		s.fail(err)
	}
	d[fProposal] = syncproto.Str(string(id))
	return outcome{v: syncproto.Applied, key: rec.Key, place: p, kase: rec.ID, recode: d, writes: []write{{put: put}}}
}

// costsBy is the policy of a kept cost; of other work it is the month's main
// one, which "" stands for.
func (s *state) costsBy(d syncproto.Doc) string {
	in, ok := s.kept(d)
	if !ok || in.m.Type != syncproto.TypeSpending {
		return ""
	}
	return syncproto.Overlay(in.m.Type, s.doc(s.record(in.key())), in.m).Str("policy")
}

// settleCase ends a case whose proposal was approved and tells its author, or
// frees it for another adoption. mark is "<case>/<proposal>", as months writes.
func (a *applier) settleCase(mark string) error {
	id, prop, _ := strings.Cut(mark, "/")
	rec := a.st.record(store.Key{Type: syncproto.TypeCase, ID: syncproto.ID(id)})
	pd := a.st.doc(a.st.record(store.Key{Type: syncproto.TypeProposal, ID: syncproto.ID(prop)}))
	d := a.st.doc(rec)
	if rec == nil || d.Str(fState) != caseOpen || a.st.err != nil {
		return a.st.err
	}
	in, ok := a.st.kept(d)
	if !ok {
		return a.st.err
	}
	in.now = a.tx.Now()
	switch domain.ProposalState(pd.Str("state")) {
	case domain.ProposalApproved:
		return a.closeCase(in, &closing{id: rec.ID, state: caseAdopted, by: domain.ID(pd.Str("by")), reason: pd.Str("reason")}, 0)
	case domain.ProposalOpen:
		return nil
	}
	delete(d, fProposal)
	return a.putCase(rec.ID, d, in)
}
