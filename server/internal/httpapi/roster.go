package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
)

func (a *API) units(c echo.Context) error {
	f := roster.UnitFilter{Level: domain.UnitLevel(c.QueryParam("level")), Query: c.QueryParam("q")}
	var err error
	if f.All, err = queryFlag(c, "all"); err != nil {
		return err
	}
	if on := c.QueryParam("on"); on != "" {
		if f.On, err = domain.ParseDate(on); err != nil {
			return bad("on", "A day is yyyy-mm-dd.", "Ngày phải có dạng yyyy-mm-dd.")
		}
	}
	list, err := a.cfg.Roster.Units(c.Request().Context(), caller(c), f)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Units []domain.UnitVersion `json:"units"`
	}{list})
}

func (a *API) contact(c echo.Context) error {
	unit, err := pathID(c, "unit")
	if err != nil {
		return err
	}
	v, err := a.cfg.Roster.Contact(c.Request().Context(), caller(c), unit)
	if err != nil {
		return err
	}
	return a.tagged(c, "", v)
}

func (a *API) setContact(c echo.Context) error {
	unit, err := pathID(c, "unit")
	if err != nil {
		return err
	}
	var in struct {
		Office string `json:"office"`
		Phone  string `json:"phone"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Roster.SetContact(c.Request().Context(), caller(c), domain.Contact{Unit: unit, Office: in.Office, Phone: in.Phone})
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) teams(c echo.Context) error {
	commune, err := queryID(c, "commune")
	if err != nil {
		return err
	}
	list, err := a.cfg.Roster.Teams(c.Request().Context(), caller(c), commune)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Teams []roster.TeamRow `json:"teams"`
	}{list})
}

func (a *API) people(c echo.Context) error {
	team, err := queryID(c, "team")
	if err != nil {
		return err
	}
	unit, err := queryID(c, "unit")
	if err != nil {
		return err
	}
	var list []roster.MemberRow
	switch ctx := c.Request().Context(); {
	case (team == "") == (unit == ""):
		return bad("team", "Name a team or a unit.", "Hãy chọn một tổ hoặc một đơn vị.")
	case team != "":
		list, err = a.cfg.Roster.People(ctx, caller(c), team)
	default:
		list, err = a.cfg.Roster.Staff(ctx, caller(c), unit)
	}
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		People []roster.MemberRow `json:"people"`
	}{list})
}

func (a *API) registrations(c echo.Context) error {
	year, err := aYear(c.QueryParam("year"))
	if err != nil {
		return err
	}
	list, err := a.cfg.Roster.Registrations(c.Request().Context(), caller(c), year)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Registrations []domain.Registration `json:"registrations"`
	}{list})
}

func (a *API) give(c echo.Context) error {
	var in struct {
		Person domain.ID   `json:"person"`
		Name   string      `json:"name"`
		Role   domain.Role `json:"role"`
		Team   domain.ID   `json:"team"`
		Unit   domain.ID   `json:"unit"`
		From   domain.Date `json:"from"`
		To     domain.Date `json:"to"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	for name, d := range map[string]domain.Date{"from": in.From, "to": in.To} {
		if d != "" {
			if err := aDay(name, d); err != nil {
				return err
			}
		}
	}
	row, err := a.cfg.Roster.Give(c.Request().Context(), caller(c), roster.NewGrant{Person: in.Person, Name: in.Name, Role: in.Role,
		Team: in.Team, Unit: in.Unit, Interval: domain.Interval{From: in.From, To: in.To}})
	if err != nil {
		return err
	}
	return a.ok(c, row)
}

func (a *API) endGrant(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in struct {
		On domain.Date `json:"on"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := aDay("on", in.On); err != nil {
		return err
	}
	row, err := a.cfg.Roster.End(c.Request().Context(), caller(c), id, in.On)
	if err != nil {
		return err
	}
	return a.ok(c, row)
}

func aDay(field string, d domain.Date) error {
	if _, err := domain.ParseDate(string(d)); err != nil {
		return bad(field, "A day is yyyy-mm-dd.", "Ngày phải có dạng yyyy-mm-dd.")
	}
	return nil
}
