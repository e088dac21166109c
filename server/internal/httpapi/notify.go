package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
)

func (a *API) pushState(c echo.Context) error {
	return a.ok(c, struct {
		Channels []string `json:"channels"`
		Vapid    string   `json:"vapid,omitzero"`
		Mail     bool     `json:"mail,omitzero"`
	}{a.cfg.Notify.On(), a.cfg.PushKey, a.cfg.Notify.Mails()})
}

func (a *API) registerPush(c echo.Context) error {
	var in notify.Address
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := a.cfg.Notify.Register(c.Request().Context(), caller(c), in); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) unregisterPush(c echo.Context) error {
	if err := a.cfg.Notify.Unregister(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) notifyPrefs(c echo.Context) error {
	p, err := a.cfg.Notify.Prefs(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

func (a *API) setNotifyPrefs(c echo.Context) error {
	var in notify.Prefs
	if err := a.decode(c, &in); err != nil {
		return err
	}
	p, err := a.cfg.Notify.SetPrefs(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

func (a *API) deliveries(c echo.Context) error {
	from, err := domain.ParseDate(c.QueryParam("from"))
	if err != nil {
		return bad("from", "The first day is not yyyy-mm-dd.", "Ngày đầu phải có dạng năm-tháng-ngày.")
	}
	to, err := domain.ParseDate(c.QueryParam("to"))
	if err != nil {
		return bad("to", "The last day is not yyyy-mm-dd.", "Ngày cuối phải có dạng năm-tháng-ngày.")
	}
	f, err := a.cfg.Notify.Deliveries(c.Request().Context(), caller(c), from, to)
	if err != nil {
		return err
	}
	return a.tagged(c, "", f)
}

func (a *API) delivery(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	t, err := a.cfg.Notify.Trace(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, t)
}

func (a *API) announcements(c echo.Context) error {
	list, err := a.cfg.Notify.Announcements(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Announcements []notify.Announced `json:"announcements"`
	}{list})
}

func (a *API) unreadAnnouncement(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	out, err := a.cfg.Notify.Unread(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) announce(c echo.Context) error {
	var in notify.Announce
	if err := a.decode(c, &in); err != nil {
		return err
	}
	out, err := a.cfg.Notify.Announce(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) cancelAnnouncement(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	out, err := a.cfg.Notify.Cancel(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
