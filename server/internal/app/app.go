package app

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/banso/banso/admin/console"
	"github.com/banso/banso/server/internal/audit"
	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/auth/oidc"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/httpapi"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/persons"
	"github.com/banso/banso/server/internal/phone"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/seal"
	"github.com/banso/banso/server/internal/settings"
	"github.com/banso/banso/server/internal/site"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/server/internal/syncsvc"
	"github.com/banso/banso/server/internal/traces"
	"github.com/banso/banso/syncproto"
)

// App is a server without a listener.
type App struct {
	cfg     Config
	keys    *auth.Keyring
	store   *boltstore.Store
	auth    *auth.Service
	sync    *syncsvc.Service
	months  *months.Service
	blobs   *blob.Service
	seal    *seal.Service
	ledger  *ledger.Service
	backups *backup.Service
	keeper  *keeper
	notify  *notify.Service
	stats   *stats.Service
	traces  *traces.Traces // nil: off
	watcher *keeper        // looks at the certificate of the origin
	watched domain.Date    // on which the operators were told that backups are late
	// drillTold is the last restore drill that the operators were told of.
	drillTold int64
	pushKey   string // public VAPID key; empty: no web push
	handler   http.Handler
	metrics   *prometheus.Registry
	worker    *worker
	roster    *roster.Service
	settings  *settings.Service
	jobs      *jobs.Service
	persons   *persons.Service
	clerk     *worker // does jobs, which may take long
	postman   *worker // tells what is due and sends what waits: neither must hold the other work up, nor wait for it
	close     sync.Once
	closed    error
	// draining says that a stop has begun: who asks for readiness goes elsewhere.
	draining  atomic.Bool
	newcomers newcomers
}

