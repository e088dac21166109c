package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/syncsvc"
	"github.com/banso/banso/syncproto"
)

func (a *API) queue(c echo.Context) error {
	commune, err := queryID(c, "commune")
	if err != nil {
		return err
	}
	month, err := queryMonth(c, "month")
	if err != nil {
		return err
	}
	limit := 0
	if l := c.QueryParam("limit"); l != "" {
		if limit, err = strconv.Atoi(l); err != nil || limit < 1 {
			return bad("limit", "limit is a number from 1.", "Số dòng phải từ 1 trở lên.")
		}
	}
	q, err := a.cfg.Review.Queue(c.Request().Context(), caller(c), commune, month, c.QueryParam("cursor"), limit)
	if err != nil {
		return err
	}
	return a.ok(c, q)
}

func (a *API) decisions(c echo.Context) error {
	var in struct {
		Decisions []review.Decision `json:"decisions"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	verdicts, err := a.cfg.Review.Decide(c.Request().Context(), caller(c), in.Decisions)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Verdicts []syncproto.Verdict `json:"verdicts"`
	}{verdicts})
}

func (a *API) activity(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	v, err := a.cfg.Sync.Activity(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) cases(c echo.Context) error {
	team, err := queryID(c, "team")
	if err != nil {
		return err
	}
	commune, err := queryID(c, "commune")
	if err != nil {
		return err
	}
	list, err := a.cfg.Sync.Cases(c.Request().Context(), caller(c), team, commune)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Cases []syncsvc.CaseRow `json:"cases"`
	}{list})
}

// summary answers a poll that finds nothing new without reading a figure.
func (a *API) summary(c echo.Context) error {
	unit, err := queryID(c, "unit")
	if err != nil {
		return err
	}
	q := stats.Query{Unit: unit, Lens: stats.Lens(c.QueryParam("lens"))}
	if q.From, err = queryMonth(c, "from"); err != nil {
		return err
	}
	if q.To, err = queryMonth(c, "to"); err != nil {
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
