package papers

import "github.com/banso/banso/server/internal/domain"

// PaymentList is danh sách chi trả.
type PaymentList struct {
	Head    Head
	Commune string // empty: of the whole province
	Months  []domain.Month
	Policy  Policy
	Rows    []PaymentRow
	Total   domain.Money // what the ledger says; must equal the sum of the rows
	TopUp   TopUp        // what the communes add; a column of its own, not in Total
}

// TopUp is money that communes add from their own budgets.
type TopUp struct {
	By    []string     // numbers of their decisions
	Total domain.Money // must equal the sum of the rows
}

// PaymentRow is one team's line. With a Rate, Months × Rate must equal Amount;
// leave Rate 0 where the amount is not a multiple.
type PaymentRow struct {
	Team
	Months int64
	Rate   domain.Money
	Amount domain.Money
	TopUp  domain.Money // from the commune's own budget, beside Amount
	Note   string
}

// AdjustmentKind says which of the two lists of corrections it is.
type AdjustmentKind string

const (
	BackPayment AdjustmentKind = "back_payment" // truy lĩnh
	Recovery    AdjustmentKind = "recovery"     // thu hồi
)

// AdjustmentList is danh sách truy lĩnh or danh sách thu hồi.
type AdjustmentList struct {
	Head    Head
	Kind    AdjustmentKind
	Commune string
	Month   domain.Month // in which it is paid or recovered
	Policy  Policy
	Rows    []AdjustmentRow
	Total   domain.Money // sum of the amounts
}

// AdjustmentRow corrects one team's month. Amount is positive in both kinds:
// what is to be paid more, or to be recovered.
type AdjustmentRow struct {
	Team
	Month    domain.Month
	Was      domain.Money // due by the closed record
	Now      domain.Money // due after the correction
	Amount   domain.Money
	Reason   string
	Proposed string // who proposed
	Approved string // who approved; never the same
	Ref      Ref    // decision or ticket; may be empty
}

// ProvinceSummary is tổng hợp toàn tỉnh: communes × months.
type ProvinceSummary struct {
	Head   Head
	Months []domain.Month // columns, at most 12
	Policy Policy
	Rows   []ProvinceRow
	Total  domain.Money // granted; must equal the sum of Funded
}

// ProvinceRow is one commune.
type ProvinceRow struct {
	District   string // printed if any row has it: months before 7/2025
	Commune    string
	Registered string // "Đạt chuẩn", "Nâng cao", or empty
	Teams      int64
	ByMonth    []int64 // eligible teams, in the order of Months
	Eligible   domain.Money
	Funded     domain.Money
	Listed     domain.Money
	Paid       domain.Money
	Received   domain.Money
}

// Settlement is quyết toán quý.
type Settlement struct {
	Head     Head
	Name     string // "Xã Yên Bình", "Tỉnh Yên Bái"
	From, To domain.Month
	Policy   Policy
	Rows     []SettlementRow
	Spending []Spending
}

// SettlementRow is one commune (or one team) of the quarter.
type SettlementRow struct {
	Name      string
	Funded    domain.Money
	Listed    domain.Money
	Paid      domain.Money
	Received  domain.Money // confirmed by leaders
	Recovered domain.Money
	Left      domain.Money // Funded − Paid + Recovered; must be equal
}

// Spending is what teams spent in one category that the policy allows.
type Spending struct {
	Category string
	Times    int64
	Evidence int64 // of them with an invoice or a photo
	Amount   domain.Money
	Outside  bool // not among the allowed uses
}

// OfficerList is danh sách hỗ trợ cán bộ chuyên trách.
type OfficerList struct {
	Head   Head
	Kind   AdjustmentKind // Recovery: what officers pay back, in positive amounts; else empty
	Months []domain.Month
	Policy Policy
	Rows   []OfficerRow
	Total  domain.Money
}

// OfficerRow is one officer. Months × Rate must equal Amount, if Rate is set.
type OfficerRow struct {
	Name   string
	Office string // "UBND huyện Yên Bình"
	Level  string // "Cấp tỉnh", "Cấp huyện", "Cấp xã"
	Degree string // "Đại học", "Thạc sĩ"
	From   domain.Date
	To     domain.Date // empty: still
	Months int64
	Rate   domain.Money
	Amount domain.Money
	Note   string
}

// PeopleList is danh sách chi trả người được huy động.
type PeopleList struct {
	Head   Head
	Kind   AdjustmentKind // Recovery: what comes back, in positive amounts; else empty
	Months []domain.Month
	Policy Policy
	Rows   []PersonRow
	Total  domain.Money
}

// PersonRow is one person's month. Times × Rate must equal Amount, if Rate is set.
type PersonRow struct {
	Name   string
	Kind   string // "Thành viên tổ", "Người được huy động"
	Order  string // number of the order; may be empty
	Month  domain.Month
	Times  int64 // days or nights
	Rate   domain.Money
	Amount domain.Money
}

// AwardList is danh sách thưởng đơn vị.
type AwardList struct {
	Head   Head
	Year   int
	Policy Policy
	Rows   []AwardRow
	Total  domain.Money
}

// AwardRow is one recognised unit.
type AwardRow struct {
	Unit     string
	Kind     string // "Sở, ban, ngành", "Huyện", "Xã"
	Standard string // "Đạt chuẩn", "Nâng cao"
	By       Ref    // decision of recognition
	Amount   domain.Money
	Note     string
}
