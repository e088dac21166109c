package app

import (
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/store"
)

// Credential in which the newest verified backup is noted.
const (
	kindBackup = "backup"
	backupID   = "newest"
)

type backupDoc struct {
	Commit int64 `json:"commit"`
	AtMs   int64 `json:"at_ms"`
}

// noteBackup makes the backup before this one the durable mark: it is the
// second-newest verified one now.
func noteBackup(tx store.Tx, commit int64) error {
	var before backupDoc
	raw, err := tx.Credential(kindBackup, backupID)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(raw, &before); err != nil {
			return err
		}
	}
	if before.Commit > tx.Head().Durable {
		if err := tx.SetDurable(before.Commit); err != nil {
			return err
		}
	}
	doc, err := json.Marshal(backupDoc{Commit: commit, AtMs: tx.Now().UnixMilli()})
	if err != nil {
		return err
	}
	return tx.PutCredential(kindBackup, backupID, doc)
}
