package policy

import (
	"fmt"
	"slices"

	"github.com/banso/banso/server/internal/domain"
)

// checkSpending: categories have ids, so that costs can name them.
func (f *File) checkSpending() *fault {
	for i, s := range f.Spending {
		p := fmt.Sprintf("/spending/%d", i)
		switch {
		case !validID(s.ID):
			return bad(p+"/id", "must be lower-case letters, digits and hyphens")
		case !s.full():
			return bad(p, "needs text in vi and en")
		case slices.ContainsFunc(f.Spending[:i], func(b Spend) bool { return b.ID == s.ID }):
			return bad(p+"/id", "is there twice")
		}
	}
	return nil
}

// checkWindows: the published figures of a decision hold together, and no
// month is in two of them.
func (f *File) checkWindows() *fault {
	for i, w := range f.Windows {
		p := fmt.Sprintf("/funded_windows/%d", i)
		_, errFrom := domain.ParseMonth(string(w.From))
		_, errTo := domain.ParseMonth(string(w.To))
		switch {
		case w.Decision == "" || !validDate(w.On):
			return bad(p, "needs the decision and its day")
		case errFrom != nil || errTo != nil || w.To < w.From:
			return bad(p, "from and to must be months in order")
		case f.From != "" && w.From < f.From || f.To != "" && w.To > f.To:
			return bad(p, "has months that the policy does not cover")
		case w.Months != domain.MonthsBetween(w.From, w.To):
			return bad(p+"/months", "is not the number of months from..to")
		case f.Rate == 0:
			return bad(p+"/total_vnd", "can't be checked: the policy has no single rate")
		case w.Teams <= 0 || w.Teams > 1_000_000 || domain.Money(w.Teams*w.Months)*f.Rate != w.Total:
			return bad(p+"/total_vnd", "is not teams × months × rate")
		case !validOrigin(w.Origin):
			return bad(p+"/origin", "must be S, I or A")
		}
		for j, o := range f.Windows[:i] {
			if w.From <= o.To && o.From <= w.To {
				return bad(p+"/from", "overlaps funded_windows/%d", j)
			}
		}
	}
	return nil
}

func validOrigin(o domain.Origin) bool {
	return o == domain.Sourced || o == domain.Inferred || o == domain.Assumed
}

func (f *File) checkRules() *fault {
	if len(f.Rules) == 0 || len(f.Rules) > 64 {
		return bad("/rules", "need 1 to 64 rules")
	}
	for i, r := range f.Rules {
		if field, why := r.check(f.Subject); why != "" {
			return bad(fmt.Sprintf("/rules/%d/%s", i, field), "%s", why)
		}
		if slices.ContainsFunc(f.Rules[:i], func(b Rule) bool { return b.ID == r.ID }) {
			return bad(fmt.Sprintf("/rules/%d/id", i), "is there twice")
		}
	}
	return nil
}

// check: no rule without a badge, a source and a text, so that an assumption
// can never be taken for the law.
func (r *Rule) check(s Subject) (field, why string) {
	switch {
	case r.ID == "":
		return "id", "is missing"
	case r.Expr == "":
		return "expr", "is missing"
	case r.Have == "":
		return "have", "is missing"
	case r.Need == "":
		return "need", "is missing"
	case !validOrigin(r.Origin):
		return "origin", "must be S, I or A"
	case r.Also != "" && (!validOrigin(r.Also) || r.Also == r.Origin):
		return "also", "must be another of S, I, A"
	case r.Source == "":
		return "source", "is missing: say which instrument, or that it is assumed"
	case !r.Text.full():
		return "text", "needs vi and en"
	}
	return r.checkMending(s)
}

// checkMending: what can be mended says how and until when.
func (r *Rule) checkMending(s Subject) (field, why string) {
	switch {
	case r.Todo != (Text{}) && !r.Todo.full():
		return "todo", "needs vi and en"
	case r.Fixable && !r.Todo.full():
		return "todo", "is missing: a rule that can be mended says how"
	case (r.Waiting != "") != r.Wait.full():
		return "wait", "needs vi and en together with waiting"
	case r.By != "" && r.By != BySubmit && r.By != ByReview && r.By != ByLock:
		return "by", "must be submit, review or lock"
	case r.Fixable && r.By == "":
		return "by", "is missing: a rule that can be mended says until when"
	case r.Fixable && !s.OfTeam():
		return "fixable", "means nothing for a subject without deadlines"
	}
	return "", ""
}
