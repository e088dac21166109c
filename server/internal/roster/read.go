package roster

import (
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Record types that only the server reads; those that phones see are named in
// syncproto.
const (
	TypeUnitVersion  = "unit_version"
	TypeUnitEvent    = "unit_event"
	TypeRegistration = "registration"
	TypeExternalRef  = "external_ref"
)

// Scopes of the server's own lists.
const (
	ScopeUnits    syncproto.Scope = "sys:units"
	ScopeTeams    syncproto.Scope = "sys:teams"
	ScopePeople   syncproto.Scope = "sys:people"
	ScopeOfficers syncproto.Scope = "sys:officers" // grants above the commune
	scopeRefs     syncproto.Scope = "sys:refs"
)

// ScopeGrants lists the grants of one person.
func ScopeGrants(person domain.ID) syncproto.Scope {
	return syncproto.SysScope("grants/" + string(person))
}

// ScopeRegistrations lists the registrations of one year.
func ScopeRegistrations(year int) syncproto.Scope {
	return syncproto.SysScope("registrations/" + strconv.Itoa(year))
}

func scopeUnit(unit domain.ID) syncproto.Scope { return syncproto.SysScope("unit/" + string(unit)) }

func scopeCode(level domain.UnitLevel, code string) syncproto.Scope {
	return syncproto.SysScope("unit_code/" + string(level) + "/" + code)
}

// GrantsOf returns all grants of a person, ended and future ones too; none is
// no error.
func GrantsOf(r store.Reader, person domain.ID) (domain.Grants, error) {
	var gs domain.Grants
	err := grants(r, ScopeGrants(person), func(g domain.Grant) bool {
		gs = append(gs, g)
		return true
	})
	return gs, err
}

// TeamGrants streams the grants on a team: its members over time.
func TeamGrants(r store.Reader, team domain.ID, yield func(domain.Grant) bool) error {
	return grants(r, syncproto.TeamScope(team), yield)
}

// UnitGrants streams the grants on a commune: chair, accountant, officers.
func UnitGrants(r store.Reader, commune domain.ID, yield func(domain.Grant) bool) error {
	return grants(r, syncproto.CommuneScope(commune), yield)
}

// OfficerGrants streams the grants above the communes.
func OfficerGrants(r store.Reader, yield func(domain.Grant) bool) error {
	return grants(r, ScopeOfficers, yield)
}

// Team returns a team.
func Team(r store.Reader, id domain.ID) (domain.Team, error) {
	return get[domain.Team](r, syncproto.TypeTeam, id, "team", "tổ")
}

// Teams streams all teams, dissolved ones too, oldest change first.
func Teams(r store.Reader, yield func(id domain.ID, t domain.Team) bool) error {
	return members(r, ScopeTeams, syncproto.TypeTeam, yield)
}

// TeamsOf streams the teams that a commune reviews today.
func TeamsOf(r store.Reader, commune domain.ID, yield func(id domain.ID, t domain.Team) bool) error {
	return members(r, syncproto.CommuneScope(commune), syncproto.TypeTeam, yield)
}

// Person returns a person.
func Person(r store.Reader, id domain.ID) (domain.Person, error) {
	return get[domain.Person](r, syncproto.TypePerson, id, "person", "người dùng")
}

// People streams all people.
func People(r store.Reader, yield func(id domain.ID, p domain.Person) bool) error {
	return members(r, ScopePeople, syncproto.TypePerson, yield)
}

// get reads one record as T; its kind is named in English and Vietnamese.
func get[T any](r store.Reader, typ string, id domain.ID, en, vi string) (v T, err error) {
	rec, err := r.Record(store.Key{Type: typ, ID: id})
	if errors.Is(err, store.ErrNotFound) || err == nil && (rec.Deleted || withdrawn(&rec)) {
		return v, domain.E(domain.NotFound, "No such "+en+".", "Không tìm thấy "+vi+" này.")
	}
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(rec.Doc, &v)
}

// members streams the records of a type in a scope as T.
func members[T any](r store.Reader, scope syncproto.Scope, typ string, yield func(domain.ID, T) bool) error {
	var bad error
	err := r.Members(scope, typ, func(rec *store.Record) bool {
		var v T
		if bad = json.Unmarshal(rec.Doc, &v); bad != nil {
			return false
		}
		return yield(rec.ID, v)
	})
	return errors.Join(err, bad)
}

// grants streams the grants of a scope. Each request reads those of its
// caller, each verdict those of a team.
func grants(r store.Reader, scope syncproto.Scope, yield func(domain.Grant) bool) error {
	var bad error
	err := r.Members(scope, syncproto.TypeGrant, func(rec *store.Record) bool {
		var g domain.Grant
		g, bad = grantOf(rec.Doc)
		return bad == nil && yield(g)
	})
	return errors.Join(err, bad)
}

// grantOf reads a stored grant, which is canonical and flat, without decoding
// it as JSON.
func grantOf(doc jsontext.Value) (g domain.Grant, err error) {
	err = syncproto.EachField(doc, func(name string, v jsontext.Value) bool {
		switch name {
		case "person":
			g.Person = domain.ID(syncproto.Text(v))
		case "role":
			g.Role = domain.Role(syncproto.Text(v))
		case "team":
			g.Team = domain.ID(syncproto.Text(v))
		case "unit":
			g.Unit = domain.ID(syncproto.Text(v))
		case "name":
			g.Name = syncproto.Text(v)
		case "from":
			g.From = domain.Date(syncproto.Text(v))
		case "to":
			g.To = domain.Date(syncproto.Text(v))
		}
		return true
	})
	return g, err
}
