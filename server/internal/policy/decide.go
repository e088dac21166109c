package policy

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/common/types/ref"

	"github.com/banso/banso/server/internal/domain"
)

// Decide gives the verdict on a team's month. An expression that fails is no
// error: it makes the month incomplete. The error is for facts that are about
// no team or month at all, or a policy that is about no teams.
func (p *Policy) Decide(f Facts) (domain.TeamMonth, error) {
	if f.Team == "" || !p.Subject.OfTeam() {
		return domain.TeamMonth{}, fmt.Errorf("policy %s: facts of no team", p.ID)
	}
	if _, err := domain.ParseMonth(string(f.Month)); err != nil {
		return domain.TeamMonth{}, fmt.Errorf("policy %s: %w", p.ID, err)
	}
	in := input{p: p, f: &f, s: &SupportFacts{}, month: f.Month, days: f.Deadlines, paid: f.Paid, fund: f.Funding, land: f.Village}
	if in.days == (Dates{}) {
		in.days = p.Dates(f.Month)
	}
	o := p.judge(&in, circumstances{open: f.Stage == domain.StageOpen || f.Stage == domain.StageGrace, accepted: f.Accepted != "", overlap: f.Overlap})
	v := domain.TeamMonth{
		Team: f.Team, Month: f.Month, Policy: p.ID, Version: p.Version, Result: o.result, ReasonVi: o.Vi, ReasonEn: o.En,
		Rate: o.rate, Amount: o.amount, Period: p.periodLabel(f.Month), How: o.how, Assumed: p.Assumed,
		Rules: o.rules, Activities: f.Activities,
	}
	if v.Activities == nil {
		v.Activities = []domain.Counted{}
	}
	return v, nil
}

// DecideSupport gives the verdict on an officer, a unit or a person.
func (p *Policy) DecideSupport(f SupportFacts) (domain.SupportVerdict, error) {
	if f.ID == "" || f.Subject != p.Subject || p.Subject.OfTeam() {
		return domain.SupportVerdict{}, fmt.Errorf("policy %s: facts of no %s", p.ID, p.Subject)
	}
	if _, err := domain.ParseMonth(string(f.Month)); err != nil {
		return domain.SupportVerdict{}, fmt.Errorf("policy %s: %w", p.ID, err)
	}
	in := input{p: p, f: &Facts{}, s: &f, month: f.Month, paid: f.Paid, fund: f.Funding, land: f.Village}
	o := p.judge(&in, circumstances{accepted: f.Accepted != "", overlap: f.Overlap})
	return domain.SupportVerdict{
		Subject: string(f.Subject), ID: f.ID, Month: f.Month, Period: p.periodLabel(f.Month), Policy: p.ID, Version: p.Version,
		Result: o.result, ReasonVi: o.Vi, ReasonEn: o.En, Rate: o.rate, Amount: o.amount, How: o.how, Assumed: p.Assumed, Rules: o.rules,
	}, nil
}

// periodLabel is the period where it says more than the month.
func (p *Policy) periodLabel(m domain.Month) string {
	if p.Periodicity == Monthly {
		return ""
	}
	return p.PeriodOf(m)
}

// circumstances are what a conclusion needs besides the rules.
type circumstances struct {
	open     bool // work of the month can still be mended
	accepted bool
	overlap  Overlap
}

// outcome is a verdict without the names of what it is about.
type outcome struct {
	result domain.Result
	Text
	rate, amount domain.Money
	how          *domain.Breakdown
	rules        []domain.RuleResult
}

func (p *Policy) judge(in *input, c circumstances) outcome {
	in.seen = make([]ref.Val, len(p.words.list))
	in.sum = p.reckon(in)
	o := outcome{rate: in.sum.rate, how: in.sum.how, rules: make([]domain.RuleResult, len(p.rules))}
	var t tally
	for i := range p.rules {
		err := p.rules[i].apply(in, &o.rules[i], c.open)
		t.add(&p.rules[i], &o.rules[i], err)
	}
	p.conclude(&o, in, &t, c)
	if o.result != domain.Eligible && o.how != nil { // only what limits or is left out explains a sum of nothing
		o.how = &domain.Breakdown{Caps: o.how.Caps, Left: o.how.Left}
		if len(o.how.Caps)+len(o.how.Left) == 0 {
			o.how = nil
		}
	}
	return o
}

// apply runs one rule.
func (c *compiled) apply(in *input, r *domain.RuleResult, open bool) error {
	*r = domain.RuleResult{
		Rule: c.ID, Advisory: c.Advisory, Funding: c.Funding, Origin: c.Origin, Also: c.Also,
		Source: c.Source, Vi: c.Text.Vi, En: c.Text.En,
	}
	pass, err := run[bool](c.expr, in)
	r.Pass = pass && err == nil
	for _, line := range [...]struct {
		prg  *program
		into *string
	}{{&c.have, &r.Have}, {&c.need, &r.Need}, {&c.haveEn, &r.HaveEn}, {&c.needEn, &r.NeedEn}} {
		if !line.prg.there() {
			continue
		}
		s, lineErr := run[string](*line.prg, in)
		*line.into = s
		if err == nil {
			err = lineErr
		}
	}
	var u *unknownFact
	if errors.As(err, &u) {
		r.Have, r.HaveEn = "chưa biết "+u.v.label.Vi, u.v.label.En+" is not known"
	}
	if !r.Pass && c.Fixable && open {
		r.TodoVi, r.TodoEn, r.By = c.Todo.Vi, c.Todo.En, in.days.by(c.By)
		if waits, waitErr := c.waits(in); waits {
			r.TodoVi, r.TodoEn, r.By = c.Wait.Vi, c.Wait.En, in.days.by(ByReview)
		} else if err == nil {
			err = waitErr
		}
	}
	return err
}

// waits reports whether the team has done its part and a reviewer has not.
func (c *compiled) waits(in *input) (bool, error) {
	if !c.waiting.there() {
		return false, nil
	}
	return run[bool](c.waiting, in)
}
