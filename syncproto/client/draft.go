package client

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// Draft is what a person did, before it is a mutation. Do fills in the rest:
// by, t, at, was, the id of a new record, and for a review or a delete the
// content that is on the screen, if Seen is zero.
type Draft struct {
	Op   syncproto.Op
	Type string
	ID   syncproto.ID
	Set  syncproto.Doc
	Add  syncproto.Sets
	Del  syncproto.Sets
	Args syncproto.Doc
	Seen syncproto.Hash
}

// Saved tells what became of a draft.
type Saved struct {
	ID syncproto.ID // of the record
	N  int64        // place in the outbox
	FP syncproto.FP
}

// Do saves a draft as a mutation at the end of the outbox; it is durable when
// Do returns. A draft that the server would refuse for its size or form is a
// *RefusedError and nothing is saved (rule C11). A record that is being sent
// right now gets a mutation of its own (rule C10).
func (e *Engine) Do(d Draft) (s Saved, err error) {
	if d.ID == "" && d.Op == syncproto.OpCreate {
		d.ID = e.NewID()
	}
	err = e.local.Update(func(tx LocalTx) error {
		meta, err := tx.Meta()
		if err != nil {
			return err
		}
		m, err := e.fill(tx, &meta, d)
		if err != nil {
			return err
		}
		raw, err := encodeChecked(m)
		if err != nil {
			return err
		}
		meta.Top++
		meta.LastT = m.T
		it := &Item{N: meta.Top, FP: syncproto.Fingerprint(raw), Op: m.Op, Key: Key{m.Type, m.ID}, T: m.T, Raw: raw}
		s = Saved{ID: m.ID, N: it.N, FP: it.FP}
		if err := tx.PutOutbox(it); err != nil {
			return err
		}
		return tx.SetMeta(meta)
	})
	return s, err
}

func (e *Engine) fill(r LocalReader, meta *Meta, d Draft) (*syncproto.Mutation, error) {
	m := &syncproto.Mutation{Op: d.Op, Type: d.Type, ID: d.ID, By: e.cfg.Person,
		T: max(e.cfg.Now().UnixMilli(), meta.LastT+1), At: atText(meta.Seen),
		Set: d.Set, Add: d.Add, Del: d.Del, Args: d.Args, Seen: d.Seen}
	looks := m.Seen.IsZero() && (m.Op == syncproto.OpReview || m.Op == syncproto.OpDelete)
	if len(m.Set) == 0 && !looks {
		return m, nil
	}
	shown, err := viewOf(r, Key{m.Type, m.ID})
	if err != nil && err != ErrNotFound {
		return nil, err
	}
	for f := range m.Set {
		if v, ok := shown.Doc[f]; ok {
			if m.Was == nil {
				m.Was = syncproto.Doc{}
			}
			m.Was[f] = v
		}
	}
	if looks && err == nil {
		m.Seen = syncproto.ContentHash(m.Type, shown.Doc)
	}
	return m, nil
}

func atText(s *syncproto.Seen) string {
	if s == nil {
		return ""
	}
	return s.Epoch + "/" + strconv.FormatInt(s.Commit, 10)
}

// Create saves a new record. id may be empty, or derived for a singleton.
func (e *Engine) Create(typ string, id syncproto.ID, set syncproto.Doc, add syncproto.Sets) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpCreate, Type: typ, ID: id, Set: set, Add: add})
}

// Edit changes fields (null removes one) and elements of set fields.
func (e *Engine) Edit(k Key, set syncproto.Doc, add, del syncproto.Sets) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpEdit, Type: k.Type, ID: k.ID, Set: set, Add: add, Del: del})
}

// Delete deletes a record as it is shown.
func (e *Engine) Delete(k Key) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpDelete, Type: k.Type, ID: k.ID})
}

// Submit hands a record in for review; Withdraw takes it back.
func (e *Engine) Submit(k Key) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpSubmit, Type: k.Type, ID: k.ID})
}

// Withdraw takes a submitted record back.
func (e *Engine) Withdraw(k Key) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpWithdraw, Type: k.Type, ID: k.ID})
}

// Review decides on a record as it is shown: decision is "approve", "return",
// "reject" or "revoke"; all but approve need a reason. waive lets an activity
// count without evidence, with the reason.
func (e *Engine) Review(k Key, decision, reason string, waive bool) (Saved, error) {
	args := syncproto.Doc{syncproto.ArgDecision: syncproto.Str(decision)}
	if reason != "" {
		args[syncproto.ArgReason] = syncproto.Str(reason)
	}
	if waive {
		args[syncproto.ArgWaive] = syncproto.Bool(true)
	}
	return e.Do(Draft{Op: syncproto.OpReview, Type: k.Type, ID: k.ID, Args: args})
}

// Attach adds pieces of evidence ("paper:…", "photo:…") to a record.
func (e *Engine) Attach(k Key, evidence ...string) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpAttach, Type: k.Type, ID: k.ID, Add: syncproto.Sets{"evidence": evidence}})
}

// Detach takes pieces of evidence away.
func (e *Engine) Detach(k Key, evidence ...string) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpDetach, Type: k.Type, ID: k.ID, Del: syncproto.Sets{"evidence": evidence}})
}

// Adopt brings back a mutation that was set aside; record is what it changes,
// and what this phone holds of it is named as replaced.
func (e *Engine) Adopt(c, record Key) (Saved, error) {
	h := syncproto.Str("")
	err := e.local.View(func(r LocalReader) error {
		rec, err := r.Record(record)
		if err == nil {
			h = syncproto.Str(rec.H.String())
		} else if err != ErrNotFound {
			return err
		}
		return nil
	})
	if err != nil {
		return Saved{}, err
	}
	return e.Do(Draft{Op: syncproto.OpAdopt, Type: c.Type, ID: c.ID, Args: syncproto.Doc{syncproto.ArgHash: h}})
}

// Dismiss closes a case without effect, for a reason.
func (e *Engine) Dismiss(c Key, reason string) (Saved, error) {
	return e.Do(Draft{Op: syncproto.OpDismiss, Type: c.Type, ID: c.ID,
		Args: syncproto.Doc{syncproto.ArgReason: jsontext.Value(syncproto.Str(reason))}})
}
