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
	if team == "" {
		return bad("team", "Name a team.", "Hãy chọn một tổ.")
	}
	list, err := a.cfg.Roster.People(c.Request().Context(), caller(c), team)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		People []roster.MemberRow `json:"people"`
	}{list})
}
