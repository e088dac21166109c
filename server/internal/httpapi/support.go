package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
)

func (a *API) supports(c echo.Context) error {
	list, err := a.cfg.Ledger.Supports(c.Request().Context(), caller(c), c.QueryParam("policy"))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Supports []ledger.SupportView `json:"supports"`
	}{list})
}

func (a *API) proposeSupport(c echo.Context) error {
	var in struct {
		Key    domain.ID           `json:"key"`
		Policy string              `json:"policy"`
		Months []domain.Month      `json:"months"`
		Accept []ledger.Acceptance `json:"accept,omitzero"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Ledger.ProposeSupport(c.Request().Context(), caller(c), in.Key, in.Policy, in.Months, in.Accept...)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) confirmSupport(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in struct {
		Decision string       `json:"decision"`
		On       domain.Date  `json:"on"`
		Total    domain.Money `json:"total"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Ledger.ConfirmSupport(c.Request().Context(), caller(c), id, ledger.Grant{Decision: in.Decision, On: in.On, Total: in.Total})
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) spend(c echo.Context) error {
	var in ledger.Spent
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Ledger.Spend(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}
