package policy

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
)

// Decide gives the verdict on a team's month. An expression that fails is no
// error: it makes the month incomplete. The error is for facts that are about
// no team or month at all.
func (p *Policy) Decide(f Facts) (domain.TeamMonth, error) {
	if f.Team == "" {
		return domain.TeamMonth{}, fmt.Errorf("policy %s: facts of no team", p.ID)
	}
	if _, err := domain.ParseMonth(string(f.Month)); err != nil {
		return domain.TeamMonth{}, fmt.Errorf("policy %s: %w", p.ID, err)
	}
	v := domain.TeamMonth{
		Team: f.Team, Month: f.Month, Policy: p.ID, Version: p.Version, Rate: p.Rate,
		Rules: make([]domain.RuleResult, 0, len(p.rules)), Activities: f.Activities,
	}
	if v.Activities == nil {
		v.Activities = []domain.Counted{}
	}
	in := &input{f: &f, p: p, days: p.DatesOf(&f)}
	var t tally
	for i := range p.rules {
		r, err := p.rules[i].apply(in)
		v.Rules = append(v.Rules, r)
		t.add(&p.rules[i], r, err)
	}
	p.conclude(&v, &f, &t)
	return v, nil
}

// apply runs one rule.
func (c *compiled) apply(in *input) (domain.RuleResult, error) {
	r := domain.RuleResult{
		Rule: c.ID, Advisory: c.Advisory, Funding: c.Funding, Origin: c.Origin, Also: c.Also,
		Source: c.Source, Vi: c.Text.Vi, En: c.Text.En,
	}
	a := activation{in: in, vars: getters()}
	pass, err := run[bool](c.expr, a)
	r.Pass = pass && err == nil
	for _, line := range []struct {
		prg  program
		into *string
	}{{c.have, &r.Have}, {c.need, &r.Need}, {c.haveEn, &r.HaveEn}, {c.needEn, &r.NeedEn}} {
		if !line.prg.there() {
			continue
		}
		s, lineErr := run[string](line.prg, a)
		*line.into = s
		if err == nil {
			err = lineErr
		}
	}
	if !r.Pass && c.Fixable && open(in.f.Stage) {
		r.TodoVi, r.TodoEn, r.By = c.Todo.Vi, c.Todo.En, in.days.by(c.By)
		if waits, waitErr := c.waits(a); waits {
			r.TodoVi, r.TodoEn, r.By = c.Wait.Vi, c.Wait.En, in.days.by(ByReview)
		} else if err == nil {
			err = waitErr
		}
	}
	return r, err
}

// waits reports whether the team has done its part and a reviewer has not.
func (c *compiled) waits(a activation) (bool, error) {
	if !c.waiting.there() {
		return false, nil
	}
	return run[bool](c.waiting, a)
}

// open reports whether work of the month can still be mended.
func open(s domain.Stage) bool { return s == domain.StageOpen || s == domain.StageGrace }

func (d Dates) by(b By) domain.Date {
	switch b {
	case ByReview:
		return d.Review
	case ByLock:
		return d.Lock.Add(-1) // the last day before it
	}
	return d.Submit
}

// tally sorts the rules that failed by what their failing means.
type tally struct {
	broken  *compiled // its expression could not be evaluated
	window  *compiled
	law     *compiled           // S or I, can't be mended
	mend    []*compiled         // S or I, can be mended while the month is open
	assumed []*compiled         // A
	todo    []domain.RuleResult // of these two, what somebody can still do
}

func (t *tally) add(c *compiled, r domain.RuleResult, err error) {
	switch {
	case c.Funding || c.Advisory:
		// Shown, decides nothing here: money is decided by funding decisions.
	case err != nil:
		if t.broken == nil {
			t.broken = c
		}
	case r.Pass:
	case c.Window:
		if t.window == nil {
			t.window = c
		}
	case c.Origin == domain.Assumed:
		t.assumed = append(t.assumed, c)
	case c.Fixable:
		t.mend = append(t.mend, c)
	case t.law == nil:
		t.law = c
	}
	if !r.Pass && !c.Funding && !c.Advisory && r.TodoVi != "" {
		t.todo = append(t.todo, r)
	}
}

