package app

import (
	"context"
	"strconv"
	"time"

	"github.com/banso/banso/server/internal/doctor"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

// originEvery is how often the certificate of the origin is looked at.
const originEvery = 12 * time.Hour

// tellOfBackups tells the operators, once a day, that backups are late or that
// none could be restored, and once that a restore was tried and went well.
func (a *App) tellOfBackups(ctx context.Context) (more bool, err error) {
	now, st := a.cfg.Now(), a.backups.Status()
	today := domain.DateOf(now)
	if a.watched != today && (a.backups.Late() != nil || st.DrillBad) {
		err = a.store.Update(ctx, func(tx store.Tx) error {
			return notify.TellOperators(tx, notify.BackupFailed, "backup/"+string(today), nil)
		})
		if err == nil {
			a.watched = today
		}
	}
	if err != nil || st.DrillMs <= a.drillTold || now.Sub(time.UnixMilli(st.DrillMs)) > 24*time.Hour {
		return false, err
	}
	err = a.store.Update(ctx, func(tx store.Tx) error {
		return notify.TellOperators(tx, notify.JobDone, "drill/"+strconv.FormatInt(st.DrillMs, 10), map[string]string{
			"what":    "Diễn tập khôi phục: bản sao lưu mới nhất khôi phục được, số liệu khớp.",
			"what_en": "Restore drill: the newest backup could be restored and agrees."})
	})
	if err == nil {
		a.drillTold = st.DrillMs
	}
	return false, err
}

// watchOrigin looks at the certificate by which phones reach the server, for
// as long as ctx lives.
func (a *App) watchOrigin(ctx context.Context) {
	for {
		if f := (doctor.Patient{Origin: a.cfg.Origin, Now: a.cfg.Wall}).Certificate(ctx); f.Level == doctor.Soon || f.Level == doctor.Now {
			if err := a.tellOfOrigin(ctx, f); err != nil && ctx.Err() == nil {
				a.cfg.Log.Error("the operators could not be told of the certificate", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(originEvery):
		}
	}
}

func (a *App) tellOfOrigin(ctx context.Context, f doctor.Finding) error {
	return a.store.Update(ctx, func(tx store.Tx) error {
		return notify.TellOperators(tx, notify.CertTrouble, "certificate/"+string(domain.DateOf(tx.Now())),
			map[string]string{"what": f.Vi, "what_en": f.En})
	})
}
