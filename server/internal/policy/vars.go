package policy

import (
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/banso/banso/server/internal/domain"
)

// input is what expressions see: the facts, and the policy's own figures.
type input struct {
	f    *Facts
	p    *Policy
	days Dates
}

// variable is one name that an expression may use.
type variable struct {
	name string
	typ  *cel.Type
	get  func(*input) any
}

// variables is the whole vocabulary of expressions. Adding a name is safe;
// changing what one means changes what old files say, so don't.
var variables = []variable{
	{"month.id", cel.StringType, func(in *input) any { return string(in.f.Month) }},
	{"month.vi", cel.StringType, func(in *input) any { return in.f.Month.Vi() }},
	{"month.stage", cel.StringType, func(in *input) any { return string(in.f.Stage) }},
	{"policy.from", cel.StringType, func(in *input) any { return string(in.p.From) }},
	{"policy.to", cel.StringType, func(in *input) any { return string(in.p.To) }},
	{"policy.from_vi", cel.StringType, func(in *input) any { return monthVi(in.p.From) }},
	{"policy.to_vi", cel.StringType, func(in *input) any { return monthVi(in.p.To) }},
	{"policy.rate_vi", cel.StringType, func(in *input) any { return in.p.Rate.String() }},
	{"policy.rate_en", cel.StringType, func(in *input) any { return moneyEn(in.p.Rate) }},
	{"policy.rate", cel.IntType, func(in *input) any { return int64(in.p.Rate) }},
	{"deadline.submit", cel.StringType, func(in *input) any { return in.days.Submit.Vi() }},
	{"deadline.review", cel.StringType, func(in *input) any { return in.days.Review.Vi() }},
	{"deadline.lock", cel.StringType, func(in *input) any { return in.days.Lock.Vi() }},

	{"team.level", cel.StringType, func(in *input) any { return string(in.f.Level) }},
	{"team.decision", cel.StringType, func(in *input) any { return in.f.Decision }},
	{"team.active", cel.BoolType, func(in *input) any { return in.f.Active }},
	{"team.whole_month", cel.BoolType, func(in *input) any { return in.f.WholeMonth }},
	{"team.members", cel.IntType, func(in *input) any { return in.f.Members }},
	{"team.leaders", cel.IntType, func(in *input) any { return in.f.Leaders }},

	{"commune.registered", cel.BoolType, func(in *input) any { return in.f.Registration.Commune != "" }},
	{"commune.standard", cel.StringType, func(in *input) any { return in.f.Registration.Standard }},
	{"commune.decision", cel.StringType, func(in *input) any { return in.f.Registration.Decision }},
	{"commune.inherited", cel.BoolType, func(in *input) any { return in.f.Registration.Inherited }},

	{"report.state", cel.StringType, func(in *input) any { return string(in.f.Report.State) }},
	{"report.late", cel.BoolType, func(in *input) any { return in.f.Report.Late }},
	{"report.after_lock", cel.BoolType, func(in *input) any { return in.f.Report.AfterLock }},
	{"report.own_review", cel.BoolType, func(in *input) any { return in.f.Report.OwnReview }},

	{"work.counted", cel.IntType, func(in *input) any { return in.f.Work.Counted }},
	{"work.days", cel.IntType, func(in *input) any { return in.f.Work.Days }},
	{"work.members", cel.IntType, func(in *input) any { return in.f.Work.Members }},
	{"work.received", cel.IntType, func(in *input) any { return in.f.Work.Received }},
	{"work.approved", cel.IntType, func(in *input) any { return in.f.Work.Approved }},
	{"work.pending", cel.IntType, func(in *input) any { return in.f.Work.Pending }},
	{"work.returned", cel.IntType, func(in *input) any { return in.f.Work.Returned }},
	{"work.no_evidence", cel.IntType, func(in *input) any { return in.f.Work.NoEvidence }},
	{"work.own_review", cel.IntType, func(in *input) any { return in.f.Work.OwnReview }},
	{"work.late", cel.IntType, func(in *input) any { return in.f.Work.Late }},
	{"work.after_lock", cel.IntType, func(in *input) any { return in.f.Work.AfterLock }},
	{"need.activities", cel.IntType, func(in *input) any { return in.p.preset.Activities }},
	{"need.days", cel.IntType, func(in *input) any { return in.p.preset.Days }},
	{"need.members", cel.IntType, func(in *input) any { return in.p.preset.Members }},

	{"paid.times", cel.IntType, func(in *input) any { return in.f.Paid.Times }},
	{"paid.elsewhere", cel.BoolType, func(in *input) any { return in.f.Paid.Elsewhere }},
	{"funding.month", cel.BoolType, func(in *input) any { return in.f.Funding.Month }},
	{"funding.year_other", cel.BoolType, func(in *input) any { return in.f.Funding.YearOther }},
	{"funding.team", cel.BoolType, func(in *input) any { return in.f.Funding.Team }},
	{"funding.decision", cel.StringType, func(in *input) any { return in.f.Funding.Decision }},
	{"funding.total", cel.IntType, func(in *input) any { return int64(in.f.Funding.Total) }},
	{"funding.total_vi", cel.StringType, func(in *input) any { return in.f.Funding.Total.String() }},
	{"funding.total_en", cel.StringType, func(in *input) any { return moneyEn(in.f.Funding.Total) }},
	{"funding.ceiling_vi", cel.StringType, func(in *input) any { return in.f.Funding.Ceiling.String() }},
	{"funding.ceiling_en", cel.StringType, func(in *input) any { return moneyEn(in.f.Funding.Ceiling) }},
	{"funding.ceiling", cel.IntType, func(in *input) any { return int64(in.f.Funding.Ceiling) }},
}

// monthVi is a month as people read it; a proposal may have none.
func monthVi(m domain.Month) string {
	if m == "" {
		return ""
	}
	return m.Vi()
}

// moneyEn is an amount for English readers: "500,000 VND".
func moneyEn(m domain.Money) string { return strings.ReplaceAll(m.Figures(), ".", ",") + " VND" }

// Dates are the deadlines of one month as days.
type Dates struct {
	Submit domain.Date `json:"submit"`
	Review domain.Date `json:"review"`
	Lock   domain.Date `json:"lock"`
}

// Later returns the dates moved by a number of days; 0 or less moves none.
func (d Dates) Later(days int) Dates {
	if days <= 0 {
		return d
	}
	return Dates{Submit: d.Submit.Add(days), Review: d.Review.Add(days), Lock: d.Lock.Add(days)}
}

// DatesOf returns the deadlines that a month's facts are judged by.
func (p *Policy) DatesOf(f *Facts) Dates {
	if f.Deadlines != (Dates{}) {
		return f.Deadlines
	}
	return p.Dates(f.Month)
}

// Dates returns the deadlines of a month, extensions considered.
func (p *Policy) Dates(m domain.Month) Dates {
	d := p.Deadlines
	for _, x := range p.Extensions {
		if x.Month == m {
			d = x.Days
		}
	}
	next := m.Add(1)
	return Dates{Submit: next.Day(d.SubmitDay), Review: next.Day(d.ReviewDay), Lock: next.Day(d.LockDay)}
}

// activation hands facts to an expression by name.
type activation struct {
	in   *input
	vars map[string]func(*input) any
}

// ResolveName implements CEL's Activation.
func (a activation) ResolveName(name string) (any, bool) {
	get, ok := a.vars[name]
	if !ok {
		return nil, false
	}
	return get(a.in), true
}

// Parent implements CEL's Activation: there is none.
func (a activation) Parent() cel.Activation { return nil }
