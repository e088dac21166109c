package roster

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Rosters of those who are supported besides the teams.
const (
	TypeOfficer     = "officer"
	TypeRecognition = "recognition"

	ScopeSupported   syncproto.Scope = "sys:support_officers"
	ScopeRecognition syncproto.Scope = "sys:recognitions"
)

// Officers streams the appointments of officers in charge of digital work.
func Officers(r store.Reader, yield func(domain.Officer) bool) error {
	return members(r, ScopeSupported, TypeOfficer, func(_ domain.ID, o domain.Officer) bool { return yield(o) })
}

// Recognitions streams the recognitions of units.
func Recognitions(r store.Reader, yield func(domain.Recognition) bool) error {
	return members(r, ScopeRecognition, TypeRecognition, func(_ domain.ID, g domain.Recognition) bool { return yield(g) })
}

// supported applies a row of ImportSupported: one appointment.
func (im *importer) supported(r row) (domain.ID, Status, error) {
	level, err := r.oneOf("unit_level", string(domain.UnitProvince), string(domain.UnitDistrict), string(domain.UnitCommune))
	if err != nil {
		return "", "", err
	}
	o := domain.Officer{Name: r.fields["name"], Level: domain.UnitLevel(level), Office: r.fields["office"], Decision: r.fields["decision"]}
	if r.fields["degree"] != "" {
		if o.Degree, err = r.oneOf("degree", "university", "master_plus"); err != nil {
			return "", "", err
		}
	}
	if o.Interval, err = r.interval("from", "to"); err != nil {
		return "", "", err
	}
	if o.Unit, err = im.unitOf(r, "unit_code", o.Level, o.From); err != nil {
		return "", "", err
	}
	known := false
	if o.Person, known, err = im.byRef("person", r.fields["ref"]); err != nil {
		return "", "", err
	}
	if err := im.mayName(o.Person, known); err != nil {
		return "", "", err
	}
	if !known { // known to the roster only: no grant, no sign-in
		if err := im.keepRef("person", r.fields["ref"], o.Person); err != nil {
			return "", "", err
		}
		p := domain.Person{Name: o.Name}
		if _, err := im.write(syncproto.TypePerson, o.Person, p, func() error { return PutPerson(im.tx, o.Person, p, im.cause) }); err != nil {
			return "", "", err
		}
	}
	id := syncproto.DerivedID(TypeOfficer, o.Person, level+"/"+string(o.Unit)+"/"+string(o.From))
	st, err := im.write(TypeOfficer, id, o, func() error {
		return put(im.tx, TypeOfficer, id, o, []syncproto.Scope{ScopeSupported}, im.cause)
	})
	return o.Person, st, err
}

// recognition applies a row of ImportRecognitions. A department has no unit in
// the registry: its reference stands for it.
func (im *importer) recognition(r row) (domain.ID, Status, error) {
	kind, err := r.oneOf("kind", "so_ban_nganh", "huyen", "xa")
	if err != nil {
		return "", "", err
	}
	standard, err := r.oneOf("standard", "standard", "advanced")
	if err != nil {
		return "", "", err
	}
	g := domain.Recognition{Name: r.fields["name"], Kind: kind, Standard: standard, Decision: r.fields["decision"]}
	if g.On, err = r.date("recognised_on"); err != nil {
		return "", "", err
	}
	switch kind {
	case "xa":
		g.Subject, err = im.unitOf(r, "ref", domain.UnitCommune, g.On)
	case "huyen":
		g.Subject, err = im.unitOf(r, "ref", domain.UnitDistrict, g.On)
	default:
		known := false
		if g.Subject, known, err = im.byRef("department", r.fields["ref"]); err == nil && !known {
			err = im.keepRef("department", r.fields["ref"], g.Subject)
		}
	}
	if err != nil {
		return "", "", err
	}
	id := syncproto.DerivedID(TypeRecognition, g.Subject, standard+"/"+string(g.On))
	st, err := im.write(TypeRecognition, id, g, func() error {
		return put(im.tx, TypeRecognition, id, g, []syncproto.Scope{ScopeRecognition}, im.cause)
	})
	return g.Subject, st, err
}
