package httpapi

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
)

func (a *API) stepUp(c echo.Context) error {
	var in struct {
		Password     string         `json:"password"`
		SecondFactor string         `json:"second_factor"`
		Ceremony     domain.ID      `json:"ceremony"`
		Credential   jsontext.Value `json:"credential"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if in.Ceremony != "" {
		origin, err := pageOf(c)
		if err == nil {
			err = a.cfg.Auth.StepUpByPasskey(c.Request().Context(), address(c), origin, caller(c), in.Ceremony, in.Credential)
		}
		if err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	}
	if err := a.cfg.Auth.StepUp(c.Request().Context(), address(c), caller(c), in.Password, in.SecondFactor); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) changePassword(c echo.Context) error {
	var in struct {
		Present string `json:"present"`
		Next    string `json:"next"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := a.cfg.Auth.ChangePassword(c.Request().Context(), address(c), caller(c), in.Present, in.Next); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) second(c echo.Context) error {
	out, err := a.cfg.Auth.SecondOf(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) beginSecond(c echo.Context) error {
	out, err := a.cfg.Auth.BeginSecond(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) confirmSecond(c echo.Context) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	codes, err := a.cfg.Auth.ConfirmSecond(c.Request().Context(), caller(c), in.Code)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Recovery []string `json:"recovery"`
	}{codes})
}

func (a *API) endSecond(c echo.Context) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := a.cfg.Auth.EndSecond(c.Request().Context(), caller(c), in.Code); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) restoreSecond(c echo.Context) error {
	person, err := pathID(c, "id")
	if err != nil {
		return err
	}
	out, err := a.cfg.Auth.RestoreSecond(c.Request().Context(), caller(c), person)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
