package settings

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// What a province may switch off. Nothing by which work is written down, sent or
// decided is among them.
const (
	Letters  = "letters"  // summaries to officers by e-mail
	Tokens   = "tokens"   // programs that read figures by an API token
	Position = "position" // phones offer to note where an activity was done
)

// Switches are their names, in the order in which they are shown.
var switches = []string{Letters, Tokens, Position}

// Switch is the document of record type "code" under code "switch.<name>", in
// ref: from the day on it is as Off says, before it is the other way. Without a
// record it is on.
type Switch struct {
	Name string      `json:"name"`
	Off  bool        `json:"off,omitzero"`
	From domain.Date `json:"from,omitzero"`
}

// OffOn reports whether it is off on a day.
func (x Switch) OffOn(on domain.Date) bool { return x.Off == (x.From <= on) }

// Switches lists all, to anybody with a grant.
func (s *Service) Switches(ctx context.Context, who domain.Caller) (out []Switch, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Active(domain.DateOf(s.Now())) {
			return forbidden()
		}
		out = []Switch{}
		for _, name := range switches {
			x, err := switchOf(r, name)
			if err != nil {
				return err
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// Off reports whether something is switched off on a day.
func Off(r store.Reader, name string, on domain.Date) (bool, error) {
	x, err := switchOf(r, name)
	return err == nil && x.OffOn(on), err
}

func switchOf(r store.Reader, name string) (Switch, error) {
	x := Switch{Name: name}
	rec, err := r.Record(switchKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return x, nil
	}
	if err == nil {
		err = json.Unmarshal(rec.Doc, &x)
	}
	return x, err
}

// Turn switches something off or on from a day on, today if there is none.
func (s *Service) Turn(ctx context.Context, who domain.Caller, x Switch) (Switch, error) {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		today := domain.DateOf(tx.Now())
		if err := mayWrite(tx, who, today); err != nil {
			return err
		}
		if x.From == "" {
			x.From = today
		}
		_, bad := domain.ParseDate(string(x.From))
		switch {
		case !slices.Contains(switches, x.Name):
			return domain.E(domain.NotFound, "There is no such switch.", "Không có mục bật tắt này.")
		case bad != nil || x.From < today || x.From > today.Add(maxAhead):
			return invalid("from", "It takes effect today or within 400 days.", "Có hiệu lực từ hôm nay hoặc trong 400 ngày tới.")
		}
		was, err := switchOf(tx, x.Name)
		if err != nil {
			return err
		}
		if was.OffOn(today) == x.Off { // as it is: what was to come is taken back
			x.From = today
		}
		doc, err := syncproto.DocOf(struct {
			Code string `json:"code"`
			Switch
		}{"switch." + x.Name, x})
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: switchKey(x.Name), Doc: doc, Scopes: []syncproto.Scope{syncproto.ScopeRef},
			Cause: store.Cause{By: who.Person, Op: "turn"}})
		return err
	})
	return x, err
}

func switchKey(name string) store.Key {
	return store.Key{Type: syncproto.TypeCodeText, ID: syncproto.DerivedID(syncproto.TypeCodeText, domain.ID("switch."+name), "")}
}
