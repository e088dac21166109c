package backup

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/banso/banso/server/internal/store"
)

// maxList bounds a list of photos, in bytes: a million names.
const maxList = 32 << 20

// prune removes backups that have had their time, and then what only they
// named. The manifest goes first: a kill in between leaves files without one,
// which the next prune that removes something finds.
func (s *Service) prune(ctx context.Context, p *place) error {
	list, _, err := List(ctx, p)
	if err != nil {
		return err
	}
	var keep []bool
	if err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		keep = retained(list, func(m Manifest) bool { return r.Holds(m.Epoch, m.Commit) })
		return nil
	}); err != nil {
		return err
	}
	lists, snaps := map[string][]bool{}, map[string]bool{}
	var gone []string
	for i, m := range list {
		if keep[i] {
			snaps[m.Snap.Name], snaps[dirSnaps+"/"+m.ID+manifestSuffix] = true, true
			lists[m.List] = append(lists[m.List], m.Sealed)
			continue
		}
		gone = append(gone, dirSnaps+"/"+m.ID+manifestSuffix)
	}
	if len(gone) == 0 {
		return nil
	}
	if err := p.Remove(ctx, gone); err != nil {
		return err
	}
	var rest []string
	if err := p.List(ctx, dirSnaps, func(name string, _ int64) error {
		if !snaps[name] {
			rest = append(rest, name)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := p.Remove(ctx, rest); err != nil {
		return err
	}
	return s.pruneLists(ctx, p, lists)
}

// pruneLists removes lists that no backup names, and photos in none of those
// that stay. A list that was there before any photo went is read in full
// first: what can't be read removes nothing.
//
// lists says how the backups that name a list hold its photos, sealed or not: who
// begins to encrypt wants the plain ones gone in time.
func (s *Service) pruneLists(ctx context.Context, p *place, lists map[string][]bool) error {
	var old []string
	if err := p.List(ctx, dirLists, func(name string, _ int64) error {
		if sum := name[len(dirLists)+1:]; lists[sum] == nil {
			old = append(old, name)
		}
		return nil
	}); err != nil || len(old) == 0 && !s.mixed(p) {
		return err
	}
	named := map[string]bool{}
	for sum, how := range lists {
		if sum == "" {
			continue
		}
		names, err := readList(ctx, p, sum)
		if err != nil {
			return err
		}
		for _, n := range names {
			for _, sealed := range how {
				named[photoName(n, sealed)] = true
			}
		}
	}
	var gone []string
	for name := range p.photos {
		if !named[name] {
			gone = append(gone, name)
		}
	}
	if err := p.Remove(ctx, gone); err != nil {
		return err
	}
	for _, n := range gone {
		delete(p.photos, n)
	}
	return p.Remove(ctx, old)
}

// mixed reports whether the place holds photos in the other form than the one
// that is written now.
func (s *Service) mixed(p *place) bool {
	for name := range p.photos {
		if strings.HasSuffix(name, sealedSuffix) != (len(s.cfg.Recipients) > 0) {
			return true
		}
	}
	return false
}

// readList reads the names of a backup's photos.
func readList(ctx context.Context, t Target, sum string) (names []string, err error) {
	raw, err := readSmall(ctx, t, dirLists+"/"+sum, maxList)
	if err != nil {
		return nil, err
	}
	if hexSum(raw) != sum || len(raw)%32 != 0 {
		return nil, fmt.Errorf("backup: list %s is damaged", sum)
	}
	for ; len(raw) > 0; raw = raw[32:] {
		names = append(names, hex.EncodeToString(raw[:32]))
	}
	return names, nil
}
