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
		if _, err := put(tx, p, opReceived); err != nil {
			return err
		}
		day := dayPrefix + string(domain.DateOf(tx.Now())) + "/" + string(p.By)
		for key, n := range map[string]int64{filePrefix + p.Stored: 1, teamPrefix + string(p.Team): p.Bytes, day: sent} {
			if err := tx.Count(key, n); err != nil {
				return err
			}
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

// arrived tells one activity that a photo of it is held. In a closed month
// nothing changes any more.
func arrived(tx store.Tx, p Photo, id domain.ID) error {
	rec, err := tx.Record(store.Key{Type: syncproto.TypeActivity, ID: id})
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
	return months.Touch(tx, p.Team, domain.Date(doc.Str("done_on")).Month())
}
