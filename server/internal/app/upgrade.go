package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// beforeName is the copy of a store's file from before its upgrade.
func beforeName(db string, schema int) string { return fmt.Sprintf("%s.schema%d", db, schema) }

// keepOld copies a file of an older schema before a start upgrades it. The
// copy goes with the first start that is a day later: then the upgraded file
// has served. To go
// back, stop, put the copy in place of the file and start the older program;
// phones send again what they did meanwhile.
func keepOld(db string, now time.Time) error {
	have, newest, err := boltstore.Schemas(db)
	if err != nil {
		return err
	}
	if have == newest {
		return dropOld(db, now)
	}
	dst := beforeName(db, have)
	err = boltstore.Copy(db, dst)
	if errors.Is(err, boltstore.ErrExists) { // a start that was killed has made it: the file is still the old one
		err = nil
	}
	if err != nil {
		return fmt.Errorf("keep a copy of the older file before its upgrade: %w", err)
	}
	return nil
}

// keptFor is how long an older file stays at least.
const keptFor = 24 * time.Hour

func dropOld(db string, now time.Time) error {
	old, err := filepath.Glob(db + ".schema*")
	if err != nil {
		return err
	}
	for _, path := range old {
		fi, err := os.Stat(path)
		if err != nil {
			return err
		}
		if now.Sub(fi.ModTime()) < keptFor {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// rehearse tries the upgrade that a start of this program would make on a
// copy, and says what it would do. Beside a running server it takes the newest
// backup.
func (v *vault) rehearse(ctx context.Context, _ string) (err error) {
	dir, err := os.MkdirTemp("", "banso-rehearse-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	from, err := v.rehearsalCopy(ctx, dir)
	if err != nil {
		return err
	}
	have, newest, err := boltstore.Schemas(StorePath(dir))
	if err != nil {
		return sentence(from, err)
	}
	before, err := os.Stat(StorePath(dir))
	if err != nil {
		return err
	}
	start := time.Now()
	st, err := boltstore.Open(StorePath(dir), boltstore.Options{Now: v.cfg.Now, Rand: v.cfg.Rand})
	if err != nil {
		return sentence(from, err)
	}
	took := time.Since(start)
	if err := st.Close(); err != nil {
		return err
	}
	rep, err := boltstore.VerifyBackup(StorePath(dir), 1)
	if err != nil {
		return fmt.Errorf("after the upgrade the copy does not hold: %w", err)
	}
	what := fmt.Sprintf("upgrade from schema %d to %d", have, newest)
	if have == newest {
		what = fmt.Sprintf("no upgrade: schema %d is the newest", have)
	}
	fmt.Fprintf(v.out, "%s: %s, %v, %d bytes before and %d after, %d records, %d decisions, the copy is whole\n", from, what,
		took.Round(time.Millisecond), before.Size(), rep.Bytes, rep.Records, rep.Decisions)
	if err := prove(ctx, dir); err != nil { // the upgrade may not be to blame
		fmt.Fprintf(v.out, "But %v: see what banso verify of the program that runs now says.\n", err)
	}
	fmt.Fprintf(v.out, "A start keeps the older file beside it (%s) and needs as much room again.\n", filepath.Base(beforeName(storeName, have)))
	return nil
}

// rehearsalCopy puts a copy of the data into dir and says where it is from.
func (v *vault) rehearsalCopy(ctx context.Context, dir string) (from string, err error) {
	if err := existing(v.cfg.Data); err != nil {
		return "", err
	}
	err = boltstore.Copy(StorePath(v.cfg.Data), StorePath(dir))
	switch {
	case err == nil:
		ring, err := auth.LoadKeys(KeysPath(v.cfg.Data))
		if err != nil {
			return "", err
		}
		return v.cfg.Data, ring.Save(KeysPath(dir))
	case !errors.Is(err, store.ErrInUse):
		return "", sentence(v.cfg.Data, err)
	}
	t, m, err := backup.Find(ctx, v.cfg.places, "")
	if err != nil {
		return "", fmt.Errorf("the server is running, so a backup is tried: %w", err)
	}
	return m.ID + " from " + t.Label(), backup.Fetch(ctx, t, m, dir, v.with)
}
