package papers

import "github.com/banso/banso/server/internal/domain"

// Team names a team on a row.
type Team struct {
	Name    string // "Tổ CĐSCĐ thôn Ngòi Bang"
	Village string // "Thôn Ngòi Bang"; several joined by ", "
	Leader  string
}

// Figure is one measure of one category. A measure that nobody reported has no
// Figure: null is not 0.
type Figure struct {
	Category   string // "Hướng dẫn dịch vụ công trực tuyến"
	Activities int64  // of the category; the same on all of its figures
	Days       int64  // the same on all of its figures
	Measure    string // "Số người được hướng dẫn"; empty: the category has no measure
	Unit       string // "người", "lượt", "hộ", "hồ sơ"
	Value      int64
}

// TeamReport is báo cáo tháng của tổ.
type TeamReport struct {
	Head         Head
	Team         Team
	Commune      string // "Xã Yên Bình"
	Month        domain.Month
	Members      int64 // on the last day of the month
	Active       int64 // took part in an approved activity
	Activities   int64 // approved
	Days         int64 // with an approved activity
	Photos       int64 // evidence photos that the server holds
	Figures      []Figure
	Summary      string
	Difficulties string
	Proposals    string
	ApprovedBy   string // empty: not approved yet
	ApprovedOn   domain.Date
}

// CommuneSummary is tổng hợp của xã: all teams over one or more months.
type CommuneSummary struct {
	Head    Head
	Commune string
	Months  []domain.Month
	Rows    []SummaryRow
	Figures []Figure // of the whole commune; Days is not printed
}

// SummaryRow is one team over the months of the summary.
type SummaryRow struct {
	Team
	Members  int64
	Received int64 // activities that reached the server
	Approved int64
	Waiting  int64 // pending review or returned
	Days     int64
	Reports  int64 // months with an approved report
	Eligible int64 // months
}

// EligibilityList is danh sách tổ đủ / chưa đủ / không đủ điều kiện.
type EligibilityList struct {
	Head    Head
	Commune string
	Month   domain.Month
	Policy  Policy
	Rows    []EligibilityRow
}

// EligibilityRow is one team's result.
type EligibilityRow struct {
	Team
	Result   domain.Result
	Approved int64
	Days     int64
	Members  int64        // who took part
	Amount   domain.Money // 0 unless eligible
	Reasons  []Reason     // rules that fail, with an eligible team: what is worth saying
}

// Reason is one rule in one sentence.
type Reason struct {
	Rule   string // "R3"
	Text   string // "Xã chưa đăng ký đạt chuẩn năm 2023"
	Origin domain.Origin
}

// Explanation is the page "Vì sao?" of a team's month.
type Explanation struct {
	Head       Head
	Team       Team
	Commune    string
	Policy     Policy
	Verdict    domain.TeamMonth // as decided; rules with their texts
	Stage      domain.Stage
	Money      domain.MoneyState
	MoneyText  string // "Đã chi ngày 20/12/2023, chứng từ 15"; may be empty
	Activities []ExplainedActivity
	Closed     Ref    // Number: hash of the close record, shortened; On: its day
	Dispute    string // state of the ticket, if there is one
}

// ExplainedActivity is one activity with whether it counts.
type ExplainedActivity struct {
	On       domain.Date
	Category string
	By       string // who entered it
	Counts   bool
	Why      string // in Vietnamese, if it does not count
	WhyEn    string
}
