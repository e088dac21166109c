package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/auth/oidc"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/traces"
)

// Main runs the command line and returns the exit code: 0, 1 for a failure, 2
// for a wrong command line, and those of the doctor. Without a command it serves.
func Main(ctx context.Context, args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand(out)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(errOut, "banso: %v\n", err)
	return exitCode(err)
}

// usageError is a command line that can't be understood.
type usageError struct{ error }

func rootCommand(out io.Writer) *cobra.Command {
	var f flags
	serve := func(cmd *cobra.Command, _ []string) error {
		cfg, err := f.config(cmd)
		if err != nil {
			return usageError{err}
		}
		return Run(cmd.Context(), cfg, out)
	}
	root := &cobra.Command{
		Use: "banso", Short: "Bản Số: the server of community digital teams", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true, RunE: serve,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f.register(root.PersistentFlags())
	f.registerServe(root.Flags())
	sub := &cobra.Command{Use: "serve", Short: "serve the API (what happens without a command)", Args: cobra.NoArgs, RunE: serve}
	f.registerServe(sub.Flags())
	demo := &cobra.Command{Use: "demo", Short: "play a province's months on a fresh folder (see demo --help)"} // main runs it
	root.AddCommand(sub, demo, &cobra.Command{
		Use: "version", Short: "print the version", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Fprintln(out, Version()) },
	})
	root.AddCommand(&cobra.Command{Use: "ping [URL]", Short: "ask a server whether it is ready", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ping(cmd.Context(), append(args, "http://127.0.0.1:8080/readyz")[0])
		}})
	root.AddCommand(f.offline(out)...)
	root.AddCommand(f.doctorCommand(out), f.bundleCommand(out), licencesCommand(out))
	return root
}

// Version is the module's version and revision.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "banso (unknown version)"
	}
	rev := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			rev = " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return fmt.Sprintf("banso %s%s %s", info.Main.Version, rev, info.GoVersion)
}

// flags are the settings as text. One that is not given on the command line is
// looked up as BANSO_<NAME> in the environment, then as a credential of that
// name, then in the file of --config.
type flags struct {
	file, data                                  string
	addr, metricsAddr, logLevel, logFormat, ttl string
	photos, minApp, debugSocket                 string
	drain, backupEvery                          time.Duration
	proxies, backupTo, recipients, metricsFrom  []string
	pushFCM, pushContact, origin                string
	smsWebhook, smsSecret, mailSMTP             string
	pushHosts                                   []string
	oidc                                        oidc.Config
	maxBytes, teamPhotoBytes                    int64
	tracesTo                                    string
	tracesShare                                 float64
}

func (f *flags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.file, "config", "", "file with settings, YAML or JSON: the names of these flags")
	fs.StringVar(&f.data, "data", DefaultData, "folder of the data")
	fs.StringSliceVar(&f.backupTo, "backup-to", nil, "places of backups: a folder on a second disk, s3://bucket/prefix?endpoint=host:port, rsync:host:folder (none: inside the data folder, which saves from mistakes only)")
	fs.StringSliceVar(&f.recipients, "backup-recipients", nil, "age recipients that backups are encrypted to (see backup key)")
}

