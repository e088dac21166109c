package httpapi

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

// pageOf is the origin of the page that asks: a passkey is bound to it.
func pageOf(c echo.Context) (string, error) {
	if origin := c.Request().Header.Get("Origin"); origin != "" && ownPage(c.Request()) {
		return origin, nil
	}
	return "", errForged
}

func (a *API) passkeys(c echo.Context) error {
	list, err := a.cfg.Auth.Passkeys(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Passkeys []auth.Passkey `json:"passkeys"`
	}{list})
}

func (a *API) beginPasskey(c echo.Context) error {
	origin, err := pageOf(c)
	if err != nil {
		return err
	}
	out, err := a.cfg.Auth.BeginPasskey(c.Request().Context(), caller(c), origin)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) addPasskey(c echo.Context) error {
	origin, err := pageOf(c)
	if err != nil {
		return err
	}
	var in struct {
		Ceremony   domain.ID      `json:"ceremony"`
		Name       string         `json:"name"`
		Credential jsontext.Value `json:"credential"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := a.cfg.Auth.AddPasskey(c.Request().Context(), caller(c), origin, in.Ceremony, in.Name, in.Credential); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) removePasskey(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.cfg.Auth.RemovePasskey(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) beginPasskeyLogin(c echo.Context) error {
	origin, err := pageOf(c)
	if err != nil {
		return err
	}
	out, err := a.cfg.Auth.BeginPasskeyLogin(origin)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) passkeyLogin(c echo.Context) error {
	origin, err := pageOf(c)
	if err != nil {
		return err
	}
	var in struct {
		Ceremony   domain.ID      `json:"ceremony"`
		Credential jsontext.Value `json:"credential"`
		Install    domain.ID      `json:"install"`
		DeviceName string         `json:"device_name"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	s, err := a.cfg.Auth.PasskeyLogin(c.Request().Context(), address(c), origin, in.Ceremony, in.Credential,
		auth.Install{ID: in.Install, Name: in.DeviceName})
	return a.admitted(c, s, err)
}

func (a *API) factors(c echo.Context) error {
	list, err := a.cfg.Auth.Factors(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Factors []auth.Factor `json:"factors"`
	}{list})
}

func (a *API) beginStepUp(c echo.Context) error {
	origin, err := pageOf(c)
	if err != nil {
		return err
	}
	out, err := a.cfg.Auth.BeginStepUp(c.Request().Context(), caller(c), origin)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
