package client

import (
	"context"
	"net/http"
	"strconv"
)

// UnitEvent is how units changed.
type UnitEvent struct {
	Kind  string `json:"kind"`
	On    string `json:"on"`
	From  []ID   `json:"from"`
	To    []ID   `json:"to"`
	Part  []ID   `json:"part,omitzero"`
	Basis string `json:"basis"`
}

// UnitChange is a decision of the province that units change on a day. By is
// the server's.
type UnitChange struct {
	Key   ID          `json:"key"`
	Kind  string      `json:"kind"` // create, merge, split, rename, retype, reparent, dissolve
	Level string      `json:"level"`
	On    string      `json:"on"`
	Basis string      `json:"basis"`
	From  []ID        `json:"from,omitzero"`
	Part  []ID        `json:"part,omitzero"`
	To    []UnitAfter `json:"to,omitzero"`
	Moves []TeamMove  `json:"moves,omitzero"`
	By    ID          `json:"by,omitzero"`
}

// UnitAfter is what a unit is from the day on; without Unit it is new.
type UnitAfter struct {
	Unit    ID       `json:"unit,omitzero"`
	Code    string   `json:"code,omitzero"`
	Kind    string   `json:"kind,omitzero"`
	Name    string   `json:"name,omitzero"`
	Aliases []string `json:"aliases,omitzero"`
	Parent  ID       `json:"parent,omitzero"`
}

// TeamMove names the new commune of a team.
type TeamMove struct {
	Team ID `json:"team"`
	To   ID `json:"to"`
}

// UnitEffect is what becomes of a unit: begins, ends, changes, follows, gives.
type UnitEffect struct {
	Unit   ID     `json:"unit"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Effect string `json:"effect"`
}

// TeamEffect is a team whose commune changes.
type TeamEffect struct {
	Team    ID     `json:"team"`
	Name    string `json:"name"`
	Village string `json:"village,omitzero"`
	From    ID     `json:"from"`
	To      ID     `json:"to,omitzero"`
}

// UnitImpact is what a change of units does or would do.
type UnitImpact struct {
	Change        UnitChange     `json:"change"`
	Units         []UnitEffect   `json:"units"`
	Teams         []TeamEffect   `json:"teams"`
	Registrations []Registration `json:"registrations"`
	OpenMonths    int            `json:"open_months"`
	Officers      int            `json:"officers"`
	Problems      []Obstacle     `json:"problems"`
	Recorded      bool           `json:"recorded"`
}

// UnitEvents lists how units changed, newest first.
func (c *Client) UnitEvents(ctx context.Context) ([]UnitEvent, error) {
	var out struct {
		Events []UnitEvent `json:"events"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/units/events", out: &out})
	return out.Events, err
}

// CheckUnitChange says what a change would do.
func (c *Client) CheckUnitChange(ctx context.Context, ch UnitChange) (UnitImpact, error) {
	return c.unitChange(ctx, "/v1/units/changes/check", ch)
}

// ChangeUnits records a change; the same key twice is one.
func (c *Client) ChangeUnits(ctx context.Context, ch UnitChange) (UnitImpact, error) {
	return c.unitChange(ctx, "/v1/units/changes", ch)
}

func (c *Client) unitChange(ctx context.Context, path string, ch UnitChange) (UnitImpact, error) {
	ch.By = ""
	var out UnitImpact
	_, err := c.do(ctx, call{method: http.MethodPost, path: path, in: ch, out: &out})
	return out, err
}

// Register registers a commune for a year; Commune and Year name it.
func (c *Client) Register(ctx context.Context, g Registration) (Registration, error) {
	in := struct {
		Standard string `json:"standard"`
		Decision string `json:"decision"`
		On       string `json:"on"`
		Origin   string `json:"origin"`
	}{g.Standard, g.Decision, g.On, g.Origin}
	var out Registration
	_, err := c.do(ctx, call{method: http.MethodPost, path: registrationPath(g.Commune, g.Year), in: in, out: &out})
	return out, err
}

// Unregister takes a registration back that was a mistake.
func (c *Client) Unregister(ctx context.Context, commune ID, year int) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: registrationPath(commune, year)})
	return err
}

func registrationPath(commune ID, year int) string {
	return "/v1/communes/" + esc(string(commune)) + "/registrations/" + strconv.Itoa(year)
}

// Registration says that a commune is registered for a year's standard.
type Registration struct {
	Commune  ID     `json:"commune"`
	Year     int    `json:"year"`
	Standard string `json:"standard"` // standard, advanced
	Decision string `json:"decision"`
	On       string `json:"on"`
	Origin   string `json:"origin"` // S, I, A
}

// Registrations lists the communes registered in a year.
func (c *Client) Registrations(ctx context.Context, year int) ([]Registration, error) {
	var out struct {
		Registrations []Registration `json:"registrations"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/registrations", query: values("year", strconv.Itoa(year)), out: &out})
	return out.Registrations, err
}

// Place is a village and the team that covers it, if one does.
type Place struct {
	Commune  ID     `json:"commune"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Source   string `json:"source"`
	Team     ID     `json:"team,omitzero"`
	TeamName string `json:"team_name,omitzero"`
}

// Places lists the villages that the province listed.
func (c *Client) Places(ctx context.Context) ([]Place, error) {
	var out struct {
		Places []Place `json:"places"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/places", out: &out})
	return out.Places, err
}
