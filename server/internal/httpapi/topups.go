package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
)

func (a *API) topUps(c echo.Context) error {
	unit, err := pathID(c, "unit")
	if err != nil {
		return err
	}
	list, err := a.cfg.Months.TopUps(c.Request().Context(), caller(c), unit)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		TopUps []domain.TopUpDecision `json:"top_ups"`
	}{list})
}

func (a *API) topUp(c echo.Context) error {
	unit, err := pathID(c, "unit")
	if err != nil {
		return err
	}
	var in struct {
		Policy   string       `json:"policy"`
		Decision string       `json:"decision"`
		On       domain.Date  `json:"on"`
		From     domain.Month `json:"from"`
		To       domain.Month `json:"to"`
		Teams    []domain.ID  `json:"teams,omitzero"`
		VND      domain.Money `json:"vnd"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	x, err := a.cfg.Months.TopUp(c.Request().Context(), caller(c), domain.TopUpDecision{Policy: in.Policy, Unit: unit, Decision: in.Decision,
		On: in.On, From: in.From, To: in.To, Teams: in.Teams, VND: in.VND})
	if err != nil {
		return err
	}
	return a.ok(c, x)
}

func (a *API) villages(c echo.Context) error {
	team, err := pathID(c, "team")
	if err != nil {
		return err
	}
	list, err := a.cfg.Roster.Villages(c.Request().Context(), caller(c), team)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Villages []domain.Village `json:"villages"`
	}{list})
}

func (a *API) setVillage(c echo.Context) error {
	team, err := pathID(c, "team")
	if err != nil {
		return err
	}
	var in struct {
		From       domain.Date `json:"from"`
		Households int64       `json:"households"`
		Kind       string      `json:"kind"`
		Key        bool        `json:"key,omitzero"`
		Border     bool        `json:"border,omitzero"`
		Source     string      `json:"source"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Roster.SetVillage(c.Request().Context(), caller(c), domain.Village{Team: team, From: in.From, Households: in.Households,
		Kind: in.Kind, Key: in.Key, Border: in.Border, Source: in.Source})
	if err != nil {
		return err
	}
	return a.ok(c, v)
}
