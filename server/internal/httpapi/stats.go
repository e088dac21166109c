package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/stats"
)

// statsQuery reads which figures are asked for.
func statsQuery(c echo.Context) (q stats.Query, err error) {
	if q.Unit, err = queryID(c, "unit"); err != nil {
		return q, err
	}
	if q.From, err = queryMonth(c, "from"); err != nil {
		return q, err
	}
	q.To, err = queryMonth(c, "to")
	q.Lens = stats.Lens(c.QueryParam("lens"))
	return q, err
}

// board answers a dashboard: all it shows, or that nothing has changed.
func (a *API) board(c echo.Context) error {
	q, err := statsQuery(c)
	if err != nil {
		return err
	}
	held := false
	b, err := a.cfg.Stats.Board(c.Request().Context(), caller(c), q, func(version string) bool {
		held = listsTag(c.Request().Header.Get("If-None-Match"), statsTag(version, c))
		return held
	})
	if err != nil {
		return err
	}
	setTag(c, statsTag(b.Version, c))
	if held {
		return c.NoContent(http.StatusNotModified)
	}
	raw, err := json.Marshal(b, json.Deterministic(true))
	if err != nil {
		return err
	}
	return a.send(c, "application/json", raw)
}

// summary answers a poll that finds nothing new without reading a figure.
func (a *API) summary(c echo.Context) error {
	q, err := statsQuery(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), caller(c)
	version, err := a.cfg.Stats.Version(ctx, who, q)
	if err != nil {
		return err
	}
	if tag := c.Request().Header.Get("If-None-Match"); tag != "" && listsTag(tag, statsTag(version, c)) {
		setTag(c, statsTag(version, c))
		return c.NoContent(http.StatusNotModified)
	}
	sum, err := a.cfg.Stats.Summary(ctx, who, q)
	if err != nil {
		return err
	}
	b, err := json.Marshal(sum, json.Deterministic(true))
	if err != nil {
		return err
	}
	setTag(c, statsTag(sum.Version, c))
	return a.send(c, "application/json", b)
}

// statsTag is of a version of the figures, as one person sees one question.
func statsTag(version string, c echo.Context) string {
	sum := sha256.Sum256([]byte(version + "\x00" + string(caller(c).Person) + "\x00" + c.Request().URL.RawQuery))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}