func (f *flags) registerServe(fs *pflag.FlagSet) {
	fs.StringVar(&f.addr, "addr", DefaultAddr, "where to listen")
	fs.StringVar(&f.metricsAddr, "metrics-addr", "", "loopback address for /metrics (none if empty)")
	fs.StringSliceVar(&f.metricsFrom, "metrics-from", nil, "addresses or networks that may read the metrics; with it metrics-addr may be any address (in a cluster)")
	fs.StringVar(&f.debugSocket, "debug-socket", "", "path of a socket for pprof and metrics, for its owner alone (none if empty)")
	fs.StringVar(&f.tracesTo, "traces-to", "", "address of an OpenTelemetry collector (OTLP over HTTP), as http://127.0.0.1:4318: traces of requests, without anything of people (none if empty)")
	fs.Float64Var(&f.tracesShare, "traces-share", DefaultTracesShare, "share of the requests that are traced, up to 1")
	fs.DurationVar(&f.drain, "drain", 0, "how long a stopping server goes on taking requests, at most 1m: for balancers that ask /readyz")
	fs.StringSliceVar(&f.proxies, "trusted-proxies", nil, "addresses or networks whose X-Forwarded-For is believed")
	fs.StringVar(&f.logLevel, "log-level", "warn", "debug, info, warn or error")
	fs.StringVar(&f.logFormat, "log-format", "text", "text or json")
	fs.StringVar(&f.ttl, "access-ttl", "1h", "how long an access token lives, at most 24h")
	fs.StringVar(&f.minApp, "min-app", "", "oldest version of the phone app that is not told to update first, such as 1.2.0")
	fs.StringVar(&f.photos, "photos", "wifi", "when phones are asked to send photos: wifi or now")
	fs.StringVar(&f.pushFCM, "push-fcm", "", "key file of a Firebase service account: pushes to native apps (none if empty)")
	fs.StringVar(&f.pushContact, "push-contact", "", "mailto: or https: address that push services may ask: pushes to browsers (none if empty)")
	fs.StringSliceVar(&f.pushHosts, "push-hosts", nil, "hosts of push services, a leading dot for all below (those of today's browsers)")
	fs.StringVar(&f.smsWebhook, "sms-webhook", "", "address of an SMS gateway that takes hints of what is urgent, see deploy/PUSH.md (none if empty)")
	fs.StringVar(&f.smsSecret, "sms-secret", "", "what requests to the SMS gateway are signed with, 16 characters or more")
	fs.StringVar(&f.mailSMTP, "mail-smtp", "", "smtp[s]://user:password@host:port/?from=…: letters of the morning to officers who want them (none if empty)")
	fs.StringVar(&f.oidc.Issuer, "oidc-issuer", "", "address of the province's identity provider (OpenID Connect), as https://id.example/realms/tinh: officers may sign in with their account there (none if empty)")
	fs.StringVar(&f.oidc.Client, "oidc-client", "", "this server's client id at the identity provider")
	fs.StringVar(&f.oidc.Secret, "oidc-secret", "", "this server's client secret at the identity provider; best as a credential")
	fs.StringVar(&f.oidc.Name, "oidc-name", "", "how people call the account there, as on the button “Đăng nhập bằng …” (the province's account)")
	fs.StringSliceVar(&f.oidc.ACR, "oidc-acr", nil, "values of acr that say that the provider asked for a second factor (none: ours is asked)")
	fs.StringSliceVar(&f.oidc.AMR, "oidc-amr", nil, "values of amr that say so, as mfa")
	fs.StringVar(&f.origin, "origin", "", "https address under which phones reach the server: its certificate is watched (unknown if empty)")
	fs.Int64Var(&f.teamPhotoBytes, "team-photo-bytes", 0, "what a team's photos may take (0: 1 GiB)")
	fs.DurationVar(&f.backupEvery, "backup-every", backup.DefaultEvery, "how often a backup is made while anything changes")
	fs.Int64Var(&f.maxBytes, "max-bytes", 0, "largest size of the data file (0: no bound)")
}

