package backup

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/store"
)

// Credential in which the shard remembers its backups.
const (
	kindNote = "backup"
	noteID   = "newest"
)

// note is what outlives a restart.
type note struct {
	Places  map[string]taken `json:"places,omitzero"`
	DrillMs int64            `json:"drill_ms,omitzero"` // of the last drill that was good
}

// taken is what a place last took.
type taken struct {
	Commit int64 `json:"commit"`
	Before int64 `json:"before"` // commit of the one before it
	AtMs   int64 `json:"at_ms"`
}

func decodeNote(r store.Reader) (n note, err error) {
	raw, err := r.Credential(kindNote, noteID)
	if err == nil {
		err = json.Unmarshal(raw, &n) // what an older version noted has no places
	} else if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if n.Places == nil {
		n.Places = map[string]taken{}
	}
	return n, err
}

func readNote(ctx context.Context, st store.Store) (n note, err error) {
	err = st.View(ctx, func(r store.Reader) error {
		n, err = decodeNote(r)
		return err
	})
	return n, err
}

// change rewrites the note in one transaction.
func (s *Service) change(ctx context.Context, do func(tx store.Tx, n *note) error) error {
	var n note
	var commit int64
	err := s.cfg.Store.Update(ctx, func(tx store.Tx) (err error) {
		commit = tx.Head().Commit
		if n, err = decodeNote(tx); err != nil {
			return err
		}
		if err := do(tx, &n); err != nil {
			return err
		}
		doc, err := json.Marshal(n, json.Deterministic(true))
		if err != nil {
			return err
		}
		return tx.PutCredential(kindNote, noteID, doc)
	})
	if err != nil {
		return err
	}
	if commit != s.settled {
		s.foreign = commit
	}
	s.settled = commit + 1 // our own write moves the commit by one, alone or in a group
	s.mu.Lock()
	s.state.note = n
	s.mu.Unlock()
	return nil
}

// note remembers a backup and moves the mark up to which phones may forget:
// to the second-newest one of the place outside that reaches furthest.
func (s *Service) note(ctx context.Context, m Made) error {
	return s.change(ctx, func(tx store.Tx, n *note) error {
		durable := tx.Head().Durable
		for _, p := range s.places {
			if !slices.Contains(m.Places, p.Label()) {
				continue
			}
			t := taken{Commit: m.Commit, Before: n.Places[p.Label()].Commit, AtMs: m.AtMs}
			n.Places[p.Label()] = t
			if !p.inside {
				durable = max(durable, t.Before)
			}
		}
		if durable > tx.Head().Durable {
			return tx.SetDurable(durable)
		}
		return nil
	})
}

// quiet reports whether nothing but notes of ours was written since every
// place took it and phones were told: another copy would hold the same.
func (s *Service) quiet(ctx context.Context) (bool, error) {
	if s.settled == 0 {
		return false, nil
	}
	var h store.Head
	if err := s.cfg.Store.View(ctx, func(r store.Reader) error { h = r.Head(); return nil }); err != nil {
		return false, err
	}
	quiet := h.Commit == s.settled
	for _, p := range s.places {
		quiet = quiet && s.noted().Places[p.Label()].Commit >= s.foreign && (p.inside || h.Durable >= s.foreign)
	}
	return quiet, nil
}

// Forget lets a place be empty again, on an operator's word.
func (s *Service) Forget(ctx context.Context, label string) error {
	s.busy.Lock()
	defer s.busy.Unlock()
	return s.change(ctx, func(_ store.Tx, n *note) error { delete(n.Places, label); return nil })
}
