package months

import (
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// What a closer sees of a cost besides its content: whether it counts.
const (
	costProved   domain.State = "proved"
	costUnproved domain.State = "unproved"
)

// readCosts reads what the team spent on days of the month under the policies
// that pay real costs, for each of those that judge it.
func (g *gathered) readCosts(r store.Reader) error {
	g.costs = map[*policy.Policy][]policy.Cost{}
	for _, p := range append([]*policy.Policy{g.policy}, g.others...) {
		if p.Basis != policy.ActualCost {
			continue
		}
		list, err := costsOf(r, g.facts.Team, p.ID, g.facts.Month, g.sumCost)
		if err != nil {
			return err
		}
		g.costs[p] = list
	}
	g.facts.Costs = g.costs[g.policy]
	return nil
}

// sumCost adds a cost to what a closer sees: its content, and whether what
// proves it is here. So a close names exactly the sum that was looked at.
func (g *gathered) sumCost(rec *store.Record, c *policy.Cost) {
	g.asOf = max(g.asOf, rec.Rev)
	if c.Evidence {
		g.sum(rec, costProved)
		return
	}
	g.sum(rec, costUnproved)
}

// costsOf are the costs of a team's month under a policy, by id.
func costsOf(r store.Reader, team domain.ID, policyID string, month domain.Month, each func(*store.Record, *policy.Cost)) (list []policy.Cost, err error) {
	var bad error
	err = r.Members(syncproto.TeamScope(team), syncproto.TypeSpending, func(rec *store.Record) bool {
		var sp domain.Spending
		if bad = json.Unmarshal(rec.Doc, &sp); bad != nil {
			return false
		}
		if sp.Policy != policyID || sp.On.Month() != month {
			return true
		}
		c := costOf(rec.ID, &sp)
		each(rec, &c)
		list = append(list, c)
		return true
	})
	slices.SortFunc(list, func(a, b policy.Cost) int { return strings.Compare(a.ID, b.ID) })
	return list, errors.Join(err, bad)
}

func costOf(id domain.ID, sp *domain.Spending) policy.Cost {
	return policy.Cost{ID: string(id), Category: sp.Category, On: sp.On, VND: sp.Amount, Evidence: sp.Proved()}
}

// withLate are the costs that a close counted, and those that came after it.
func withLate(costs []policy.Cost, works []late, policyID string, month domain.Month) ([]policy.Cost, error) {
	out := slices.Clone(costs)
	for i := range works {
		if works[i].key.Type != syncproto.TypeSpending {
			continue
		}
		rec := works[i].record()
		var sp domain.Spending
		if err := json.Unmarshal(rec.Doc, &sp); err != nil {
			return nil, err
		}
		out = slices.DeleteFunc(out, func(c policy.Cost) bool { return c.ID == string(rec.ID) })
		if sp.Policy == policyID && sp.On.Month() == month {
			out = append(out, costOf(rec.ID, &sp))
		}
	}
	slices.SortFunc(out, func(a, b policy.Cost) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// KeepsCosts reports whether a closed month of a team decided real costs of a
// policy: what is entered, changed or taken back after that is a matter of
// corrections.
func (s *Service) KeepsCosts(r store.Reader, team domain.ID, month domain.Month, policyID string) (bool, error) {
	_, closed, err := closedBy(r, team, month)
	if err != nil || !closed {
		return false, err
	}
	return s.PaysCosts(r, policyID)
}

// PaysCosts reports whether a policy pays what was really spent.
func (s *Service) PaysCosts(r store.Reader, policyID string) (bool, error) {
	p, err := s.newest(r, policyID)
	if domain.CodeOf(err) != "" {
		return false, nil
	}
	return err == nil && p.Basis == policy.ActualCost, err
}
