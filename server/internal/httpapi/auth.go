package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

func (a *API) setup(c echo.Context) error {
	var in struct {
		Code       string    `json:"code"`
		Name       string    `json:"name"`
		Login      string    `json:"login"`
		Password   string    `json:"password"`
		Install    domain.ID `json:"install"`
		DeviceName string    `json:"device_name"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	s, err := a.cfg.Auth.Setup(c.Request().Context(), address(c), auth.SetupInput{Code: in.Code, Name: in.Name,
		Login: in.Login, Password: in.Password, Install: auth.Install{ID: in.Install, Name: in.DeviceName}})
	return a.admitted(c, s, err)
}

func (a *API) activate(c echo.Context) error {
	var in struct {
		Code         string    `json:"code"`
		Login        string    `json:"login"`
		Password     string    `json:"password"`
		SecondFactor string    `json:"second_factor"`
		Install      domain.ID `json:"install"`
		DeviceName   string    `json:"device_name"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	s, err := a.cfg.Auth.Activate(c.Request().Context(), address(c), auth.ActivateInput{Code: in.Code, SecondFactor: in.SecondFactor,
		Login: in.Login, Password: in.Password, Install: auth.Install{ID: in.Install, Name: in.DeviceName}})
	return a.admitted(c, s, err)
}

func (a *API) login(c echo.Context) error {
	var in struct {
		Login        string    `json:"login"`
		Password     string    `json:"password"`
		SecondFactor string    `json:"second_factor"`
		Install      domain.ID `json:"install"`
		DeviceName   string    `json:"device_name"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	s, err := a.cfg.Auth.Login(c.Request().Context(), address(c), auth.LoginInput{Login: in.Login, Password: in.Password,
		SecondFactor: in.SecondFactor, Install: auth.Install{ID: in.Install, Name: in.DeviceName}})
	return a.admitted(c, s, err)
}

// headerApp names the version of the app: a header, so that an older server
// passes over it.
const headerApp = "Banso-App"

func (a *API) refresh(c echo.Context) error {
	var in struct {
		Refresh string `json:"refresh"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if in.Refresh == "" && wantsCookies(c) && ownPage(c.Request()) {
		in.Refresh = cookie(c, cookieRefresh)
	}
	s, err := a.cfg.Auth.Refresh(c.Request().Context(), in.Refresh, c.Request().Header.Get(headerApp))
	return a.admitted(c, s, err)
}

func (a *API) logout(c echo.Context) error {
	if err := a.cfg.Auth.Logout(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	if cookie(c, cookieAccess) != "" {
		forget(c)
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) me(c echo.Context) error {
	me, err := a.cfg.Auth.Me(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	if byCookie, _ := c.Get(keyCookie).(bool); byCookie {
		me.CSRF = a.cfg.Auth.CSRF(caller(c))
	}
	return a.ok(c, me)
}

func (a *API) newCodes(c echo.Context) error {
	var in struct {
		People []domain.ID `json:"people"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	codes, err := a.cfg.Auth.IssueCodes(c.Request().Context(), caller(c), in.People)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Codes []auth.Code `json:"codes"`
	}{codes})
}

func (a *API) devices(c echo.Context) error {
	person, err := queryID(c, "person")
	if err != nil {
		return err
	}
	list, err := a.cfg.Auth.Devices(c.Request().Context(), caller(c), person)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Devices []auth.Device `json:"devices"`
	}{list})
}

func (a *API) revoke(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.cfg.Auth.Revoke(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
