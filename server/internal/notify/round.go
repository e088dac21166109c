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

// missing reminds the leaders of a commune's teams of what the month lacks.
func (rd *round) missing(c *commune) error {
	for _, team := range c.teams {
		for _, m := range []domain.Month{rd.today.Month().Add(-1), rd.today.Month()} {
			if err := rd.missingIn(team, m); err != nil && !skippable(err) {
				return err
			}
		}
	}
	return nil
}

func (rd *round) missingIn(team domain.ID, m domain.Month) error {
	submit, _, _, err := rd.s.cfg.Months.Days(rd.tx, team, m)
	if err != nil {
		return err
	}
	left := daysBetween(rd.today, submit)
	stage := stageOf(left)
	if stage == 0 {
		return nil
	}
	people, err := peopleOf(rd.tx, team, rd.today, false)
	if err != nil {
		return err
	}
	n := Note{Kind: Missing, Team: team, Month: m, Key: "missing/" + string(team) + "/" + string(m) + "/" + string(submit) + "/" + strconv.Itoa(stage),
		Tag: "month/" + string(team) + "/" + string(m), Quiet: rd.quiet(submit.Add(-stage)), UntilMs: submit.Add(1).Start().UnixMilli()}
	for _, p := range people {
		n.To = p
		if known, err := told(rd.tx, n); err != nil {
			return err
		} else if known {
			continue
		}
		if n.Args == nil {
			lacks, err := rd.lacks(team, m)
			if err != nil || lacks == nil {
				return err
			}
			n.Args = lacks
			n.Args["month"], n.Args["days"] = m.Vi(), strconv.Itoa(left)
		}
		if err := Tell(rd.tx, n); err != nil {
			return err
		}
	}
	return nil
}

// lacks are the texts of what a month lacks that can still be mended, nil if
// nothing does.
func (rd *round) lacks(team domain.ID, m domain.Month) (map[string]string, error) {
	p, err := rd.s.cfg.Months.Verdict(rd.tx, team, m, rd.tx.Now())
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

// office tells a commune's office what waits for it: submissions, those that
// are overdue, and months that lock soon.
func (rd *round) office(c *commune) error {
	var waits, oldest int64
	for _, m := range []domain.Month{rd.today.Month().Add(-2), rd.today.Month().Add(-1), rd.today.Month()} {
		o := behind{month: m}
		for _, team := range c.teams {
			if err := rd.look(&o, team); err != nil && !skippable(err) {
				return err
			}
		}
		waits += o.waits
		if oldest == 0 || o.oldest != 0 && o.oldest < oldest {
			oldest = o.oldest
		}
		if err := rd.tellBehind(c, &o); err != nil {
			return err
		}
	}
	if waits == 0 {
		return nil
	}
	return rd.tellOffice(c, Note{Kind: Waiting, Key: "waiting/" + string(c.unit) + "/" + string(rd.today), Tag: "waiting/" + string(c.unit),
		Args: map[string]string{"n": strconv.FormatInt(waits, 10), "since": domain.DateOf(time.UnixMilli(oldest)).Vi()}},
		rd.today, domain.RoleChair, domain.RoleViceChair)
}

// behind is how a commune stands in a month.
type behind struct {
	month    domain.Month
	waits    int64 // undecided submissions
	oldest   int64
	overdue  int64 // of them beyond the review day
	late     int   // days since the review day of who waits longest
	unclosed int   // teams
	lock     domain.Date
}

func (rd *round) look(o *behind, team domain.ID) error {
	n, oldest, err := rd.s.cfg.Months.Undecided(rd.tx, team, o.month)
	if err != nil {
		return err
	}
	o.waits += n
	if n > 0 && (o.oldest == 0 || oldest < o.oldest) {
		o.oldest = oldest
	}
	_, review, lock, err := rd.s.cfg.Months.Days(rd.tx, team, o.month)
	if err != nil {
		return err
	}
	if n > 0 && rd.today > review {
		o.overdue += n
		o.late = max(o.late, daysBetween(review, rd.today))
	}
	if left := daysBetween(rd.today, lock); left >= 0 && left <= closeDueDays {
		closed, err := rd.s.cfg.Months.Closed(rd.tx, team, o.month)
		if err != nil {
			return err
		}
		if !closed {
			o.unclosed++
			o.lock = lock
		}
	}
	return nil
}

func (rd *round) tellBehind(c *commune, o *behind) error {
	n := Note{Month: o.month, Args: map[string]string{"month": o.month.Vi()}}
	if o.unclosed > 0 {
		n.Kind, n.Key = CloseDue, "close_due/"+string(c.unit)+"/"+string(o.month)
		n.Args["n"], n.Args["lock"] = strconv.Itoa(o.unclosed), o.lock.Vi()
		if err := rd.tellOffice(c, n, o.lock.Add(-closeDueDays), domain.RoleChair, domain.RoleViceChair); err != nil {
			return err
		}
	}
	if o.overdue == 0 {
		return nil
	}
	n.Kind, n.Key, n.Tag = Overdue, "overdue/"+string(c.unit)+"/"+string(o.month), "overdue/"+string(c.unit)+"/"+string(o.month)
	n.Args["n"] = strconv.FormatInt(o.overdue, 10)
	since := rd.today.Add(-o.late) // the review day
	err := rd.tellOffice(c, n, since.Add(1), domain.RoleChair, domain.RoleViceChair)
	if err == nil && o.late >= standInAfter {
		err = rd.tellOffice(c, n, since.Add(standInAfter), domain.RoleStandby)
	}
	if err == nil && o.late >= provinceAfter {
		n.Fields, n.Quiet = map[string]string{"unit": string(c.unit)}, rd.quiet(since.Add(provinceAfter))
		err = tellOfficers(rd.tx, rd.today, n, domain.RoleProvince)
	}
	return err
}

// tellOffice tells who holds one of the roles in a commune of what fell due on
// a day.
func (rd *round) tellOffice(c *commune, n Note, on domain.Date, roles ...domain.Role) error {
	n.Fields, n.Quiet = map[string]string{"unit": string(c.unit)}, rd.quiet(on)
	var people []domain.ID
	if err := roster.UnitGrants(rd.tx, c.unit, func(g domain.Grant) bool {
		if g.Unit == c.unit && g.Interval.Has(rd.today) && slices.Contains(roles, g.Role) {
			people = append(people, g.Person)
		}
		return true
	}); err != nil {
		return err
	}
	return tellAll(rd.tx, n, people)
}
