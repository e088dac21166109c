package httpapi

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
)

func (a *API) lists(c echo.Context) error {
	unit, err := queryID(c, "unit")
	if err != nil {
		return err
	}
	f := ledger.Filter{Unit: unit, State: ledger.State(c.QueryParam("state")), Kind: ledger.Kind(c.QueryParam("kind"))}
	if f.Month, err = queryMonth(c, "month"); err != nil {
		return err
	}
	list, err := a.cfg.Ledger.Lists(c.Request().Context(), caller(c), f)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Lists []ledger.ListView `json:"lists"`
	}{list})
}

func (a *API) draftLists(c echo.Context) error {
	var in ledger.Wanted
	if err := a.decode(c, &in); err != nil {
		return err
	}
	list, err := a.cfg.Ledger.Draft(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Lists []ledger.ListView `json:"lists"`
	}{list})
}

func (a *API) list(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	v, err := a.cfg.Ledger.Show(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.tagged(c, "", v)
}

func (a *API) issueLists(c echo.Context) error {
	var in struct {
		Lists []domain.ID `json:"lists"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	res, err := a.cfg.Ledger.Issue(c.Request().Context(), caller(c), in.Lists)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Results []ledger.IssueResult `json:"results"`
	}{res})
}

func (a *API) replaceList(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in struct {
		Key    domain.ID `json:"key"`
		Reason string    `json:"reason"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Ledger.Replace(c.Request().Context(), caller(c), id, in.Key, in.Reason)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) discardList(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	v, err := a.cfg.Ledger.Discard(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) payList(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in ledger.Confirmed
	if err := a.decode(c, &in); err != nil {
		return err
	}
	v, err := a.cfg.Ledger.Confirm(c.Request().Context(), caller(c), id, in)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

func (a *API) budget(c echo.Context) error {
	year, err := strconv.Atoi(c.QueryParam("year"))
	if err != nil {
		return bad("year", "Name a year of four digits.", "Năm phải có bốn chữ số.")
	}
	b, err := a.cfg.Ledger.Budget(c.Request().Context(), caller(c), c.QueryParam("policy"), year)
	if err != nil {
		return err
	}
	return a.tagged(c, "", b)
}

func (a *API) settlement(c echo.Context) error {
	unit, err := queryID(c, "unit")
	if err != nil {
		return err
	}
	v, err := a.cfg.Ledger.Settle(c.Request().Context(), caller(c), c.QueryParam("policy"), unit, c.QueryParam("quarter"))
	if err != nil {
		return err
	}
	return a.tagged(c, "", v)
}

func (a *API) listPaper(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	p, err := a.cfg.Ledger.ListPaper(c.Request().Context(), caller(c), id, c.QueryParam("kind"), format(c))
	return a.paper(c, p, err)
}

func (a *API) communePaper(c echo.Context) error {
	unit, month, err := pathOf(c, "unit")
	if err != nil {
		return err
	}
	p, err := a.cfg.Ledger.CommunePaper(c.Request().Context(), caller(c), unit, month, c.QueryParam("kind"), format(c))
	return a.paper(c, p, err)
}

func (a *API) teamPaper(c echo.Context) error {
	team, month, err := pathOf(c, "team")
	if err != nil {
		return err
	}
	p, err := a.cfg.Ledger.TeamPaper(c.Request().Context(), caller(c), team, month, c.QueryParam("kind"), format(c))
	return a.paper(c, p, err)
}

func (a *API) provincePaper(c echo.Context) error {
	p, err := a.cfg.Ledger.ProvincePaper(c.Request().Context(), caller(c), c.QueryParam("policy"),
		domain.Month(c.QueryParam("from")), domain.Month(c.QueryParam("to")), format(c))
	return a.paper(c, p, err)
}

func (a *API) settlementPaper(c echo.Context) error {
	unit, err := queryID(c, "unit")
	if err != nil {
		return err
	}
	p, err := a.cfg.Ledger.SettlementPaper(c.Request().Context(), caller(c), c.QueryParam("policy"), unit, c.QueryParam("quarter"), format(c))
	return a.paper(c, p, err)
}

// format of a paper; PDF unless another is named.
func format(c echo.Context) ledger.Format {
	if f := c.QueryParam("format"); f != "" {
		return ledger.Format(f)
	}
	return ledger.PDF
}

// paper answers a file to keep: its name is safe, and no browser runs it.
func (a *API) paper(c echo.Context, p ledger.Paper, err error) error {
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `attachment; filename="`+p.Name+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	return a.taggedBytes(c, p.MIME, "", p.Bytes)
}
