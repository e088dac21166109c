package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/banso/banso/server/internal/auth/oidc"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/syncsvc"
	"github.com/banso/banso/server/internal/traces"
)

// Config of an App. The zero value serves from .data on 127.0.0.1:8080.
type Config struct {
	Addr        string         // where to listen; default 127.0.0.1:8080
	Data        string         // folder of the data; default .data
	MetricsAddr string         // for /metrics, a loopback address unless MetricsFrom is set; empty: none
	MetricsFrom []netip.Prefix // who, besides this machine, may read the metrics
	DebugSocket string         // path of a local socket for pprof and metrics; empty: none
	Drain       time.Duration  // how long a stopping server goes on taking requests
	Trusted     []netip.Prefix // proxies whose X-Forwarded-For is believed
	LogLevel    string         // debug, info, warn (default), error
	LogFormat   string         // text (default) or json
	MaxBytes    int64          // of the store's file; 0: no bound
	AccessTTL   time.Duration  // of access tokens; 0: auth's default
	Photos      string         // when phones are asked to send photos: wifi (default) or now
	MinApp      string         // oldest app version that is not told to update first; "": any

	TracesTo    string  // base address of an OTLP collector; empty: no traces
	TracesShare float64 // of requests that are traced; 0: a tenth

	BackupTo         []string      // places of backups: folders, s3://…, rsync:…; none: inside Data
	BackupEvery      time.Duration // 0: backup's default
	BackupRecipients []string      // age recipients of whoever may restore

	places     []backup.Target // parsed by fill
	recipients []age.Recipient

	OIDC   oidc.Config // the province's identity provider, of which Wall and Log are ours; zero: none
	Push   Push        // by which ways pushes leave
	Origin string      // https address under which phones reach the server; its certificate is watched; empty: unknown

	TeamPhotoBytes int64 // that a team's photos may take; 0: blob's default

	Now  func() time.Time // the server's clock; default time.Now
	Wall func() time.Time // the world's clock; default time.Now
	Rand io.Reader        // default crypto/rand
	Log  *slog.Logger     // default: made from LogLevel and LogFormat, to LogTo
	// LogTo is where the log goes; default os.Stderr.
	LogTo io.Writer
	// Invented says that people and figures are made up: printed papers say so.
	Invented bool
	// Handful keeps background work off: tests drive it with Follow.
	Handful bool
	// Jitter spreads Retry-After; default math/rand. Simulations fix it.
	Jitter func(n int) int
}

// Defaults of Config.
const (
	DefaultAddr = "127.0.0.1:8080"
	DefaultData = ".data"
)

// DefaultTracesShare is how many of the requests are traced where traces are on.
const DefaultTracesShare = 0.1

func (c *Config) tracing() traces.Config {
	return traces.Config{To: c.TracesTo, Share: c.TracesShare, Version: Version(), Log: c.Log}
}

// fill sets defaults and finds contradictions; an error is one sentence.
func (c *Config) fill() error {
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
	if c.Data == "" {
		c.Data = DefaultData
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wall == nil {
		c.Wall = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.LogTo == nil {
		c.LogTo = os.Stderr
	}
	if err := c.photos(); err != nil {
		return err
	}
	if err := c.backups(); err != nil {
		return err
	}
	if c.MaxBytes < 0 || c.MaxBytes > 0 && c.MaxBytes < 16<<20 {
		return errors.New("max-bytes must be 0 (no bound) or at least 16 MiB (16777216)")
	}
	if c.Drain < 0 || c.Drain > time.Minute {
		return errors.New("drain must be between 0 and 1m")
	}
	if err := c.addresses(); err != nil {
		return err
	}
	if c.TracesShare == 0 {
		c.TracesShare = DefaultTracesShare
	}
	if c.TracesTo != "" {
		if err := c.tracing().Check(); err != nil {
			return err
		}
	}
	if err := c.OIDC.Check(); err != nil {
		return err
	}
	if err := c.Push.alone(); err != nil {
		return err
	}
	if u, err := url.Parse(c.Origin); c.Origin != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("origin %q is not of the form https://name", c.Origin)
	}
	return c.logger()
}

func (c *Config) photos() error {
	if c.Photos == "" {
		c.Photos = syncsvc.BlobsWifi
	}
	if c.Photos != syncsvc.BlobsWifi && c.Photos != syncsvc.BlobsNow {
		return fmt.Errorf("photos %q is neither wifi nor now", c.Photos)
	}
	if !syncsvc.CheckMinApp(c.MinApp) {
		return fmt.Errorf("min-app %q is no version such as 1.2.0", c.MinApp)
	}
	if c.TeamPhotoBytes < 0 {
		return errors.New("team-photo-bytes must be 0 (the default) or more")
	}
	return nil
}

func (c *Config) addresses() error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("addr %q is not host:port", c.Addr)
	}
	if c.MetricsAddr == "" {
		if len(c.MetricsFrom) > 0 {
			return errors.New("metrics-from needs metrics-addr: without it nobody gets metrics")
		}
		return nil
	}
	mhost, mport, err := net.SplitHostPort(c.MetricsAddr)
	if err != nil {
		return fmt.Errorf("metrics-addr %q is not host:port", c.MetricsAddr)
	}
	if ip, err := netip.ParseAddr(mhost); len(c.MetricsFrom) == 0 && mhost != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("metrics-addr %q is not a loopback address: metrics stay on this machine, or go to the networks of metrics-from", c.MetricsAddr)
	}
	if port == mport && port != "0" && (host == mhost || host == "" || host == "0.0.0.0" || host == "::") {
		return fmt.Errorf("addr %q and metrics-addr %q are the same place", c.Addr, c.MetricsAddr)
	}
	return nil
}

func (c *Config) logger() error {
	if c.Log != nil {
		return nil
	}
	level := slog.LevelWarn
	if c.LogLevel != "" {
		if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
			return fmt.Errorf("log-level %q is none of debug, info, warn and error", c.LogLevel)
		}
	}
	opt := &slog.HandlerOptions{Level: level}
	switch c.LogFormat {
	case "", "text":
		c.Log = slog.New(slog.NewTextHandler(c.LogTo, opt))
	case "json":
		c.Log = slog.New(slog.NewJSONHandler(c.LogTo, opt))
	default:
		return fmt.Errorf("log-format %q is neither text nor json", c.LogFormat)
	}
	return nil
}

// parseNetworks reads the addresses and networks of a setting.
func parseNetworks(setting string, list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			ip, ierr := netip.ParseAddr(s)
			if ierr != nil {
				return nil, fmt.Errorf("%s: %q is neither an address nor a network", setting, s)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		if p.Bits() == 0 {
			return nil, fmt.Errorf("%s: %q would believe everybody", setting, s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
