package app

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tell sends a state to the supervisor that started this process, if there is
// one that listens (sd_notify). A supervisor that can't be reached changes
// nothing about serving.
func (a *App) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		a.cfg.Log.Warn("the supervisor can't be told", "state", state, "error", err)
	}
}

// watch keeps the supervisor's watchdog quiet while the store can be read: a
// server that hangs is started again, for a hang loses nothing that was acked.
func (a *App) watch(ctx context.Context) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every <= 0 {
		return
	}
	t := time.NewTicker(every / 3)
	defer t.Stop()
	for {
		if err := a.readable(ctx); err == nil {
			a.tell(daemon.SdNotifyWatchdog)
		} else if ctx.Err() == nil {
			a.cfg.Log.Error("the store can't be read: the watchdog is not told", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
