package months

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// trial is a what-if on its way.
type trial struct {
	s     *Service
	p     *policy.Policy
	teams []idTeam
	names map[domain.ID]string // of communes
	used  map[domain.ID]granted
	most  int
	tick  func() error // before each team-month
	out   *WhatIf
}

// granted is what the tried policy gave a team in the months before, for caps.
type granted struct {
	period       string
	inYear       int
	vndIn, vndOf domain.Money // in the period, in the year
}

// stood is a team-month as it stands.
type stood struct {
	closed bool
	unit   domain.ID
	facts  policy.Facts
	was    WhatIfSide
}

func cmpID(a, b domain.ID) int { return strings.Compare(string(a), string(b)) }

// month tries one month of all teams.
func (tr *trial) month(r store.Reader, m domain.Month) error {
	sum := WhatIfSum{Month: m}
	for _, t := range tr.teams {
		if err := tr.tick(); err != nil {
			return err
		}
		if !activeIn(t.Team, m) {
			continue
		}
		st, err := tr.stands(r, t, m)
		if err != nil {
			return err
		}
		v, err := tr.p.Decide(tr.facts(st.facts, m))
		if err != nil {
			return err
		}
		tr.note(t.id, m, v)
		if err := tr.compare(r, &sum, t, m, st, sideOf(v)); err != nil {
			return err
		}
	}
	tr.out.Months = append(tr.out.Months, sum)
	return nil
}

// decidedClose is the part of a close record that a trial needs.
type decidedClose struct {
	Unit    domain.ID        `json:"unit"`
	Facts   policy.Facts     `json:"facts"`
	Verdict domain.TeamMonth `json:"verdict"`
	Others  []struct {
		Facts   own              `json:"facts"`
		Verdict domain.TeamMonth `json:",embed"`
	} `json:"others"`
}

// factsOf are the facts of a close with the costs of one policy: those of the
// main one if it did not judge the month.
func (c *decidedClose) factsOf(policyID string) policy.Facts {
	f := c.Facts
	for _, o := range c.Others {
		if o.Verdict.Policy == policyID {
			f.Costs, f.Extra = o.Facts.Costs, o.Facts.Extra
		}
	}
	return f
}

// by is the verdict of a policy, or of the main one if that did not judge it.
func (c *decidedClose) by(policyID string) domain.TeamMonth {
	for _, o := range c.Others {
		if o.Verdict.Policy == policyID {
			return o.Verdict
		}
	}
	return c.Verdict
}

// stands reads a team's month: from its close and what corrected it, or else
// from its records, as it is judged now. What is compared is the verdict of
// the tried policy's own version, or of the main policy where there is none.
func (tr *trial) stands(r store.Reader, t idTeam, m domain.Month) (stood, error) {
	d, closed, err := closedBy(r, t.id, m)
	if err != nil {
		return stood{}, err
	}
	if !closed {
		g, err := tr.s.gather(r, t.id, m, tr.s.now())
		if err != nil {
			return stood{}, err
		}
		all, err := g.decideAll(func(p *policy.Policy) policy.Facts {
			f := g.factsFor(p)
			f.Funding = policy.Funding{}
			return f
		})
		if err != nil {
			return stood{}, err
		}
		was := all[0]
		for _, j := range all[1:] {
			if j.Policy.ID == tr.p.ID {
				was = j
			}
		}
		f := g.facts
		if f.Extra, err = extraOf(r, tr.p, g.unit, t.id, m); err != nil {
			return stood{}, err
		}
		if f.Costs, err = costsOf(r, t.id, tr.p.ID, m, func(*store.Record, *policy.Cost) {}); err != nil {
			return stood{}, err
		}
		return stood{unit: g.unit, facts: f, was: sideOf(was.Verdict)}, nil
	}
	var c decidedClose
	if err := json.Unmarshal(d.Body, &c); err != nil {
		return stood{}, err
	}
	list, err := adjustments(r, t.id, m)
	was := sideOf(c.by(tr.p.ID))
	was.Amount = dueOf(domain.Due{Close: d.N, Policy: was.Policy, Amount: was.Amount}, list).Amount
	return stood{closed: true, unit: c.Unit, facts: c.factsOf(tr.p.ID), was: was}, err
}

