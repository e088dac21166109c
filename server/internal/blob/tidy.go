package blob

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Work of one Tidy.
const (
	tidyEvery = time.Minute // of the server's clock
	tidyBatch = 64          // photos looked at
)

// Tidy removes what has had its time: expired uploads, photos that nobody
// names any more, files that no record names. It works at most once in
// tidyEvery, and does a part of a pass over the files each time.
func (s *Service) Tidy(ctx context.Context) (more bool, err error) {
	if !s.tidyDue() {
		return false, nil
	}
	if err := s.expire(); err != nil {
		return false, storage(err)
	}
	if !s.keep.TryLock() { // a backup copies files and needs all that its records name
		return false, nil
	}
	defer s.keep.Unlock()
	gone, err := s.dropOrphans(ctx)
	if err != nil {
		return false, err
	}
	for _, sum := range gone {
		if err := s.removeUnnamed(ctx, sum); err != nil {
			return false, err
		}
	}
	return false, s.sweep(ctx)
}

func (s *Service) tidyDue() bool {
	now := s.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.tidied) < tidyEvery && !now.Before(s.tidied) {
		return false
	}
	s.tidied = now
	return true
}

// expire ends uploads whose time is over and nobody works on.
func (s *Service) expire() error {
	s.mu.Lock()
	now := s.cfg.Now().UnixMilli()
	var over []*upload
	for id, u := range s.uploads {
		if u.Expires > now {
			continue
		}
		select {
		case u.turn <- struct{}{}:
			delete(s.uploads, id)
			over = append(over, u)
		default:
		}
	}
	s.mu.Unlock()
	var err error
	for _, u := range over {
		err = errors.Join(err, s.dir.discard(u.ID))
		<-u.turn
	}
	return err
}

// dropOrphans drops photos that lost their last activity long ago and returns
// which files lost a record. Counters of days that are over go too.
func (s *Service) dropOrphans(ctx context.Context) (gone []string, err error) {
	today := domain.DateOf(s.cfg.Now())
	due := false
	if err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		due = false
		if err := r.Due(dueOrphan, func(key string) bool { due = key < string(today); return false }); err != nil {
			return err
		}
		return r.Counters(dayPrefix, func(key string, _ int64) bool { due = due || key < dayPrefix+string(today); return false })
	}); err != nil || !due {
		return nil, err
	}
	err = s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		gone = nil
		var marks []string
		if err := tx.Due(dueOrphan, func(key string) bool {
			if key < string(today) {
				marks = append(marks, key)
			}
			return key < string(today) && len(marks) < tidyBatch
		}); err != nil {
			return err
		}
		for _, m := range marks {
			sum, err := orphan(tx, m)
			if err != nil {
				return err
			}
			if sum != "" {
				gone = append(gone, sum)
			}
		}
		return forgetDays(tx, today)
	})
	return gone, err
}

// orphan looks at one photo again and drops it if nothing names it; it returns
// the hash of the file that lost a record.
func orphan(tx store.Tx, mark string) (stored string, err error) {
	if err := tx.ClearDue(dueOrphan, mark); err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(mark, "/")
	team, name, _ := strings.Cut(rest, "/")
	p, _, held, err := Of(tx, domain.ID(team), name)
	if err != nil || !held {
		return "", err
	}
	named := false
	if err := tx.Counters(refsOf(p.Team, name), func(string, int64) bool { named = true; return false }); err != nil || named {
		return "", err
	}
	if named, err = inCase(tx, p.Team, name); err != nil {
		return "", err
	}
	if named {
		return "", markOrphan(tx, p.Team, name)
	}
	p.State = Dropped
	if _, err := put(tx, p, opDropped); err != nil {
		return "", err
	}
	return p.Stored, errors.Join(tx.Count(filePrefix+p.Stored, -1), tx.Count(teamPrefix+string(p.Team), -p.Bytes))
}

// inCase reports whether an open case of the team holds a mutation that names
// the photo: it may still be adopted.
func inCase(r store.Reader, team domain.ID, name string) (found bool, err error) {
	err = r.Members(syncproto.TeamScope(team), syncproto.TypeCase, func(rec *store.Record) bool {
		doc := string(rec.Doc)
		found = strings.Contains(doc, name) && strings.Contains(doc, `"state":"open"`)
		return !found
	})
	return found, err
}

// forgetDays removes the counters of days that are over.
func forgetDays(tx store.Tx, today domain.Date) error {
	old := map[string]int64{}
	if err := tx.Counters(dayPrefix, func(key string, n int64) bool {
		if key < dayPrefix+string(today) {
			old[key] = n
		}
		return len(old) < tidyBatch
	}); err != nil {
		return err
	}
	for key, n := range old {
		if err := tx.Count(key, -n); err != nil {
			return err
		}
	}
	return nil
}

// sweep looks through one of the folders: a file that no record names and
// nobody is about to name was left by a kill.
func (s *Service) sweep(ctx context.Context) error {
	shards, err := s.dir.shards()
	if err != nil || len(shards) == 0 {
		return storage(err)
	}
	s.shard = (s.shard + 1) % len(shards)
	dir := filepath.Join(string(s.dir), dirBlobs, shards[s.shard])
	list, err := os.ReadDir(dir)
	if err != nil {
		return storage(err)
	}
	for _, e := range list {
		switch name := e.Name(); {
		case ValidName(name):
			if err := s.removeUnnamed(ctx, name); err != nil {
				return err
			}
		case strings.HasSuffix(name, durable.TempSuffix):
			if err := s.removeTmp(filepath.Join(dir, name)); err != nil {
				return storage(err)
			}
		}
	}
	return nil
}

// removeTmp removes what a kill left of a file, if nothing is being written.
func (s *Service) removeTmp(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fresh) > 0 {
		return nil
	}
	return remove(path)
}

// removeUnnamed removes a file and its derivative unless a record names it or
// one is about to: whoever writes the record guarded the file before.
func (s *Service) removeUnnamed(ctx context.Context, sum string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh[sum] > 0 {
		return nil
	}
	var n int64
	if err := s.cfg.Store.View(ctx, func(r store.Reader) (err error) {
		n, err = counter(r, filePrefix+sum)
		return err
	}); err != nil || n > 0 {
		return err
	}
	return storage(errors.Join(remove(s.dir.blob(sum)), remove(s.dir.thumb(sum))))
}
