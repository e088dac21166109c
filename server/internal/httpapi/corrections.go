package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/syncsvc"
)

// explain answers the same bytes to whoever may read the month.
func (a *API) explain(c echo.Context) error {
	team, month, err := pathOf(c, "team")
	if err != nil {
		return err
	}
	b, err := a.cfg.Months.ExplainFor(c.Request().Context(), caller(c), team, month)
	if err != nil {
		return err
	}
	return a.taggedBytes(c, "application/json", "", b)
}

func (a *API) overdue(c echo.Context) error {
	month, err := pathMonth(c)
	if err != nil {
		return err
	}
	list, err := a.cfg.Months.OverdueIn(c.Request().Context(), caller(c), month)
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Month    domain.Month     `json:"month"`
		Communes []months.Overdue `json:"communes"`
	}{month, list})
}

func (a *API) extensions(c echo.Context) error {
	list, err := a.cfg.Months.Extensions(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Extensions []months.ExtensionView `json:"extensions"`
	}{list})
}

func (a *API) extend(c echo.Context) error {
	var in struct {
		Kind   domain.ExtensionKind `json:"kind"`
		From   domain.Month         `json:"from"`
		To     domain.Month         `json:"to"`
		Unit   domain.ID            `json:"unit,omitzero"`
		Team   domain.ID            `json:"team,omitzero"`
		Days   int                  `json:"days"`
		Reason string               `json:"reason"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	x, err := a.cfg.Months.Extend(c.Request().Context(), caller(c), domain.Extension{Kind: in.Kind, From: in.From, To: in.To,
		Unit: in.Unit, Team: in.Team, Days: in.Days, Reason: in.Reason})
	if err != nil {
		return err
	}
	return a.ok(c, x)
}

func (a *API) proposals(c echo.Context) error {
	commune, err := queryID(c, "commune")
	if err != nil {
		return err
	}
	team, err := queryID(c, "team")
	if err != nil {
		return err
	}
	list, err := a.cfg.Months.Proposals(c.Request().Context(), caller(c), months.ProposalQuery{Commune: commune, Team: team,
		State: domain.ProposalState(c.QueryParam("state"))})
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Proposals []months.ProposalView `json:"proposals"`
	}{list})
}

func (a *API) propose(c echo.Context) error {
	var in months.Ask
	if err := a.decode(c, &in); err != nil {
		return err
	}
	p, err := a.cfg.Months.Propose(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

// chosen is how a second person decides what a first one proposed.
type chosen struct {
	Decision months.Choice `json:"decision"`
	Note     string        `json:"note,omitzero"`
}

// choice reads the proposal's id and how it is decided.
func (a *API) choice(c echo.Context) (id domain.ID, in chosen, err error) {
	if id, err = pathID(c, "id"); err != nil {
		return id, in, err
	}
	return id, in, a.decode(c, &in)
}

func (a *API) decideProposal(c echo.Context) error {
	id, in, err := a.choice(c)
	if err != nil {
		return err
	}
	p, err := a.cfg.Months.DecideProposal(c.Request().Context(), caller(c), id, in.Decision, in.Note)
	if err != nil {
		return err
	}
	return a.ok(c, p)
}

func (a *API) disputes(c echo.Context) error {
	commune, err := queryID(c, "commune")
	if err != nil {
		return err
	}
	list, err := a.cfg.Sync.Disputes(c.Request().Context(), caller(c), commune, domain.DisputeState(c.QueryParam("state")))
	if err != nil {
		return err
	}
	return a.tagged(c, "", list)
}

func (a *API) dispute(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	d, err := a.cfg.Sync.Dispute(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.tagged(c, "", d)
}

func (a *API) answerDispute(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in syncsvc.Answer
	if err := a.decode(c, &in); err != nil {
		return err
	}
	d, err := a.cfg.Sync.AnswerDispute(c.Request().Context(), caller(c), id, in)
	if err != nil {
		return err
	}
	return a.ok(c, d)
}
