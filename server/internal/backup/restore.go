package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// dirRestoring is where a restore unpacks, inside the data folder.
const dirRestoring = "restoring"

// maxPhoto bounds a photo that a place gives back, in bytes.
const maxPhoto = 64 << 20

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Find returns the newest backup of the places, or the one with an id, and
// where it lies.
func Find(ctx context.Context, places []Target, id string) (t Target, m Manifest, err error) {
	var bad error
	for _, p := range places {
		list, _, err := List(ctx, p)
		bad = errors.Join(bad, err)
		for _, one := range list {
			if id == "" && one.Commit > m.Commit || one.ID == id {
				t, m = p, one
				break
			}
		}
	}
	switch {
	case t != nil:
		return t, m, nil
	case bad != nil:
		return nil, m, bad
	case id != "":
		return nil, m, fmt.Errorf("backup: %q is in none of the places", id)
	}
	return nil, m, errors.New("backup: there is none in any of the places")
}

// Restored is what came back.
type Restored struct {
	Manifest
	Photos, New int64    // that the records name; of them fetched now
	Lost        []string // that the place does not hold as they should be
}

// Restore fills a data folder that has no store with a backup. The store gets
// its name last, so that after a kill the same call goes on. Whatever the
// folder held as keys is kept beside those of the backup.
//
// Nobody has to be told: the restored store's newest run ends where the backup
// does, and who has seen more is told to send what it still holds.
func Restore(ctx context.Context, t Target, m Manifest, data string, with []age.Identity) (r Restored, err error) {
	r.Manifest = m
	db := filepath.Join(data, storeName)
	if _, err := os.Lstat(db); !errors.Is(err, fs.ErrNotExist) {
		return r, errors.Join(fmt.Errorf("%s is there: restore into a folder without one", db), err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return r, err
	}
	tmp := filepath.Join(data, dirRestoring)
	if err := errors.Join(os.RemoveAll(tmp), os.Mkdir(tmp, 0o700)); err != nil {
		return r, err
	}
	if err := Fetch(ctx, t, m, tmp, with); err != nil {
		return r, err
	}
	if err := wholeAs(m.Facts, filepath.Join(tmp, storeName)); err != nil {
		return r, err
	}
	if err := r.fetchPhotos(ctx, t, data, with); err != nil {
		return r, err
	}
	keys := filepath.Join(data, keysName)
	if err := os.Rename(keys, keys+".before-restore"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	for _, name := range []string{keysName, storeName} {
		if err := os.Rename(filepath.Join(tmp, name), filepath.Join(data, name)); err != nil {
			return r, err
		}
		if err := durable.SyncDir(data); err != nil {
			return r, err
		}
	}
	return r, os.RemoveAll(tmp)
}

// Fetch unpacks the store and keys of a backup, without photos, into a folder
// while it compares the hash of what comes with the manifest's.
func Fetch(ctx context.Context, t Target, m Manifest, dir string, with []age.Identity) error {
	return readSnap(ctx, t, m, with, func(name string) (io.WriteCloser, error) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		return &syncer{f}, err
	})
}

func readSnap(ctx context.Context, t Target, m Manifest, with []age.Identity, open func(string) (io.WriteCloser, error)) error {
	in, err := t.Get(ctx, m.Snap.Name)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Label(), err)
	}
	defer in.Close() //nolint:errcheck // only read from
	h := sha256.New()
	tee := io.TeeReader(in, h)
	uerr := unpack(tee, m.Sealed, with, open)
	if _, err := io.Copy(io.Discard, tee); err != nil {
		return errors.Join(uerr, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != m.Snap.SHA256 {
		return fmt.Errorf("%s: %s is damaged: it has other bytes than were sent there", t.Label(), m.Snap.Name)
	}
	return uerr
}

// syncer is a file that is durable when closed.
type syncer struct{ *os.File }

func (s *syncer) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

// wholeAs checks a store file and that it says what the manifest does.
func wholeAs(want Facts, path string) error {
	rep, err := boltstore.VerifyBackup(path, want.Commit)
	if err != nil {
		return err
	}
	got := factsOf(rep)
	got.Bytes, got.Schema = want.Bytes, want.Schema // a copy may be shorter by what is allocated ahead
	if got != want {
		return fmt.Errorf("backup: holds commit %d, %d records, fold %s; its manifest says %d, %d, %s",
			got.Commit, got.Records, got.Fold, want.Commit, want.Records, want.Fold)
	}
	return nil
}

// fetchPhotos brings the photos of the backup that the folder does not have.
// One that can't be had is noted, the others come all the same.
func (r *Restored) fetchPhotos(ctx context.Context, t Target, data string, with []age.Identity) error {
	if r.List == "" {
		return nil
	}
	names, err := readList(ctx, t, r.List)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Label(), err)
	}
	for _, sum := range names {
		r.Photos++
		if _, err := blob.ReadStored(data, sum); err == nil {
			continue
		}
		b, err := readPhoto(ctx, t, sum, r.Sealed, with)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, blob.ErrOtherBytes) || errors.Is(err, errSealed) {
			r.Lost = append(r.Lost, sum)
			continue
		}
		if err == nil {
			err = blob.Restore(data, sum, b)
		}
		if err != nil {
			return err
		}
		r.New++
	}
	return nil
}

var errSealed = errors.New("does not decrypt")

func readPhoto(ctx context.Context, t Target, sum string, sealed bool, with []age.Identity) ([]byte, error) {
	in, err := t.Get(ctx, photoName(sum, sealed))
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // only read from
	r, err := unseal(in, sealed, with)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSealed, err)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxPhoto))
	if err != nil && sealed {
		return nil, fmt.Errorf("%w: %w", errSealed, err)
	}
	if err == nil && hexSum(b) != sum {
		err = blob.ErrOtherBytes
	}
	return b, err
}