// New opens the data folder and wires the services. The worker runs until
// Close.
func New(ctx context.Context, cfg Config) (a *App, err error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	a = &App{cfg: cfg, metrics: prometheus.NewRegistry(), worker: newWorker(cfg, workerShare),
		// The postman waits for the network, which costs nothing: what is urgent must not wait for that.
		postman: newWorker(cfg, 0), clerk: newWorker(cfg, 0), newcomers: newcomers{here: map[net.Conn]struct{}{}}}
	meter := newMeter(a.metrics)
	a.worker.tell = meter.round
	a.metrics.MustRegister(backupMeter{a}, &stateMeter{app: a})
	var hub *syncsvc.Service
	a.keys, a.store, err = openData(cfg, boltstore.Options{
		Now: cfg.Now, Rand: cfg.Rand, MaxSize: int(cfg.MaxBytes), Log: cfg.Log,
		OnCommit: func(commit int64, touched []syncproto.Scope) {
			meter.commit(commit)
			if hub != nil {
				hub.OnCommit(commit, touched)
			}
			a.worker.wake()
			a.postman.wake()
			a.clerk.wake()
		},
		OnGroup: meter.group,
	})
	if err != nil {
		return nil, err
	}
	opened := a.store // a failing return sets a to nil
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	before := a.store.WroteBefore()
	if err := a.store.Update(ctx, func(tx store.Tx) error { return stats.Resume(tx, before) }); err != nil {
		return nil, err
	}
	if cfg.TracesTo != "" {
		if a.traces, err = traces.Open(ctx, cfg.tracing()); err != nil {
			return nil, err
		}
	}
	a.months = months.New(a.store, cfg.Now)
	hub = syncsvc.New(syncsvc.Config{Store: a.traces.Store(a.store), Now: cfg.Now, Log: cfg.Log, Blobs: cfg.Photos, MinApp: cfg.MinApp, Months: a.months})
	a.sync = hub
	if a.blobs, err = blob.New(blob.Config{Store: a.store, Dir: cfg.Data, Now: cfg.Now, Log: cfg.Log, TeamBytes: cfg.TeamPhotoBytes}); err != nil {
		return nil, err
	}
	if err := a.wireBackups(ctx); err != nil {
		return nil, err
	}
	a.seal = &seal.Service{Store: a.store, Signer: a.keys, Now: cfg.Now}
	a.ledger = &ledger.Service{Store: a.store, Months: a.months, Sealer: a.seal, Backups: a.backups, Now: cfg.Now, Submitter: a.sync, Invented: cfg.Invented}
	if err := a.openAuth(ctx); err != nil {
		return nil, err
	}
	a.stats = &stats.Service{Store: a.store, Now: a.cfg.Now, Contacts: a.auth.Contacts, Touch: months.Touch}
	a.roster = &roster.Service{Store: a.store, Now: cfg.Now, Rand: cfg.Rand, MapFile: filepath.Join(cfg.Data, "map.topojson"), Months: a.months.OpenSince}
	a.settings = &settings.Service{Store: a.store, Now: cfg.Now}
	a.jobs = &jobs.Service{Store: a.store, Roster: a.roster, Now: cfg.Now, Rand: cfg.Rand, ActiveUntil: a.auth.ActiveUntil, Makers: a.makers()}
	if err := a.openPersons(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(a.openPush(ctx), a.noticeRestore(ctx), a.seed(ctx)); err != nil {
		return nil, err
	}
	if err := a.serve(); err != nil {
		return nil, err
	}
	a.worker.steps = []step{{"redecide", a.sync.RedecideDue}, {"units", a.roster.MoveDue}, {"clock", a.months.Tick}, {"progress", a.months.RefreshDue},
		{"figures", a.stats.Recount}, {"photos", a.blobs.Tidy},
		{"seal", a.seal.Tick}, {"late backups", a.tellOfBackups}, {"kept names", a.persons.Tick}}
	a.postman.steps = []step{{"notices", a.notify.Tick}, {"deliver", a.notify.Deliver}, {"letters", a.letters}}
	a.clerk.steps = []step{{"jobs", a.jobs.Work}, {"old imports", a.jobs.Forget}}
	if !cfg.Handful {
		a.worker.start()
		a.clerk.start()
		a.keeper = keep(a.backups.Run)
		if a.cfg.Origin != "" {
			a.watcher = keep(a.watchOrigin)
		}
		a.postman.start()
	}
	return a, nil
}

// openAuth makes the service of sign-in, with the province's provider if one is set up.
func (a *App) openAuth(ctx context.Context) (err error) {
	c := auth.Config{Store: a.store, Keys: a.keys, Now: a.cfg.Now, Wall: a.cfg.Wall, Rand: a.cfg.Rand, AccessTTL: a.cfg.AccessTTL,
		TokensOff: func(r store.Reader) (bool, error) { return a.switchedOff(r, settings.Tokens) }}
	if a.cfg.OIDC.Issuer != "" {
		far := a.cfg.OIDC
		far.Wall, far.Log = a.cfg.Wall, a.cfg.Log
		if c.Provider, err = oidc.New(far); err != nil {
			return err
		}
	}
	a.auth, err = auth.New(ctx, c)
	return err
}

// serve makes the handler of the API.
func (a *App) serve() error {
	prefix := make([]byte, 3)
	if _, err := io.ReadFull(a.cfg.Rand, prefix); err != nil {
		return err
	}
	sites, err := frontEnds()
	if err != nil {
		return err
	}
	api := httpapi.Config{
		Services: httpapi.Services{
			Auth:     a.auth,
			Roster:   a.roster,
			Settings: a.settings,
			Jobs:     a.jobs,
			People:   a.persons,
			Sync:     a.sync,
			Months:   a.months,
			Review:   &review.Service{Store: a.traces.Store(a.store), Submitter: a.sync, Now: a.cfg.Now},
			Stats:    a.stats,
			Blobs:    a.blobs,
			Audit:    audit.NewService(a.store, auditor(a.keys, a.months), a.cfg.Now),
			Seal:     a.seal,
			Ledger:   a.ledger,
			Backup:   a.backups,
			Notify:   a.notify,
		},
		Log: a.cfg.Log, Now: a.cfg.Now, Wall: a.cfg.Wall, Prefix: hex.EncodeToString(prefix), Trusted: a.cfg.Trusted,
		Ready: a.ready, Notes: a.notes, Translate: translate, Jitter: a.cfg.Jitter, Metrics: httpapi.NewMetrics(a.metrics),
		PhotosOn: a.cfg.Photos, PushKey: a.pushKey,
	}
	if a.traces != nil {
		api.Span = a.traces.Request
	}
	a.handler = site.Over(httpapi.New(api), sites...)
	return nil
}

// frontEnds are the phone app and the console.
func frontEnds() ([]*site.Site, error) {
	app, err := phone.Site()
	if err != nil {
		return nil, err
	}
	files, err := console.Files()
	if err != nil {
		return nil, err
	}
	desk, err := site.New(files, "/console/")
	return []*site.Site{app, desk}, err
}

// Handler answers the API.
func (a *App) Handler() http.Handler { return a.handler }

// MetricsHandler answers /metrics; it belongs on a local address only.
func (a *App) MetricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics, promhttp.HandlerOpts{}))
	return mux
}

