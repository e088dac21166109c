package domain

import "slices"

// Registry is all that is known of units over time. It answers by date and
// never by code alone. The zero value is empty.
type Registry struct {
	Versions []UnitVersion
	Events   []UnitEvent
}

// At returns what a unit was on a day.
func (r *Registry) At(unit ID, on Date) (UnitVersion, bool) {
	for _, v := range r.Versions {
		if v.Unit == unit && v.Has(on) {
			return v, true
		}
	}
	return UnitVersion{}, false
}

// ByCode returns the unit that carried a code on a day.
func (r *Registry) ByCode(level UnitLevel, code string, on Date) (UnitVersion, bool) {
	for _, v := range r.Versions {
		if v.Level == level && v.Code == code && v.Has(on) {
			return v, true
		}
	}
	return UnitVersion{}, false
}

// Chain returns a unit and its parents upwards on a day: commune, district
// (until 30/6/2025), province.
func (r *Registry) Chain(unit ID, on Date) (chain []UnitVersion) {
	for unit != "" && len(chain) < 4 {
		v, ok := r.At(unit, on)
		if !ok {
			break
		}
		chain = append(chain, v)
		unit = v.Parent
	}
	return chain
}

// Successors returns the units that hold the ground of a unit on a day, which
// may be the unit itself, and whether all of it lies in one of them (only then
// may old figures be restated). Several units mean that it was divided.
func (r *Registry) Successors(unit ID, on Date) (units []ID, whole bool) {
	whole = true
	open, seen := []ID{unit}, map[ID]bool{unit: true}
	for len(open) > 0 {
		u := open[0]
		open = open[1:]
		if _, alive := r.At(u, on); alive {
			units = append(units, u)
			continue
		}
		for _, e := range r.Events {
			if e.On > on || !slices.Contains(e.From, u) {
				continue
			}
			whole = whole && !slices.Contains(e.Part, u) && len(e.To) == 1
			for _, to := range e.To {
				if !seen[to] {
					seen[to] = true
					open = append(open, to)
				}
			}
		}
	}
	slices.Sort(units)
	return units, whole && len(units) == 1
}

// Predecessors returns the units that gave ground to a unit by events after a
// day, and which of them gave only a part.
func (r *Registry) Predecessors(unit ID, after Date) (units, part []ID) {
	for _, e := range r.Events {
		if e.On <= after || !slices.Contains(e.To, unit) {
			continue
		}
		for _, f := range e.From {
			if f == unit || slices.Contains(units, f) {
				continue
			}
			units = append(units, f)
			if slices.Contains(e.Part, f) {
				part = append(part, f)
			}
		}
	}
	return units, part
}
