package roster

import (
	"errors"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// DueRedecide is the kind of due mark that a new or changed grant leaves: the
// waiting cases of that person (the key) are to be decided again.
const DueRedecide = "redecide"

// PutGrant writes a grant and marks its person's cases due.
func PutGrant(tx store.Tx, id domain.ID, g domain.Grant, c store.Cause) error {
	scopes := []syncproto.Scope{ScopeGrants(g.Person)}
	switch g.Role {
	case domain.RoleMember, domain.RoleLeader, domain.RoleDeputy:
		scopes = append(scopes, syncproto.TeamScope(g.Team))
	case domain.RoleChair, domain.RoleViceChair, domain.RoleStandby, domain.RoleAccountant, domain.RoleOfficer:
		scopes = append(scopes, syncproto.CommuneScope(g.Unit))
	default:
		scopes = append(scopes, ScopeOfficers)
	}
	if err := put(tx, syncproto.TypeGrant, id, g, scopes, c); err != nil {
		return err
	}
	return tx.MarkDue(DueRedecide, string(g.Person))
}

// PutPerson writes a person's profile.
func PutPerson(tx store.Tx, id domain.ID, p domain.Person, c store.Cause) error {
	return put(tx, syncproto.TypePerson, id, p, []syncproto.Scope{ScopePeople, syncproto.UserScope(id)}, c)
}

// PutTeam writes a team; one that is new in its commune reads the commune's
// contact from then on.
func PutTeam(tx store.Tx, id domain.ID, t domain.Team, c store.Cause) error {
	before, err := Team(tx, id)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	err = put(tx, syncproto.TypeTeam, id, t,
		[]syncproto.Scope{ScopeTeams, syncproto.TeamScope(id), syncproto.CommuneScope(t.Commune)}, c)
	if err != nil || before.Commune == t.Commune {
		return err
	}
	return errors.Join(shareContact(tx, before.Commune, c), shareContact(tx, t.Commune, c))
}

// PutUnitVersion writes a version of a unit; id names the version, not the unit.
func PutUnitVersion(tx store.Tx, id domain.ID, v domain.UnitVersion, c store.Cause) error {
	return put(tx, TypeUnitVersion, id, v,
		[]syncproto.Scope{ScopeUnits, scopeUnit(v.Unit), scopeCode(v.Level, v.Code)}, c)
}

// PutUnitEvent writes an event between units.
func PutUnitEvent(tx store.Tx, id domain.ID, e domain.UnitEvent, c store.Cause) error {
	scopes := []syncproto.Scope{ScopeUnits}
	for _, list := range [][]domain.ID{e.From, e.To} {
		for _, u := range list {
			scopes = append(scopes, scopeUnit(u))
		}
	}
	return put(tx, TypeUnitEvent, id, e, scopes, c)
}

// PutRegistration writes the registration of a commune for a year.
func PutRegistration(tx store.Tx, g domain.Registration, c store.Cause) error {
	return put(tx, TypeRegistration, RegistrationID(g.Commune, g.Year), g,
		[]syncproto.Scope{ScopeRegistrations(g.Year)}, c)
}

// put writes a value as the document of a record.
func put(tx store.Tx, typ string, id domain.ID, v any, scopes []syncproto.Scope, c store.Cause) error {
	doc, err := syncproto.DocOf(v)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: store.Key{Type: typ, ID: id}, Doc: doc, Scopes: distinct(scopes), Cause: c})
	return err
}

// distinct drops repeated scopes: an event may name a unit on both sides.
func distinct(scopes []syncproto.Scope) []syncproto.Scope {
	out := scopes[:0:0]
	for _, s := range scopes {
		dup := false
		for _, o := range out {
			dup = dup || o == s
		}
		if !dup {
			out = append(out, s)
		}
	}
	return out
}
