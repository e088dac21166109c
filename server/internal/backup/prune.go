package backup

import (
	"context"
	"encoding/hex"
	"fmt"
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
	keep := retained(list)
	lists, snaps := map[string]bool{}, map[string]bool{}
	var gone []string
	for i, m := range list {
		if keep[i] {
			lists[m.List], snaps[m.Snap.Name], snaps[dirSnaps+"/"+m.ID+manifestSuffix] = true, true, true
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
func (s *Service) pruneLists(ctx context.Context, p *place, lists map[string]bool) error {
	var old []string
	if err := p.List(ctx, dirLists, func(name string, _ int64) error {
		if sum := name[len(dirLists)+1:]; !lists[sum] {
			old = append(old, name)
		}
		return nil
	}); err != nil || len(old) == 0 {
		return err
	}
	named := map[string]bool{}
	for sum := range lists {
		if sum == "" {
			continue
		}
		names, err := readList(ctx, p, sum)
		if err != nil {
			return err
		}
		for _, n := range names {
			named[photoName(n, false)], named[photoName(n, true)] = true, true
		}
	}
	var gone []string
	if err := p.List(ctx, dirPhotos, func(name string, _ int64) error {
		if !named[name] {
			gone = append(gone, name)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := p.Remove(ctx, gone); err != nil {
		return err
	}
	for _, n := range gone {
		delete(p.photos, n)
	}
	return p.Remove(ctx, old)
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
