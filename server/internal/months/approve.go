package months

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// DueCase is the kind of due mark of a case whose adjustment is decided: its
// key is "<case>/<proposal>". The sync service closes the case and tells its author.
const DueCase = "case_settled"

// Choice is what the second person makes of a proposal; withdraw is its
// author's.
type Choice string

const (
	Approve  Choice = "approve"
	Refuse   Choice = "refuse"
	Withdraw Choice = "withdraw"
)

// DecideProposal decides a proposal that stands open. The commune's chair or
// the province's administrators approve or refuse, never the person who
// proposed and never somebody of the team; in a month that the province has
// finalised only the province approves. Everything that proposing checked is
// checked again. The same decision twice is one.
func (s *Service) DecideProposal(ctx context.Context, who domain.Caller, id domain.ID, choice Choice, note string) (ProposalView, error) {
	var out ProposalView
	err := s.store.Update(ctx, func(tx store.Tx) error {
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		if out, err = readProposal(tx, id); domain.CodeOf(err) == domain.NotFound && !g.province() {
			return forbidden()
		} else if err != nil {
			return err
		}
		state, err := s.mayDecide(tx, g, who.Person, &out.Proposal, choice, note)
		if err != nil {
			return err
		}
		if out.State == state && out.DecidedBy == who.Person {
			return nil
		}
		if out.State != domain.ProposalOpen {
			return domain.E(domain.Conflict, "The proposal is decided already.", "Đề nghị này đã được quyết định.")
		}
		out.State, out.DecidedBy, out.DecidedMs, out.Note = state, who.Person, tx.Now().UnixMilli(), note
		if choice == Approve {
			if err := errors.Join(s.carryOut(tx, &out), tellAdjusted(tx, out.ID, &out.Proposal)); err != nil {
				return err
			}
		}
		if err := settleCases(tx, &out); err != nil {
			return err
		}
		return putProposal(tx, out, who.Person, string(choice))
	})
	return out, err
}

// mayDecide returns the state that a choice leads to.
func (s *Service) mayDecide(r store.Reader, g rights, person domain.ID, p *domain.Proposal, choice Choice, note string) (domain.ProposalState, error) {
	if choice == Withdraw {
		if person != p.By {
			return "", forbidden()
		}
		return domain.ProposalWithdrawn, nil
	}
	t, err := roster.Team(r, p.Team)
	if err != nil {
		return "", err
	}
	final, err := finalised(r, p.Month)
	switch {
	case err != nil:
		return "", err
	case !g.approves(t.Commune):
		return "", forbidden()
	case person == p.By:
		return "", domain.E(domain.Forbidden, "Who proposed it can't decide it: another person must.",
			"Người đề nghị không được tự quyết định: phải là người khác.")
	case final && choice == Approve && !g.Anywhere(g.today, domain.RoleProvince):
		return "", domain.E(domain.Forbidden, "The month is finalised: only the province approves.",
			"Tỉnh đã khóa sổ tháng này: chỉ tỉnh được phê duyệt.")
	}
	if err := notOwn(r, person, p.Team); err != nil {
		return "", err
	}
	switch choice {
	case Approve:
		return domain.ProposalApproved, nil
	case Refuse:
		return domain.ProposalRefused, checkReason(note)
	}
	return "", refuse("decision", "Decision must be approve, refuse or withdraw.", "Quyết định phải là phê duyệt, từ chối hoặc rút lại.")
}

// carryOut appends the decision of an approved proposal.
func (s *Service) carryOut(tx store.Tx, v *ProposalView) error {
	p := &v.Proposal
	if err := s.check(tx, p, tx.Now()); err != nil {
		return err
	}
	var d store.Decision
	var err error
	if p.Kind == KindOfReopen {
		d, err = openAgain(tx, p, v.ID, p.DecidedBy)
	} else {
		d, err = appendAdjustment(tx, p, v.ID)
	}
	p.DecisionNo = d.N
	return errors.Join(err, Touch(tx, p.Team, p.Month))
}

func appendAdjustment(tx store.Tx, p *domain.Proposal, id domain.ID) (store.Decision, error) {
	list, err := adjustments(tx, p.Team, p.Month)
	if err != nil {
		return store.Decision{}, err
	}
	body, err := canonical(domain.Adjustment{Policy: p.Policy, Team: p.Team, Month: p.Month, Kind: domain.AdjustKind(p.Kind),
		Amount: p.Amount, Close: p.Close, PayIn: p.PayIn, Reason: p.Reason, Basis: p.Basis, Proposal: id,
		ProposedBy: p.By, ApprovedBy: p.DecidedBy})
	if err != nil {
		return store.Decision{}, err
	}
	return tx.Append(KindAdjustment, adjustKey(p.Team, p.Month, len(list)+1), body)
}

