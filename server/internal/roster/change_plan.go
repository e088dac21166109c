package roster

import (
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// version is a version of a unit with the id of its record.
type version struct {
	id domain.ID
	domain.UnitVersion
}

// plan works out a change of units without writing anything.
type plan struct {
	r      store.Reader
	c      *domain.UnitChange
	months MonthsOf
	by     map[domain.ID][]version // all versions, by unit
	ends   []domain.ID
	writes []version
	out    *UnitImpact
}

func (s *Service) planChange(r store.Reader, who domain.Caller, c domain.UnitChange) (*plan, error) {
	if err := s.mayChange(r, who); err != nil {
		return nil, err
	}
	c.To, c.Moves = slices.Clone(c.To), slices.Clone(c.Moves)
	name(&c, who)
	if err := checkShape(&c); err != nil {
		return nil, err
	}
	p := &plan{r: r, c: &c, months: s.Months, by: map[domain.ID][]version{}, out: &UnitImpact{Units: []UnitEffect{},
		Teams: []TeamEffect{}, Registrations: []domain.Registration{}, Problems: []Obstacle{}}}
	if err := members(r, ScopeUnits, TypeUnitVersion, func(id domain.ID, v domain.UnitVersion) bool {
		p.by[v.Unit] = append(p.by[v.Unit], version{id, v})
		return true
	}); err != nil {
		return nil, err
	}
	p.before()
	for i := range c.To {
		p.after(&c.To[i])
	}
	p.below()
	if err := p.teams(); err != nil {
		return nil, err
	}
	p.out.Change = c
	return p, nil
}

// at is what a unit was on a day.
func (p *plan) at(unit domain.ID, on domain.Date) (version, bool) {
	for _, v := range p.by[unit] {
		if v.Has(on) {
			return v, true
		}
	}
	return version{}, false
}

func (p *plan) problem(ref, en, vi string) {
	if len(p.out.Problems) < maxObstacles {
		p.out.Problems = append(p.out.Problems, Obstacle{Ref: ref, En: en, Vi: vi})
	}
}

func (p *plan) effect(v domain.UnitVersion, effect string) {
	p.out.Units = append(p.out.Units, UnitEffect{v.Unit, v.Code, v.Name, effect})
}

// before looks at the units that there are, and ends those that don't go on.
func (p *plan) before() {
	for _, u := range p.c.From {
		v, ok := p.at(u, p.c.On.Add(-1))
		if !ok {
			p.problem(p.called(u), "There is no such unit the day before.", "Không có đơn vị này vào ngày trước đó.")
			continue
		}
		part := slices.Contains(p.c.Part, u)
		switch {
		case v.Level != p.c.Level:
			p.problem(v.Name, "It is of another level.", "Đơn vị này thuộc cấp khác.")
		case slices.ContainsFunc(p.by[u], func(o version) bool { return o.From >= p.c.On }):
			p.problem(v.Name, "A change of this unit from that day or later is recorded already.", "Đã ghi một thay đổi của đơn vị này từ ngày đó trở đi.")
		case v.To != "" && v.To < p.c.On && !part:
			p.problem(v.Name, "It ends before that day already.", "Đơn vị này đã kết thúc trước ngày đó.")
		case part:
			p.effect(v.UnitVersion, UnitGives)
		case !slices.ContainsFunc(p.c.To, func(a domain.UnitAfter) bool { return a.Unit == u }):
			p.ends = append(p.ends, u)
			p.end(v)
			p.effect(v.UnitVersion, UnitEnds)
		}
	}
}

// end lets a version end the day before.
func (p *plan) end(v version) {
	v.To = p.c.On.Add(-1)
	p.writes = append(p.writes, v)
}

// after makes the version of a unit from the day on.
func (p *plan) after(a *domain.UnitAfter) {
	v := version{id: syncproto.DerivedID(TypeUnitVersion, a.Unit, string(p.c.On)), UnitVersion: domain.UnitVersion{Unit: a.Unit, Level: p.c.Level,
		Code: a.Code, Kind: a.Kind, Name: a.Name, Aliases: a.Aliases, Parent: a.Parent, Basis: p.c.Basis, Interval: domain.Interval{From: p.c.On}}}
	effect := UnitBegins
	if slices.Contains(p.c.From, a.Unit) {
		old, ok := p.at(a.Unit, p.c.On.Add(-1))
		if !ok {
			return // told by before
		}
		effect, v = UnitChanges, goesOn(v, old)
		p.end(old)
	} else if len(p.by[a.Unit]) > 0 {
		p.problem(p.called(a.Unit), "It is none of the units that change.", "Đơn vị này không nằm trong các đơn vị thay đổi.")
		return
	}
	if v.Parent == "" && p.c.Level != domain.UnitProvince && len(p.c.From) > 0 {
		if first, ok := p.at(p.c.From[0], p.c.On.Add(-1)); ok {
			v.Parent = first.Parent
		}
	}
	a.Code, a.Kind, a.Name, a.Aliases, a.Parent = v.Code, v.Kind, v.Name, v.Aliases, v.Parent
	p.fits(v)
	p.writes = append(p.writes, v)
	p.effect(v.UnitVersion, effect)
}

// goesOn fills in what stays of a unit; a name that it loses is kept to be found by.
func goesOn(v, old version) version {
	if v.Code == "" {
		v.Code = old.Code
	}
	if v.Kind == "" {
		v.Kind = old.Kind
	}
	if v.Name == "" {
		v.Name = old.Name
	}
	if v.Parent == "" {
		v.Parent = old.Parent
	}
	if len(v.Aliases) == 0 {
		v.Aliases = slices.Clone(old.Aliases)
	}
	if v.Name != old.Name && !slices.Contains(v.Aliases, old.Name) {
		v.Aliases = append(v.Aliases, old.Name)
	}
	v.To = old.To
	return v
}

// fits holds a new version against the rest: its parent, its code.
func (p *plan) fits(v version) {
	parent, ok := p.at(v.Parent, p.c.On)
	right := map[domain.UnitLevel][]domain.UnitLevel{domain.UnitCommune: {domain.UnitDistrict, domain.UnitProvince}, domain.UnitDistrict: {domain.UnitProvince}}
	switch {
	case v.Level == domain.UnitProvince && v.Parent != "":
		p.problem(v.Name, "A province has no parent.", "Tỉnh không có đơn vị cấp trên.")
	case v.Level != domain.UnitProvince && (!ok || !slices.Contains(right[v.Level], parent.Level)):
		p.problem(v.Name, "The unit above it is not there on that day: choose another.", "Đơn vị cấp trên không còn vào ngày đó: hãy chọn đơn vị khác.")
	case !slices.Contains(unitKinds[v.Level], v.Kind):
		p.problem(v.Name, "This kind is none of its level.", "Loại đơn vị không thuộc cấp này.")
	}
	for _, list := range p.by {
		for _, o := range list {
			gone := o.Unit == v.Unit || slices.Contains(p.ends, o.Unit) || slices.ContainsFunc(p.c.To, func(a domain.UnitAfter) bool { return a.Unit == o.Unit && a.Code != "" && a.Code != v.Code })
			if o.Level == v.Level && o.Code == v.Code && o.Overlaps(v.Interval) && !(gone && o.From < p.c.On) {
				p.problem(v.Name, "Code "+v.Code+" is that of "+o.Name+".", "Mã "+v.Code+" là của "+o.Name+".")
			}
		}
	}
	for _, w := range p.writes {
		if w.Unit != v.Unit && w.Level == v.Level && w.Code == v.Code && w.Overlaps(v.Interval) {
			p.problem(v.Name, "Two of the new units have code "+v.Code+".", "Hai đơn vị mới cùng mã "+v.Code+".")
		}
	}
}

// below lets what lies under a unit that ends follow the only one that comes
// of it; otherwise it must have gone before.
func (p *plan) below() {
	if p.c.Level == domain.UnitCommune || len(p.ends) == 0 {
		return
	}
	for _, unit := range p.order() {
		v, ok := p.at(unit, p.c.On)
		if !ok || !slices.Contains(p.ends, v.Parent) {
			continue
		}
		if p.c.Kind != domain.UnitMerge || len(p.c.To) != 1 {
			p.problem(v.Name, "It still lies under a unit that ends: move it first.", "Còn trực thuộc đơn vị sẽ kết thúc: hãy chuyển đơn vị này trước.")
			continue
		}
		now := v
		now.Parent, now.Basis = p.c.To[0].Unit, p.c.Basis
		if v.From < p.c.On {
			p.end(v)
			now.id, now.From = syncproto.DerivedID(TypeUnitVersion, v.Unit, string(p.c.On)), p.c.On
		}
		p.writes = append(p.writes, now)
		p.effect(now.UnitVersion, UnitFollows)
	}
}

// order is all units, always the same way round.
func (p *plan) order() []domain.ID {
	ids := make([]domain.ID, 0, len(p.by))
	for id := range p.by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// called is the name that a unit has or had last.
func (p *plan) called(unit domain.ID) string {
	name := "?"
	for _, v := range p.by[unit] {
		name = v.Name
	}
	return name
}
