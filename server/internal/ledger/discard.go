package ledger

import (
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Discard ends a draft that nobody needs. Doing so twice is doing it once.
func (s *Service) Discard(ctx context.Context, who domain.Caller, id domain.ID) (out ListView, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = ListView{ID: id}
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		l, err := listOf(tx, g, id)
		if err != nil {
			return err
		}
		switch {
		case !g.drafts(l.Units):
			return forbidden()
		case l.State == IssuedNow || l.State == Replaced:
			return conflict("The list is issued: it can only be replaced.", "Danh sách đã phát hành: chỉ có thể thay thế.")
		case l.State == Draft:
			l.State = Discarded
			if _, err := tx.Delete(store.Key{Type: typeDraft, ID: id}, store.Cause{By: who.Person, Op: "discard"}); err != nil {
				return err
			}
			if err := putList(tx, id, l, who.Person, "discard"); err != nil {
				return err
			}
		}
		out.List = l
		return nil
	})
	return out, err
}
