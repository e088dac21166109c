package roster

import (
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// RegistrationID is the id of the registration of a commune in a year: there
// is one at most.
func RegistrationID(commune domain.ID, year int) domain.ID {
	return syncproto.DerivedID(TypeRegistration, commune, strconv.Itoa(year))
}

// RegistrationOf returns the registration of a commune in a year; false if
// there is none. A commune that came out of others within that year and has
// no registration of its own inherits theirs until the year ends. The source
// asks for a registration in the year (NQ 60/2022/NQ-HĐND as applied by QĐ
// 1845/QĐ-UBND); the inheriting is our assumption, so an inherited one carries
// domain.Assumed.
func RegistrationOf(r store.Reader, commune domain.ID, year int) (domain.Registration, bool, error) {
	reg, ok, err := ownRegistration(r, commune, year)
	if ok || err != nil {
		return reg, ok, err
	}
	return inherited(r, commune, year, map[domain.ID]bool{commune: true})
}

// TeamRegistration is RegistrationOf for a team: if the team belonged to
// another commune earlier in the year, the registration of that one decides
// rather than that of its new neighbours.
func TeamRegistration(r store.Reader, t domain.Team, year int) (domain.Registration, bool, error) {
	first := domain.Date(strconv.Itoa(year) + "-01-01")
	then := t.CommuneOn(first)
	if then == t.Commune {
		return RegistrationOf(r, t.Commune, year)
	}
	reg, ok, err := RegistrationOf(r, then, year)
	if ok {
		reg.Commune, reg.Origin = t.Commune, domain.Assumed
		return reg, true, err
	}
	if err != nil {
		return reg, false, err
	}
	return ownRegistration(r, t.Commune, year)
}

func ownRegistration(r store.Reader, commune domain.ID, year int) (reg domain.Registration, ok bool, err error) {
	rec, err := r.Record(store.Key{Type: TypeRegistration, ID: RegistrationID(commune, year)})
	if errors.Is(err, store.ErrNotFound) || err == nil && (rec.Deleted || withdrawn(&rec)) {
		return reg, false, nil
	}
	if err != nil {
		return reg, false, err
	}
	err = json.Unmarshal(rec.Doc, &reg)
	return reg, err == nil, err
}

// inherited walks the events of the year backwards; seen guards against a
// circle in the data.
func inherited(r store.Reader, commune domain.ID, year int, seen map[domain.ID]bool) (reg domain.Registration, ok bool, err error) {
	var from []domain.ID
	if err := eventsInto(r, commune, strconv.Itoa(year), func(ids []domain.ID) { from = append(from, ids...) }); err != nil {
		return reg, false, err
	}
	for _, old := range from {
		if seen[old] {
			continue
		}
		seen[old] = true
		if reg, ok, err = ownRegistration(r, old, year); !ok && err == nil {
			reg, ok, err = inherited(r, old, year, seen)
		}
		if ok || err != nil {
			reg.Commune, reg.Origin = commune, domain.Assumed
			return reg, ok, err
		}
	}
	return domain.Registration{}, false, nil
}
