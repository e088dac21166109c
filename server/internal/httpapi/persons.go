package httpapi

import (
	"bytes"
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/persons"
)

func (a *API) findPeople(c echo.Context) error {
	list, err := a.cfg.People.Find(c.Request().Context(), caller(c), c.QueryParam("q"))
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		People []persons.Found `json:"people"`
	}{list})
}

func (a *API) personRequests(c echo.Context) error {
	list, err := a.cfg.People.List(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Requests []persons.View `json:"requests"`
	}{list})
}

func (a *API) enterPersonRequest(c echo.Context) error {
	var in persons.NewRequest
	if err := a.decode(c, &in); err != nil {
		return err
	}
	out, err := a.cfg.People.Enter(c.Request().Context(), caller(c), in)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) personRequest(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	out, err := a.cfg.People.Look(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}

func (a *API) personMentions(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	list, err := a.cfg.People.Mentions(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, struct {
		Mentions []persons.Mention `json:"mentions"`
	}{list})
}

// exportPerson is a POST, for it leaves a mark: on the request, and in the log
// each time.
func (a *API) exportPerson(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	out, err := a.cfg.People.Copy(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `attachment; filename="banso-du-lieu-ca-nhan.zip"`)
	h.Set("Cache-Control", "no-store")
	if len(out.Photos) > 0 { // as large as the photos are: never held as a whole
		h.Set("Content-Type", "application/zip")
		c.Response().WriteHeader(http.StatusOK)
		if err := a.cfg.People.Write(c.Response(), &out); err != nil {
			a.cfg.Log.Error("person_export", "err", err)
		}
		return nil
	}
	var b bytes.Buffer
	if err := a.cfg.People.Write(&b, &out); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/zip", b.Bytes())
}

func (a *API) correctPerson(c echo.Context) error {
	var in struct {
		Name string `json:"name"`
	}
	return a.onRequest(c, &in, func(ctx context.Context, who domain.Caller, id domain.ID) (persons.View, error) {
		return a.cfg.People.Correct(ctx, who, id, in.Name)
	})
}

func (a *API) deidentifyPerson(c echo.Context) error {
	var in struct {
		Decision persons.Choice `json:"decision"`
	}
	return a.onRequest(c, &in, func(ctx context.Context, who domain.Caller, id domain.ID) (persons.View, error) {
		return a.cfg.People.Decide(ctx, who, id, in.Decision)
	})
}

func (a *API) answerPerson(c echo.Context) error {
	var in persons.Outcome
	return a.onRequest(c, &in, func(ctx context.Context, who domain.Caller, id domain.ID) (persons.View, error) {
		return a.cfg.People.Answer(ctx, who, id, in)
	})
}

// onRequest decodes the body and answers with the request as it then is.
func (a *API) onRequest(c echo.Context, in any, do func(context.Context, domain.Caller, domain.ID) (persons.View, error)) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.decode(c, in); err != nil {
		return err
	}
	out, err := do(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.ok(c, out)
}
