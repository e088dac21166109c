package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// backupsName is the folder, inside the data folder, of the backups that are
// made before lists are issued. keptBackups of them stay: as many as the
// durable mark speaks of.
const (
	backupsName = "backups"
	keptBackups = 2
)

// holder makes the verified backup that must hold a list's draft before it is
// issued. One that holds it already serves again.
type holder struct {
	app *App

	mu   sync.Mutex
	made []held // by this run, oldest first
}

type held struct {
	commit int64
	dir    string
}

// Hold implements ledger.Backups.
func (h *holder) Hold(ctx context.Context, commit int64) (int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.made); n > 0 && h.made[n-1].commit >= commit {
		if _, err := os.Stat(StorePath(h.made[n-1].dir)); err == nil {
			return h.made[n-1].commit, nil
		}
	}
	root := filepath.Join(h.app.cfg.Data, backupsName)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return 0, err
	}
	dir := filepath.Join(root, fmt.Sprintf("before-list-%d", h.app.cfg.Wall().UnixMicro()))
	got, err := h.app.Backup(ctx, dir)
	if err != nil {
		return 0, errors.Join(err, os.RemoveAll(dir))
	}
	h.made = append(h.made, held{got, dir})
	return got, h.tidy(root)
}

// tidy removes the oldest folders that a holder made; those of other runs sort
// before those of this one.
func (h *holder) tidy(root string) error {
	list, err := filepath.Glob(filepath.Join(root, "before-list-*"))
	if err != nil {
		return err
	}
	for _, dir := range list[:max(0, len(list)-keptBackups)] { // sorted by name, hence by time
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
