package httpapi

import "github.com/labstack/echo/v4"

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
