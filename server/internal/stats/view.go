package stats

import (
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// view is what a caller may see of a query.
type view struct {
	q     Query
	today domain.Date
	reg   *domain.Registry // read by who needs more than the version
	all   bool             // every commune
	own   []string         // else these, and the communes of these districts; sorted
}

func (s *Service) view(r store.Reader, who domain.Caller, q Query) (*view, error) {
	v := &view{q: q, today: domain.DateOf(s.Now())}
	if who.Token != "" {
		return v, v.byToken(r, who.Token)
	}
	gs, err := roster.GrantsOf(r, who.Person)
	if err != nil {
		return nil, err
	}
	v.all = gs.Anywhere(v.today, domain.RoleProvince, domain.RoleViewer, domain.RoleSystem)
	for _, g := range gs {
		switch g.Role {
		case domain.RoleChair, domain.RoleViceChair, domain.RoleStandby, domain.RoleAccountant, domain.RoleOfficer, domain.RoleDistrict:
			if g.Interval.Has(v.today) {
				v.own = append(v.own, string(g.Unit))
			}
		}
	}
	slices.Sort(v.own)
	if who.PushOnly || !v.all && len(v.own) == 0 {
		return nil, domain.E(domain.Forbidden, "You have no right to these figures.", "Bạn không có quyền xem số liệu này.")
	}
	return v, nil
}

// byToken is what an API token may see, as long as it is not revoked.
func (v *view) byToken(r store.Reader, id domain.ID) error {
	t, ok, err := store.LoadCredential[domain.APIToken](r, domain.KindAPIToken, string(id))
	if err != nil {
		return err
	}
	if !ok || t.EndedMs != 0 || t.Scope != domain.ScopeStats {
		return domain.E(domain.Forbidden, "You have no right to these figures.", "Bạn không có quyền xem số liệu này.")
	}
	if v.all = t.Unit == ""; !v.all {
		v.own = []string{string(t.Unit)}
	}
	return nil
}

// group returns the unit under which a commune's figures of a month are
// shown; ok is false if they are not the caller's to see or not asked for.
func (v *view) group(commune domain.ID, m domain.Month) (unit domain.ID, ok bool) {
	unit = commune
	day := min(m.Last(), v.today)
	if v.q.Lens == LensToday {
		if next, whole := v.reg.Successors(commune, v.today); whole && len(next) == 1 {
			unit, day = next[0], v.today
		}
	}
	chain := []domain.ID{commune, unit}
	for _, u := range v.reg.Chain(unit, day) {
		chain = append(chain, u.Unit)
	}
	if v.q.Unit != "" && !slices.Contains(chain, v.q.Unit) {
		return "", false
	}
	return unit, v.all || slices.ContainsFunc(chain, func(u domain.ID) bool { return slices.Contains(v.own, string(u)) })
}

// names returns what a unit is called, at the end of what was asked for.
func (v *view) names(unit domain.ID) (domain.UnitVersion, bool) {
	day := min(v.q.To.Last(), v.today)
	if v.q.Lens == LensToday {
		day = v.today
	}
	if u, ok := v.reg.At(unit, day); ok {
		return u, true
	}
	return v.reg.At(unit, v.q.From.First())
}
