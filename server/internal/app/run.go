package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"

	"github.com/coreos/go-systemd/v22/daemon"
	_ "golang.org/x/crypto/x509roots/fallback" // authorities for a machine that has none: an image of the binary alone
)

// Run serves until ctx ends or the store fails, and prints to out where it
// listens and, on a first start, the setup code. An error after a commit with
// unknown outcome is returned: the process must not exit with 0.
func Run(ctx context.Context, cfg Config, out io.Writer) error {
	paceGC()
	a, err := New(ctx, cfg)
	if err != nil {
		return stoppedEarly(ctx, err)
	}
	err = stoppedEarly(ctx, a.listenAndServe(ctx, out))
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeDeadline)
	defer cancel()
	return errors.Join(err, a.Close(stop))
}

// stoppedEarly: who is told to stop while it starts has not failed.
func stoppedEarly(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// gcPercent lets the heap grow to four times what lives, some tens of
// megabytes: collecting costs a third less CPU. When thousands of phones come
// back at once more lives, and softMemory has it collected more often instead:
// they stay below 256 MiB (TestHerd).
const (
	gcPercent  = 300
	softMemory = 208 << 20 // bytes
)

// paceGC leaves an operator's own GOGC and GOMEMLIMIT alone.
func paceGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
}

func (a *App) listenAndServe(ctx context.Context, out io.Writer) error {
	all, err := a.doors()
	if err != nil {
		return err
	}
	// Long polls end with this context, so that a stop has not to wait for them.
	polls, endPolls := context.WithCancel(context.WithoutCancel(ctx))
	defer endPolls()
	failed := serveAll(polls, all)
	if err := a.greet(ctx, out, all[0].at[0].Addr()); err != nil {
		return errors.Join(err, a.drain(ctx, all, endPolls))
	}
	a.cfg.Log.Info("serving", "addr", all[0].at[0].Addr().String())
	a.tell(daemon.SdNotifyReady)
	var watching sync.WaitGroup
	watching.Go(func() { a.watch(polls) })
	defer watching.Wait()
	defer endPolls()
	select {
	case <-ctx.Done():
		err = nil
	case err = <-a.Fatal():
		err = fmt.Errorf("the outcome of a commit is unknown, phones will send again: %w", err)
	case err = <-failed:
	}
	a.tell(daemon.SdNotifyStopping)
	return errors.Join(err, a.drain(ctx, all, endPolls))
}

// greet tells the operator where the server is.
func (a *App) greet(ctx context.Context, out io.Writer, addr net.Addr) error {
	code, err := a.SetupCode(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Bản Số is serving on http://%s (data in %s)\n", addr, a.cfg.Data)
	if len(a.notify.On()) == 0 {
		fmt.Fprintln(out, "Push notifications are off: set push-fcm or push-contact. The inbox works without them.")
		fmt.Fprintln(out, "Chưa bật thông báo đẩy: đặt push-fcm hoặc push-contact. Hộp thư vẫn hoạt động.")
	}
	if code != "" {
		fmt.Fprintf(out, "Nobody administers this server yet. Setup code (good once): %s\n", code)
		fmt.Fprintf(out, "Máy chủ chưa có quản trị viên. Mã thiết lập (dùng một lần): %s\n", code)
	}
	return nil
}
