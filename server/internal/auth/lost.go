package auth

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// lostTTL is how long the first of two administrators' word stands.
const lostTTL = 7 * 24 * time.Hour

// lostDoc is the word of the first of two administrators that a person lost
// the second factor.
type lostDoc struct {
	By   domain.ID `json:"by"`
	AtMs int64     `json:"at_ms"`
}

// Restored says how far two administrators have come.
type Restored struct {
	State string    `json:"state"` // "asked": another administrator must agree; "done"
	By    domain.ID `json:"by"`    // who asked
	AtMs  int64     `json:"at_ms"`
}

// RestoreSecond takes a lost second factor away, and the passkeys with it, by
// the word of two administrators who could each issue a code for the person:
// one alone could take over any account. All sessions of the person end.
func (s *Service) RestoreSecond(ctx context.Context, who domain.Caller, person domain.ID) (out Restored, err error) {
	if err := s.Stepped(ctx, who); err != nil {
		return out, err
	}
	var ended []domain.ID
	err = s.store.Update(ctx, func(tx store.Tx) error {
		ended = nil
		if err := s.mayRestore(tx, who, person); err != nil {
			return err
		}
		now := tx.Now()
		id := "lost/" + string(person)
		d, asked, err := store.LoadCredential[lostDoc](tx, kindSecond, id)
		if err != nil {
			return err
		}
		if !asked || now.Sub(time.UnixMilli(d.AtMs)) > lostTTL || d.By == who.Person {
			d = lostDoc{By: who.Person, AtMs: now.UnixMilli()}
			out = Restored{State: "asked", By: d.By, AtMs: d.AtMs}
			return store.SaveCredential(tx, kindSecond, id, d)
		}
		out = Restored{State: "done", By: d.By, AtMs: d.AtMs}
		if err := tx.DeleteCredential(kindSecond, id); err != nil {
			return err
		}
		if err := tx.DeleteCredential(kindSecond, string(person)); err != nil {
			return err
		}
		if err := forgetPasskeys(tx, person); err != nil {
			return err
		}
		return tx.Credentials(kindDevice, string(person)+"/", func(id string, _ jsontext.Value) bool {
			ended = append(ended, domain.ID(id[len(person)+1:]))
			return true
		})
	})
	for _, device := range ended {
		if err == nil {
			err = s.end(ctx, endedRevoked, func(store.Reader) (domain.ID, error) { return device, nil })
		}
	}
	return out, err
}

func (s *Service) mayRestore(r store.Reader, who domain.Caller, person domain.ID) error {
	reach, err := s.reachOf(r, who)
	if err != nil {
		return err
	}
	if who.Person == person || !reach.administers() {
		return errNoRight
	}
	target, err := roster.GrantsOf(r, person)
	if err != nil {
		return err
	}
	if err := reach.covers(r, target); err != nil {
		return err
	}
	d, known, err := store.LoadCredential[secondDoc](r, kindSecond, string(person))
	if err == nil && (!known || d.OnMs == 0) {
		err = domain.E(domain.NotFound, "This person has no second factor.", "Người này không dùng xác thực hai lớp.")
	}
	return err
}

func forgetPasskeys(tx store.Tx, person domain.ID) error {
	var ids []domain.ID
	err := passkeysOf(tx, person, func(id domain.ID, _ *passkeyDoc) error {
		ids = append(ids, id)
		return nil
	})
	for _, id := range ids {
		if err == nil {
			err = tx.DeleteCredential(kindPasskey, string(person)+"/"+string(id))
		}
	}
	return err
}

// Factor is a person's second factor, as who may restore it sees it.
type Factor struct {
	Person  domain.ID `json:"person"`
	Name    string    `json:"name"`
	SinceMs int64     `json:"since_ms"`
	By      domain.ID `json:"by,omitzero"` // the administrator who asked first
	ByName  string    `json:"by_name,omitzero"`
	AskedMs int64     `json:"asked_ms,omitzero"`
}

// Factors lists whose second factor the caller may help to restore.
func (s *Service) Factors(ctx context.Context, who domain.Caller) (out []Factor, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		out = []Factor{}
		reach, err := s.reachOf(r, who)
		if err != nil {
			return err
		}
		if !reach.administers() {
			return errNoRight
		}
		var people []domain.ID
		if err := r.Credentials(kindSecond, "", func(id string, _ jsontext.Value) bool {
			if !strings.HasPrefix(id, "lost/") {
				people = append(people, domain.ID(id))
			}
			return true
		}); err != nil {
			return err
		}
		for _, person := range people {
			switch f, err := s.factor(r, who, person); {
			case err == nil:
				out = append(out, f)
			case domain.CodeOf(err) == "":
				return err
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Factor) int {
		return cmp.Or(cmp.Compare(domain.SearchKey(a.Name), domain.SearchKey(b.Name)), cmp.Compare(a.Person, b.Person))
	})
	return out, err
}

func (s *Service) factor(r store.Reader, who domain.Caller, person domain.ID) (f Factor, err error) {
	if err := s.mayRestore(r, who, person); err != nil {
		return f, err
	}
	p, err := roster.Person(r, person)
	if err != nil {
		return f, err
	}
	d, _, err := store.LoadCredential[secondDoc](r, kindSecond, string(person))
	if err != nil {
		return f, err
	}
	f = Factor{Person: person, Name: p.Name, SinceMs: d.OnMs}
	asked, known, err := store.LoadCredential[lostDoc](r, kindSecond, "lost/"+string(person))
	if err != nil || !known || s.now().Sub(time.UnixMilli(asked.AtMs)) > lostTTL {
		return f, err
	}
	by, err := roster.Person(r, asked.By)
	f.By, f.ByName, f.AskedMs = asked.By, by.Name, asked.AtMs
	return f, err
}
