package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// configOf reads a configuration the way serve does.
func configOf(args ...string) (Config, error) {
	var f flags
	cmd := &cobra.Command{Use: "banso", RunE: func(*cobra.Command, []string) error { return nil }}
	f.register(cmd.PersistentFlags())
	f.registerServe(cmd.Flags())
	if err := cmd.ParseFlags(args); err != nil {
		return Config{}, err
	}
	return f.config(cmd)
}

// TestConfig_Order: a flag wins over the environment, which wins over the file.
func TestConfig_Order(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "banso.yaml"), "addr: 127.0.0.1:1\ndata: from-file\nlog-level: info\ntrusted-proxies: [10.0.0.0/8, 192.0.2.7]\n")
	t.Setenv("BANSO_ADDR", "127.0.0.1:2")
	t.Setenv("BANSO_DATA", "from-env")
	cfg, err := configOf("--config", file, "--addr", "127.0.0.1:3")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Addr != "127.0.0.1:3" || cfg.Data != "from-env" || cfg.LogLevel != "info" || len(cfg.Trusted) != 2 {
		t.Errorf("%+v", cfg)
	}
	json := write(t, filepath.Join(t.TempDir(), "banso.json"), `{"max-bytes": 33554432, "access-ttl": "30m", "traces-share": 0.25}`)
	if cfg, err = configOf("--config", json); err != nil || cfg.MaxBytes != 32<<20 || cfg.AccessTTL.Minutes() != 30 || cfg.TracesShare != 0.25 {
		t.Errorf("JSON: %v %+v", err, cfg)
	}
}

// TestConfig_ListsOnce: a list from a file is there once, however often the
// settings are read and filled.
func TestConfig_ListsOnce(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "banso.yaml"), "backup-to: ["+t.TempDir()+"]\ntrusted-proxies: [192.0.2.7]\n")
	var f flags
	cmd := &cobra.Command{Use: "banso"}
	f.register(cmd.PersistentFlags())
	f.registerServe(cmd.Flags())
	if err := cmd.ParseFlags([]string{"--config", file}); err != nil {
		t.Fatal(err)
	}
	if err := f.fromElsewhere(cmd); err != nil {
		t.Fatal(err)
	}
	cfg, err := f.config(cmd)
	if err == nil {
		err = cfg.fill()
	}
	if err != nil || len(cfg.BackupTo) != 1 || len(cfg.places) != 1 || len(cfg.Trusted) != 1 {
		t.Errorf("%v %+v", err, cfg)
	}
}

func TestConfig_ZeroValueWorks(t *testing.T) {
	var c Config
	if err := c.fill(); err != nil || c.Addr != DefaultAddr || c.Data != DefaultData || c.Now == nil || c.Log == nil {
		t.Errorf("%v %+v", err, c)
	}
}

// TestConfig_Refused: each contradiction is one sentence that names the setting.
func TestConfig_Refused(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"addr":              {[]string{"--addr", "8080"}, "addr"},
		"metrics outside":   {[]string{"--metrics-addr", "0.0.0.0:9090"}, "loopback"},
		"metrics for all":   {[]string{"--metrics-addr", "0.0.0.0:9090", "--metrics-from", "0.0.0.0/0"}, "metrics-from"},
		"metrics nowhere":   {[]string{"--metrics-from", "10.0.0.0/8"}, "metrics-addr"},
		"traces to nowhere": {[]string{"--traces-to", "collector:4318"}, "traces-to"},
		"all traces, twice": {[]string{"--traces-to", "http://127.0.0.1:4318", "--traces-share", "2"}, "traces-share"},
		"no traces at all":  {[]string{"--traces-share", "0"}, "traces-share"},
		"share of nothing":  {[]string{"--traces-share", "7"}, "traces-share"},
		"no backups at all": {[]string{"--backup-every", "0"}, "backup-every"},
		"long-lived":        {[]string{"--access-ttl", "48h"}, "access-ttl"},
		"secret, no SMS":    {[]string{"--sms-secret", "0123456789abcdef"}, "sms-webhook"},
		"hosts, no push":    {[]string{"--push-hosts", "push.example"}, "push-contact"},
		"same place":        {[]string{"--addr", "127.0.0.1:9", "--metrics-addr", "127.0.0.1:9"}, "same place"},
		"log level":         {[]string{"--log-level", "loud"}, "log-level"},
		"log format":        {[]string{"--log-format", "xml"}, "log-format"},
		"proxy":             {[]string{"--trusted-proxies", "proxy.example"}, "trusted-proxies"},
		"everybody a proxy": {[]string{"--trusted-proxies", "0.0.0.0/0"}, "believe everybody"},
		"small file":        {[]string{"--max-bytes", "1000"}, "max-bytes"},
		"ttl":               {[]string{"--access-ttl", "soon"}, "access-ttl"},
		"no file":           {[]string{"--config", filepath.Join(dir, "none")}, "config"},
		"unknown setting":   {[]string{"--config", write(t, filepath.Join(dir, "a"), "adr: x\n")}, `"adr"`},
		"nested setting":    {[]string{"--config", write(t, filepath.Join(dir, "b"), "addr: {host: x}\n")}, "addr"},
		"no settings":       {[]string{"--config", write(t, filepath.Join(dir, "c"), "- a\n- b\n")}, "YAML"},
		"bad value":         {[]string{"--config", write(t, filepath.Join(dir, "d"), "max-bytes: many\n")}, "max-bytes"},
	} {
		_, err := configOf(c.args...)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line that says %q", name, err, c.says)
		}
	}
}

// TestConfig_OIDC: the client's secret comes as a credential, and what
// contradicts itself ends the start with a sentence.
func TestConfig_OIDC(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "oidc-secret"), "bí mật\n")
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	if _, err := configOf("--oidc-client", "banso"); err == nil || !strings.Contains(err.Error(), "need oidc-issuer") {
		t.Errorf("without an issuer: %v", err)
	}
	t.Setenv("BANSO_OIDC_AMR", "mfa,otp")
	cfg, err := configOf("--oidc-client", "banso", "--oidc-issuer", "https://id.example")
	if err != nil || cfg.OIDC.Secret != "bí mật" || len(cfg.OIDC.AMR) != 2 {
		t.Errorf("%+v %v", cfg.OIDC, err)
	}
}
