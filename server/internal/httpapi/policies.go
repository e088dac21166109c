package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
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

func (a *API) policyProposals(c echo.Context) error {
	list, err := a.cfg.Months.PolicyProposals(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Proposals []months.PolicyProposal `json:"proposals"`
	}{list})
}

// proposePolicy takes the file as text, so that refusals name its lines.
func (a *API) proposePolicy(c echo.Context) error {
	var in struct {
		Key  domain.ID `json:"key"`
		File string    `json:"file"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	p, err := a.cfg.Months.ProposePolicy(c.Request().Context(), caller(c), in.Key, in.File)
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

func (a *API) decidePolicy(c echo.Context) error {
	id, in, err := a.choice(c)
	if err != nil {
		return err
	}
	p, err := a.cfg.Months.DecidePolicy(c.Request().Context(), caller(c), id, in.Decision, in.Note)
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
	if asJob(c) {
		return a.startJob(c, jobs.WhatIf, ask)
	}
	out, err := a.cfg.Months.WhatIf(c.Request().Context(), caller(c), ask)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