// facts of a month for the tried policy: what was granted by it, instead of
// what other policies gave.
func (tr *trial) facts(f policy.Facts, m domain.Month) policy.Facts {
	f.Funding, f.Overlap, f.Paid = policy.Funding{}, policy.Overlap{}, policy.Paid{Elsewhere: f.Paid.Elsewhere}
	u := tr.used[f.Team]
	if u.inYear == m.Year() {
		f.Paid.Year = u.vndOf
	}
	if u.period == tr.p.PeriodOf(m) {
		f.Paid.Period = u.vndIn
	}
	return f
}

func (tr *trial) note(team domain.ID, m domain.Month, v domain.TeamMonth) {
	u := tr.used[team]
	if u.inYear != m.Year() {
		u.inYear, u.vndOf = m.Year(), 0
	}
	if p := tr.p.PeriodOf(m); u.period != p {
		u.period, u.vndIn = p, 0
	}
	u.vndIn, u.vndOf = u.vndIn+v.Amount, u.vndOf+v.Amount
	tr.used[team] = u
}

func sideOf(v domain.TeamMonth) WhatIfSide {
	s := WhatIfSide{Policy: v.Policy, Version: v.Version, Result: v.Result, Amount: v.Amount, ReasonVi: v.ReasonVi, ReasonEn: v.ReasonEn,
		Fails: []domain.RuleResult{}}
	for _, r := range v.Rules {
		if !r.Pass && !r.Advisory && !r.Funding {
			s.Fails = append(s.Fails, r)
		}
	}
	return s
}

// compare counts a team-month and lists it if it changes.
func (tr *trial) compare(r store.Reader, month *WhatIfSum, t idTeam, m domain.Month, st stood, would WhatIfSide) error {
	name, err := tr.name(r, st.unit, m)
	if err != nil {
		return err
	}
	unit := tr.out.byUnit[st.unit]
	if unit == nil {
		unit = &WhatIfSum{Commune: st.unit}
		tr.out.byUnit[st.unit] = unit
	}
	unit.Name = name
	for _, s := range []*WhatIfSum{month, unit, &tr.out.Total} {
		s.add(st, would)
	}
	if st.was.Amount == would.Amount && st.was.Result == would.Result {
		return nil
	}
	if len(tr.out.Changes) >= tr.most {
		tr.out.Left++
		return nil
	}
	tr.out.Changes = append(tr.out.Changes, WhatIfCase{Team: t.id, Name: t.Name, Commune: st.unit, Unit: name, Month: m,
		Closed: st.closed, Was: st.was, Would: would})
	return nil
}

func (s *WhatIfSum) add(st stood, would WhatIfSide) {
	s.Teams++
	if st.closed {
		s.Closed++
	}
	s.Was += st.was.Amount
	s.Would += would.Amount
	switch d := would.Amount - st.was.Amount; {
	case d > 0:
		s.Gain++
		s.GainVND += d
	case d < 0:
		s.Lose++
		s.LoseVND -= d
	case st.was.Result != would.Result:
		s.Other++
	}
}

// name of a commune in a month, looked up once.
func (tr *trial) name(r store.Reader, unit domain.ID, m domain.Month) (string, error) {
	if n, ok := tr.names[unit]; ok {
		return n, nil
	}
	v, _, err := unitAt(r, unit, m.Last())
	tr.names[unit] = v.Name
	return v.Name, err
}

func (tr *trial) finish() *WhatIf {
	out := tr.out
	for _, u := range out.byUnit {
		out.Communes = append(out.Communes, *u)
	}
	slices.SortFunc(out.Communes, func(a, b WhatIfSum) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmpID(a.Commune, b.Commune))
	})
	slices.SortFunc(out.Changes, func(a, b WhatIfCase) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), strings.Compare(a.Unit, b.Unit), strings.Compare(a.Name, b.Name), cmpID(a.Team, b.Team))
	})
	return out
}
