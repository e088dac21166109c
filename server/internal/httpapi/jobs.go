package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/roster"
)

const mimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (a *API) importKinds(c echo.Context) error {
	return a.tagged(c, "", struct {
		Kinds []roster.ImportKind `json:"kinds"`
	}{roster.ImportKinds()})
}

// imports takes a file in at once; with "Prefer: respond-async" (RFC 7240) it
// answers with a job.
func (a *API) imports(c echo.Context) error {
	var dryRun bool
	var err error
	f := jobs.File{Kind: roster.Kind(c.Param("kind")), Name: c.QueryParam("name")}
	if dryRun, err = queryFlag(c, "dry_run"); err != nil {
		return err
	}
	if f.SkipBad, err = queryFlag(c, "skip_bad"); err != nil {
		return err
	}
	if wantType(c, mimeXLSX) != nil {
		if err := wantType(c, "text/csv"); err != nil {
			return err
		}
	}
	if f.Bytes, err = a.body(c, maxImport, maxImportPlan); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if !dryRun && asJob(c) {
		j, err := a.cfg.Jobs.StartImport(ctx, caller(c), f)
		return a.accepted(c, j, err)
	}
	rep, err := a.cfg.Jobs.Import(ctx, caller(c), f, bytes.NewReader(f.Bytes), dryRun)
	if err != nil {
		return err
	}
	if rep.Rows == nil {
		rep.Rows = []roster.RowResult{}
	}
	return a.ok(c, rep)
}

// asJob reports whether the caller prefers a job to an answer (RFC 7240).
func asJob(c echo.Context) bool {
	return slices.Contains(c.Request().Header.Values("Prefer"), "respond-async")
}

// startJob starts a job of a document.
func (a *API) startJob(c echo.Context, k jobs.Kind, ask any) error {
	raw, err := json.Marshal(ask, json.Deterministic(true))
	if err != nil {
		return err
	}
	j, err := a.cfg.Jobs.Start(c.Request().Context(), caller(c), k, raw)
	return a.accepted(c, j, err)
}

// exports are always jobs.
func (a *API) exports(c echo.Context) error {
	var ask ledger.ExportAsk
	if err := a.decode(c, &ask); err != nil {
		return err
	}
	return a.startJob(c, jobs.Export, ask)
}

// jobResult answers the file that a job made.
func (a *API) jobResult(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	m, err := a.cfg.Jobs.Result(c.Request().Context(), caller(c), id)
	return a.paper(c, ledger.Paper{Name: m.Name, MIME: m.MIME, Bytes: m.Bytes}, err)
}

// accepted answers with a job that was started.
func (a *API) accepted(c echo.Context, j jobs.Job, err error) error {
	if err != nil {
		return err
	}
	b, err := json.Marshal(j, json.Deterministic(true))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/v1/jobs/"+string(j.ID))
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusAccepted, "application/json", b)
}

func (a *API) jobs(c echo.Context) error {
	list, err := a.cfg.Jobs.Jobs(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.tagged(c, "", struct {
		Jobs []jobs.Job `json:"jobs"`
	}{list})
}

func (a *API) job(c echo.Context) error { return a.oneJob(c, a.cfg.Jobs.Job) }

func (a *API) cancelJob(c echo.Context) error { return a.oneJob(c, a.cfg.Jobs.Cancel) }

func (a *API) oneJob(c echo.Context, do func(context.Context, domain.Caller, domain.ID) (jobs.Job, error)) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	j, err := do(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, j)
}

func (a *API) undoImport(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	j, err := a.cfg.Jobs.StartUndo(c.Request().Context(), caller(c), id)
	return a.accepted(c, j, err)
}
