package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

func (a *API) tokens(c echo.Context) error {
	list, err := a.cfg.Auth.Tokens(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Tokens []auth.TokenInfo `json:"tokens"`
	}{list})
}

// newToken answers the token itself, once.
func (a *API) newToken(c echo.Context) error {
	var in struct {
		Name string    `json:"name"`
		Unit domain.ID `json:"unit"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if in.Unit != "" {
		if _, err := readID("unit", string(in.Unit)); err != nil {
			return err
		}
	}
	t, err := a.cfg.Auth.IssueToken(c.Request().Context(), caller(c), in.Name, in.Unit)
	if err != nil {
		return err
	}
	return a.ok(c, t)
}

func (a *API) revokeToken(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.cfg.Auth.RevokeToken(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
