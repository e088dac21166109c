package httpapi_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/httpapi"
)

// Where a request of this test points, seen from commune A and its team T1.
const (
	own     = "own"     // T1, A
	sibling = "sibling" // T2 of the same commune; B of the same province
	parent  = "parent"  // what lies above: A in place of a team, the province in place of a commune
	foreign = "foreign" // T3 of another commune; a unit that nobody has heard of
)

var scopes = []string{own, sibling, parent, foreign}

// reach is whose scopes a principal's grants cover, written down by hand and
// not by asking the server.
var reach = map[string]map[string][]string{
	"team": {member: {own}, leader: {own}, otherTeam: {sibling}, chair: {own, sibling}, accountant: {own, sibling}, otherChair: {foreign},
		viewer: scopes, province: scopes, system: scopes},
	"commune": {member: {own}, leader: {own}, otherTeam: {own}, chair: {own}, accountant: {own}, otherChair: {sibling},
		viewer: scopes, province: scopes, system: scopes},
}

var (
	chairs   = []string{chair, otherChair}
	officers = []string{chair, otherChair, accountant}
	watchers = []string{viewer, province, system}
	teamwork = []string{member, leader, otherTeam}
)

// scoped is a route that says in its path or query whose things it is about.
// A principal may exactly where it is one of roles and its reach covers the
// scope. Other answers than a refusal are the other tests' business.
type scoped struct {
	roles  []string
	query  string // besides the scope
	body   string
	header map[string]string
	// nothing is how an answer looks that filters what the caller may see, and
	// has nothing left: as good as a refusal.
	nothing string
	// filtered says that officers are answered about any unit, with what is theirs
	// of it: who reaches nothing of A must see nothing of it.
	filtered bool
}

// figures is the row of everything under /v1/stats.
func figures() scoped {
	return scoped{roles: slices.Concat(officers, watchers), query: "from=2023-01&to=2023-12", filtered: true}
}

// scopeTable has a row for each scope parameter of each route; the test makes
// the requests from the table of routes and fails where a row is missing.
func scopeTable() map[string]scoped {
	ifMatch := map[string]string{"If-Match": `"` + string(newID()) + `"`}
	read := slices.Concat(officers, watchers)
	all := slices.Concat(teamwork, read)
	return map[string]scoped{
		"GET /v1/cases team":                                 {roles: teamwork},
		"GET /v1/cases commune":                              {roles: officers},
		"GET /v1/review/queue commune":                       {roles: officers, query: "month=" + month},
		"GET /v1/communes/:unit/months/:month unit":          {roles: read},
		"POST /v1/communes/:unit/months/:month/close unit":   {roles: chairs, body: `{"teams":[]}`},
		"GET /v1/communes/:unit/months/:month/paper unit":    {roles: slices.Concat(officers, []string{province}), query: "kind=eligibility&format=csv"},
		"GET /v1/communes/:unit/contact unit":                {roles: all},
		"POST /v1/communes/:unit/contact unit":               {roles: slices.Concat(chairs, []string{province, system}), body: `{"office":"Văn phòng xã","phone":"0216 000 000"}`},
		"GET /v1/teams/:team/months/:month team":             {roles: all},
		"POST /v1/teams/:team/months/:month/close team":      {roles: chairs, header: ifMatch},
		"GET /v1/teams/:team/months/:month/explain team":     {roles: all},
		"GET /v1/teams/:team/months/:month/paper team":       {roles: slices.Concat(teamwork, officers, []string{province}), query: "kind=report&format=csv"},
		"GET /v1/communes/:unit/top-ups unit":                {roles: read},
		"POST /v1/communes/:unit/top-ups unit":               {roles: chairs, body: `{"policy":"x","decision":"1","on":"2023-01-01","from":"2023-01","to":"2023-01","vnd":1}`},
		"GET /v1/teams/:team/village team":                   {roles: all},
		"POST /v1/teams/:team/village team":                  {roles: slices.Concat(chairs, []string{province, system}), body: `{"from":"2023-01-01","households":100,"kind":"thon","source":"12/BC-UBND"}`},
		"GET /v1/proposals commune":                          {roles: read},
		"GET /v1/proposals team":                             {roles: watchers}, // who reads a commune's names it too
		"GET /v1/disputes commune":                           {roles: read},
		"GET /v1/audit unit":                                 {roles: []string{province, system}},
		"GET /v1/lists unit":                                 {roles: read},
		"GET /v1/settlement unit":                            {roles: read, query: "policy=yb-nq60-team&quarter=2023-Q3"},
		"GET /v1/settlement/paper unit":                      {roles: read, query: "policy=yb-nq60-team&quarter=2023-Q3"},
		"GET /v1/teams commune":                              {roles: all, nothing: `{"teams":[]}`},
		"GET /v1/people team":                                {roles: slices.Concat(teamwork, officers, []string{province, system})},
		"GET /v1/people unit":                                {roles: slices.Concat(officers, []string{province, system})},
		"GET /v1/communes/:unit/delegations unit":            {roles: slices.Concat(officers, []string{province, system})},
		"POST /v1/communes/:unit/registrations/:year unit":   {roles: []string{province, system}, body: `{"standard":"standard","decision":"9/QĐ","on":"2023-05-01","origin":"A"}`},
		"DELETE /v1/communes/:unit/registrations/:year unit": {roles: []string{province, system}},
		"POST /v1/communes/:unit/delegations unit": {roles: slices.Concat(chairs, []string{province, system}),
			body: `{"key":"` + string(newID()) + `","person":"` + string(newID()) + `","from":"2020-01-01","to":"2020-01-02"}`},
	}
}

