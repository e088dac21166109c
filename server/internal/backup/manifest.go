package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Manifest says what a backup holds. It names nobody.
type Manifest struct {
	Version int    `json:"version"`
	ID      string `json:"id"`
	AtMs    int64  `json:"at_ms"`
	Facts
	Snap   File  `json:"snap"`   // the packed file
	Sealed bool  `json:"sealed"` // packed file and photos are encrypted
	Photos int64 `json:"photos"`
	// List is the name of the list of photos; "" if there are none.
	List string `json:"list,omitzero"`
	// Signer is the public key of who made it, in hex, and Sig an Ed25519
	// signature over the rest; see signed.go.
	Signer string `json:"signer,omitzero"`
	Sig    []byte `json:"sig,omitzero"`
}

// File is a file of a place.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Facts are what a whole copy of the store must come back with.
type Facts struct {
	Commit    int64  `json:"commit"`
	Epoch     string `json:"epoch"`
	Schema    int    `json:"schema"`
	Bytes     int64  `json:"bytes"` // of the store's file
	Records   int64  `json:"records"`
	Verdicts  int64  `json:"verdicts"`
	Decisions int64  `json:"decisions"`
	Chain     string `json:"chain"` // hash of the newest decision
	Fold      string `json:"fold"`  // over count and sum of every scope
}

const (
	manifestVersion = 2
	maxManifest     = 64 << 10 // bytes
	dirSnaps        = "snaps"
	dirLists        = "lists"
	dirPhotos       = "photos"
	manifestSuffix  = ".json"
	packSuffix      = ".tar.zst"
	sealedSuffix    = ".age"
	idTime          = "20060102T150405.000000Z"
)

// ErrManifest is a manifest that can't be believed.
var ErrManifest = errors.New("backup: not a manifest of this program")

// newID names a backup for people.
func newID(now time.Time, commit int64) string {
	return fmt.Sprintf("%s-%d", now.UTC().Format(idTime), commit)
}

// decodeManifest reads what a place holds under a name: outside bytes.
func decodeManifest(id string, b []byte) (m Manifest, err error) {
	if err := json.Unmarshal(b, &m, json.RejectUnknownMembers(true)); err != nil {
		return m, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	want := dirSnaps + "/" + id + packSuffix
	if m.Sealed {
		want += sealedSuffix
	}
	switch {
	case m.Version > manifestVersion:
		return m, fmt.Errorf("%w: it is of a newer version", ErrManifest)
	case m.Version < 1, m.ID != id, m.Snap.Name != want, len(m.Snap.SHA256) != 64, m.Commit <= 0, m.Photos < 0,
		(m.List == "") != (m.Photos == 0), m.List != "" && len(m.List) != 64,
		strings.Trim(m.List+m.Snap.SHA256, "0123456789abcdef") != "", !m.proved():
		return m, ErrManifest
	}
	return m, nil
}

// List returns the backups of a place, newest first: by commit, since a clock
// may have been wrong for a while. One whose manifest can't
// be read is in bad.
func List(ctx context.Context, t Target) (list []Manifest, bad []string, err error) {
	var ids []string
	if err := t.List(ctx, dirSnaps, func(name string, _ int64) error {
		if id, ok := strings.CutSuffix(strings.TrimPrefix(name, dirSnaps+"/"), manifestSuffix); ok && !strings.Contains(id, "/") {
			ids = append(ids, id)
		}
		return nil
	}); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.Label(), err)
	}
	for _, id := range ids {
		m, err := readManifest(ctx, t, id)
		switch {
		case errors.Is(err, ErrManifest):
			bad = append(bad, id)
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
		case err != nil:
			return nil, nil, fmt.Errorf("%s: %w", t.Label(), err)
		default:
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Manifest) int { return cmp.Or(cmp.Compare(b.Commit, a.Commit), cmp.Compare(b.AtMs, a.AtMs)) })
	return list, bad, nil
}

func readManifest(ctx context.Context, t Target, id string) (m Manifest, err error) {
	b, err := readSmall(ctx, t, dirSnaps+"/"+id+manifestSuffix, maxManifest)
	if err != nil {
		return m, err
	}
	return decodeManifest(id, b)
}

// readSmall reads a file of at most limit bytes.
func readSmall(ctx context.Context, t Target, name string, limit int64) ([]byte, error) {
	in, err := t.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, limit)
	}
	return b, nil
}
