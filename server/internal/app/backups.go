package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/durable"
)

// ownKeyName is the server's own key for its backups, in the data folder.
const ownKeyName = "backup.key"

var errBackupEvery = errors.New("backup-every must be a second or more")

// backups parses the places and whom backups are encrypted to.
func (c *Config) backups() error {
	if c.BackupEvery < 0 || c.BackupEvery > 0 && c.BackupEvery < time.Second {
		return errBackupEvery
	}
	c.recipients, c.places = nil, nil // a Config may be filled twice
	for _, text := range c.BackupRecipients {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("backup-recipients: %q is no age recipient (age1…)", text)
		}
		c.recipients = append(c.recipients, r)
	}
	for _, text := range c.BackupTo {
		t, hosted, err := backup.Parse(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("backup-to: %w", err)
		}
		if hosted && len(c.recipients) == 0 {
			return fmt.Errorf("backup-to: %s is not on this machine and would get everything unencrypted: set backup-recipients (banso backup key makes one)", t.Label())
		}
		c.places = append(c.places, t)
	}
	return nil
}

// ownKey reads or makes the server's own key: with it the server tries its
// backups. It is worth nothing without the disk that it lies on.
func ownKey(data string, make bool) (*age.X25519Identity, error) {
	path := filepath.Join(data, ownKeyName)
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		id, err := age.ParseX25519Identity(strings.TrimSpace(string(b)))
		if err != nil {
			return nil, fmt.Errorf("%s is no age identity: remove it, and a new one is made", path)
		}
		return id, nil
	case !errors.Is(err, os.ErrNotExist) || !make:
		return nil, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return id, writeSecret(path, id.String()+"\n")
}

// writeSecret makes a durable file that only its owner reads.
func writeSecret(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close(), durable.SyncDir(filepath.Dir(path)))
}

// wireBackups makes the service that keeps copies elsewhere.
func (a *App) wireBackups(ctx context.Context) (err error) {
	cfg := backup.Config{Store: a.store, Data: a.cfg.Data, Places: a.cfg.places, Recipients: a.cfg.recipients, Every: a.cfg.BackupEvery,
		Signer: a.keys.Sealer(), Sign: func(text []byte) []byte { _, sig := a.keys.Seal(text); return sig },
		SaveKeys: a.keys.Save, Freeze: a.blobs.Freeze, Prove: prove, Now: a.cfg.Wall, Log: a.cfg.Log}
	if len(cfg.Recipients) > 0 {
		if cfg.Own, err = ownKey(a.cfg.Data, true); err != nil {
			return err
		}
		cfg.Recipients = append(cfg.Recipients, cfg.Own.Recipient())
	}
	a.backups, err = backup.New(ctx, cfg)
	return err
}

// Backup makes a backup now.
func (a *App) Backup(ctx context.Context) (backup.Made, error) { return a.backups.Make(ctx) }

// prove folds a restored folder: every decision again.
func prove(ctx context.Context, data string) error {
	rep, err := Audit(ctx, data)
	if err == nil && rep.Found > 0 {
		err = fmt.Errorf("%d decisions do not hold, the first: %s", rep.Found, rep.Problems[0].Text)
	}
	return err
}

// notes are what an operator should know although the server can work.
func (a *App) notes() []string {
	if err := a.backups.Late(); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}
