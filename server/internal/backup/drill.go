package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// samplePhotos is how many photos a drill opens; it looks for all of them.
const samplePhotos = 200

// Drilled is what a drill found out.
type Drilled struct {
	Manifest
	Place   string
	Fetch   time.Duration // until the store was there, checked
	Prove   time.Duration // every decision again
	Photos  int64         // that are there
	Sampled int64         // of them opened
}

// Drill looks whether the newest backup of the places is signed by this server,
// restores it into a scratch folder, folds it, compares sums with the manifest and its decisions with those of the running
// store, looks for its photos, and says how long it took.
func (s *Service) Drill(ctx context.Context) (d Drilled, err error) {
	s.busy.Lock()
	defer s.busy.Unlock()
	defer func() { s.drilled(err) }()
	var targets []Target
	for _, p := range s.places {
		p.photos = nil // the next backup looks again what is there
		targets = append(targets, p.Target)
	}
	t, m, err := Find(ctx, targets, "")
	if err != nil {
		return d, err
	}
	if s.cfg.Signer != nil {
		if err := m.SignedBy([]string{Fingerprint(s.cfg.Signer)}); err != nil {
			return d, fmt.Errorf("%s: %w", t.Label(), err)
		}
	}
	dir, err := s.scratch("drill-")
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if d, err = Try(ctx, t, m, dir, s.identities(), s.cfg.Prove, s.cfg.Now); err != nil {
		return d, err
	}
	if err := s.sameHistory(ctx, filepath.Join(dir, storeName), m.Decisions); err != nil {
		return d, err
	}
	return d, s.change(ctx, func(_ store.Tx, n *note) error { n.DrillMs = s.cfg.Now().UnixMilli(); return nil })
}

func (s *Service) scratch(prefix string) (string, error) {
	own := OwnFolder(s.cfg.Data)
	if err := os.MkdirAll(own, 0o700); err != nil {
		return "", err
	}
	old, err := filepath.Glob(filepath.Join(own, prefix+"*"))
	for _, o := range old {
		err = errors.Join(err, os.RemoveAll(o))
	}
	if err := errors.Join(err, s.roomFor(own)); err != nil {
		return "", err
	}
	return os.MkdirTemp(own, prefix+"*")
}

// Try is the part of a drill that needs no running store.
func Try(ctx context.Context, t Target, m Manifest, dir string, with []age.Identity,
	prove func(context.Context, string) error, now func() time.Time) (d Drilled, err error) {
	d = Drilled{Manifest: m, Place: t.Label()}
	start := now()
	if err := Fetch(ctx, t, m, dir, with); err != nil {
		return d, err
	}
	if err := wholeAs(m.Facts, filepath.Join(dir, storeName)); err != nil {
		return d, err
	}
	d.Fetch, start = now().Sub(start), now()
	if prove != nil {
		if err := prove(ctx, dir); err != nil {
			return d, err
		}
	}
	d.Prove = now().Sub(start)
	return d, d.photos(ctx, t, with)
}

// photos looks for all photos of the backup and opens some of them.
func (d *Drilled) photos(ctx context.Context, t Target, with []age.Identity) error {
	d.Photos = 0
	if d.List == "" {
		return nil
	}
	names, err := readList(ctx, t, d.List)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Label(), err)
	}
	held := map[string]bool{}
	if err := t.List(ctx, dirPhotos, func(name string, _ int64) error { held[name] = true; return nil }); err != nil {
		return err
	}
	for _, sum := range names {
		if !held[photoName(sum, d.Sealed)] {
			return fmt.Errorf("%s: photo %s is missing", t.Label(), sum)
		}
		d.Photos++
	}
	rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, sum := range names[:min(samplePhotos, len(names))] {
		if _, err := readPhoto(ctx, t, sum, d.Sealed, with); err != nil {
			return fmt.Errorf("%s: photo %s: %w", t.Label(), sum, err)
		}
		d.Sampled++
	}
	return nil
}

// Verify reads all of a backup without unpacking it: the packed file against
// its hash, and through decryption when somebody can open it; photos as a
// drill does.
func Verify(ctx context.Context, t Target, m Manifest, with []age.Identity) error {
	d := Drilled{Manifest: m}
	if m.Sealed && len(with) == 0 {
		return verifyClosed(ctx, t, m)
	}
	if err := readSnap(ctx, t, m, with, func(string) (io.WriteCloser, error) { return plain{io.Discard}, nil }); err != nil {
		return err
	}
	return d.photos(ctx, t, with)
}

// verifyClosed compares hashes only.
func verifyClosed(ctx context.Context, t Target, m Manifest) error {
	m.Sealed = false
	err := readSnap(ctx, t, m, nil, func(string) (io.WriteCloser, error) { return plain{io.Discard}, nil })
	if errors.Is(err, errNotPacked) {
		return nil // the hash was right: only that it is no archive, being encrypted
	}
	return err
}

// sameHistory compares the last decision of a copy with the one of the same
// number in the running store: the chain vouches for all before it.
func (s *Service) sameHistory(ctx context.Context, path string, n int64) (err error) {
	if n == 0 {
		return nil
	}
	copied, err := boltstore.Open(path, boltstore.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	var hash [2][32]byte
	for i, st := range []store.Store{copied, s.cfg.Store} {
		if err := st.View(ctx, func(r store.Reader) error {
			return r.Decisions(n, func(d *store.Decision) bool { hash[i] = d.Hash; return false })
		}); err != nil {
			return err
		}
	}
	if hash[0] != hash[1] {
		return fmt.Errorf("backup: decision %d is %s in the backup and %s here: one of the two was changed", n,
			hex.EncodeToString(hash[0][:8]), hex.EncodeToString(hash[1][:8]))
	}
	return nil
}
