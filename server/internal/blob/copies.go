package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Freeze keeps Tidy from removing files until thaw is called: a backup takes
// its snapshot of the store and copies the files that it names in between.
func (s *Service) Freeze() (thaw func()) {
	s.keep.RLock()
	return s.keep.RUnlock
}

// Copied is what Copy did.
type Copied struct {
	Files int64 // that the records name
	New   int64 // of them written now; the others were there
	Bytes int64 // of the new ones
	Lost  []string
}

// Copy brings the files of all photos that a store names from one folder to
// another, each by its content: what is there already is not copied again.
// A file that is missing or has other bytes than its name says is in Lost.
func Copy(ctx context.Context, st store.Store, from, to string) (c Copied, err error) {
	seen := map[string]bool{}
	err = each(ctx, st, func(p Photo) error {
		if seen[p.Stored] {
			return nil
		}
		seen[p.Stored] = true
		c.Files++
		dst := folder(to).blob(p.Stored)
		if fi, err := os.Stat(dst); err == nil && fi.Size() == p.Bytes {
			return nil
		}
		b, err := os.ReadFile(folder(from).blob(p.Stored))
		if errors.Is(err, fs.ErrNotExist) || err == nil && hexSum(b) != p.Stored {
			c.Lost = append(c.Lost, p.Stored)
			return nil
		}
		if err != nil {
			return err
		}
		c.New, c.Bytes = c.New+1, c.Bytes+int64(len(b))
		return writeFile(dst, b)
	})
	return c, err
}

// Check verifies that every photo that a store names is in the folder with the
// bytes that its name says, and returns how many there are and what is wrong.
func Check(ctx context.Context, st store.Store, dir string) (n int64, problems []string, err error) {
	seen := map[string]bool{}
	err = each(ctx, st, func(p Photo) error {
		n++
		if seen[p.Stored] {
			return nil
		}
		seen[p.Stored] = true
		sum, err := sumOf(folder(dir).blob(p.Stored))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, fmt.Sprintf("photo %s: the file is missing", p.Stored))
		case err != nil:
			return err
		case sum != p.Stored:
			problems = append(problems, fmt.Sprintf("photo %s: the file has other bytes", p.Stored))
		}
		return nil
	})
	return n, problems, err
}

// each streams the photos that a store says are held, a team at a time, so
// that no snapshot is held while files are read.
func each(ctx context.Context, st store.Store, do func(Photo) error) error {
	var teams []domain.ID
	if err := st.View(ctx, func(r store.Reader) error {
		teams = nil
		return roster.Teams(r, func(id domain.ID, _ domain.Team) bool { teams = append(teams, id); return true })
	}); err != nil {
		return err
	}
	for _, t := range teams {
		list, err := ofTeam(ctx, st, t)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := errors.Join(ctx.Err(), do(p)); err != nil {
				return err
			}
		}
	}
	return nil
}

func ofTeam(ctx context.Context, st store.Store, team domain.ID) (list []Photo, err error) {
	var bad error
	err = st.View(ctx, func(r store.Reader) error {
		list, bad = nil, nil
		return r.Members(scopeOf(team), TypePhoto, func(rec *store.Record) bool {
			var p Photo
			if bad = json.Unmarshal(rec.Doc, &p); bad == nil && p.State == Held {
				list = append(list, p)
			}
			return bad == nil
		})
	})
	return list, errors.Join(err, bad)
}

// Folder is where the files lie beside a backup: all backups in one folder
// share it, so that each photo is copied once.
func Folder(backup string) string {
	return filepath.Join(filepath.Dir(filepath.Clean(backup)), "photos")
}
