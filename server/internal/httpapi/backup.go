package httpapi

import "github.com/labstack/echo/v4"

func (a *API) backups(c echo.Context) error {
	rep, err := a.cfg.Backup.Ask(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, rep)
}

// makeBackup answers when every place holds the backup: on a large shard that
// takes a minute, and one is made at a time.
func (a *API) makeBackup(c echo.Context) error {
	m, err := a.cfg.Backup.Order(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return a.ok(c, m)
}
