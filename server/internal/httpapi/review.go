package httpapi

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/review"
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
	q, err := a.cfg.Review.Queue(c.Request().Context(), caller(c), review.Ask{Commune: commune, Month: month,
		State: domain.State(c.QueryParam("state")), Cursor: c.QueryParam("cursor"), Limit: limit})
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

// remarks is the list of comments on an activity.
type remarks struct {
	Comments []review.Comment `json:"comments"`
}

func (a *API) comments(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	list, err := a.cfg.Review.Comments(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, remarks{list})
}

func (a *API) comment(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in struct {
		Key  domain.ID `json:"key"`
		Text string    `json:"text"`
	}
	if err := a.decode(c, &in); err != nil {
		return err
	}
	list, err := a.cfg.Review.Comment(c.Request().Context(), caller(c), id, in.Key, in.Text)
	if err != nil {
		return err
	}
	return a.ok(c, remarks{list})
}