// conclude turns what failed into a result, an amount and a sentence.
func (p *Policy) conclude(v *domain.TeamMonth, f *Facts, t *tally) {
	say := func(r domain.Result, vi, en string) { v.Result, v.ReasonVi, v.ReasonEn = r, vi, en }
	failed := append(append([]*compiled{}, t.mend...), t.assumed...)
	switch {
	case t.window != nil:
		say(domain.OutOfWindow,
			"Ngoài thời gian hưởng: "+lower(t.window.Text.Vi)+".", "Out of the support period: "+lower(t.window.Text.En)+".")
	case f.Funding.YearOther:
		say(domain.OutOfWindow,
			"Ngoài thời gian hưởng: Quyết định "+f.Funding.Decision+" không gồm "+f.Month.Vi()+".",
			"Out of the support period: Decision "+f.Funding.Decision+" does not include "+string(f.Month)+".")
	case t.broken != nil:
		say(domain.Incomplete,
			"Chưa đủ điều kiện: chưa tính được điều kiện "+t.broken.ID+"; báo quản trị hệ thống kiểm tra chính sách.",
			"Incomplete: rule "+t.broken.ID+" could not be evaluated; ask the administrator to check the policy.")
	case !p.Status.pays():
		say(domain.Ineligible,
			"Không đủ điều kiện: "+p.Instrument+" chưa hoặc không còn hiệu lực nên không chi trả.",
			"Ineligible: "+p.Instrument+" is not in force, so it pays nothing.")
	case t.law != nil:
		say(domain.Ineligible, "Không đủ điều kiện: "+lower(t.law.Text.Vi)+".", "Ineligible: "+lower(t.law.Text.En)+".")
	case len(failed) == 0 || len(t.mend) == 0 && f.Accepted != "":
		p.eligible(v, f, len(failed) > 0)
	case len(t.todo) > 0:
		first, rest := t.todo[0], len(t.todo)-1
		say(domain.Incomplete,
			"Chưa đủ điều kiện: "+lower(first.TodoVi)+" trước khi hết ngày "+first.By.Vi()+more(rest, "; còn %d việc nữa")+".",
			"Incomplete: "+lower(first.TodoEn)+" by "+first.By.Vi()+more(rest, "; %d more to do")+".")
	case len(t.mend) == 0:
		say(domain.Incomplete,
			"Chưa đủ điều kiện theo "+ids(failed)+" (quy định tạm của hệ thống); Chủ tịch xã quyết định.",
			"Incomplete by "+ids(failed)+" (assumed rules of this system); the commune chair decides.")
	default:
		say(domain.Ineligible, "Không đủ điều kiện: "+lower(t.mend[0].Text.Vi)+".", "Ineligible: "+lower(t.mend[0].Text.En)+".")
	}
}

// Outcome is the result of a closed month as it stands under the decisions
// known today: the close itself never changes. It agrees with Decide, which
// gives the sentence as well.
func Outcome(closed domain.Result, f Funding) domain.Result {
	if f.YearOther {
		return domain.OutOfWindow
	}
	return closed
}

// eligible words a month that may be paid, by what is decided about money.
func (p *Policy) eligible(v *domain.TeamMonth, f *Facts, accepted bool) {
	v.Result, v.Amount = domain.Eligible, p.Rate
	v.ReasonVi, v.ReasonEn = "Đủ điều kiện", "Eligible"
	if accepted {
		v.ReasonVi += " (Chủ tịch xã chấp nhận)"
		v.ReasonEn += " (accepted by the commune chair)"
	}
	switch {
	case f.Funding.Team:
		v.ReasonVi += " – kinh phí theo Quyết định " + f.Funding.Decision
		v.ReasonEn += " – funded by Decision " + f.Funding.Decision
	default:
		v.ReasonVi += " – chờ quyết định kinh phí"
		v.ReasonEn += " – waiting for the funding decision"
	}
}

func more(n int, format string) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(format, n)
}

// lower makes a sentence fit behind a colon.
func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

func ids(list []*compiled) string {
	s := ""
	for i, c := range list {
		if i > 0 {
			s += ", "
		}
		s += c.ID
	}
	return s
}
