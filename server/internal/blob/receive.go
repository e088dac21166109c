package blob

import (
	"errors"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// receive notes in the store that a photo's file is durable, with all that
// follows from it. sent is the size of the upload. A photo that is held
// already stays as it is.
func receive(tx store.Tx, p Photo, sent int64) error {
	old, _, held, err := Of(tx, p.Team, p.Name)
	if err != nil {
		return err
	}
	if held {
		p = old
	} else {
		day := dayPrefix + string(domain.DateOf(tx.Now())) + "/" + string(p.By)
		if err := errors.Join(note(tx, p), tx.Count(day, sent)); err != nil {
			return err
		}
	}
	var ids []domain.ID
	prefix := refsOf(p.Team, p.Name)
	if err := tx.Counters(prefix, func(key string, _ int64) bool {
		ids = append(ids, domain.ID(strings.TrimPrefix(key, prefix)))
		return true
	}); err != nil {
		return err
	}
	if len(ids) == 0 {
		return markOrphan(tx, p.Team, p.Name)
	}
	for _, id := range ids {
		if err := arrived(tx, p, id); err != nil {
			return err
		}
	}
	return nil
}

// note writes that a team holds a photo.
func note(tx store.Tx, p Photo) error {
	if _, err := put(tx, p, opReceived); err != nil {
		return err
	}
	return errors.Join(tx.Count(filePrefix+p.Stored, 1), tx.Count(teamPrefix+string(p.Team), p.Bytes))
}

// Carry takes the photos of an activity along that moves to another team,
// before it is written: the phone may have forgotten them long ago.
func Carry(tx store.Tx, before, after syncproto.Doc) error {
	from, to := domain.ID(before.Str("team")), domain.ID(after.Str("team"))
	if from == to || from == "" {
		return nil
	}
	was := before.Strs(namedField)
	for _, name := range Named(after.Strs(namedField)) {
		if !slices.Contains(was, domain.EvidencePhoto+name) {
			continue
		}
		p, _, held, err := Of(tx, from, name)
		if err != nil {
			return err
		}
		if !held {
			continue
		}
		if _, _, held, err = Of(tx, to, name); err != nil {
			return err
		}
		if held {
			continue
		}
		p.Team = to
		if err := note(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// arrived tells one record that a photo of it is held. An activity of a closed
// month does not change any more; of a spending the close keeps what it counted.
func arrived(tx store.Tx, p Photo, id domain.ID) error {
	rec, err := naming(tx, id)
	if err != nil || rec.Deleted {
		return err
	}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return err
	}
	element := domain.EvidencePhoto + p.Name
	held := doc.Strs(heldField)
	if slices.Contains(held, element) {
		return nil
	}
	held = append(held, element)
	slices.Sort(held)
	doc[heldField] = syncproto.Strs(held)
	_, err = tx.Put(store.Put{Key: rec.Key, Doc: doc, Scopes: rec.Scopes, Cause: store.Cause{Op: opReceived, Bounds: rec.Bounds}})
	if errors.Is(err, store.ErrScopeClosed) {
		return nil
	}
	if err != nil {
		return err
	}
	on := doc.Str("done_on")
	if rec.Type == syncproto.TypeSpending {
		on = doc.Str("on")
	}
	return months.Touch(tx, p.Team, domain.Date(on).Month())
}
