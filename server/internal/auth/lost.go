package auth

import (
	"context"
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

// RestoreSecond takes a lost second factor away, by the word of two
// administrators who could each issue a code for the person: one alone could
// take over any account. All sessions of the person end with it.
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
	if who.Person == person || !reach.grants.Anywhere(reach.on, domain.RoleProvince) && !reach.grants.Anywhere(reach.on, domain.RoleSystem) {
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
