package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

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

// ErrOtherBytes is a file whose content is not what its name says.
var ErrOtherBytes = errors.New("the file has other bytes than its name says")

// ReadStored reads the file of a photo from a data folder.
func ReadStored(dir, sum string) ([]byte, error) {
	b, err := os.ReadFile(folder(dir).blob(sum))
	if err == nil && hexSum(b) != sum {
		return nil, ErrOtherBytes
	}
	return b, err
}

// Restore puts the file of a photo into a data folder, whole and durable, also
// in place of a damaged one.
func Restore(dir, sum string, b []byte) error {
	if hexSum(b) != sum {
		return ErrOtherBytes
	}
	return writeFile(folder(dir).blob(sum), b)
}

// Check verifies that every photo that a store names is in the folder with the
// bytes that its name says, and returns how many there are and what is wrong.
func Check(ctx context.Context, st store.Store, dir string) (n int64, problems []string, err error) {
	seen := map[string]bool{}
	err = Each(ctx, st, func(p Photo) error {
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

// Each streams the photos that a store says are held, a team at a time, so
// that no snapshot is held while files are read.
func Each(ctx context.Context, st store.Store, do func(Photo) error) error {
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
