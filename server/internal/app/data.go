package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// Names in the data folder. keysPending is the key file of a first start that
// has not ended yet: it gets its name once the store exists.
const (
	storeName   = "banso.db"
	keysName    = "keys.json"
	keysPending = "keys.json.first"
)

// StorePath and KeysPath are the files of a data folder.
func StorePath(data string) string { return filepath.Join(data, storeName) }

// KeysPath is the key file of a data folder.
func KeysPath(data string) string { return filepath.Join(data, keysName) }

// openData opens keys and store, or makes both if neither is there.
func openData(cfg Config, opt boltstore.Options) (*auth.Keyring, *boltstore.Store, error) {
	if at, err := os.Stat(cfg.Data); err == nil && !at.IsDir() {
		return nil, nil, fmt.Errorf("%s is a file, and data names a folder", cfg.Data)
	}
	db, keys, pending := StorePath(cfg.Data), KeysPath(cfg.Data), filepath.Join(cfg.Data, keysPending)
	hasDB, err1 := exists(db)
	hasKeys, err2 := exists(keys)
	begun, err3 := exists(pending)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, nil, err
	}
	switch {
	case hasKeys && !hasDB:
		return nil, nil, fmt.Errorf("%s has keys but no data file: restore %s from a backup", cfg.Data, storeName)
	case hasDB && !hasKeys && !begun:
		return nil, nil, fmt.Errorf("%s has data but no keys: restore %s from a backup", cfg.Data, keysName)
	case hasKeys:
		return openBoth(cfg.Data, keys, cfg.Wall(), opt)
	}
	return firstStart(cfg, pending, opt)
}

func openBoth(data, keys string, now time.Time, opt boltstore.Options) (*auth.Keyring, *boltstore.Store, error) {
	ring, err := auth.LoadKeys(keys)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", keys, err)
	}
	if err := keepOld(StorePath(data), now); err != nil {
		return nil, nil, sentence(data, err)
	}
	st, err := boltstore.Open(StorePath(data), opt)
	if err != nil {
		return nil, nil, sentence(data, err)
	}
	return ring, st, nil
}

// firstStart makes keys and store so that a kill at any step leaves a folder
// that the next start goes on with.
func firstStart(cfg Config, pending string, opt boltstore.Options) (*auth.Keyring, *boltstore.Store, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, nil, err
	}
	ring, err := auth.LoadKeys(pending)
	if err != nil {
		if ring, err = auth.NewKeyring(cfg.Rand, cfg.Now()); err != nil {
			return nil, nil, err
		}
		if err := ring.Save(pending); err != nil {
			return nil, nil, err
		}
	}
	opt.Create = true
	st, err := boltstore.Open(StorePath(cfg.Data), opt)
	if err != nil {
		return nil, nil, sentence(cfg.Data, err)
	}
	if err := errors.Join(ring.Save(KeysPath(cfg.Data)), os.Remove(pending)); err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return ring, st, nil
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// sentence says in one sentence why a store can't be opened.
func sentence(data string, err error) error {
	what := ""
	switch {
	case errors.Is(err, store.ErrInUse):
		what = "is in use by a running server: stop it first, or use banso-admin, which works over HTTP"
	case errors.Is(err, store.ErrNewer):
		what = "was written by a newer version of this program: use that version"
	case errors.Is(err, store.ErrDamaged):
		what = "is empty, cut off or damaged, and was left as it is: restore it from a backup"
	case errors.Is(err, store.ErrMissing):
		what = "does not exist: start the server once, or restore a backup"
	default:
		return fmt.Errorf("%s: %w", StorePath(data), err)
	}
	return fmt.Errorf("%s %s (%w)", StorePath(data), what, err)
}
