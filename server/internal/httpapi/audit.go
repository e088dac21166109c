package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/audit"
	"github.com/banso/banso/server/internal/domain"
)

// verify walks the whole chain of decisions; it takes seconds on a full shard,
// so it counts as a write and one runs at a time.
func (a *API) verify(c echo.Context) error {
	rep, err := a.cfg.Audit.Verify(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, rep)
}

func (a *API) checkpoint(c echo.Context) error {
	cp, err := a.cfg.Seal.Latest(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", cp)
}

// personal are the reads that show names, notes or what somebody did: each is
// noted once a day. What a phone reads of its own team is not among them.
var personal = map[string]bool{
	"/v1/people": true, "/v1/devices": true, "/v1/review/queue": true, "/v1/activities/:id": true, "/v1/activities/:id/comments": true, "/v1/cases": true,
	"/v1/disputes/:id": true, "/v1/lists/:id": true, "/v1/lists/:id/paper": true, "/v1/communes/:unit/months/:month/paper": true,
	"/v1/teams/:team/months/:month/paper": true, "/v1/support": true, "/v1/settlement/paper": true, "/v1/second-factors": true,
	"/v1/deliveries/:id": true, "/v1/audit": true, "/v1/jobs/:id/result": true, "/v1/people/search": true, "/v1/person-requests": true,
	"/v1/person-requests/:id": true, "/v1/person-requests/:id/mentions": true,
}

// unnoted are writes about nothing but one's own browser.
var unnoted = map[string]bool{
	"/v1/push": true, "/v1/me/notifications": true, "/v1/auth/step-up": true, "/v1/auth/step-up/begin": true, "/v1/me/passkeys/begin": true, "/v1/me/oidc/begin": true,
	"/v1/policies/check": true, "/v1/policies/what-if": true, "/v1/verify": true,
	"/v1/units/changes/check": true,
}

// note writes into the log what a request did, after it was done: a log that
// can't be written stops nobody's work, but is told of.
func (a *API) note(r route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		read := r.method == get && personal[r.path]
		if !read && (r.load != write || r.method == get || unnoted[r.path]) {
			return next
		}
		return func(c echo.Context) error {
			err := next(c)
			if err != nil || c.Response().Status >= http.StatusBadRequest || c.QueryParam("dry_run") == "true" {
				return err
			}
			id, _ := c.Get(keyRequestID).(string)
			act := audit.Act{Kind: r.method + " " + r.path, Read: read, Unit: either(c, "unit", "commune"), Team: either(c, "team"),
				Thing: either(c, "id", "person"), Month: c.Param("month") + c.QueryParam("month")}
			if err := a.cfg.Audit.Note(context.WithoutCancel(c.Request().Context()), caller(c), id, act); err != nil {
				a.cfg.Log.Error("audit_note", "request_id", id, "err", err)
			}
			return nil
		}
	}
}

// either is the first id that a request names in its path or query.
func either(c echo.Context, names ...string) domain.ID {
	for _, n := range names {
		if v := c.Param(n) + c.QueryParam(n); v != "" {
			return domain.ID(v)
		}
	}
	return ""
}

func (a *API) auditLog(c echo.Context) error {
	q := audit.Query{Kind: c.QueryParam("kind"), Text: c.QueryParam("q"), From: domain.Date(c.QueryParam("from")), To: domain.Date(c.QueryParam("to")),
		Cursor: c.QueryParam("cursor"), All: c.QueryParam("format") == "csv"}
	var err error
	if q.Person, err = queryID(c, "person"); err != nil {
		return err
	}
	if q.Unit, err = queryID(c, "unit"); err != nil {
		return err
	}
	for field, d := range map[string]domain.Date{"from": q.From, "to": q.To} {
		if _, err := domain.ParseDate(string(d)); d != "" && err != nil {
			return bad(field, "A day is yyyy-mm-dd.", "Ngày phải có dạng yyyy-mm-dd.")
		}
	}
	switch what := c.QueryParam("what"); what {
	case "":
	case "read", "change":
		read := what == "read"
		q.Read = &read
	default:
		return bad("what", "what is read or change.", "what phải là read (xem) hoặc change (thay đổi).")
	}
	out, err := a.cfg.Audit.Search(c.Request().Context(), caller(c), q)
	if err != nil {
		return err
	}
	if q.All {
		return a.sendCSV(c, "banso-audit-"+strings.ReplaceAll(string(q.From), "-", "")+".csv", out.Lines)
	}
	return a.ok(c, out)
}
