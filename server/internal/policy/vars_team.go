package policy

import "github.com/banso/banso/server/internal/domain"

// sharedVars may be used by every policy.
var sharedVars = []variable{
	str("month.id", func(in *input) string { return string(in.month) }),
	str("month.vi", func(in *input) string { return in.month.Vi() }),
	str("policy.from", func(in *input) string { return string(in.p.From) }),
	str("policy.to", func(in *input) string { return string(in.p.To) }),
	str("policy.from_vi", func(in *input) string { return monthVi(in.p.From) }),
	str("policy.to_vi", func(in *input) string { return monthVi(in.p.To) }),
	yes("policy.holds", func(in *input) bool { return in.p.Holds(in.month) }),
	str("policy.rate_vi", func(in *input) string { return in.sum.rate.String() }),
	str("policy.rate_en", func(in *input) string { return moneyEn(in.sum.rate) }),
	num("policy.rate", func(in *input) int64 { return int64(in.sum.rate) }),
	num("support.quantity", func(in *input) int64 { return in.sum.quantity }),
	num("support.amount", func(in *input) int64 { return int64(in.sum.amount) }),
	str("support.amount_vi", func(in *input) string { return in.sum.amount.String() }),
	str("support.amount_en", func(in *input) string { return moneyEn(in.sum.amount) }),
	num("paid.times", func(in *input) int64 { return in.paid.Times }),
	yes("paid.elsewhere", func(in *input) bool { return in.paid.Elsewhere }),
	num("paid.period", func(in *input) int64 { return int64(in.paid.Period) }),
	num("paid.year", func(in *input) int64 { return int64(in.paid.Year) }),
	str("paid.year_vi", func(in *input) string { return in.paid.Year.String() }),
	str("paid.year_en", func(in *input) string { return moneyEn(in.paid.Year) }),
	yes("funding.month", func(in *input) bool { return in.fund.Month }),
	yes("funding.year_other", func(in *input) bool { return in.fund.YearOther }),
	yes("funding.team", func(in *input) bool { return in.fund.Team }),
	str("funding.decision", func(in *input) string { return in.fund.Decision }),
	num("funding.total", func(in *input) int64 { return int64(in.fund.Total) }),
	str("funding.total_vi", func(in *input) string { return in.fund.Total.String() }),
	str("funding.total_en", func(in *input) string { return moneyEn(in.fund.Total) }),
	str("funding.ceiling_vi", func(in *input) string { return in.fund.Ceiling.String() }),
	str("funding.ceiling_en", func(in *input) string { return moneyEn(in.fund.Ceiling) }),
	num("funding.ceiling", func(in *input) int64 { return int64(in.fund.Ceiling) }),
	maybe(num("village.households", func(in *input) int64 { return in.land.Households }),
		"số hộ của thôn", "the village's number of households", func(in *input) bool { return in.land.Households > 0 }),
	maybe(str("village.kind", func(in *input) string { return in.land.Kind }),
		"loại thôn, xóm, khối", "the kind of village", kindKnown),
	maybe(yes("village.key", func(in *input) bool { return in.land.Key }),
		"thôn có thuộc địa bàn trọng điểm hay không", "whether the village lies in a key area", kindKnown),
	maybe(yes("village.border", func(in *input) bool { return in.land.Border }),
		"thôn có thuộc biên giới hay không", "whether the village lies at the border", kindKnown),
}

func kindKnown(in *input) bool { return in.land.Kind != "" }

// teamVars may be used by policies on teams and their members.
var teamVars = []variable{
	str("month.stage", func(in *input) string { return string(in.f.Stage) }),
	str("deadline.submit", func(in *input) string { return in.days.Submit.Vi() }),
	str("deadline.review", func(in *input) string { return in.days.Review.Vi() }),
	str("deadline.lock", func(in *input) string { return in.days.Lock.Vi() }),
	str("team.level", func(in *input) string { return string(in.f.Level) }),
	str("team.decision", func(in *input) string { return in.f.Decision }),
	yes("team.active", func(in *input) bool { return in.f.Active }),
	yes("team.whole_month", func(in *input) bool { return in.f.WholeMonth }),
	num("team.members", func(in *input) int64 { return in.f.Members }),
	num("team.leaders", func(in *input) int64 { return in.f.Leaders }),
	yes("commune.registered", func(in *input) bool { return in.f.Registration.Commune != "" }),
	str("commune.standard", func(in *input) string { return in.f.Registration.Standard }),
	str("commune.decision", func(in *input) string { return in.f.Registration.Decision }),
	yes("commune.inherited", func(in *input) bool { return in.f.Registration.Inherited }),
	str("report.state", func(in *input) string { return string(in.f.Report.State) }),
	yes("report.late", func(in *input) bool { return in.f.Report.Late }),
	yes("report.after_lock", func(in *input) bool { return in.f.Report.AfterLock }),
	yes("report.own_review", func(in *input) bool { return in.f.Report.OwnReview }),
	num("work.counted", func(in *input) int64 { return in.f.Work.Counted }),
	num("work.days", func(in *input) int64 { return in.f.Work.Days }),
	num("work.members", func(in *input) int64 { return in.f.Work.Members }),
	num("work.received", func(in *input) int64 { return in.f.Work.Received }),
	num("work.approved", func(in *input) int64 { return in.f.Work.Approved }),
	num("work.pending", func(in *input) int64 { return in.f.Work.Pending }),
	num("work.returned", func(in *input) int64 { return in.f.Work.Returned }),
	num("work.no_evidence", func(in *input) int64 { return in.f.Work.NoEvidence }),
	num("work.own_review", func(in *input) int64 { return in.f.Work.OwnReview }),
	num("work.late", func(in *input) int64 { return in.f.Work.Late }),
	num("work.after_lock", func(in *input) int64 { return in.f.Work.AfterLock }),
	num("work.person_days", func(in *input) int64 { days, _ := in.f.personDays(); return days }),
	num("work.person_nights", func(in *input) int64 { _, nights := in.f.personDays(); return nights }),
	num("costs.items", func(in *input) int64 { return int64(len(in.f.Costs)) }),
	num("costs.no_evidence", func(in *input) int64 { return in.f.costsWithoutEvidence() }),
	num("extra.vnd", func(in *input) int64 { return int64(in.f.Extra.VND) }),
	str("extra.vnd_vi", func(in *input) string { return in.f.Extra.VND.String() }),
	str("extra.vnd_en", func(in *input) string { return moneyEn(in.f.Extra.VND) }),
	str("extra.decision", func(in *input) string { return in.f.Extra.Decision }),
	num("extra.most", func(in *input) int64 { return int64(in.mostTopUp()) }),
	str("extra.most_vi", func(in *input) string { return in.mostTopUp().String() }),
	str("extra.most_en", func(in *input) string { return moneyEn(in.mostTopUp()) }),
	num("need.activities", func(in *input) int64 { return in.p.preset.Activities }),
	num("need.days", func(in *input) int64 { return in.p.preset.Days }),
	num("need.members", func(in *input) int64 { return in.p.preset.Members }),
}

// mostTopUp is the most that another payer may add to what was reckoned.
func (in *input) mostTopUp() domain.Money {
	if in.p.TopUp == nil {
		return 0
	}
	return in.p.TopUp.most(in.sum.amount)
}
