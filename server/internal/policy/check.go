package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// fault is what types alone can't find: the place and the reason.
type fault struct{ ptr, why string }

func bad(ptr, format string, args ...any) *fault {
	return &fault{ptr, fmt.Sprintf(format, args...)}
}

// first returns the first fault that a list of checks finds.
func first(checks ...func() *fault) *fault {
	for _, c := range checks {
		if f := c(); f != nil {
			return f
		}
	}
	return nil
}

func (f *File) check() *fault {
	return first(f.checkHead, f.checkMonths, f.checkAssumed, f.checkScale, f.checkDays, f.checkPresets, f.checkSpending,
		f.checkWindows, f.checkRules)
}

func (f *File) checkHead() *fault {
	switch {
	case f.Format != Format:
		return bad("/format", "is %d, this version reads %d", f.Format, Format)
	case !validID(f.ID):
		return bad("/id", "must be lower-case letters, digits and hyphens")
	case f.Version == "":
		return bad("/version", "is missing")
	case f.Replaces == f.Version:
		return bad("/replaces", "is this version itself")
	case !f.Title.full():
		return bad("/title", "needs text in vi and en")
	case f.Instrument == "":
		return bad("/instrument", "is missing: name the legal instrument")
	case f.Province.Name == "":
		return bad("/province/name", "is missing")
	case !slices.Contains(subjects, f.Subject):
		return bad("/subject", "%q is not one of %v", f.Subject, subjects)
	case !slices.Contains(periods, f.Periodicity):
		return bad("/periodicity", "%q is not one of %v", f.Periodicity, periods)
	case !f.Status.known():
		return bad("/status", "%q is not draft, proposed, in_force, expired or repealed", f.Status)
	case f.Issued != "" && !validDate(f.Issued):
		return bad("/issued", "is not yyyy-mm-dd")
	case f.OverlapOrder != 0 && f.OverlapGroup == "":
		return bad("/overlap_order", "means nothing without overlap_group")
	case f.OverlapOrder < 0:
		return bad("/overlap_order", "must be 0 or more")
	}
	return nil
}

var (
	subjects = []Subject{TeamVillage, TeamCommune, Member, Officer, Unit, Person}
	periods  = []Period{Monthly, Quarterly, Yearly, Once}
)

func validID(id string) bool {
	return id != "" && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func (s Status) known() bool {
	return s.pays() || s == Draft || s == Proposed || s == Repealed
}

func (t Text) full() bool { return t.Vi != "" && t.En != "" }

func validDate(d domain.Date) bool {
	_, err := domain.ParseDate(string(d))
	return err == nil
}

func hasPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// assumes reports whether a value is said to be assumed.
func (f *File) assumes(field string) bool {
	return slices.ContainsFunc(f.Assumed, func(a domain.Assumption) bool { return a.Field == field })
}

// checkMonths: a policy that can pay says for which months, or says that the
// source doesn't.
func (f *File) checkMonths() *fault {
	for _, e := range []struct {
		field string
		month domain.Month
		day   domain.Date
	}{{"from", f.From, f.FromDay}, {"to", f.To, f.ToDay}} {
		switch _, err := domain.ParseMonth(string(e.month)); {
		case e.month == "" && f.Status.pays() && !f.assumes(e.field):
			return bad("/"+e.field, "is missing: give the month, or list %q under assumed", e.field)
		case e.month != "" && err != nil:
			return bad("/"+e.field, "%v", err)
		case e.day != "" && (!validDate(e.day) || e.day.Month() != e.month):
			return bad("/"+e.field+"_day", "is no day of the month %q", e.month)
		}
	}
	if f.From != "" && f.To != "" && f.To < f.From {
		return bad("/to", "is before from")
	}
	return nil
}

// checkAssumed: an assumption names a field once and says why in both languages.
func (f *File) checkAssumed() *fault {
	for i, a := range f.Assumed {
		p := fmt.Sprintf("/assumed/%d", i)
		switch {
		case a.Field == "" || !validID(strings.ReplaceAll(a.Field, ".", "")):
			return bad(p+"/field", "must name a field: \"to\", \"top_up.max_permille\"")
		case a.Vi == "" || a.En == "":
			return bad(p, "needs text in vi and en")
		case slices.ContainsFunc(f.Assumed[:i], func(b domain.Assumption) bool { return b.Field == a.Field }):
			return bad(p+"/field", "is there twice")
		}
	}
	return nil
}

func (d Deadlines) valid() bool {
	return 1 <= d.SubmitDay && d.SubmitDay <= d.ReviewDay && d.ReviewDay < d.LockDay && d.LockDay <= 366
}

// checkDays: months of teams have deadlines, other subjects have none.
func (f *File) checkDays() *fault {
	switch {
	case !f.Subject.OfTeam() && (f.Deadlines != Deadlines{} || len(f.Extensions) > 0):
		return bad("/deadlines", "mean nothing for the subject %s", f.Subject)
	case f.Subject.OfTeam() && !f.Deadlines.valid():
		return bad("/deadlines", "need 1 <= submit_day <= review_day < lock_day")
	}
	for i, x := range f.Extensions {
		p := fmt.Sprintf("/extensions/%d", i)
		switch _, err := domain.ParseMonth(string(x.Month)); {
		case err != nil:
			return bad(p+"/month", "%v", err)
		case slices.ContainsFunc(f.Extensions[:i], func(y Extension) bool { return y.Month == x.Month }):
			return bad(p+"/month", "is extended twice")
		case !x.Days.valid():
			return bad(p+"/deadlines", "need 1 <= submit_day <= review_day < lock_day")
		case x.Days.LockDay < f.Deadlines.LockDay:
			return bad(p+"/deadlines/lock_day", "an extension can't take days away")
		case !x.Reason.full():
			return bad(p+"/reason", "needs text in vi and en")
		}
	}
	return nil
}

func (f *File) checkPresets() *fault {
	if !f.Subject.OfTeam() {
		if len(f.Presets) > 0 || f.Preset != "" {
			return bad("/presets", "mean nothing for the subject %s", f.Subject)
		}
		return nil
	}
	found := false
	for i, s := range f.Presets {
		switch {
		case s.ID == "" || s.Activities < 0 || s.Days < 0 || s.Members < 0:
			return bad(fmt.Sprintf("/presets/%d", i), "needs an id and figures of 0 or more")
		case slices.ContainsFunc(f.Presets[:i], func(b Preset) bool { return b.ID == s.ID }):
			return bad(fmt.Sprintf("/presets/%d/id", i), "is there twice")
		}
		found = found || s.ID == f.Preset
	}
	if !found {
		return bad("/preset", "%q is not among presets", f.Preset)
	}
	return nil
}
