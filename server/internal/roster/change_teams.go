package roster

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// dueMove is the kind of due mark of a change whose teams move on a day to come:
// "<yyyy-mm-dd>/<key>".
const dueMove = "unit_move"

// teams finds whom a change of communes takes along.
func (p *plan) teams() error {
	if p.c.Level != domain.UnitCommune {
		return nil
	}
	asked := map[domain.ID]domain.ID{}
	for _, m := range p.c.Moves {
		asked[m.Team] = m.To
	}
	p.c.Moves = []domain.TeamMove{}
	for _, unit := range p.c.From {
		ends := slices.Contains(p.ends, unit)
		var list []TeamRow
		if err := TeamsOf(p.r, unit, func(id domain.ID, t domain.Team) bool {
			if t.DissolvedOn == "" || t.DissolvedOn > p.c.On {
				list = append(list, TeamRow{ID: id, Team: t})
			}
			return true
		}); err != nil {
			return err
		}
		sortBy(list, func(t TeamRow) string { return t.Name + string(t.ID) })
		for _, t := range list {
			to, chosen := asked[t.ID]
			delete(asked, t.ID)
			if !chosen && ends {
				to = p.heir()
			}
			if !ends && (to == "" || to == unit) {
				continue // it stays where it is
			}
			if err := p.team(t, unit, to); err != nil {
				return err
			}
		}
		if err := p.people(unit, ends); err != nil {
			return err
		}
	}
	if len(asked) > 0 {
		p.problem("?", "A team that is to move is none of these communes.", "Có tổ được chuyển không thuộc các xã này.")
	}
	return nil
}

// heir is where the teams of a unit that ends go by themselves.
func (p *plan) heir() domain.ID {
	if len(p.c.To) == 1 {
		return p.c.To[0].Unit
	}
	return ""
}

// team notes that a team moves, or why it can't.
func (p *plan) team(t TeamRow, from, to domain.ID) error {
	p.out.Teams = append(p.out.Teams, TeamEffect{Team: t.ID, Name: t.Name, Village: t.Village, From: from, To: to})
	switch {
	case to == "":
		p.problem(t.Name, "Choose the team's new commune.", "Hãy chọn xã mới của tổ này.")
	case !p.takes(to):
		p.problem(t.Name, "Its new commune is none that comes of this.", "Xã mới của tổ không thuộc các đơn vị sau thay đổi.")
	case len(t.Former) > 0 && t.Former[len(t.Former)-1].Until >= p.c.On:
		p.problem(t.Name, "The team came to this commune only after that day.", "Tổ chỉ về xã này sau ngày đó.")
	}
	p.c.Moves = append(p.c.Moves, domain.TeamMove{Team: t.ID, To: to})
	if p.months == nil {
		return nil
	}
	open, closed, err := p.months(p.r, t.ID, p.c.On.Month())
	p.out.OpenMonths += open
	if closed > 0 {
		p.problem(t.Name, "A month since that day is closed under its old commune: take a later day, or reopen it first.",
			"Đã có tháng từ ngày đó được chốt ở xã cũ: hãy chọn ngày sau đó hoặc mở lại tháng trước.")
	}
	return err
}

// takes reports whether a team may go to a commune: one that comes of the
// change, or where none does any that is there.
func (p *plan) takes(to domain.ID) bool {
	if len(p.c.To) > 0 {
		return slices.ContainsFunc(p.c.To, func(a domain.UnitAfter) bool { return a.Unit == to })
	}
	v, ok := p.at(to, p.c.On)
	return ok && v.Level == domain.UnitCommune && !slices.Contains(p.ends, to)
}

// people counts the roles on a commune that ends, and finds its registration.
func (p *plan) people(unit domain.ID, ends bool) error {
	reg, ok, err := RegistrationOf(p.r, unit, p.c.On.Start().Year())
	if err != nil {
		return err
	}
	if ok {
		p.out.Registrations = append(p.out.Registrations, reg)
	}
	if !ends {
		return nil
	}
	return UnitGrants(p.r, unit, func(g domain.Grant) bool {
		if g.Has(p.c.On) {
			p.out.Officers++
		}
		return true
	})
}

// moveTeams gives teams their new commune: those that the change names, and
// those that came to a commune that ended since.
func moveTeams(tx store.Tx, c *domain.UnitChange) error {
	to := map[domain.ID]domain.ID{}
	for _, m := range c.Moves {
		to[m.Team] = m.To
	}
	type moving struct {
		id domain.ID
		domain.Team
	}
	var list []moving
	for _, unit := range c.From {
		goesOn := slices.Contains(c.Part, unit) || slices.ContainsFunc(c.To, func(a domain.UnitAfter) bool { return a.Unit == unit })
		if err := TeamsOf(tx, unit, func(id domain.ID, t domain.Team) bool {
			next, named := to[id]
			if !named && !goesOn && len(c.To) == 1 {
				next = c.To[0].Unit
			}
			if next != "" && next != unit {
				t.Former = append(t.Former, domain.FormerCommune{Commune: unit, Until: c.On.Add(-1)})
				t.Commune = next
				list = append(list, moving{id, t})
			}
			return true
		}); err != nil {
			return err
		}
	}
	for _, m := range list {
		if err := PutTeam(tx, m.id, m.Team, store.Cause{By: c.By, Op: "change_units"}); err != nil {
			return err
		}
	}
	return nil
}

// MoveDue moves the teams of the changes whose day has come, one change a
// time, and reports whether there may be more.
func (s *Service) MoveDue(ctx context.Context) (more bool, err error) {
	today, key := s.today(), ""
	err = s.Store.View(ctx, func(r store.Reader) error {
		key = ""
		return r.Due(dueMove, func(k string) bool {
			if on, _, _ := strings.Cut(k, "/"); domain.Date(on) <= today {
				key = k
			}
			return false
		})
	})
	if err != nil || key == "" {
		return false, err
	}
	return true, s.Store.Update(ctx, func(tx store.Tx) error {
		_, of, _ := strings.Cut(key, "/")
		d, err := tx.Decision(KindUnitChange, of)
		if err != nil {
			return err
		}
		var c domain.UnitChange
		return errors.Join(json.Unmarshal(d.Body, &c), moveTeams(tx, &c), tx.ClearDue(dueMove, key))
	})
}