// SetupCode makes the one-time code for the first administrator, "" if there
// is one already.
func (a *App) SetupCode(ctx context.Context) (string, error) { return a.auth.SetupCode(ctx) }

// Store is the open store, for checks and simulations.
func (a *App) Store() *boltstore.Store { return a.store }

// Fatal delivers the error after which the app must end.
func (a *App) Fatal() <-chan error { return a.store.Fatal() }

// Follow does the work that follows commits until none is left, for who keeps
// the worker off.
func (a *App) Follow(ctx context.Context) error {
	return errors.Join(a.clerk.drain(ctx), a.worker.drain(ctx), a.postman.drain(ctx))
}

// Post tells what is due and sends it. The postman does so by itself, at most
// half a minute later; a clock that is about to jump can't wait for it.
func (a *App) Post(ctx context.Context) error { return a.postman.drain(ctx) }

// Close stops the worker and closes the store. The handler must not be in use
// any more. It may be called again.
func (a *App) Close(ctx context.Context) error {
	a.close.Do(func() {
		a.keeper.stop()
		a.watcher.stop()
		a.closed = errors.Join(a.clerk.stop(ctx), a.postman.stop(ctx), a.worker.stop(ctx), a.store.Close())
		a.traces.Close(ctx)
	})
	return a.closed
}

// errDraining is what /readyz says while the server stops.
var errDraining = &domain.Error{Code: domain.Unavailable, RetryAfterS: 5, Msg: "The server is stopping.", Vi: "Máy chủ đang dừng."}

// ready says whether new work should come here.
func (a *App) ready(ctx context.Context) error {
	if a.draining.Load() {
		return errDraining
	}
	return a.readable(ctx)
}

// readable says whether the store can be read.
func (a *App) readable(ctx context.Context) error {
	return a.store.View(ctx, func(store.Reader) error { return nil })
}

// translate turns errors of the engine into what a caller may see; most
// services do so themselves.
func translate(err error) error {
	if domain.CodeOf(err) != "" {
		return err
	}
	e := &domain.Error{Err: err}
	switch {
	case errors.Is(err, store.ErrFull):
		e.Code, e.RetryAfterS = domain.Full, 300
		e.Msg, e.Vi = "The server's disk is full. Nothing was taken; try again later.", "Máy chủ đã đầy bộ nhớ, chưa nhận được dữ liệu. Hãy thử lại sau."
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrStopped):
		e.Code, e.RetryAfterS = domain.Unavailable, 10
		e.Msg, e.Vi = "The server is busy. Try again soon.", "Máy chủ đang bận. Hãy thử lại sau ít phút."
	case errors.Is(err, store.ErrScopeClosed):
		e.Code = domain.Conflict
		e.Msg, e.Vi = "The month is closed.", "Tháng này đã chốt."
	default:
		return err
	}
	return e
}
