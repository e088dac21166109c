package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
)

// Moments of the daily round (assumed, A).
const (
	standInAfter  = 3 // days overdue until who stands in is told too
	provinceAfter = 5 // and the province
	closeDueDays  = 3 // before the lock day
)

// stageOf says which reminder is due so many days before the day to submit: 7,
// 3 or 1, 0 for none. One that was missed is told on the next day.
func stageOf(left int) int {
	switch {
	case left < 0 || left > 7:
		return 0
	case left > 3:
		return 7
	case left > 1:
		return 3
	}
	return 1
}

func daysBetween(a, b domain.Date) int { return int(b.Start().Sub(a.Start()) / day) }

// missing reminds the leaders of a team of what a month lacks so shortly
// before the day to submit.
func (lk *look) missing(team domain.ID, m domain.Month, submit domain.Date) error {
	left := daysBetween(lk.today, submit)
	stage := stageOf(left)
	if stage == 0 {
		return nil
	}
	people, err := peopleOf(lk.r, team, lk.today, false)
	if err != nil {
		return err
	}
	n := Note{Kind: Missing, Team: team, Month: m, Key: "missing/" + string(team) + "/" + string(m) + "/" + string(submit) + "/" + strconv.Itoa(stage),
		Tag: "month/" + string(team) + "/" + string(m), Quiet: lk.back.quiet(submit.Add(-stage)), UntilMs: submit.Add(1).Start().UnixMilli()}
	for _, p := range people {
		n.To = p
		if known, err := told(lk.r, n); err != nil {
			return err
		} else if known {
			continue
		}
		if n.Args == nil {
			lacks, err := lk.lacks(team, m)
			if err != nil || lacks == nil {
				return err
			}
			n.Args = lacks
			n.Args["month"], n.Args["days"] = m.Vi(), strconv.Itoa(left)
		}
		lk.notes = append(lk.notes, n)
	}
	return nil
}

// lacks are the texts of what a month lacks that can still be mended, nil if
// nothing does.
func (lk *look) lacks(team domain.ID, m domain.Month) (map[string]string, error) {
	p, err := lk.s.cfg.Months.Verdict(lk.r, team, m, lk.now)
	if err != nil || p.Stage != domain.StageOpen && p.Stage != domain.StageGrace {
		return nil, err
	}
	var vi, en []string
	for _, r := range lacking(&p) {
		vi, en = append(vi, r.TodoVi), append(en, r.TodoEn)
	}
	if len(vi) == 0 {
		return nil, nil
	}
	return map[string]string{"n": strconv.Itoa(len(vi)), "missing": strings.Join(vi, " "), "missing_en": strings.Join(en, " ")}, nil
}

// lacking are the rules that fail and can still be mended.
func lacking(p *domain.Progress) (list []domain.RuleResult) {
	for _, r := range p.Rules {
		if !r.Pass && !r.Advisory && !r.Funding && r.TodoVi != "" {
			list = append(list, r)
		}
	}
	return list
}

// commune looks at the months of a commune that are not closed: what their
// teams lack, and what waits for the office: submissions, those that are
// overdue, and months that lock soon.
func (lk *look) commune(c *commune) error {
	var waits, oldest int64
	for back := 2; back >= 0; back-- {
		o := behind{month: lk.today.Month().Add(-back), reminds: back < 2}
		for _, team := range c.teams {
			if err := lk.team(&o, team); err != nil && !skippable(err) {
				return err
			}
		}
		waits += o.waits
		if oldest == 0 || o.oldest != 0 && o.oldest < oldest {
			oldest = o.oldest
		}
		if err := lk.tellBehind(c, &o); err != nil {
			return err
		}
	}
	if waits == 0 {
		return nil
	}
	return lk.tellOffice(c, Note{Kind: Waiting, Key: "waiting/" + string(c.unit) + "/" + string(lk.today), Tag: "waiting/" + string(c.unit),
		Args: map[string]string{"n": strconv.FormatInt(waits, 10), "since": domain.DateOf(time.UnixMilli(oldest)).Vi()}},
		lk.today, domain.RoleChair, domain.RoleViceChair)
}

