package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
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

// sameFigures answers 304 if the asker holds the present figures, which costs no
// reading of them.
func (a *API) sameFigures(c echo.Context, q stats.Query) (bool, error) {
	version, err := a.cfg.Stats.Version(c.Request().Context(), caller(c), q)
	if err != nil {
		return false, err
	}
	tag := statsTag(version, c)
	if !listsTag(c.Request().Header.Get("If-None-Match"), tag) {
		return false, nil
	}
	setTag(c, tag)
	return true, c.NoContent(http.StatusNotModified)
}

// summary answers a poll that finds nothing new without reading a figure.
func (a *API) summary(c echo.Context) error {
	q, err := statsQuery(c)
	if err != nil {
		return err
	}
	if same, err := a.sameFigures(c, q); same || err != nil {
		return err
	}
	sum, err := a.cfg.Stats.Summary(c.Request().Context(), caller(c), q)
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

// flat answers programs and spreadsheets: JSON, or one of its tables as CSV.
func (a *API) flat(c echo.Context) error {
	q, err := statsQuery(c)
	if err != nil {
		return err
	}
	if same, err := a.sameFigures(c, q); same || err != nil {
		return err
	}
	out, err := a.cfg.Stats.Flat(c.Request().Context(), caller(c), q)
	if err != nil {
		return err
	}
	setTag(c, statsTag(out.Version, c))
	switch format, of := c.QueryParam("format"), c.QueryParam("of"); {
	case format == "csv" && of == "measures":
		return a.sendCSV(c, "banso-measures.csv", out.Measures)
	case format == "csv" && (of == "" || of == "units"):
		return a.sendCSV(c, "banso-figures.csv", out.Rows)
	case of != "":
		return bad("of", "A CSV is of units or of measures.", "Bảng CSV là của units hoặc measures.")
	case format != "" && format != "json":
		return bad("format", "The format is json or csv.", "Định dạng là json hoặc csv.")
	}
	raw, err := json.Marshal(out, json.Deterministic(true))
	if err != nil {
		return err
	}
	return a.send(c, "application/json", raw)
}

// countedActivities lists the records behind figures.
func (a *API) countedActivities(c echo.Context) error {
	q, err := statsQuery(c)
	if err != nil {
		return err
	}
	rows, next, err := a.cfg.Stats.Activities(c.Request().Context(), caller(c), q,
		stats.Choice{State: domain.State(c.QueryParam("state")), Category: c.QueryParam("category"), After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Rows []stats.ActivityRow `json:"activities"`
		Next string              `json:"next,omitzero"`
	}{rows, next})
}

func (a *API) countedTeamMonths(c echo.Context) error {
	q, err := statsQuery(c)
	if err != nil {
		return err
	}
	rows, next, err := a.cfg.Stats.TeamMonths(c.Request().Context(), caller(c), q,
		stats.Choice{Result: domain.Result(c.QueryParam("result")), Money: domain.MoneyState(c.QueryParam("money")), After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Rows []stats.TeamMonthRow `json:"team_months"`
		Next string               `json:"next,omitzero"`
	}{rows, next})
}

// commMap is the picture of the communes of a day.
func (a *API) commMap(c echo.Context) error {
	on, err := domain.ParseDate(c.QueryParam("on"))
	if err != nil {
		return bad("on", "on is a day, yyyy-mm-dd.", "Ngày phải có dạng yyyy-mm-dd.")
	}
	m, err := a.cfg.Roster.Map(c.Request().Context(), caller(c), on)
	if err != nil {
		return err
	}
	return a.tagged(c, "", m)
}
