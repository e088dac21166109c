package client

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Policy is a policy file as it stands in the store.
type Policy struct {
	ID   ID             `json:"id"`
	Rev  int64          `json:"rev"`
	File jsontext.Value `json:"file"`
}

// Policies lists the policies.
func (c *Client) Policies(ctx context.Context) ([]Policy, error) {
	var out struct {
		Policies []Policy `json:"policies"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/policies", out: &out})
	return out.Policies, err
}

// PublishPolicy adds a policy file (JSON) while a server is set up; once money is
// decided two people do (ProposePolicy, DecidePolicy).
func (c *Client) PublishPolicy(ctx context.Context, file []byte) (Policy, error) {
	var out Policy
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/policies", body: file, mime: "application/json", out: &out})
	return out, err
}

// Funding is a dated decision that funds months of teams.
type Funding struct {
	Policy   string `json:"policy"`
	Decision string `json:"decision"` // "1845/QĐ-UBND"
	On       string `json:"on"`
	From     string `json:"from"`
	To       string `json:"to"`
	Teams    []ID   `json:"teams"`
	Months   int64  `json:"months"`
	Total    int64  `json:"total"` // đồng: teams × months × rate
	Origin   string `json:"origin"`
	By       ID     `json:"by,omitzero"` // set by the server
}

// Fundings lists the funding decisions.
func (c *Client) Fundings(ctx context.Context) ([]Funding, error) {
	var out struct {
		Fundings []Funding `json:"fundings"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/fundings", out: &out})
	return out.Fundings, err
}

// Fund records a funding decision.
func (c *Client) Fund(ctx context.Context, f Funding) (Funding, error) {
	var out Funding
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/fundings", in: f, out: &out})
	return out, err
}

// ImportRow is what became of one line of a CSV file.
type ImportRow struct {
	Line   int    `json:"line"`   // in the file; 1 is the header
	Ref    string `json:"ref"`    // natural key of the row
	Status string `json:"status"` // "created" | "updated" | "unchanged" | "bad"
	ID     ID     `json:"id,omitzero"`
	Field  string `json:"field,omitzero"`
	Msg    string `json:"msg,omitzero"` // what is wrong
	MsgVi  string `json:"msg_vi,omitzero"`
	Note   string `json:"note,omitzero"` // good, but worth a look
	NoteVi string `json:"note_vi,omitzero"`
}

// ImportReport tells what an import did, or would do.
type ImportReport struct {
	Kind      string      `json:"kind"`
	Read      string      `json:"read"`    // how the file was read: utf-8, utf-16, windows-1258, xlsx
	Written   bool        `json:"applied"` // false: nothing of the file was written
	DryRun    bool        `json:"dry_run"`
	Created   int         `json:"created"`
	Updated   int         `json:"updated"`
	Unchanged int         `json:"unchanged"`
	Bad       int         `json:"bad"`
	Rows      []ImportRow `json:"rows"`
}

// Import sends a CSV or XLSX file. Kinds: units, teams, members, officers,
// registrations. Without skipBad one bad row keeps everything out.
func (c *Client) Import(ctx context.Context, kind string, csv []byte, dryRun, skipBad bool) (ImportReport, error) {
	var out ImportReport
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/imports/" + esc(kind),
		query: values("dry_run", flag(dryRun), "skip_bad", flag(skipBad)),
		body:  csv, mime: tableMime(csv), out: &out})
	return out, err
}

