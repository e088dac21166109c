package roster

import (
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// UnitAt returns what a unit was on a day.
func UnitAt(r store.Reader, unit domain.ID, on domain.Date) (domain.UnitVersion, error) {
	var found domain.UnitVersion
	err := members(r, scopeUnit(unit), TypeUnitVersion, func(_ domain.ID, v domain.UnitVersion) bool {
		if v.Has(on) {
			found = v
		}
		return found.Unit == ""
	})
	return mustUnit(found, err)
}

// UnitByCode returns the unit that carried a code of the statistics office on
// a day. The same code names another unit on another day.
func UnitByCode(r store.Reader, level domain.UnitLevel, code string, on domain.Date) (domain.UnitVersion, error) {
	var found domain.UnitVersion
	err := members(r, scopeCode(level, code), TypeUnitVersion, func(_ domain.ID, v domain.UnitVersion) bool {
		if v.Has(on) {
			found = v
		}
		return found.Unit == ""
	})
	return mustUnit(found, err)
}

func mustUnit(v domain.UnitVersion, err error) (domain.UnitVersion, error) {
	if err == nil && v.Unit == "" {
		err = domain.E(domain.NotFound, "There is no such unit on that day.",
			"Không có đơn vị hành chính này vào ngày đó.")
	}
	return v, err
}

// Units streams all versions of all units.
func Units(r store.Reader, yield func(domain.UnitVersion) bool) error {
	return members(r, ScopeUnits, TypeUnitVersion, func(_ domain.ID, v domain.UnitVersion) bool { return yield(v) })
}

// UnitName is the newest name of a unit, "" if it never was.
func UnitName(r store.Reader, unit domain.ID) (name string, err error) {
	var from domain.Date
	err = members(r, scopeUnit(unit), TypeUnitVersion, func(_ domain.ID, v domain.UnitVersion) bool {
		if v.Unit == unit && v.From >= from {
			name, from = v.Name, v.From
		}
		return true
	})
	return name, err
}

// Registry reads all units and their events into a domain.Registry, for
// questions that cross many units: search, restating old figures.
func Registry(r store.Reader) (*domain.Registry, error) {
	reg := &domain.Registry{}
	if err := Units(r, func(v domain.UnitVersion) bool {
		reg.Versions = append(reg.Versions, v)
		return true
	}); err != nil {
		return nil, err
	}
	err := members(r, ScopeUnits, TypeUnitEvent, func(_ domain.ID, e domain.UnitEvent) bool {
		reg.Events = append(reg.Events, e)
		return true
	})
	return reg, err
}

// eventsInto streams the events of a year by which a unit came to be what it
// is: those that name it in To and another unit in From.
func eventsInto(r store.Reader, unit domain.ID, year string, yield func(from []domain.ID)) error {
	return members(r, scopeUnit(unit), TypeUnitEvent, func(_ domain.ID, e domain.UnitEvent) bool {
		if strings.HasPrefix(string(e.On), year+"-") && has(e.To, unit) {
			yield(e.From)
		}
		return true
	})
}

func has(list []domain.ID, id domain.ID) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}