// settleCases marks the cases that a decided proposal rests on.
func settleCases(tx store.Tx, p *ProposalView) error {
	for _, b := range p.Basis {
		if id, ok := strings.CutPrefix(b, BasisCase); ok {
			if err := tx.MarkDue(DueCase, id+"/"+string(p.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// check holds a proposal against the month as it stands: the close that its
// proposer looked at is the newest and stands, and the figure is within what
// the policy gives. It completes what was left to the server.
func (s *Service) check(r store.Reader, p *domain.Proposal, now time.Time) error {
	d, closed, err := closedBy(r, p.Team, p.Month)
	switch {
	case err != nil:
		return err
	case !closed:
		return domain.E(domain.Unprocessable, "The month is open: it needs no correction.", "Tháng này đang mở nên không cần điều chỉnh.")
	case d.N != p.Close:
		return domain.E(domain.Precondition, "The month was closed anew since it was looked at.", "Tháng này đã được chốt lại từ lúc xem: hãy xem lại.")
	case p.Kind == KindOfReopen:
		p.Policy, p.Amount, p.PayIn, p.Timing = "", 0, "", ""
		return nil
	}
	m, err := s.money(r, d)
	if err != nil {
		return err
	}
	by := m.by(p.Policy)
	if by == nil {
		return refuse("policy", "This policy did not judge the month.", "Chính sách này không xét tháng đó.")
	}
	p.Policy = by.Due.Policy
	if err := checkPayIn(r, p, domain.MonthOf(now)); err != nil {
		return err
	}
	if domain.AdjustKind(p.Kind) == domain.AdjustBack {
		return s.checkBack(r, p, &m, by)
	}
	return checkAmount(p, by)
}

// checkPayIn: a correction is paid in a month that is still open, the current
// one if the proposer named none or waited too long.
func checkPayIn(r store.Reader, p *domain.Proposal, current domain.Month) error {
	if p.PayIn != "" {
		if err := checkMonth(p.PayIn); err != nil {
			return refuse("pay_in", "Pay_in is not yyyy-mm.", "Tháng chi phải có dạng năm-tháng.")
		}
	}
	p.PayIn = max(p.PayIn, current)
	final, err := finalised(r, p.PayIn)
	if err == nil && final {
		err = refuse("pay_in", "That month is ended.", "Tháng chi đã khóa sổ.")
	}
	return err
}

func checkAmount(p *domain.Proposal, m *PolicyMoney) error {
	switch domain.AdjustKind(p.Kind) {
	case domain.AdjustWithhold, domain.AdjustRelease:
		if p.Amount != 0 {
			return refuse("amount", "Withholding and releasing name no amount.", "Giữ lại và cho chi không ghi số tiền.")
		}
		if m.Due.Withheld != (domain.AdjustKind(p.Kind) == domain.AdjustRelease) {
			return domain.E(domain.Unprocessable, "The money is in that state already.", "Khoản này đã ở trạng thái đó.")
		}
	case domain.AdjustRecovery:
		if p.Amount <= 0 || p.Amount > m.Due.Amount {
			return domain.E(domain.Unprocessable, "A recovery is more than 0 and at most what is due: "+m.Due.Amount.String()+".",
				"Số thu hồi phải lớn hơn 0 và không quá số được hưởng: "+m.Due.Amount.String()+".")
		}
	}
	return nil
}

// checkBack holds a back payment against a recomputation with the late work.
func (s *Service) checkBack(r store.Reader, p *domain.Proposal, m *MoneyView, by *PolicyMoney) error {
	works, err := s.lateWorks(r, p, m)
	if err != nil {
		return err
	}
	if p.Timing == domain.AfterLock {
		return domain.E(domain.Unprocessable, "The work was made after the month was locked.",
			"Nội dung được ghi sau khi khóa tháng nên không tính truy lĩnh.")
	}
	worth, most, err := recount(r, m, by, works, p.Reason)
	if err != nil {
		return err
	}
	if p.Amount == 0 && len(works) > 0 {
		p.Amount = worth - by.Due.Amount
	}
	if p.Amount <= 0 || by.Due.Amount+p.Amount > most {
		return domain.E(domain.Unprocessable, "The policy gives at most "+max(0, most-by.Due.Amount).String()+" more for this month.",
			"Theo chính sách, tháng này chỉ được truy lĩnh thêm nhiều nhất "+max(0, most-by.Due.Amount).String()+".")
	}
	return nil
}

// caseKey of a case.
func caseKey(id string) store.Key { return store.Key{Type: syncproto.TypeCase, ID: domain.ID(id)} }
