package app

import (
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/settings"
	"github.com/banso/banso/server/internal/store"
)

// letters sends the summaries that are due, unless the province switched them
// off: then they wait, and the next one tells what there is.
func (a *App) letters(ctx context.Context) (more bool, err error) {
	off := false
	err = a.store.View(ctx, func(r store.Reader) (err error) {
		off, err = a.switchedOff(r, settings.Letters)
		return err
	})
	if err != nil || off {
		return false, err
	}
	return a.notify.Letters(ctx)
}

func (a *App) switchedOff(r store.Reader, name string) (bool, error) {
	return settings.Off(r, name, domain.DateOf(a.cfg.Now()))
}
