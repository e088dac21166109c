package notify

import (
	"context"
	"errors"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Trace is one message from its cause to the screen. It names its person by id
// only.
type Trace struct {
	ID domain.ID `json:"id"`
	delivery
}

// Trace returns what is known of one message; for the province and operators.
func (s *Service) Trace(ctx context.Context, who domain.Caller, id domain.ID) (out Trace, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		if err := s.mayOversee(r, who); err != nil {
			return err
		}
		d, err := deliveryOf(r, id)
		out = Trace{ID: id, delivery: d}
		return err
	})
	return out, err
}

// mayOversee lets the province and the operators look at deliveries.
func (s *Service) mayOversee(r store.Reader, who domain.Caller) error {
	if who.PushOnly {
		return forbidden()
	}
	gs, err := roster.GrantsOf(r, who.Person)
	if err == nil && !gs.Anywhere(domain.DateOf(s.cfg.Now()), domain.RoleProvince, domain.RoleViewer, domain.RoleSystem) {
		err = forbidden()
	}
	return err
}

// deliveryOf finds a delivery by the day of its inbox record.
func deliveryOf(r store.Reader, id domain.ID) (delivery, error) {
	at, err := inboxAt(r, id)
	if err != nil {
		return delivery{}, err
	}
	d, ok, err := load[delivery](r, kindDelivery, deliveryKey(at, id))
	if err == nil && !ok {
		err = domain.E(domain.NotFound, "No such message, or none was pushed.", "Không có tin này, hoặc tin không gửi thông báo.")
	}
	return d, err
}

func inboxAt(r store.Reader, id domain.ID) (int64, error) {
	rec, err := r.Record(store.Key{Type: syncproto.TypeInbox, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		return 0, domain.E(domain.NotFound, "No such message.", "Không có tin này.")
	}
	if err != nil {
		return 0, err
	}
	if rec.Deleted { // its day is not known any more
		return 0, domain.E(domain.NotFound, "The message was withdrawn.", "Tin đã bị thu lại.")
	}
	d, err := syncproto.SplitCanonical(rec.Doc)
	at, _ := d.Int("at")
	return at, err
}
