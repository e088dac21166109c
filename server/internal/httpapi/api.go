package httpapi

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/audit"
	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/persons"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/seal"
	"github.com/banso/banso/server/internal/settings"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/syncsvc"
)

// Limits of admission: requests at work at one time.
const (
	maxPushes = 128  // syncs, before their body is read
	maxPulls  = 96   // reads; a sync without mutations is shed at 3/4 of maxPushes
	maxWrites = 64   // console writes and imports
	maxOpen   = 128  // sign-ins and what needs no sign-in
	maxWaits  = 4096 // long polls
	maxPhotos = 96   // photos on their way, up or down: a slow line holds a place for long
)

// A sync that finds all places taken waits a moment for one before it is told
// to come again: a burst is over sooner than a phone is back.
const (
	maxLobby  = 512 // syncs that wait, before their body is read
	lobbyTime = 2 * time.Second
)

// Limits of the connection.
const (
	ReadHeaderTimeout = 10 * time.Second
	IdleTimeout       = 120 * time.Second
	MaxHeaderBytes    = 16 << 10
)

// Config of an API. Services, Now, Wall and Prefix are required.
type Config struct {
	Services
	Log     *slog.Logger
	Now     func() time.Time // the server's clock: in answers
	Wall    func() time.Time // wall time: of deadlines and durations
	Prefix  string           // of request ids: random for each run
	Trusted []netip.Prefix   // proxies whose X-Forwarded-For is believed
	Ready   func(context.Context) error
	Notes   func() []string // what the operator should know although the server works; nil: nothing
	// Translate turns errors of the engine into domain errors.
	Translate func(error) error
	// Jitter returns a number in [0, n); default math/rand.
	Jitter  func(n int) int
	Metrics *Metrics // nil: none
	// Span begins the trace of a request and returns what ends it; nil: none.
	Span func(ctx context.Context, requestID, method, route string) (context.Context, func(status int))
	// PhotosOn is when phones are asked to send photos: "wifi" or "now".
	PhotosOn string
	// PushKey is the public VAPID key, for browsers that subscribe; empty
	// where web pushes are off.
	PushKey string
}

// Services are whom the handlers call.
type Services struct {
	Auth     *auth.Service
	Roster   *roster.Service
	Settings *settings.Service
	Jobs     *jobs.Service
	People   *persons.Service
	Sync     *syncsvc.Service
	Months   *months.Service
	Review   *review.Service
	Stats    *stats.Service
	Blobs    *blob.Service
	Audit    *audit.Service
	Seal     *seal.Service
	Ledger   *ledger.Service
	Backup   *backup.Service
	Notify   *notify.Service
}

// API holds the handlers.
type API struct {
	cfg   Config
	gates [loads]chan struct{}
	lobby chan struct{}
	share shares
	count atomic.Uint64 // of requests, for their ids
	unzip sync.Pool     // of *gzip.Reader: one holds some 40 KB
}

// New makes the handler of the whole API.
func New(cfg Config) *echo.Echo {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Translate == nil {
		cfg.Translate = func(err error) error { return err }
	}
	if cfg.Jitter == nil {
		cfg.Jitter = rand.IntN
	}
	if cfg.Ready == nil {
		cfg.Ready = func(context.Context) error { return nil }
	}
	if cfg.Notes == nil {
		cfg.Notes = func() []string { return nil }
	}
	a := &API{cfg: cfg, lobby: make(chan struct{}, maxLobby)}
	for load, n := range map[load]int{push: maxPushes, pull: maxPulls, write: maxWrites, public: maxOpen, wait: maxWaits, photo: maxPhotos} {
		a.gates[load] = make(chan struct{}, n)
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = a.fail
	e.IPExtractor = extractor(cfg.Trusted)
	e.Use(a.identify, a.recover)
	for _, r := range a.routes() {
		e.Add(r.method, r.path, r.do, a.measure(r), a.admit(r.load), a.authenticate(r.access), a.limitShare(r), checkQuery(r.query), a.note(r))
	}
	return e
}

// Server wraps a handler with the limits of the connection. It has no write
// or read timeout: village uplinks are slow, and bodies have a minimum rate.
func Server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: ReadHeaderTimeout, IdleTimeout: IdleTimeout, MaxHeaderBytes: MaxHeaderBytes}
}

// extractor believes X-Forwarded-For only behind configured proxies.
func extractor(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	opts := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		opts = append(opts, echo.TrustIPRange(ipNet(p)))
	}
	return echo.ExtractIPFromXFFHeader(opts...)
}