func tableMime(file []byte) string {
	if bytes.HasPrefix(file, []byte("PK\x03\x04")) {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv"
}

func flag(b bool) string {
	if b {
		return strconv.FormatBool(b)
	}
	return ""
}

// Unit is what an administrative unit was in an interval.
type Unit struct {
	Unit    ID       `json:"unit"`
	Level   string   `json:"level"`
	Code    string   `json:"code"`
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitzero"`
	Parent  ID       `json:"parent,omitzero"`
	Basis   string   `json:"basis"`
	From    string   `json:"from,omitzero"`
	To      string   `json:"to,omitzero"`
}

// UnitQuery narrows Units; what is empty does not narrow. On is a day, "" for
// today.
type UnitQuery struct {
	On, Level, Q string
	All          bool // every version, not only those in force
}

// Units lists administrative units.
func (c *Client) Units(ctx context.Context, q UnitQuery) ([]Unit, error) {
	var out struct {
		Units []Unit `json:"units"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/units",
		query: values("on", q.On, "level", q.Level, "q", q.Q, "all", flag(q.All)), out: &out})
	return out.Units, err
}

// Team is a community digital team.
type Team struct {
	ID            ID     `json:"id"`
	Name          string `json:"name"`
	Level         string `json:"level"`
	Commune       ID     `json:"commune"`
	Village       string `json:"village,omitzero"`
	Decision      string `json:"decision"`
	EstablishedOn string `json:"established_on"`
	DissolvedOn   string `json:"dissolved_on,omitzero"`
	Members       int    `json:"members"`         // today
	Leader        string `json:"leader,omitzero"` // for those who work with the team
}

// Teams lists the teams of a commune; "" means all that the caller may see.
func (c *Client) Teams(ctx context.Context, commune ID) ([]Team, error) {
	var out struct {
		Teams []Team `json:"teams"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/teams", query: values("commune", string(commune)), out: &out})
	return out.Teams, err
}

// Member is a dated role of a person in a team.
type Member struct {
	Grant  ID     `json:"grant"`
	Person ID     `json:"person"`
	Name   string `json:"name"`
	Role   string `json:"role"`
	From   string `json:"from,omitzero"`
	To     string `json:"to,omitzero"`
}

// People lists the members of a team over time.
func (c *Client) People(ctx context.Context, team ID) ([]Member, error) {
	return c.people(ctx, values("team", string(team)))
}

// Staff lists who holds a role on a unit over time.
func (c *Client) Staff(ctx context.Context, unit ID) ([]Member, error) {
	return c.people(ctx, values("unit", string(unit)))
}

func (c *Client) people(ctx context.Context, of url.Values) ([]Member, error) {
	var out struct {
		People []Member `json:"people"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/people", query: of, out: &out})
	return out.People, err
}

// NewGrant is a role to be given, to a person or by name to a new one.
type NewGrant struct {
	Person ID     `json:"person,omitzero"`
	Name   string `json:"name,omitzero"`
	Role   string `json:"role"`
	Team   ID     `json:"team,omitzero"`
	Unit   ID     `json:"unit,omitzero"`
	From   string `json:"from,omitzero"`
	To     string `json:"to,omitzero"`
}

// Give gives a role by date.
func (c *Client) Give(ctx context.Context, g NewGrant) (Member, error) {
	var out Member
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/grants", in: g, out: &out})
	return out, err
}

// EndGrant ends a role; on is its last day.
func (c *Client) EndGrant(ctx context.Context, grant ID, on string) (Member, error) {
	var out Member
	in := struct {
		On string `json:"on"`
	}{on}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/grants/" + esc(string(grant)) + "/end", in: in, out: &out})
	return out, err
}

// Summary returns the dashboard's figures as the server wrote them; lens is
// "then", "today" or "". With the
// ETag of an earlier answer it returns ErrNotModified if nothing changed.
func (c *Client) Summary(ctx context.Context, unit ID, from, to, lens, etag string) (body jsontext.Value, newETag string, err error) {
	return c.stats(ctx, "summary", unit, from, to, lens, etag)
}

// Board returns all that a dashboard shows as the server wrote it; otherwise
// as Summary.
func (c *Client) Board(ctx context.Context, unit ID, from, to, lens, etag string) (body jsontext.Value, newETag string, err error) {
	return c.stats(ctx, "board", unit, from, to, lens, etag)
}

func (c *Client) stats(ctx context.Context, what string, unit ID, from, to, lens, etag string) (body jsontext.Value, newETag string, err error) {
	var raw []byte
	h, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/stats/" + what,
		query: values("unit", string(unit), "from", from, "to", to, "lens", lens), out: &raw, header: ifNoneMatch(etag)})
	return raw, h.Get("ETag"), err
}

// Flat returns the figures by month and unit as flat rows. With the ETag of an
// earlier answer it returns ErrNotModified if nothing changed.
func (c *Client) Flat(ctx context.Context, unit ID, from, to, lens, etag string) (body jsontext.Value, newETag string, err error) {
	return c.stats(ctx, "flat", unit, from, to, lens, etag)
}

// Counted lists what figures count: what is "activities" or "team-months";
// after is next of the page before.
func (c *Client) Counted(ctx context.Context, what string, unit ID, from, to, after string) (page jsontext.Value, err error) {
	var raw []byte
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/stats/" + what,
		query: values("unit", string(unit), "from", from, "to", to, "after", after), out: &raw})
	return raw, err
}

// Map is a picture of the communes of a day, for colouring.
func (c *Client) Map(ctx context.Context, on string) (jsontext.Value, error) {
	var raw []byte
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/map", query: values("on", on), out: &raw})
	return raw, err
}

// Indicator is a target of the province: so many of a figure by a day. ID, By,
// AtMs and Have are the server's.
type Indicator struct {
	ID       ID     `json:"id,omitzero"`
	Name     string `json:"name"`
	Unit     ID     `json:"unit,omitzero"` // empty: the province
	Figure   string `json:"figure"`        // approved | measure | met | teams | teams_led | teams_reached | teams_speaking
	Category string `json:"category,omitzero"`
	Measure  string `json:"measure,omitzero"`
	Target   int64  `json:"target"`
	From     string `json:"from"`
	Until    string `json:"until"`
	Ended    bool   `json:"ended,omitzero"`
	By       ID     `json:"by,omitzero"`
	AtMs     int64  `json:"at_ms,omitzero"`
	Have     int64  `json:"have,omitzero"`
}

// SetIndicator records an indicator, or changes the one of that name and unit.
func (c *Client) SetIndicator(ctx context.Context, in Indicator) (ID, error) {
	in.ID, in.By, in.AtMs, in.Have = "", "", 0, 0
	var out struct {
		ID ID `json:"id"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/stats/indicators", in: in, out: &out})
	return out.ID, err
}

// IndicatorChange is one setting of an indicator.
type IndicatorChange struct {
	Target int64  `json:"target"`
	Until  string `json:"until"`
	Ended  bool   `json:"ended,omitzero"`
	By     ID     `json:"by"`
	AtMs   int64  `json:"at_ms"`
}

// IndicatorChanges are the settings of an indicator, newest first.
func (c *Client) IndicatorChanges(ctx context.Context, id ID) ([]IndicatorChange, error) {
	var out struct {
		Changes []IndicatorChange `json:"changes"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/stats/indicators/" + esc(string(id)), out: &out})
	return out.Changes, err
}
