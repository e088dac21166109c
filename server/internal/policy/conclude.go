package policy

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
)

// tally sorts the rules that failed by what their failing means.
type tally struct {
	broken  *compiled // its expression could not be evaluated
	why     error
	window  *compiled
	law     *compiled            // S or I, can't be mended
	mend    []*compiled          // S or I, can be mended while the month is open
	assumed []*compiled          // A
	todo    []*domain.RuleResult // of these two, what somebody can still do
}

func (t *tally) add(c *compiled, r *domain.RuleResult, err error) {
	switch {
	case c.Funding || c.Advisory:
		// Shown, decides nothing here: money is decided by funding decisions.
		return
	case err != nil:
		if t.broken == nil {
			t.broken, t.why = c, err
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
	if !r.Pass && r.TodoVi != "" {
		t.todo = append(t.todo, r)
	}
}

func (o *outcome) say(r domain.Result, vi, en string) { o.result, o.Vi, o.En = r, vi, en }

// conclude turns what failed into a result, an amount and a sentence.
func (p *Policy) conclude(o *outcome, in *input, t *tally, c circumstances) {
	failed := len(t.mend) + len(t.assumed)
	switch {
	case p.outside(o, in, t):
	case t.broken != nil:
		o.broken(t)
	case !p.Status.pays():
		o.say(domain.Ineligible,
			"Không đủ điều kiện: "+p.Instrument+" chưa hoặc không còn hiệu lực nên không chi trả.",
			"Ineligible: "+p.Instrument+" is not in force, so it pays nothing.")
	case t.law != nil:
		o.say(domain.Ineligible, "Không đủ điều kiện: "+lower(t.law.Text.Vi)+".", "Ineligible: "+lower(t.law.Text.En)+".")
	case c.overlap.Policy != "":
		o.say(domain.Ineligible,
			"Không hưởng hai lần: đã hưởng "+c.overlap.Amount.String()+" theo "+c.overlap.Instrument+".",
			"No double funding: "+moneyEn(c.overlap.Amount)+" are paid by "+c.overlap.Instrument+" already.")
	case failed == 0 || len(t.mend) == 0 && c.accepted:
		p.payable(o, in, failed > 0)
	case len(t.todo) > 0:
		first, rest := t.todo[0], len(t.todo)-1
		o.say(domain.Incomplete,
			"Chưa đủ điều kiện: "+lower(first.TodoVi)+" trước khi hết ngày "+first.By.Vi()+more(rest, "; còn %d việc nữa")+".",
			"Incomplete: "+lower(first.TodoEn)+" by "+first.By.Vi()+more(rest, "; %d more to do")+".")
	case len(t.mend) == 0:
		p.assumedOnly(o, t)
	default:
		o.say(domain.Ineligible, "Không đủ điều kiện: "+lower(t.mend[0].Text.Vi)+".", "Ineligible: "+lower(t.mend[0].Text.En)+".")
	}
}

// outside says that the month is none of the policy's, or of its money.
func (p *Policy) outside(o *outcome, in *input, t *tally) bool {
	switch {
	case t.window != nil:
		o.say(domain.OutOfWindow,
			"Ngoài thời gian hưởng: "+lower(t.window.Text.Vi)+".", "Out of the support period: "+lower(t.window.Text.En)+".")
	case !p.DueIn(in.month):
		due := p.dueMonth(in.month)
		o.say(domain.OutOfWindow,
			"Ngoài kỳ chi trả: xét một lần cho kỳ "+p.PeriodOf(in.month)+", vào "+due.Vi()+".",
			"Out of the support period: judged once for "+p.PeriodOf(in.month)+", in "+string(due)+".")
	case in.fund.YearOther:
		o.say(domain.OutOfWindow,
			"Ngoài thời gian hưởng: Quyết định "+in.fund.Decision+" không gồm "+in.month.Vi()+".",
			"Out of the support period: Decision "+in.fund.Decision+" does not include "+string(in.month)+".")
	}
	return o.result != ""
}

func (o *outcome) broken(t *tally) {
	var u *unknownFact
	if errors.As(t.why, &u) {
		o.say(domain.Incomplete,
			"Chưa đủ điều kiện: chưa biết "+u.v.label.Vi+" (điều kiện "+t.broken.ID+").",
			"Incomplete: "+u.v.label.En+" is not known (rule "+t.broken.ID+").")
		return
	}
	o.say(domain.Incomplete,
		"Chưa đủ điều kiện: chưa tính được điều kiện "+t.broken.ID+"; báo quản trị hệ thống kiểm tra chính sách.",
		"Incomplete: rule "+t.broken.ID+" could not be evaluated; ask the administrator to check the policy.")
}

// assumedOnly: what only our own rules refuse, a person decides.
func (p *Policy) assumedOnly(o *outcome, t *tally) {
	who, whoEn := "Chủ tịch xã", "the commune chair"
	if !p.Subject.OfTeam() {
		who, whoEn = "cấp tỉnh", "the province"
	}
	o.say(domain.Incomplete,
		"Chưa đủ điều kiện theo "+ids(t.assumed)+" (quy định tạm của hệ thống); "+who+" quyết định.",
		"Incomplete by "+ids(t.assumed)+" (assumed rules of this system); "+whoEn+" decides.")
}

// payable: all rules are met. Without an amount it is not eligible: what is
// unknown is incomplete, what the law leaves out is ineligible.
func (p *Policy) payable(o *outcome, in *input, accepted bool) {
	switch l := in.sum.lack; {
	case l != nil && l.law:
		o.say(domain.Ineligible, "Không đủ điều kiện: "+l.Vi+".", "Ineligible: "+l.En+".")
	case l != nil:
		o.say(domain.Incomplete, "Chưa đủ điều kiện: "+l.Vi+".", "Incomplete: "+l.En+".")
	default:
		p.eligible(o, in, accepted)
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

// eligible words what may be paid, by what is decided about money.
func (p *Policy) eligible(o *outcome, in *input, accepted bool) {
	o.result, o.amount = domain.Eligible, in.sum.amount
	o.Vi, o.En = "Đủ điều kiện", "Eligible"
	switch {
	case accepted && p.Subject.OfTeam():
		o.Vi += " (Chủ tịch xã chấp nhận)"
		o.En += " (accepted by the commune chair)"
	case accepted:
		o.Vi += " (cấp tỉnh chấp nhận)"
		o.En += " (accepted by the province)"
	}
	switch {
	case in.fund.Team:
		o.Vi += " – kinh phí theo Quyết định " + in.fund.Decision
		o.En += " – funded by Decision " + in.fund.Decision
	default:
		o.Vi += " – chờ quyết định kinh phí"
		o.En += " – waiting for the funding decision"
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
