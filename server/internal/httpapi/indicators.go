package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/stats"
)

// setIndicator records a target of the province; the board shows how far it is.
func (a *API) setIndicator(c echo.Context) error {
	var in struct {
		Name     string        `json:"name"`
		Unit     domain.ID     `json:"unit,omitzero"`
		Figure   domain.Figure `json:"figure"`
		Category string        `json:"category,omitzero"`
		Measure  string        `json:"measure,omitzero"`
		Target   int64         `json:"target"`
		From     domain.Month  `json:"from"`
		Until    domain.Date   `json:"until"`
		Ended    bool          `json:"ended,omitzero"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	id, err := a.cfg.Stats.SetIndicator(c.Request().Context(), caller(c), domain.Indicator{Name: in.Name, Unit: in.Unit, Figure: in.Figure,
		Category: in.Category, Measure: in.Measure, Target: in.Target, From: in.From, Until: in.Until, Ended: in.Ended})
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		ID domain.ID `json:"id"`
	}{id})
}

func (a *API) indicatorChanges(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	list, err := a.cfg.Stats.Changes(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Changes []stats.Change `json:"changes"`
	}{list})
}
