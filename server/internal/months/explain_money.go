package months

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// ExplainedMoney is what became of the money of a month: what the close gave,
// each correction, what is due, and every line of a list.
type ExplainedMoney struct {
	State       domain.MoneyState `json:"state"`
	Vi          string            `json:"vi"`
	En          string            `json:"en"`
	Decided     domain.Money      `json:"decided_vnd"` // by the newest close and the decisions known now
	Adjustments []ExplainedAdjust `json:"adjustments"` // those of superseded closes too
	domain.Amounts
	Funding  string           `json:"funding,omitzero"`
	Withheld bool             `json:"withheld,omitzero"`
	Lines    []domain.PayLine `json:"lines"`

	Others []domain.PolicyMonth `json:"others,omitzero"` // of further policies, by id
}

// ExplainedAdjust is a correction; one of a superseded close holds no more.
type ExplainedAdjust struct {
	N      int64             `json:"n"`
	Policy string            `json:"policy"`
	On     domain.Date       `json:"on"`
	Kind   domain.AdjustKind `json:"kind"`
	Amount domain.Money      `json:"amount"`
	Close  int64             `json:"close"`
	Holds  bool              `json:"holds"`
	PayIn  domain.Month      `json:"pay_in"`
	Reason string            `json:"reason"`
}

func explainMoney(r store.Reader, j *judged) (ExplainedMoney, error) {
	out := ExplainedMoney{State: j.Money, Adjustments: []ExplainedAdjust{}, Lines: []domain.PayLine{}, Amounts: j.Amounts, Funding: j.Funding, Others: j.Others}
	out.Vi, out.En = moneyText(out.State)
	adjusts, err := adjustments(r, j.Team, j.Month)
	if err != nil {
		return out, err
	}
	for _, a := range adjusts {
		out.Adjustments = append(out.Adjustments, ExplainedAdjust{N: a.n, Policy: a.Policy, On: dayOf(a.atMs), Kind: a.Kind, Amount: a.Amount,
			Close: a.Close, Holds: j.money != nil && a.Close == j.money.Due.Close, PayIn: a.PayIn, Reason: a.Reason})
	}
	p := domain.Payment{}
	if j.money != nil {
		out.Decided, out.Withheld, p = j.money.Verdict.Amount, j.money.Due.Withheld, j.money.Payment
	} else if p, err = payment(r, j.Policy, j.Team, j.Month); err != nil {
		return out, err
	}
	out.Lines = append(out.Lines, p.Lines...)
	return out, nil
}

// moneyText says where the money of a month is.
func moneyText(s domain.MoneyState) (vi, en string) {
	switch s {
	case domain.Projected:
		return "Dự kiến: tháng chưa chốt", "Projected: the month is not closed"
	case domain.MoneyEligible:
		return "Đủ điều kiện – chờ quyết định kinh phí", "Eligible, waiting for the funding decision"
	case domain.Funded:
		return "Đã có kinh phí – chờ lập danh sách chi trả", "Funded, waiting for a payment list"
	case domain.Listed:
		return "Đã có trong danh sách chi trả", "On a payment list"
	case domain.Paid:
		return "Kế toán đã chi", "Paid by the accountant"
	case domain.Settled:
		return "Tổ đã nhận đủ", "Received by the team"
	case domain.Withheld:
		return "Tạm giữ, chưa chi", "Withheld"
	case domain.Adjusted:
		return "Đã điều chỉnh – phần chênh lệch chờ danh sách sau", "Adjusted: the difference waits for a later list"
	case domain.Recovered:
		return "Đã thu hồi hết số đã chi", "All that was listed is taken back"
	}
	return "Không được hưởng tháng này", "No money for this month"
}
