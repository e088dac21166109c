package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

// The province's provider sends the browser back to the console's page with a
// code and a state. The page, which is ours, hands both over: so a link from
// elsewhere signs nobody in, and the answer is read by who can show it. What was
// asked lies meanwhile in a cookie of this browser, sealed.
const (
	cookieQuestion = "banso_question"
	questionAge    = 600 // seconds; the seal has its own time
)

// provider tells a sign-in page whether to offer the province's account.
func (a *API) provider(c echo.Context) error {
	name, on := a.cfg.Auth.ProviderName()
	return a.ok(c, struct {
		On   bool   `json:"on"`
		Name string `json:"name,omitzero"`
	}{on, name})
}

// asks begins a question from a page of ours.
func (a *API) asks(c echo.Context, begin func(origin string) (auth.Asked, error)) error {
	origin, err := pageOf(c)
	if err != nil {
		return err
	}
	asked, err := begin(origin)
	if err != nil {
		return err
	}
	keepQuestion(c, asked.Seal)
	return a.ok(c, asked)
}

func keepQuestion(c echo.Context, seal string) {
	k := newCookie(c, cookieQuestion, seal, "/v1")
	if seal != "" {
		k.MaxAge = questionAge
	}
	c.SetCookie(k)
}

func (a *API) beginOIDCLogin(c echo.Context) error {
	return a.asks(c, func(origin string) (auth.Asked, error) {
		return a.cfg.Auth.BeginFederatedLogin(c.Request().Context(), origin)
	})
}

func (a *API) beginOIDCLink(c echo.Context) error {
	return a.asks(c, func(origin string) (auth.Asked, error) {
		return a.cfg.Auth.BeginLink(c.Request().Context(), caller(c), origin)
	})
}

func (a *API) oidcLogin(c echo.Context) error {
	if _, err := pageOf(c); err != nil {
		return err
	}
	var in struct {
		Code         string    `json:"code"`
		State        string    `json:"state"`
		Issuer       string    `json:"iss"`
		SecondFactor string    `json:"second_factor"`
		Install      domain.ID `json:"install"`
		DeviceName   string    `json:"device_name"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	s, seal, err := a.cfg.Auth.FederatedLogin(c.Request().Context(), address(c), auth.FederatedInput{Seal: cookie(c, cookieQuestion), State: in.State,
		Code: in.Code, Issuer: in.Issuer, SecondFactor: in.SecondFactor, Install: auth.Install{ID: in.Install, Name: in.DeviceName}})
	if code := domain.CodeOf(err); code != domain.TooMany && code != domain.Unavailable && code != domain.Invalid {
		keepQuestion(c, seal)
	}
	return a.admitted(c, s, err)
}

func (a *API) oidcLink(c echo.Context) error {
	if _, err := pageOf(c); err != nil {
		return err
	}
	var in struct {
		Code   string `json:"code"`
		State  string `json:"state"`
		Issuer string `json:"iss"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := a.cfg.Auth.FinishLink(c.Request().Context(), caller(c), cookie(c, cookieQuestion), in.State, in.Code, in.Issuer); err != nil {
		return err
	}
	keepQuestion(c, "")
	return c.NoContent(http.StatusNoContent)
}

func (a *API) linkOf(c echo.Context) error {
	person, err := pathID(c, "id")
	if err != nil {
		return err
	}
	out, err := a.cfg.Auth.LinkOf(c.Request().Context(), caller(c), person)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) linkSubject(c echo.Context) error {
	person, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in struct {
		Subject string `json:"subject"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if err := a.cfg.Auth.LinkSubject(c.Request().Context(), caller(c), person, in.Subject); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) unlink(c echo.Context) error {
	person, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.cfg.Auth.Unlink(c.Request().Context(), caller(c), person); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
