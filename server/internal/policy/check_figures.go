package policy

import (
	"fmt"
	"slices"
)

func (f *File) checkTable() *fault {
	t := f.Table
	switch {
	case t == nil:
		return nil
	case len(t.By) == 0:
		return bad("/table/by", "is empty: name the facts of a key")
	case len(t.Rows) == 0:
		return bad("/table/rows", "are empty")
	}
	for i, r := range t.Rows {
		p := fmt.Sprintf("/table/rows/%d", i)
		if len(r.Key) != len(t.By) || slices.Contains(r.Key, "") {
			return bad(p+"/key", "needs %d parts", len(t.By))
		}
		if b := amount(p+"/rate_vnd", r.Rate, maxAward); b != nil {
			return b
		}
		if !r.full() {
			return bad(p, "needs text in vi and en")
		}
		for j, old := range t.Rows[:i] {
			if old.hides(r) {
				return bad(p+"/key", "is never reached: row %d fits first", j)
			}
		}
	}
	return nil
}

// hides reports whether every case of another row fits this one.
func (r Row) hides(other Row) bool {
	for i, k := range r.Key {
		if k != anyKey && k != other.Key[i] {
			return false
		}
	}
	return true
}

func (f *File) checkTiers() *fault {
	if f.Tiers == nil {
		return nil
	}
	if len(f.Tiers.Steps) < 2 {
		return bad("/tiers/steps", "need two or more")
	}
	for i := range f.Tiers.Steps {
		if b := f.checkTier(i); b != nil {
			return b
		}
	}
	return nil
}

func (f *File) checkTier(i int) *fault {
	t, p := f.Tiers.Steps[i], fmt.Sprintf("/tiers/steps/%d", i)
	switch {
	case !validID(t.ID):
		return bad(p+"/id", "must be lower-case letters, digits and hyphens")
	case slices.ContainsFunc(f.Tiers.Steps[:i], func(b Tier) bool { return b.ID == t.ID }):
		return bad(p+"/id", "is there twice")
	case !t.full():
		return bad(p, "needs text in vi and en")
	case f.Basis == SalaryMultiple && t.Rate != 0:
		return bad(p+"/rate_vnd", "means nothing for a multiple: give permille")
	case f.Basis == ByTier && t.Permille != 0:
		return bad(p+"/permille", "means nothing without a base salary")
	}
	if f.Basis == ByTier {
		if b := amount(p+"/rate_vnd", t.Rate, maxAward); b != nil {
			return b
		}
	}
	if f.Tiers.By == "" {
		return f.conditional(i, p)
	}
	return f.ranged(i, p)
}

// conditional: conditions in turn, and a last step for all the rest, so that
// nothing falls between them.
func (f *File) conditional(i int, p string) *fault {
	t, last := f.Tiers.Steps[i], i == len(f.Tiers.Steps)-1
	switch {
	case t.From != 0 || t.To != 0:
		return bad(p+"/from", "means nothing without by")
	case last && (!t.Otherwise || t.When != ""):
		return bad(p+"/otherwise", "the last step is for all other cases: otherwise true, no when")
	case !last && (t.Otherwise || t.When == ""):
		return bad(p+"/when", "is missing: only the last step is otherwise")
	}
	return nil
}

// ranged: from and to follow each other without gap or overlap.
func (f *File) ranged(i int, p string) *fault {
	steps := f.Tiers.Steps
	t, last := steps[i], i == len(steps)-1
	switch {
	case t.When != "" || t.Otherwise:
		return bad(p+"/when", "means nothing together with by")
	case t.From < 0 || t.To < 0 || t.To != 0 && t.To < t.From:
		return bad(p+"/to", "is before from")
	case i == 0 && t.From != 0:
		return bad(p+"/from", "leaves a gap below: the first step has no from")
	case last && t.To != 0:
		return bad(p+"/to", "leaves a gap above: the last step has no to")
	case !last && t.To == 0:
		return bad(p+"/to", "is missing: only the last step is open")
	case i > 0 && t.From <= steps[i-1].To:
		return bad(p+"/from", "overlaps the step before it, which ends at %d", steps[i-1].To)
	case i > 0 && t.From != steps[i-1].To+1:
		return bad(p+"/from", "leaves a gap: the step before it ends at %d", steps[i-1].To)
	}
	return nil
}