// target is the id that a request names.
func (w *world) target(param, scope string) client.ID {
	if param == "team" {
		return map[string]client.ID{own: w.team["T1"], sibling: w.team["T2"], parent: w.unit["A"], foreign: w.team["T3"]}[scope]
	}
	return map[string]client.ID{own: w.unit["A"], sibling: w.unit["B"], parent: w.unit["province"], foreign: newID()}[scope]
}

// TestAccessMatrix_Scopes asks each route that names a team or a unit as
// everybody, about the own, the sibling, the parent and a foreign scope.
func TestAccessMatrix_Scopes(t *testing.T) {
	w := newWorld(t)
	units, err := w.as[system].Units(t.Context(), client.UnitQuery{Level: "province"})
	if err != nil || len(units) != 1 {
		t.Fatalf("%v %v", units, err)
	}
	w.unit["province"] = units[0].Unit
	w.pending() // so that figures of A are not empty
	if err := w.app.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	table, seen, asked := scopeTable(), 0, 0
	for _, r := range httpapi.Routes() {
		for _, param := range []string{"team", "commune", "unit"} {
			if !strings.Contains(r.Path, ":"+param) && !slices.Contains(r.Query, param) {
				continue
			}
			name := r.Method + " " + r.Path + " " + param
			row, listed := table[name]
			if strings.HasPrefix(r.Path, "/v1/stats/") {
				row, listed = figures(), true
				seen--
			}
			if !listed {
				t.Errorf("%q is not in the table of scopes", name)
				continue
			}
			seen++
			for _, scope := range scopes {
				for _, as := range principals {
					w.askAbout(r, row, param, scope, as)
					asked++
				}
			}
		}
	}
	if seen != len(table) {
		t.Errorf("%d rows name no route", len(table)-seen)
	}
	t.Logf("%d requests: %d scope parameters x %d scopes x %d principals", asked, asked/len(scopes)/len(principals), len(scopes), len(principals))
}

func (w *world) askAbout(r httpapi.RouteInfo, row scoped, param, scope, as string) {
	w.t.Helper()
	id := string(w.target(param, scope))
	path := strings.NewReplacer(":"+param, id, ":month", month, ":year", "2023").Replace(r.Path)
	query := row.query
	if !strings.Contains(r.Path, ":"+param) {
		query = strings.TrimPrefix(query+"&"+param+"="+id, "&")
	}
	if query != "" {
		path += "?" + query
	}
	res := w.raw(as, r.Method, path, []byte(row.body), row.header)
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	kind := "commune"
	if param == "team" {
		kind = "team"
	}
	may := slices.Contains(row.roles, as) && slices.Contains(reach[kind][as], scope)
	code := res.StatusCode
	refused := code == http.StatusForbidden || code == http.StatusUnauthorized
	// Who sees the whole province is told that there is no such thing.
	absent := code == http.StatusNotFound && slices.Contains(watchers, as)
	if row.filtered {
		may = slices.Contains(row.roles, as)
		if as == otherChair && (strings.Contains(string(text), "Xã A") || strings.Contains(string(text), string(w.team["T1"]))) {
			w.t.Errorf("%s %s, %s scope, shows commune A to %s: %s", r.Method, r.Path, scope, as, text)
		}
	}
	empty := row.nothing != "" && strings.Contains(string(text), row.nothing)
	switch {
	case as == nobody && code != http.StatusUnauthorized:
		w.t.Errorf("%s %s, nobody: %d, want 401", r.Method, r.Path, code)
	case as != nobody && may && refused, as != nobody && !may && !refused && !absent && !empty:
		w.t.Errorf("%s %s, %s scope of %s, as %s: %d, may %t\n%s", r.Method, r.Path, scope, param, as, code, may, text)
	case may && empty && (as == chair || slices.Contains(watchers, as)) && scope == own:
		w.t.Errorf("%s %s as %s holds nothing: this row proves nothing", r.Method, r.Path, as)
	}
}
