package roster

import (
	"bytes"
	"errors"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// team applies a row of ImportTeams. A team that changes its commune keeps
// the old one as a former commune until the day before.
func (im *importer) team(r row) (domain.ID, Status, error) {
	level, err := r.oneOf("level", string(domain.LevelVillage), string(domain.LevelCommune))
	if err != nil {
		return "", "", err
	}
	iv, err := r.interval("established_on", "dissolved_on")
	if err != nil {
		return "", "", err
	}
	commune, err := im.unitOf(r, "commune_code", domain.UnitCommune, im.today)
	if err != nil {
		return "", "", err
	}
	id, known, err := im.byRef("team", r.ref)
	if err != nil {
		return "", "", err
	}
	t := domain.Team{Name: r.fields["name"], Level: domain.Level(level), Commune: commune, Village: r.fields["village"],
		Decision: r.fields["decision"], EstablishedOn: iv.From, DissolvedOn: iv.To}
	if known {
		old, err := Team(im.tx, id)
		if err != nil {
			return "", "", err
		}
		t.Name, t.Village = domain.KeepSpelling(old.Name, t.Name), domain.KeepSpelling(old.Village, t.Village)
		t.Former = old.Former
		if old.Commune != t.Commune {
			t.Former = append(t.Former, domain.FormerCommune{Commune: old.Commune, Until: im.today.Add(-1)})
		}
	}
	if err := im.alikeTeam(commune, id, t.Name); err != nil {
		return "", "", err
	}
	st, err := im.write(syncproto.TypeTeam, id, t, func() error { return PutTeam(im.tx, id, t, im.cause) })
	if err == nil && !known {
		err = im.keepRef("team", r.ref, id)
	}
	return id, st, err
}

// member applies a row of ImportMembers.
func (im *importer) member(r row) (domain.ID, Status, error) {
	role, err := r.oneOf("role", string(domain.RoleMember), string(domain.RoleLeader), string(domain.RoleDeputy))
	if err != nil {
		return "", "", err
	}
	team, known, err := im.byRef("team", r.fields["team_ref"])
	if err != nil {
		return "", "", err
	}
	if !known {
		return "", "", badRow("team_ref", "No team with this reference was imported.", "Chưa có tổ nào mang mã này.")
	}
	return im.grant(r, domain.Grant{Role: domain.Role(role), Team: team}, team)
}

// officer applies a row of ImportOfficers. The role must fit the unit's level.
func (im *importer) officer(r row) (domain.ID, Status, error) {
	level, err := r.oneOf("unit_level", string(domain.UnitProvince), string(domain.UnitDistrict), string(domain.UnitCommune))
	if err != nil {
		return "", "", err
	}
	roles := officerRoles[domain.UnitLevel(level)]
	role, err := r.oneOf("role", roles...)
	if err != nil {
		return "", "", err
	}
	unit, err := im.unitOf(r, "unit_code", domain.UnitLevel(level), im.today)
	if err != nil {
		return "", "", err
	}
	return im.grant(r, domain.Grant{Role: domain.Role(role), Unit: unit}, unit)
}

var officerRoles = map[domain.UnitLevel][]string{
	domain.UnitProvince: {string(domain.RoleProvince), string(domain.RoleViewer), string(domain.RoleSystem)},
	domain.UnitDistrict: {string(domain.RoleDistrict)},
	domain.UnitCommune: {string(domain.RoleChair), string(domain.RoleViceChair), string(domain.RoleAccountant),
		string(domain.RoleOfficer), string(domain.RoleStandby)},
}

// grant writes a person and a grant of his on a subject.
func (im *importer) grant(r row, g domain.Grant, subject domain.ID) (domain.ID, Status, error) {
	var err error
	if g.Interval, err = r.interval("from", "to"); err != nil {
		return "", "", err
	}
	person, known, err := im.byRef("person", r.fields["ref"])
	if err != nil {
		return "", "", err
	}
	p := domain.Person{Name: r.fields["name"]}
	if known {
		old, err := Person(im.tx, person)
		if err != nil {
			return "", "", err
		}
		if old.Veiled {
			return "", "", Veiled()
		}
		p.Lang = old.Lang // not in the file: the person's own choice
		p.Name = domain.KeepSpelling(old.Name, p.Name)
	} else if err := im.keepRef("person", r.fields["ref"], person); err != nil {
		return "", "", err
	}
	g.Person, g.Name = person, p.Name
	if g.Team != "" {
		if err := im.alikePerson(g.Team, person, p.Name); err != nil {
			return "", "", err
		}
	}
	ps, err := im.write(syncproto.TypePerson, person, p, func() error { return PutPerson(im.tx, person, p, im.cause) })
	if err != nil {
		return "", "", err
	}
	id := grantID(person, g.Role, subject, g.From)
	gs, err := im.write(syncproto.TypeGrant, id, g, func() error { return PutGrant(im.tx, id, g, im.cause) })
	if gs == Unchanged && ps == Updated {
		gs = Updated
	}
	return person, gs, err
}

// registration applies a row of ImportRegistrations.
func (im *importer) registration(r row) (domain.ID, Status, error) {
	std, err := r.oneOf("standard", "standard", "advanced")
	if err != nil {
		return "", "", err
	}
	origin, err := r.oneOf("origin", string(domain.Sourced), string(domain.Inferred), string(domain.Assumed))
	if err != nil {
		return "", "", err
	}
	year, err := r.year("year")
	if err != nil {
		return "", "", err
	}
	on, err := r.date("decided_on")
	if err != nil {
		return "", "", err
	}
	commune, err := im.unitOf(r, "commune_code", domain.UnitCommune, on)
	if err != nil {
		return "", "", err
	}
	g := domain.Registration{Commune: commune, Year: year, Standard: std, Decision: r.fields["decision"], On: on, Origin: domain.Origin(origin)}
	id := RegistrationID(commune, year)
	st, err := im.write(TypeRegistration, id, g, func() error { return PutRegistration(im.tx, g, im.cause) })
	return id, st, err
}

// unitOf resolves a column with a code on a day.
func (im *importer) unitOf(r row, col string, level domain.UnitLevel, on domain.Date) (domain.ID, error) {
	v, err := UnitByCode(im.tx, level, r.fields[col], on)
	if domain.CodeOf(err) == domain.NotFound {
		return "", im.noUnit(col, level, r.fields[col], on)
	}
	return v.Unit, err
}

// write puts a record unless the same content stands there already.
func (im *importer) write(typ string, id domain.ID, v any, put func() error) (Status, error) {
	old, err := im.tx.Record(store.Key{Type: typ, ID: id})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	fresh := err != nil || withdrawn(&old)
	if !fresh {
		doc, err := syncproto.DocOf(v)
		if err != nil {
			return "", err
		}
		if bytes.Equal(doc.AppendCanonical(nil), old.Doc) {
			return Unchanged, nil
		}
	}
	im.touch(old.Rev, store.Key{Type: typ, ID: id})
	if err := put(); err != nil {
		return "", err
	}
	if fresh {
		return Created, nil
	}
	return Updated, nil
}

// byRef finds the id behind an external reference, or makes a new one.
func (im *importer) byRef(kind, ref string) (id domain.ID, known bool, err error) {
	rec, err := im.tx.Record(refKey(kind, ref))
	if errors.Is(err, store.ErrNotFound) || err == nil && withdrawn(&rec) {
		// A millisecond more for each new id: keys that come in order are
		// cheap to add by the ten thousand, and the time in an id is not used.
		im.made++
		return syncproto.NewRecordID(im.rand, im.tx.Now().Add(im.made*time.Millisecond)), false, nil
	}
	if err != nil {
		return "", false, err
	}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	return domain.ID(doc.Str("id")), err == nil, err
}

// keepRef remembers which id stands behind an external reference.
func (im *importer) keepRef(kind, ref string, id domain.ID) error {
	k := refKey(kind, ref)
	old, err := im.tx.Record(k)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	im.touch(old.Rev, k)
	_, err = im.tx.Put(store.Put{Key: k, Doc: syncproto.Doc{"id": syncproto.Str(string(id))},
		Scopes: []syncproto.Scope{scopeRefs}, Cause: im.cause})
	return err
}

func refKey(kind, ref string) store.Key {
	return store.Key{Type: TypeExternalRef, ID: syncproto.DerivedID(TypeExternalRef, domain.ID(kind), ref)}
}