// checkSalary: each product is whole đồng, or a rule of rounding is stated.
func (f *File) checkSalary() *fault {
	if f.Basis != SalaryMultiple {
		return nil
	}
	if f.Permille != 0 && f.Tiers != nil {
		return bad("/permille", "means nothing together with tiers")
	}
	if f.Rounding != "" && f.Rounding != RoundDown && f.Rounding != RoundHalfUp {
		return bad("/rounding", "must be %s or %s", RoundDown, RoundHalfUp)
	}
	if b := dated("/base_salary", f.BaseSalary, minSalary); b != nil {
		return b
	}
	if f.Tiers == nil {
		return f.multiple("/permille", f.Permille)
	}
	for i, t := range f.Tiers.Steps {
		if b := f.multiple(fmt.Sprintf("/tiers/steps/%d/permille", i), t.Permille); b != nil {
			return b
		}
	}
	return nil
}

// Bounds of a multiple in thousandths: below the lower one somebody wrote 1
// for "once".
const (
	minPermille = 10
	maxPermille = 100_000
)

func (f *File) multiple(ptr string, permille int64) *fault {
	if permille < minPermille || permille > maxPermille {
		return bad(ptr, "is %d: multiples are thousandths, 800 is 0.8", permille)
	}
	for _, r := range f.BaseSalary {
		if _, exact := permilleOf(r.VND, permille, f.Rounding); !exact && f.Rounding == "" {
			return bad(ptr, "%d thousandths of %s are no whole đồng: state rounding", permille, r.VND)
		}
	}
	return nil
}

func (f *File) checkRanks() *fault {
	for i, m := range f.Ranks {
		p := fmt.Sprintf("/ranks_vnd/%d", i)
		if b := amount(p, m, maxAward); b != nil {
			return b
		}
		if i > 0 && m > f.Ranks[i-1] {
			return bad(p, "is more than the rank before it")
		}
	}
	return nil
}

func (f *File) checkCaps() *fault {
	for i, c := range f.Caps {
		p := fmt.Sprintf("/caps/%d", i)
		switch {
		case c.Per != perPeriod && c.Per != perYear:
			return bad(p+"/per", "must be period or year")
		case slices.ContainsFunc(f.Caps[:i], func(b Cap) bool { return b.Per == c.Per }):
			return bad(p+"/per", "is there twice")
		}
		if b := amount(p+"/vnd", c.VND, maxAward); b != nil {
			return b
		}
	}
	return nil
}

func (f *File) checkComponents() *fault {
	var taken []string
	for i, c := range f.Components {
		p := fmt.Sprintf("/components/%d", i)
		switch {
		case !validID(c.ID):
			return bad(p+"/id", "must be lower-case letters, digits and hyphens")
		case !c.full():
			return bad(p, "needs text in vi and en")
		case c.Basis != PerPersonDay && c.Basis != PerPersonNight && c.Basis != basisRemainder:
			return bad(p+"/basis", "must be per_person_day, per_person_night or remainder")
		case c.Basis == basisRemainder && c.Cap != 0:
			return bad(p+"/cap_vnd", "means nothing for the remainder")
		case c.Basis == basisRemainder && i != len(f.Components)-1:
			return bad(p+"/basis", "the remainder comes last")
		}
		if c.Basis != basisRemainder {
			if b := amount(p+"/cap_vnd", c.Cap, maxRate); b != nil {
				return b
			}
		}
		for j, id := range c.Categories {
			q := fmt.Sprintf("%s/categories/%d", p, j)
			if !slices.ContainsFunc(f.Spending, func(s Spend) bool { return s.ID == id }) {
				return bad(q, "%q is not among spending", id)
			}
			if slices.Contains(taken, id) {
				return bad(q, "%q is in two components", id)
			}
			taken = append(taken, id)
		}
	}
	return nil
}

func (f *File) checkTopUp() *fault {
	switch t := f.TopUp; {
	case t == nil:
		return nil
	case t.By != "commune" && t.By != "district":
		return bad("/top_up/by", "must be commune or district: the province's own money is the rate")
	case t.MaxPermille < minPermille || t.MaxPermille > maxPermille:
		return bad("/top_up/max_permille", "is %d: multiples are thousandths, 2000 is twice", t.MaxPermille)
	}
	return nil
}
