package roster

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// VerifyUnitChange checks that a change is one of its kind, that its event
// stands as decided, and that each unit it names is there from its day on as
// it says, or has been changed since.
func VerifyUnitChange(r store.Reader, d *store.Decision) error {
	var c domain.UnitChange
	if err := json.Unmarshal(d.Body, &c, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	if d.Key != string(c.Key) {
		return errors.New("its key is another change's")
	}
	if err := checkShape(&c); err != nil {
		return err
	}
	rec, err := r.Record(store.Key{Type: TypeUnitEvent, ID: changeEventID(c.Key)})
	if err != nil {
		return fmt.Errorf("its event: %w", err)
	}
	doc, err := syncproto.DocOf(eventOf(&c))
	if err != nil {
		return err
	}
	if syncproto.HashDoc(doc) != rec.H {
		return errors.New("its event says something else")
	}
	for _, a := range c.To {
		v, err := UnitAt(r, a.Unit, c.On)
		if err != nil {
			return fmt.Errorf("unit %s: %w", a.Unit, err)
		}
		if v.Code != a.Code || v.Name != a.Name || v.Kind != a.Kind {
			return fmt.Errorf("unit %s is not what was decided", a.Unit)
		}
	}
	return nil
}
