package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/banso/banso/server/internal/domain"
)

// Query asks which policies judge a team's month.
type Query struct {
	Month     domain.Month
	Level     domain.Level
	Provinces []string // names of the province the team lies in and lay in; nil: unknown, all fit
}

// fits reports whether a policy is about teams of a level.
func (p *Policy) fits(l domain.Level) bool {
	return p.Subject == Member || p.Subject == TeamVillage && l == domain.LevelVillage || p.Subject == TeamCommune && l == domain.LevelCommune
}

// of reports whether a policy belongs to one of the provinces.
func (p *Policy) of(provinces []string) bool {
	if len(provinces) == 0 {
		return true
	}
	own := domain.UnitKey(p.Province.Name)
	return slices.ContainsFunc(provinces, func(n string) bool { return domain.UnitKey(n) == own })
}

// Select chooses by all versions of all policies, in any order. main judges
// the month and explains it, also one outside every period: one that can pay
// before one that can't, then one about this level, one whose months hold it,
// one that falls due in it, the one that begins last. others pay in the month
// besides it, by id. main is nil where no policy is about teams.
func Select(all []*Policy, q Query) (main *Policy, others []*Policy) {
	list := slices.DeleteFunc(current(all, q.Month), func(p *Policy) bool { return !p.Subject.OfTeam() || !p.of(q.Provinces) })
	for _, p := range list {
		if main == nil || p.before(main, q) > 0 {
			main = p
		}
	}
	for _, p := range list {
		if p != main && p.Pays() && p.fits(q.Level) && p.Holds(q.Month) && p.DueIn(q.Month) {
			others = append(others, p)
		}
	}
	return main, others
}

func (p *Policy) before(o *Policy, q Query) int {
	return cmp.Or(
		order(p.Pays(), o.Pays()), order(p.fits(q.Level), o.fits(q.Level)), order(p.Holds(q.Month), o.Holds(q.Month)),
		order(p.DueIn(q.Month), o.DueIn(q.Month)), cmp.Compare(p.From, o.From), cmp.Compare(p.ID, o.ID))
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// current returns of each id the version that holds for a month, by id: of
// those that no other replaces the one whose months have it, else the one that
// begins last.
func current(all []*Policy, m domain.Month) (list []*Policy) {
	best := map[string]*Policy{}
	for _, p := range all {
		if replaced(all, p) {
			continue
		}
		if b := best[p.ID]; b == nil || cmp.Or(order(p.Holds(m), b.Holds(m)), cmp.Compare(p.From, b.From), cmp.Compare(p.Version, b.Version)) > 0 {
			best[p.ID] = p
		}
	}
	for _, p := range best {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *Policy) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Current is the version of a policy that holds for a month, nil if there is
// no such policy.
func Current(all []*Policy, id string, m domain.Month) *Policy {
	for _, p := range current(all, m) {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func replaced(all []*Policy, p *Policy) bool {
	return slices.ContainsFunc(all, func(o *Policy) bool { return o.ID == p.ID && o.Replaces == p.Version && o != p })
}

// CheckVersion refuses a further version of a policy that is ambiguous beside
// those that are there: where months overlap, it must say which one it takes
// over.
func CheckVersion(all []*Policy, p *Policy) error {
	if p.Replaces != "" && !slices.ContainsFunc(all, func(o *Policy) bool { return o.ID == p.ID && o.Version == p.Replaces }) {
		return &FileError{Field: "/replaces", Reason: fmt.Sprintf("there is no version %q of %s", p.Replaces, p.ID)}
	}
	for _, o := range all {
		if o.ID != p.ID || o.Version == p.Version || o.Version == p.Replaces || replaced(all, o) {
			continue
		}
		if (p.To == "" || o.From <= p.To) && (o.To == "" || p.From <= o.To) {
			return &FileError{Field: "/version", Reason: fmt.Sprintf(
				"version %s covers months of version %s: say \"replaces\": %q, or give it other months", p.Version, o.Version, o.Version)}
		}
	}
	return nil
}

// Judged is one policy's verdict and the facts it stands on.
type Judged struct {
	Policy  *Policy
	Facts   Facts
	Verdict domain.TeamMonth
}

// DecideAll decides a team's month by several policies; facts gives what each
// is judged by. Where more than one of an overlap group would pay, one does:
// the lowest overlap_order, then the first id. The others are decided again
// with the fact that it pays. The order of the list changes nothing but the
// order of the answer.
func DecideAll(list []*Policy, facts func(*Policy) Facts) ([]Judged, error) {
	out := make([]Judged, len(list))
	var errs error
	for i, p := range list {
		out[i] = Judged{Policy: p, Facts: facts(p)}
		out[i].Facts.Overlap = Overlap{}
		errs = errors.Join(errs, out[i].decide())
	}
	for i := range out {
		if w := out[i].loses(out); w != nil && out[i].Facts.Overlap.Policy == "" {
			out[i].Facts.Overlap = Overlap{Policy: w.Policy.ID, Version: w.Policy.Version, Instrument: w.Policy.Instrument, Amount: w.Verdict.Amount}
		}
	}
	for i := range out {
		if out[i].Facts.Overlap.Policy != "" {
			errs = errors.Join(errs, out[i].decide())
		}
	}
	return out, errs
}

func (j *Judged) decide() (err error) {
	j.Verdict, err = j.Policy.Decide(j.Facts)
	return err
}

// loses returns the one of the same group that pays instead, nil if none does.
func (j *Judged) loses(all []Judged) (winner *Judged) {
	if j.Policy.OverlapGroup == "" || j.Verdict.Amount == 0 {
		return nil
	}
	winner = j
	for i := range all {
		o := &all[i]
		if o.Policy.OverlapGroup == j.Policy.OverlapGroup && o.Verdict.Amount != 0 &&
			cmp.Or(cmp.Compare(o.Policy.OverlapOrder, winner.Policy.OverlapOrder), cmp.Compare(o.Policy.ID, winner.Policy.ID)) < 0 {
			winner = o
		}
	}
	if winner == j {
		return nil
	}
	return winner
}
