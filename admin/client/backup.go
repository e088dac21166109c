package client

import (
	"context"
	"net/http"
)

// Backup is one backup of the shard.
type Backup struct {
	Version   int        `json:"version"`
	ID        string     `json:"id"`
	AtMs      int64      `json:"at_ms"`
	Commit    int64      `json:"commit"` // newest commit that it holds
	Epoch     string     `json:"epoch"`
	Schema    int        `json:"schema"`
	Bytes     int64      `json:"bytes"` // of the data file
	Records   int64      `json:"records"`
	Verdicts  int64      `json:"verdicts"`
	Decisions int64      `json:"decisions"`
	Chain     string     `json:"chain"`
	Fold      string     `json:"fold"`
	Snap      BackupFile `json:"snap"`
	Sealed    bool       `json:"sealed"`
	Photos    int64      `json:"photos"`
	List      string     `json:"list,omitzero"`
	Signer    string     `json:"signer,omitzero"` // public key of the server that made it, hex
	Sig       []byte     `json:"sig,omitzero"`
	Place     string     `json:"place,omitzero"` // in a report
}

// BackupFile is the packed file of a backup.
type BackupFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// BackupReport says how things stand.
type BackupReport struct {
	Places   []BackupPlace `json:"places"`
	Fails    int64         `json:"fails"`
	DrillMs  int64         `json:"drill_ms"` // 0: never
	DrillBad bool          `json:"drill_bad"`
	Backups  []Backup      `json:"backups"` // newest first
}

// BackupPlace is where backups go.
type BackupPlace struct {
	Place  string `json:"place"`
	Inside bool   `json:"inside"` // on the data's own disk
	Commit int64  `json:"commit"`
	AtMs   int64  `json:"at_ms"` // up to when it holds everything; 0: never
	Late   bool   `json:"late"`
}

// Backups reports what the places of backups hold.
func (c *Client) Backups(ctx context.Context) (BackupReport, error) {
	var out BackupReport
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/backups", out: &out})
	return out, err
}

// MakeBackup makes one now and returns when every place holds it.
func (c *Client) MakeBackup(ctx context.Context) (Backup, error) {
	var out Backup
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/backups", out: &out})
	return out, err
}