// config reads all three sources.
func (f *flags) config(cmd *cobra.Command) (Config, error) {
	if err := f.fromElsewhere(cmd); err != nil {
		return Config{}, err
	}
	proxies, err := parseNetworks("trusted-proxies", f.proxies)
	if err != nil {
		return Config{}, err
	}
	watchers, err := parseNetworks("metrics-from", f.metricsFrom)
	if err != nil {
		return Config{}, err
	}
	ttl, err := time.ParseDuration(f.ttl)
	if err != nil || ttl <= 0 || ttl > auth.MaxAccessTTL {
		return Config{}, fmt.Errorf("access-ttl %q is no duration such as 1h, at most %v", f.ttl, auth.MaxAccessTTL)
	}
	if f.backupEvery == 0 { // in Config it would mean the default
		return Config{}, errBackupEvery
	}
	if err := traces.CheckShare(f.tracesShare); err != nil { // with or without traces-to
		return Config{}, err
	}
	cfg := Config{TracesTo: f.tracesTo, TracesShare: f.tracesShare, Addr: f.addr, Data: f.data, MetricsAddr: f.metricsAddr, MetricsFrom: watchers, Trusted: proxies, LogLevel: f.logLevel,
		LogFormat: f.logFormat, MaxBytes: f.maxBytes, AccessTTL: ttl, Photos: f.photos, MinApp: f.minApp, DebugSocket: f.debugSocket, Drain: f.drain, TeamPhotoBytes: f.teamPhotoBytes,
		BackupTo: f.backupTo, BackupEvery: f.backupEvery, BackupRecipients: f.recipients,
		Push: Push{FCM: f.pushFCM, Contact: f.pushContact, Hosts: f.pushHosts, SMSWebhook: f.smsWebhook, SMSSecret: f.smsSecret, Mail: f.mailSMTP}, Origin: f.origin, OIDC: f.oidc}
	return cfg, cfg.fill()
}

// fromElsewhere fills what the command line left out.
func (f *flags) fromElsewhere(cmd *cobra.Command) error {
	if v, ok := os.LookupEnv("BANSO_CONFIG"); ok && f.file == "" {
		f.file = v
	}
	file, err := readSettings(f.file)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	know := func(fl *pflag.Flag) { known[fl.Name] = true }
	cmd.Root().Flags().VisitAll(know)
	cmd.Root().PersistentFlags().VisitAll(know)
	for _, c := range cmd.Root().Commands() { // one file serves all of them
		c.Flags().VisitAll(know)
	}
	for name := range file {
		if !known[name] || name == "config" {
			return fmt.Errorf("%s: there is no setting %q", f.file, name)
		}
	}
	var bad error
	cmd.Flags().VisitAll(func(fl *pflag.Flag) {
		if fl.Changed || fl.Name == "config" || fl.Name == "help" || bad != nil {
			return
		}
		env := "BANSO_" + strings.ToUpper(strings.ReplaceAll(fl.Name, "-", "_"))
		value, where, ok := "", env, false
		if value, ok = os.LookupEnv(env); !ok {
			where = "credential " + fl.Name
			if value, ok, bad = credential(fl.Name); bad != nil {
				return
			}
		}
		if !ok {
			value, ok = file[fl.Name]
			where = f.file + ": " + fl.Name
		}
		if !ok {
			return
		}
		if err := cmd.Flags().Set(fl.Name, value); err != nil { // marks it as given: a list is not added to twice
			bad = fmt.Errorf("%s: %q can't be read: %w", where, value, err)
		}
	})
	return bad
}

// credential reads a setting from the folder of credentials that a supervisor
// made for this process (LoadCredential=NAME:PATH of systemd), so that secrets
// stand in no environment and no command line.
func credential(name string) (value string, ok bool, err error) {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return "", false, nil
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return strings.TrimRight(string(b), "\r\n"), err == nil, err
}

// readSettings reads a flat YAML or JSON file.
func readSettings(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("config %s is neither YAML nor JSON of the form name: value", path)
	}
	out := map[string]string{}
	for name, v := range raw {
		switch v := v.(type) {
		case string, int, int64, float64, bool:
			out[name] = fmt.Sprint(v)
		case []any:
			var parts []string
			for _, p := range v {
				parts = append(parts, fmt.Sprint(p))
			}
			out[name] = strings.Join(parts, ",")
		default:
			return nil, fmt.Errorf("config %s: %s is neither a text, a number nor a list", path, name)
		}
	}
	return out, nil
}
