package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/months"
)

func (a *API) policies(c echo.Context) error {
	list, err := a.cfg.Months.Policies(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Policies []months.PolicyFile `json:"policies"`
	}{list})
}

// publish hands the file over as it came: the policy's own parser is strict.
func (a *API) publish(c echo.Context) error {
	raw, err := a.jsonBody(c)
	if err != nil {
		return err
	}
	p, err := a.cfg.Months.Publish(c.Request().Context(), caller(c), raw)
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

func (a *API) checkPolicy(c echo.Context) error {
	raw, err := a.jsonBody(c)
	if err != nil {
		return err
	}
	p, err := a.cfg.Months.CheckPolicy(c.Request().Context(), caller(c), raw)
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

func (a *API) whatIf(c echo.Context) error {
	var ask months.WhatIfAsk
	if err := a.decode(c, &ask); err != nil {
		return err
	}
	out, err := a.cfg.Months.WhatIf(c.Request().Context(), caller(c), ask)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
