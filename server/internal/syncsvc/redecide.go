package syncsvc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const (
	// dueRecord marks a record whose waiting cases were too many for the
	// transaction that touched it; its key is "<type>/<id>".
	dueRecord = "redecide_record"
	maxSettle = 200 // cases decided again in one transaction
	dueBatch  = 256 // marks followed in one transaction
)

// settle decides again what waits for the records that this transaction
// touched, in the order it came, until none moves.
func (a *applier) settle() error {
	for len(a.touched) > 0 {
		key := a.touched[0]
		a.touched = a.touched[1:]
		ids, err := a.tx.Waiters(key)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		if a.settled >= maxSettle {
			if err := a.tx.MarkDue(dueRecord, key.Type+"/"+string(key.ID)); err != nil {
				return err
			}
			continue
		}
		for _, id := range ids {
			a.settled++
			if err := a.redecide(key, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// redecide decides one waiting case again. What breaks on it is reported as a
// brokenError of the case, so that it delays nothing that stands behind it.
func (a *applier) redecide(on store.Key, id syncproto.ID) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &brokenError{caseID: id, err: fmt.Errorf("panic: %v", p)}
		}
	}()
	d := a.st.doc(a.st.record(store.Key{Type: syncproto.TypeCase, ID: id}))
	if d.Str(fState) != caseOpen || d.Str(fV) != string(syncproto.Waiting) {
		return a.tx.Unwait(on, id)
	}
	in, ok := a.st.kept(d)
	if !ok {
		return errors.Join(a.st.err, a.tx.Unwait(on, id))
	}
	in.now = a.tx.Now()
	out := aside(syncproto.CodeInternal, casePlace(d))
	if !a.skip[id] {
		out = decide(a.st, in)
	}
	if a.st.err != nil {
		return a.st.err
	}
	if err := a.moveCase(in, id, d, &out); err != nil && !passing(err) {
		return &brokenError{caseID: id, err: err}
	} else if err != nil {
		return err
	}
	return nil
}

// moveCase writes what a second decision changed about a waiting case.
func (a *applier) moveCase(in *input, id syncproto.ID, d syncproto.Doc, out *outcome) error {
	switch out.v {
	case syncproto.Waiting:
		if d.Str(fCode) == string(out.code) {
			return nil
		}
		d[fCode] = syncproto.Str(string(out.code))
		if err := a.setWaits(d, id, out.waitOn); err != nil {
			return err
		}
		return a.putCase(id, d, in)
	case syncproto.Aside:
		d[fCode], d[fV] = syncproto.Str(string(out.code)), syncproto.Str(string(syncproto.Aside))
		v := out.verdict(0)
		v.Case = id
		if err := errors.Join(a.finalVerdict(d, v), a.setWaits(d, id, nil)); err != nil {
			return err
		}
		n := asideNote(a.st, in, domain.ID(d.Str(fBy)), store.Key{Type: syncproto.TypeOwnCase, ID: id}, casePlace(d), out.code, id)
		if err := notify.Tell(a.tx, n); err != nil {
			return err
		}
		a.touched = append(a.touched, in.key())
		return a.putCase(id, d, in)
	}
	rev, err := a.write(in, out)
	if err != nil {
		return err
	}
	if out.close != nil { // an adoption or a dismissal that came before its case
		if err := a.closeCase(in, out.close, rev); err != nil {
			return err
		}
		rev = 0 // its own verdict is about the case
	}
	return a.closeCase(in, &closing{id: id, state: caseDecided, inner: out}, rev)
}

// RedecideDue follows the marks that a commit left: people whose grants
// changed, and records with many waiting cases. more says that there are
// further marks.
func (s *Service) RedecideDue(ctx context.Context) (more bool, err error) {
	type mark struct{ kind, key string }
	var marks []mark
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		marks = marks[:0]
		for _, kind := range []string{roster.DueRedecide, dueRecord, months.DueCase} {
			if err := r.Due(kind, func(key string) bool {
				marks = append(marks, mark{kind, key})
				return len(marks) <= dueBatch
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(marks) == 0 {
		return false, err
	}
	more = len(marks) > dueBatch
	marks = marks[:min(len(marks), dueBatch)]
	skip := map[syncproto.ID]bool{}
	for range maxSettle {
		var left bool
		err = s.update(ctx, func(tx store.Tx) error {
			a := s.applier(tx, skip)
			for _, m := range marks {
				if err := tx.ClearDue(m.kind, m.key); err != nil {
					return err
				}
				if m.kind == months.DueCase {
					if err := a.settleCase(m.key); err != nil {
						return err
					}
					continue
				}
				key := grantKey(domain.ID(m.key))
				if m.kind == dueRecord {
					typ, id, _ := strings.Cut(m.key, "/")
					key = store.Key{Type: typ, ID: syncproto.ID(id)}
				}
				a.touched = append(slices.Clip(a.touched), key)
			}
			err := errors.Join(a.settle(), a.st.err)
			left = a.settled >= maxSettle // what it put off is marked again
			return err
		})
		var broken *brokenError
		if !errors.As(err, &broken) {
			more = more || left
			break
		}
		s.cfg.Log.ErrorContext(ctx, "waiting case broke its decision", "case_id", string(broken.caseID), "err", broken.err)
		skip[broken.caseID] = true
	}
	return more, err
}
