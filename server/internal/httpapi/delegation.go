package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
)

func (a *API) delegations(c echo.Context) error {
	unit, err := pathID(c, "unit")
	if err != nil {
		return err
	}
	out, err := a.cfg.Roster.Delegations(c.Request().Context(), caller(c), unit)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) delegate(c echo.Context) error {
	unit, err := pathID(c, "unit")
	if err != nil {
		return err
	}
	var in struct {
		Key    domain.ID   `json:"key"`
		Person domain.ID   `json:"person"`
		From   domain.Date `json:"from"`
		To     domain.Date `json:"to"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	out, err := a.cfg.Roster.Delegate(c.Request().Context(), caller(c), unit, in.Key, in.Person, domain.Interval{From: in.From, To: in.To})
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) endDelegation(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.cfg.Roster.EndDelegation(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