// behind is how a commune stands in a month.
type behind struct {
	month    domain.Month
	reminds  bool  // the teams' leaders are reminded of it
	waits    int64 // undecided submissions
	oldest   int64
	overdue  int64 // of them beyond the review day
	late     int   // days since the review day of who waits longest
	unclosed int   // teams
	lock     domain.Date
}

func (lk *look) team(o *behind, team domain.ID) error {
	months := lk.s.cfg.Months
	closed, err := months.Closed(lk.r, team, o.month)
	if err != nil || closed {
		return err
	}
	n, oldest, err := months.Undecided(lk.r, team, o.month)
	if err != nil {
		return err
	}
	o.waits += n
	if n > 0 && (o.oldest == 0 || oldest < o.oldest) {
		o.oldest = oldest
	}
	submit, review, lock, err := months.Days(lk.r, team, o.month)
	if err != nil {
		return err
	}
	if n > 0 && lk.today > review {
		o.overdue += n
		o.late = max(o.late, daysBetween(review, lk.today))
	}
	if left := daysBetween(lk.today, lock); left >= 0 && left <= closeDueDays {
		o.unclosed++
		o.lock = lock
	}
	if !o.reminds {
		return nil
	}
	return lk.missing(team, o.month, submit)
}

func (lk *look) tellBehind(c *commune, o *behind) error {
	if o.unclosed > 0 {
		n := Note{Kind: CloseDue, Key: "close_due/" + string(c.unit) + "/" + string(o.month), Month: o.month,
			Args: map[string]string{"month": o.month.Vi(), "n": strconv.Itoa(o.unclosed), "lock": o.lock.Vi()}}
		if err := lk.tellOffice(c, n, o.lock.Add(-closeDueDays), domain.RoleChair, domain.RoleViceChair); err != nil {
			return err
		}
	}
	if o.overdue == 0 {
		return nil
	}
	key := "overdue/" + string(c.unit) + "/" + string(o.month)
	n := Note{Kind: Overdue, Key: key, Tag: key, Month: o.month, Args: map[string]string{"month": o.month.Vi(), "n": strconv.FormatInt(o.overdue, 10)}}
	since := lk.today.Add(-o.late) // the review day
	err := lk.tellOffice(c, n, since.Add(1), domain.RoleChair, domain.RoleViceChair)
	if err == nil && o.late >= standInAfter {
		err = lk.tellOffice(c, n, since.Add(standInAfter), domain.RoleStandby)
	}
	if err == nil && o.late >= provinceAfter {
		err = lk.tellProvince(c, n, since.Add(provinceAfter))
	}
	return err
}

// tellOffice tells who holds one of the roles in a commune of what fell due on
// a day.
func (lk *look) tellOffice(c *commune, n Note, on domain.Date, roles ...domain.Role) error {
	var people []domain.ID
	if err := roster.UnitGrants(lk.r, c.unit, func(g domain.Grant) bool {
		if g.Unit == c.unit && g.Interval.Has(lk.today) && slices.Contains(roles, g.Role) {
			people = append(people, g.Person)
		}
		return true
	}); err != nil {
		return err
	}
	return lk.tell(c, n, on, people)
}

func (lk *look) tellProvince(c *commune, n Note, on domain.Date) error {
	people, err := officersOf(lk.r, lk.today, domain.RoleProvince)
	if err != nil {
		return err
	}
	return lk.tell(c, n, on, people)
}

// tell notes what people are to hear of, but for those who have heard of it.
func (lk *look) tell(c *commune, n Note, on domain.Date, people []domain.ID) error {
	n.Fields, n.Quiet = map[string]string{"unit": string(c.unit)}, lk.back.quiet(on)
	for _, p := range people {
		n.To = p
		known, err := told(lk.r, n)
		if err != nil {
			return err
		}
		if !known {
			lk.notes = append(lk.notes, n)
		}
	}
	return nil
}
