package months

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// own are the facts of a month that differ between the policies that judge it.
type own struct {
	Paid    policy.Paid    `json:"paid,omitzero"`
	Overlap policy.Overlap `json:"overlap,omitzero"`
	Costs   []policy.Cost  `json:"costs,omitzero"`
	Extra   policy.Extra   `json:"extra,omitzero"`
}

// decideAll judges a gathered month by every policy that is about it, the main
// one first. Overlaps are resolved among them.
func (g *gathered) decideAll(facts func(*policy.Policy) policy.Facts) ([]policy.Judged, error) {
	return policy.DecideAll(append([]*policy.Policy{g.policy}, g.others...), facts)
}

// factsFor are the month's facts as one policy sees them.
func (g *gathered) factsFor(p *policy.Policy) policy.Facts {
	f := g.facts
	f.Paid = g.paid[p]
	f.Funding = g.funding[p]
	f.Costs = g.costs[p]
	f.Extra = g.extra[p]
	return f
}

// perPolicy reads what differs between the policies.
func (g *gathered) perPolicy(s *Service, r store.Reader) error {
	g.paid, g.funding = map[*policy.Policy]policy.Paid{}, map[*policy.Policy]policy.Funding{}
	g.extra = map[*policy.Policy]policy.Extra{}
	var errs error
	for _, p := range append([]*policy.Policy{g.policy}, g.others...) {
		if p.TopUp != nil {
			x, err := extraOf(r, p, g.unit, g.facts.Team, g.facts.Month)
			errs = errors.Join(errs, err)
			g.extra[p] = x
		}
		paid, err := paidBefore(r, p, g.facts.Team, g.facts.Month)
		errs = errors.Join(errs, err)
		g.paid[p] = paid
		if g.funding[p], err = s.funding(r, p.ID, g.facts.Team, g.facts.Month); err != nil {
			errs = errors.Join(errs, err)
		}
	}
	g.facts.Paid, g.facts.Funding, g.facts.Extra = g.paid[g.policy], g.funding[g.policy], g.extra[g.policy]
	return errs
}

// paidBefore is what a policy with a cap or a longer period granted the team by
// the other closed months of the year or period, also by later ones: a month
// whose review waited is closed behind them, and a cap holds in any order.
func paidBefore(r store.Reader, p *policy.Policy, team domain.ID, month domain.Month) (out policy.Paid, err error) {
	if !p.Accumulates() {
		return out, nil
	}
	from, to := domain.Month(string(month[:4])+"-01"), domain.Month(string(month[:4])+"-12")
	if p.Periodicity == policy.Once {
		if p.From != "" {
			from = min(from, p.From)
		}
		to = max(to, p.To)
	}
	for m := from; m <= to; m = m.Add(1) {
		if m == month {
			continue
		}
		d, closed, err := closedBy(r, team, m)
		if err != nil {
			return out, err
		}
		if !closed {
			continue
		}
		list, err := dues(r, &d, team, m, nil) // whatever is funded
		if err != nil {
			return out, err
		}
		for _, due := range list {
			if due.Policy != p.ID {
				continue
			}
			if m.Year() == month.Year() {
				out.Year += due.Amount
			}
			if p.PeriodOf(m) == p.PeriodOf(month) {
				out.Period += due.Amount
			}
		}
	}
	return out, nil
}

// touchOthers marks the months of the year that a close takes room from.
func (g *gathered) touchOthers(tx store.Tx) error {
	if !slices.ContainsFunc(append([]*policy.Policy{g.policy}, g.others...), (*policy.Policy).Accumulates) {
		return nil
	}
	month := g.facts.Month
	last := min(domain.MonthOf(tx.Now()), domain.Month(string(month[:4])+"-12"))
	for m := domain.Month(string(month[:4]) + "-01"); m <= last; m = m.Add(1) {
		if sc, err := tx.Scope(syncproto.TeamMonthScope(g.facts.Team, string(m))); err != nil || m == month || sc.Closed || sc.Last == 0 {
			if err != nil {
				return err
			}
			continue
		}
		if err := Touch(tx, g.facts.Team, m); err != nil {
			return err
		}
	}
	return nil
}

// decidedMonth is the part of a close record that says what it gave.
type decidedMonth struct {
	Verdict decidedVerdict `json:"verdict"`
	Others  []struct {
		Verdict decidedVerdict `json:",embed"`
	} `json:"others"`
}

type decidedVerdict struct {
	Policy string        `json:"policy"`
	Result domain.Result `json:"result"`
	Amount domain.Money  `json:"amount"`
}

// dues is what a close and its adjustments give under each policy by the
// funding decisions in windows, the main one first: read from the record,
// without judging anything again.
func dues(r store.Reader, d *store.Decision, team domain.ID, month domain.Month, windows []*window) ([]domain.Due, error) {
	var c decidedMonth
	if err := json.Unmarshal(d.Body, &c); err != nil {
		return nil, err
	}
	adj, err := adjustments(r, team, month)
	if err != nil {
		return nil, err
	}
	out := []domain.Due{c.Verdict.due(d, team, month, windows, adj)}
	for _, o := range c.Others {
		out = append(out, o.Verdict.due(d, team, month, windows, adj))
	}
	return out, nil
}

func (v *decidedVerdict) due(d *store.Decision, team domain.ID, month domain.Month, windows []*window, adj []numbered) domain.Due {
	var own []*window
	for _, w := range windows {
		if w.Policy == v.Policy {
			own = append(own, w)
		}
	}
	f := fundingOf(own, team, month)
	due := domain.Due{Policy: v.Policy, Team: team, Month: month, Amount: v.Amount, Close: d.N, Outcome: policy.Outcome(v.Result, f)}
	if due.Outcome != domain.Eligible {
		due.Amount = 0
	}
	if due = dueOf(due, adj); f.Team && due.Amount > 0 {
		due.Funding = f.Decision
	}
	return due
}

// sealOthers makes the part of a close about the policies besides the main one.
func sealOthers(all []policy.Judged) (list []domain.CloseOther, err error) {
	for _, j := range all {
		facts, err := canonical(own{Paid: j.Facts.Paid, Overlap: j.Facts.Overlap, Costs: j.Facts.Costs, Extra: j.Facts.Extra})
		if err != nil {
			return nil, err
		}
		list = append(list, domain.CloseOther{PolicyHash: j.Policy.Hash.String(), Facts: facts, Verdict: j.Verdict.Sealed()})
	}
	return list, nil
}

// openOther is the facts that another policy of a close stood on.
func openOther(f policy.Facts, raw jsontext.Value) (policy.Facts, error) {
	var o own
	err := json.Unmarshal(raw, &o, json.RejectUnknownMembers(true))
	f.Paid, f.Overlap, f.Costs, f.Extra = o.Paid, o.Overlap, o.Costs, o.Extra
	return f, err
}
