package httpapi

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/months"
)

func (a *API) communeMonth(c echo.Context) error {
	unit, month, err := pathOf(c, "unit")
	if err != nil {
		return err
	}
	teams, err := a.cfg.Months.CommuneMonth(c.Request().Context(), caller(c), unit, month)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Unit  domain.ID              `json:"unit"`
		Month domain.Month           `json:"month"`
		Teams []months.TeamMonthView `json:"teams"`
	}{unit, month, teams})
}

func (a *API) closeCommuneMonth(c echo.Context) error {
	unit, month, err := pathOf(c, "unit")
	if err != nil {
		return err
	}
	var in struct {
		Teams []months.CloseItem `json:"teams"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	if asJob(c) {
		return a.startJob(c, jobs.Close, months.CloseAsk{Commune: unit, Month: month, Teams: in.Teams})
	}
	results, err := a.cfg.Months.CloseTeamMonths(c.Request().Context(), caller(c), unit, month, in.Teams)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Results []months.CloseResult `json:"results"`
	}{results})
}

// history is what the caller did in teams that they have left.
func (a *API) history(c echo.Context) error {
	list, err := a.cfg.Months.History(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Months []months.OwnMonth `json:"months"`
	}{list})
}

// teamMonth's ETag begins with the csum, which a close names in If-Match; the
// rest changes with what does not belong to the csum, such as a funding.
func (a *API) teamMonth(c echo.Context) error {
	team, month, err := pathOf(c, "team")
	if err != nil {
		return err
	}
	view, err := a.cfg.Months.TeamMonth(c.Request().Context(), caller(c), team, month)
	if err != nil {
		return err
	}
	return a.tagged(c, view.Csum, view)
}

// closeTeamMonth closes one month if it is still what If-Match says.
func (a *API) closeTeamMonth(c echo.Context) error {
	team, month, err := pathOf(c, "team")
	if err != nil {
		return err
	}
	csum, err := matchTag(c)
	if err != nil {
		return err
	}
	item := months.CloseItem{Team: team, Csum: csum}
	if c.Request().ContentLength != 0 {
		var in struct {
			Accept bool   `json:"accept"`
			Reason string `json:"reason"`
		}
		if err := a.decode(c, &in); err != nil {
			return err
		}
		item.Accept, item.Reason = in.Accept, in.Reason
	}
	ctx := c.Request().Context()
	commune, err := a.cfg.Roster.CommuneOf(ctx, caller(c), team)
	if err != nil {
		return err
	}
	results, err := a.cfg.Months.CloseTeamMonths(ctx, caller(c), commune, month, []months.CloseItem{item})
	if err != nil {
		return err
	}
	if r := results[0]; !r.Closed {
		return &domain.Error{Code: r.Code, Msg: r.Detail, Vi: r.DetailVi}
	}
	return a.ok(c, results[0])
}

func (a *API) finalise(c echo.Context) error {
	month, err := pathMonth(c)
	if err != nil {
		return err
	}
	if asJob(c) {
		return a.startJob(c, jobs.Finalise, months.FinaliseAsk{Month: month})
	}
	if err := a.cfg.Months.Finalise(c.Request().Context(), caller(c), month); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) totals(c echo.Context) error {
	year, err := strconv.Atoi(c.QueryParam("year"))
	if err != nil {
		return bad("year", "Name a year of four digits.", "Năm phải có bốn chữ số.")
	}
	t, err := a.cfg.Months.Totals(c.Request().Context(), caller(c), year)
	if err != nil {
		return err
	}
	return a.tagged(c, "", t)
}

func (a *API) fundings(c echo.Context) error {
	list, err := a.cfg.Months.Fundings(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Fundings []domain.FundedWindow `json:"fundings"`
	}{list})
}

func (a *API) fund(c echo.Context) error {
	var in domain.FundedWindow
	if err := a.decode(c, &in); err != nil {
		return err
	}
	w, err := a.cfg.Months.Fund(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, w)
}

func pathOf(c echo.Context, name string) (id domain.ID, month domain.Month, err error) {
	if id, err = pathID(c, name); err != nil {
		return "", "", err
	}
	month, err = pathMonth(c)
	return id, month, err
}
