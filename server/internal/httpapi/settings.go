package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/settings"
)

func (a *API) kinds(c echo.Context) error {
	list, err := a.cfg.Settings.Kinds(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Kinds []settings.Kind `json:"kinds"`
	}{list})
}

func (a *API) addKind(c echo.Context) error {
	var in struct {
		Name     string `json:"name"`
		NameEn   string `json:"name_en"`
		Group    string `json:"group"`
		Measures []struct {
			Name   string `json:"name"`
			NameEn string `json:"name_en"`
			Unit   string `json:"unit"`
		} `json:"measures"`
		Evidence string      `json:"evidence"`
		Source   string      `json:"source"`
		From     domain.Date `json:"from"`
		Replaces string      `json:"replaces"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	k := settings.NewKind{Name: in.Name, NameEn: in.NameEn, Group: in.Group, Evidence: in.Evidence, Source: in.Source, From: in.From, Replaces: in.Replaces}
	for _, m := range in.Measures {
		k.Measures = append(k.Measures, settings.Measure{Name: m.Name, NameEn: m.NameEn, Unit: m.Unit})
	}
	out, err := a.cfg.Settings.AddKind(c.Request().Context(), caller(c), k)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) retireKind(c echo.Context) error {
	var in struct {
		Until domain.Date `json:"until"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	out, err := a.cfg.Settings.RetireKind(c.Request().Context(), caller(c), c.Param("code"), in.Until)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) reasons(c echo.Context) error {
	list, err := a.cfg.Settings.Reasons(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Reasons []settings.Reasons `json:"reasons"`
	}{list})
}

func (a *API) setReasons(c echo.Context) error {
	var in struct {
		List []settings.Bilingual `json:"list"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	out, err := a.cfg.Settings.SetReasons(c.Request().Context(), caller(c), settings.Reasons{Of: c.Param("of"), List: in.List})
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) switches(c echo.Context) error {
	list, err := a.cfg.Settings.Switches(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Switches []settings.Switch `json:"switches"`
	}{list})
}

func (a *API) turn(c echo.Context) error {
	var in struct {
		Off  bool        `json:"off"`
		From domain.Date `json:"from"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	out, err := a.cfg.Settings.Turn(c.Request().Context(), caller(c), settings.Switch{Name: c.Param("name"), Off: in.Off, From: in.From})
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
