package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// shipBatch is how many photos are staged at a time.
const shipBatch = 128

// photosOf lists the photos that a snapshot names, sorted, each once.
func photosOf(ctx context.Context, snap string) (names []string, err error) {
	st, err := boltstore.Open(snap, boltstore.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	err = blob.Each(ctx, st, func(p blob.Photo) error {
		names = append(names, p.Stored)
		return nil
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

// writeList stages the list of photos under the hash of its content.
func (b *built) writeList() error {
	b.Photos = int64(len(b.names))
	if b.Photos == 0 {
		return nil
	}
	raw, err := hex.DecodeString(strings.Join(b.names, ""))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	b.List = hex.EncodeToString(sum[:])
	return os.WriteFile(filepath.Join(b.stage, dirLists, b.List), raw, 0o600)
}

// ship brings a backup to a place: photos, their list, the packed file, and at
// last the manifest that makes it one. It returns how many photos were new.
func (s *Service) ship(ctx context.Context, p *place, b *built) (added int64, err error) {
	if err := s.stillThere(ctx, p); err != nil {
		return 0, err
	}
	if added, err = s.shipPhotos(ctx, p, b); err != nil {
		return added, err
	}
	names := []string{b.Snap.Name}
	if b.List != "" {
		names = []string{dirLists + "/" + b.List, b.Snap.Name}
	}
	if err := p.Put(ctx, b.stage, names); err != nil {
		return added, err
	}
	doc, err := json.Marshal(b.Manifest)
	if err != nil {
		return added, err
	}
	name := dirSnaps + "/" + b.ID + manifestSuffix
	if err := os.WriteFile(filepath.Join(b.stage, name), doc, 0o600); err != nil {
		return added, err
	}
	if err := p.Put(ctx, b.stage, []string{name}); err != nil {
		return added, err
	}
	if err := s.prune(ctx, p); err != nil {
		s.cfg.Log.Error("old backups were not removed", "place", p.Label(), "error", err)
	}
	return added, nil
}

// stillThere refuses a place that held backups and is empty now: most often a
// disk that is not mounted, and what is written would hide below it.
func (s *Service) stillThere(ctx context.Context, p *place) error {
	if _, had := s.noted().Places[p.Label()]; !had {
		return nil
	}
	errSome := errors.New("some")
	err := p.List(ctx, dirSnaps, func(string, int64) error { return errSome })
	switch {
	case errors.Is(err, errSome):
		return nil
	case err == nil:
		return errors.New("the place is empty but held backups before: is its disk mounted? If it was emptied on purpose, say so with banso backup forget")
	}
	return err
}

func photoName(sum string, sealed bool) string {
	name := dirPhotos + "/" + sum[:2] + "/" + sum
	if sealed {
		name += sealedSuffix
	}
	return name
}

// shipPhotos brings what the place does not hold yet, by content.
func (s *Service) shipPhotos(ctx context.Context, p *place, b *built) (added int64, err error) {
	if p.photos == nil {
		held := map[string]bool{}
		if err := p.List(ctx, dirPhotos, func(name string, _ int64) error { held[name] = true; return nil }); err != nil {
			return 0, err
		}
		p.photos = held
	}
	var todo []string
	for _, sum := range b.names {
		if !p.photos[photoName(sum, b.Sealed)] {
			todo = append(todo, sum)
		}
	}
	for batch := range slices.Chunk(todo, shipBatch) {
		names, err := s.stagePhotos(b, batch)
		if err != nil {
			return added, err
		}
		if len(names) == 0 {
			continue
		}
		if err := p.Put(ctx, b.stage, names); err != nil {
			return added, err
		}
		for _, n := range names {
			p.photos[n] = true
		}
		added += int64(len(names))
		if err := os.RemoveAll(filepath.Join(b.stage, dirPhotos)); err != nil {
			return added, err
		}
	}
	return added, nil
}

// stagePhotos writes a batch as the place is to hold it. A photo that is
// missing or has other bytes than its name says is noted as gone.
func (s *Service) stagePhotos(b *built, sums []string) (names []string, err error) {
	for _, sum := range sums {
		raw, err := blob.ReadStored(s.cfg.Data, sum)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, blob.ErrOtherBytes) {
			if !slices.Contains(b.gone, sum) {
				b.gone = append(b.gone, sum)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		name := photoName(sum, b.Sealed)
		if err := s.stagePhoto(filepath.Join(b.stage, name), raw); err != nil {
			return nil, fmt.Errorf("photo: %w", err)
		}
		names = append(names, name)
	}
	return names, nil
}

func (s *Service) stagePhoto(path string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w, err := seal(f, s.cfg.Recipients)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	_, err = w.Write(raw)
	return errors.Join(err, w.Close(), f.Close())
}
