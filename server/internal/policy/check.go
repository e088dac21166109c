package policy

import (
	"fmt"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// check finds what types alone can't: it returns the place and the reason.
func (f *File) check() (ptr, why string) {
	switch {
	case f.Format != Format:
		return "/format", fmt.Sprintf("is %d, this version reads %d", f.Format, Format)
	case f.ID == "" || strings.Trim(f.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return "/id", "must be lower-case letters, digits and hyphens"
	case f.Version == "":
		return "/version", "is missing"
	case !f.Title.full():
		return "/title", "needs text in vi and en"
	case f.Instrument == "":
		return "/instrument", "is missing: name the legal instrument"
	case f.Province.Name == "":
		return "/province/name", "is missing"
	case f.Subject != "team_village":
		return "/subject", "only team_village is supported"
	case f.Basis != "per_team":
		return "/basis", "only per_team is supported"
	case f.Periodicity != "month":
		return "/periodicity", "only month is supported"
	case f.Rate <= 0 || f.Rate > 1_000_000_000:
		return "/rate_vnd", "must be an amount in đồng above 0"
	case !f.Status.known():
		return "/status", fmt.Sprintf("%q is not draft, proposed, in_force, expired or repealed", f.Status)
	case f.Issued != "" && !validDate(f.Issued):
		return "/issued", "is not yyyy-mm-dd"
	}
	for _, c := range []func() (string, string){f.checkMonths, f.checkDays, f.checkPresets, f.checkWindows, f.checkRules} {
		if ptr, why = c(); why != "" {
			return ptr, why
		}
	}
	return "", ""
}

func (s Status) known() bool {
	return s.pays() || s == Draft || s == Proposed || s == Repealed
}

func (t Text) full() bool { return t.Vi != "" && t.En != "" }

func validDate(d domain.Date) bool {
	_, err := domain.ParseDate(string(d))
	return err == nil
}

// checkMonths: a policy that can pay says for which months.
func (f *File) checkMonths() (string, string) {
	if f.From == "" && f.To == "" && !f.Status.pays() {
		return "", ""
	}
	if _, err := domain.ParseMonth(string(f.From)); err != nil {
		return "/from", err.Error()
	}
	if _, err := domain.ParseMonth(string(f.To)); err != nil {
		return "/to", err.Error()
	}
	if f.To < f.From {
		return "/to", "is before from"
	}
	return "", ""
}

func (d Deadlines) valid() bool {
	return 1 <= d.SubmitDay && d.SubmitDay <= d.ReviewDay && d.ReviewDay < d.LockDay && d.LockDay <= 366
}

func (f *File) checkDays() (string, string) {
	if !f.Deadlines.valid() {
		return "/deadlines", "need 1 <= submit_day <= review_day < lock_day"
	}
	for i, x := range f.Extensions {
		p := fmt.Sprintf("/extensions/%d", i)
		switch _, err := domain.ParseMonth(string(x.Month)); {
		case err != nil:
			return p + "/month", err.Error()
		case !x.Days.valid():
			return p + "/deadlines", "need 1 <= submit_day <= review_day < lock_day"
		case x.Days.LockDay < f.Deadlines.LockDay:
			return p + "/deadlines/lock_day", "an extension can't take days away"
		case !x.Reason.full():
			return p + "/reason", "needs text in vi and en"
		}
	}
	return "", ""
}

func (f *File) checkPresets() (string, string) {
	found := false
	for i, s := range f.Presets {
		if s.ID == "" || s.Activities < 0 || s.Days < 0 || s.Members < 0 {
			return fmt.Sprintf("/presets/%d", i), "needs an id and figures of 0 or more"
		}
		if found && s.ID == f.Preset {
			return fmt.Sprintf("/presets/%d/id", i), "is there twice"
		}
		found = found || s.ID == f.Preset
	}
	if !found {
		return "/preset", fmt.Sprintf("%q is not among presets", f.Preset)
	}
	return "", ""
}

func (f *File) checkWindows() (string, string) {
	for i, w := range f.Windows {
		p := fmt.Sprintf("/funded_windows/%d", i)
		_, errFrom := domain.ParseMonth(string(w.From))
		_, errTo := domain.ParseMonth(string(w.To))
		switch {
		case w.Decision == "" || !validDate(w.On):
			return p, "needs the decision and its day"
		case errFrom != nil || errTo != nil || w.To < w.From:
			return p, "from and to must be months in order"
		case w.Months != domain.MonthsBetween(w.From, w.To):
			return p + "/months", "is not the number of months from..to"
		case w.Teams <= 0 || domain.Money(w.Teams*w.Months)*f.Rate != w.Total:
			return p + "/total_vnd", "is not teams × months × rate"
		case !validOrigin(w.Origin):
			return p + "/origin", "must be S, I or A"
		}
	}
	return "", ""
}

func validOrigin(o domain.Origin) bool {
	return o == domain.Sourced || o == domain.Inferred || o == domain.Assumed
}

func (f *File) checkRules() (string, string) {
	if len(f.Rules) == 0 || len(f.Rules) > 64 {
		return "/rules", "need 1 to 64 rules"
	}
	seen := map[string]bool{}
	for i, r := range f.Rules {
		if field, why := r.check(); why != "" {
			return fmt.Sprintf("/rules/%d/%s", i, field), why
		}
		if seen[r.ID] {
			return fmt.Sprintf("/rules/%d/id", i), "is there twice"
		}
		seen[r.ID] = true
	}
	return "", ""
}

// check: no rule without a badge, a source and a text, so that an assumption
// can never be taken for the law.
func (r *Rule) check() (field, why string) {
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
	}
	return "", ""
}
