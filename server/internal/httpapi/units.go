package httpapi

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
)

func (a *API) unitEvents(c echo.Context) error {
	list, err := a.cfg.Roster.UnitEvents(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Events []domain.UnitEvent `json:"events"`
	}{list})
}

// unitChange reads a change of units; who sends it and which ids its new units
// have is the server's.
func (a *API) unitChange(c echo.Context) (domain.UnitChange, error) {
	var in struct {
		Key   domain.ID            `json:"key"`
		Kind  domain.UnitEventKind `json:"kind"`
		Level domain.UnitLevel     `json:"level"`
		On    domain.Date          `json:"on"`
		Basis string               `json:"basis"`
		From  []domain.ID          `json:"from,omitzero"`
		Part  []domain.ID          `json:"part,omitzero"`
		To    []domain.UnitAfter   `json:"to,omitzero"`
		Moves []domain.TeamMove    `json:"moves,omitzero"`
	}
	err := a.decode(c, &in)
	return domain.UnitChange{Key: in.Key, Kind: in.Kind, Level: in.Level, On: in.On, Basis: in.Basis, From: in.From, Part: in.Part, To: in.To, Moves: in.Moves}, err
}

func (a *API) checkUnitChange(c echo.Context) error {
	ch, err := a.unitChange(c)
	if err != nil {
		return err
	}
	out, err := a.cfg.Roster.CheckChange(c.Request().Context(), caller(c), ch)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) changeUnits(c echo.Context) error {
	ch, err := a.unitChange(c)
	if err != nil {
		return err
	}
	out, err := a.cfg.Roster.Change(c.Request().Context(), caller(c), ch)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) register(c echo.Context) error {
	unit, year, err := pathYear(c)
	if err != nil {
		return err
	}
	var in struct {
		Standard string        `json:"standard"`
		Decision string        `json:"decision"`
		On       domain.Date   `json:"on"`
		Origin   domain.Origin `json:"origin"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	g, err := a.cfg.Roster.Register(c.Request().Context(), caller(c), domain.Registration{Commune: unit, Year: year,
		Standard: in.Standard, Decision: in.Decision, On: in.On, Origin: in.Origin})
	if err != nil {
		return err
	}
	return a.ok(c, g)
}

func (a *API) unregister(c echo.Context) error {
	unit, year, err := pathYear(c)
	if err != nil {
		return err
	}
	if err := a.cfg.Roster.Unregister(c.Request().Context(), caller(c), unit, year); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func pathYear(c echo.Context) (unit domain.ID, year int, err error) {
	if unit, err = pathID(c, "unit"); err != nil {
		return "", 0, err
	}
	year, err = aYear(c.Param("year"))
	return unit, year, err
}

func aYear(s string) (int, error) {
	year, err := strconv.Atoi(s)
	if err != nil || year < 2000 || year > 2199 {
		return 0, bad("year", "Name a year with four digits.", "Năm gồm bốn chữ số.")
	}
	return year, nil
}

func (a *API) places(c echo.Context) error {
	list, err := a.cfg.Roster.PlacesOf(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Places []roster.PlaceRow `json:"places"`
	}{list})
}
