package persons

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// FileName names the file in the data folder that holds the ids of who was
// de-identified, one a line with the day. It is no part of a backup and stays
// where a store is restored: a backup that is older knows the names again.
const FileName = "deidentified.txt"

// known reads the file.
func (s *Service) known() (ids []domain.ID, err error) {
	b, err := os.ReadFile(filepath.Join(s.Dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if id == "" || strings.HasPrefix(id, "#") {
			continue
		}
		if _, err := syncproto.ParseID(id); err != nil {
			return nil, fmt.Errorf("%s line %d: %q is no id", FileName, i+1, id)
		}
		ids = append(ids, domain.ID(id))
	}
	return ids, err
}

// remember adds an id to the file.
func (s *Service) remember(person domain.ID, on domain.Date) error {
	s.file.Lock()
	defer s.file.Unlock()
	ids, err := s.known()
	if err != nil || slices.Contains(ids, person) {
		return err
	}
	path := filepath.Join(s.Dir, FileName)
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(b) == 0 {
		b = []byte("# Người đã khử định danh; giữ lại tệp này khi khôi phục. People who were de-identified; keep this file when you restore.\n")
	}
	return durable.WriteFile(path, append(b, string(person)+" "+string(on)+"\n"...))
}

// Again makes file and store agree, at a start: what the store knows goes into
// the file, which a kill may have kept from it, and who stands in the file but
// bears a name in the store was brought back by an older backup and is
// de-identified again, in the word of the two people who did it. It returns how
// many that were.
func (s *Service) Again(ctx context.Context) (n int, err error) {
	ids, err := s.known()
	if err != nil {
		return 0, err
	}
	back := map[domain.ID][]store.Key{}
	var missing []domain.ID
	if err := s.Store.View(ctx, func(r store.Reader) error {
		if err := each(r, func(_ domain.ID, q Request) bool {
			if q.Kind == Deidentify && q.State == Done && !slices.Contains(ids, q.Person) {
				missing = append(missing, q.Person)
			}
			return true
		}); err != nil {
			return err
		}
		for _, id := range ids {
			p, err := roster.Person(r, id)
			if domain.CodeOf(err) == domain.NotFound || err == nil && p.Veiled {
				continue
			}
			if err != nil {
				return err
			}
			if back[id], err = named(r, id); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return 0, err
	}
	for _, id := range missing {
		if err := s.remember(id, domain.DateOf(s.Now())); err != nil {
			return 0, err
		}
	}
	for id, where := range back {
		after := func() {}
		if err := s.Store.Update(ctx, func(tx store.Tx) (err error) {
			var keep domain.Date
			if after, keep, err = s.takeNames(tx, id, store.Cause{Op: "deidentify_again"}, where); err != nil {
				return err
			}
			today := domain.DateOf(tx.Now())
			return appendSettled(tx, &Settled{Request: syncproto.DerivedID(typeRequest, id, fmt.Sprint("again/", tx.Now().UnixMilli())),
				Person: id, Kind: Deidentify, State: Done, Received: today, Due: today, KeptUntil: keep, Again: true})
		}); err != nil {
			return n, err
		}
		after()
		n++
	}
	return n, nil
}

// Tick drops the names whose legal time is over.
func (s *Service) Tick(ctx context.Context) (more bool, err error) {
	today := domain.DateOf(s.Now())
	over := false
	if err := s.Store.View(ctx, func(r store.Reader) (err error) {
		over, err = roster.KeptOver(r, today)
		return err
	}); err != nil || !over {
		return false, err
	}
	return false, s.Store.Update(ctx, func(tx store.Tx) error {
		_, err := roster.DropKept(tx, today)
		return err
	})
}
