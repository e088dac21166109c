package roster

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Try says what would become of each row of a file. It reads one snapshot and
// keeps what the rows would write in memory: nobody who writes waits for it.
func (s *Service) Try(ctx context.Context, who domain.Caller, t *Table, tick func(done, of int) error) (*ImportReport, error) {
	rep := &ImportReport{Kind: t.kind, Read: t.read, DryRun: true}
	return rep, s.Store.View(ctx, func(r store.Reader) error {
		d := &draft{Reader: r, now: s.Now(), recs: map[store.Key]*store.Record{}, in: map[syncproto.Scope][]store.Key{}}
		if err := MayImport(r, who, t.kind, domain.DateOf(d.now)); err != nil {
			return err
		}
		im := s.importer(d, who)
		return im.run(t, 0, len(t.rows), nil, rep, tick)
	})
}

// draft is a transaction over a snapshot of which nothing is kept. It knows
// what an import does: put records and read them again.
type draft struct {
	store.Reader
	now  time.Time
	recs map[store.Key]*store.Record // put so far
	in   map[syncproto.Scope][]store.Key
}

// errDraft ends an import that does more than a draft can.
var errDraft = errors.New("roster: a draft can only put records")

// Now implements store.Tx.
func (d *draft) Now() time.Time { return d.now }

// Record implements store.Reader.
func (d *draft) Record(k store.Key) (store.Record, error) {
	if rec := d.recs[k]; rec != nil {
		return *rec, nil
	}
	return d.Reader.Record(k)
}

// Members implements store.Reader: first what stood there before.
func (d *draft) Members(scope syncproto.Scope, typ string, yield func(*store.Record) bool) error {
	more := true
	if err := d.Reader.Members(scope, typ, func(rec *store.Record) bool {
		if d.recs[rec.Key] == nil {
			more = yield(rec)
		}
		return more
	}); err != nil || !more {
		return err
	}
	for _, k := range d.in[scope] {
		if rec := d.recs[k]; (typ == "" || rec.Type == typ) && slices.Contains(rec.Scopes, scope) && !yield(rec) {
			return nil
		}
	}
	return nil
}

// Put implements store.Tx.
func (d *draft) Put(p store.Put) (store.Record, error) {
	old, err := d.Record(p.Key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return old, err
	}
	if old.Deleted {
		return old, store.ErrDeleted
	}
	rec := &store.Record{Key: p.Key, Doc: p.Doc.AppendCanonical(nil), Rev: old.Rev, Scopes: p.Scopes}
	if !bytes.Equal(rec.Doc, old.Doc) {
		rec.Rev++
	}
	for _, s := range p.Scopes {
		if d.recs[p.Key] == nil || !slices.Contains(d.recs[p.Key].Scopes, s) {
			d.in[s] = append(d.in[s], p.Key)
		}
	}
	d.recs[p.Key] = rec
	return *rec, nil
}

// MarkDue and ClearDue implement store.Tx: nobody follows a draft.
func (d *draft) MarkDue(string, string) error  { return nil }
func (d *draft) ClearDue(string, string) error { return nil }

// What follows implements the rest of store.Tx; no row does any of it.
func (d *draft) Delete(store.Key, store.Cause) (store.Record, error) {
	return store.Record{}, errDraft
}
func (d *draft) Redact(store.Key, func(syncproto.Doc)) error { return errDraft }
func (d *draft) SetClosed(syncproto.Scope, bool) error       { return errDraft }
func (d *draft) PutVerdict(syncproto.ID, syncproto.FP, syncproto.Verdict) error {
	return errDraft
}
func (d *draft) PutClient(_, _ syncproto.ID, _ store.Client) error  { return errDraft }
func (d *draft) KeepRaw(syncproto.FP, syncproto.RawMutation) error  { return errDraft }
func (d *draft) Wait(store.Key, syncproto.ID) error                 { return errDraft }
func (d *draft) Unwait(store.Key, syncproto.ID) error               { return errDraft }
func (d *draft) PutCredential(string, string, jsontext.Value) error { return errDraft }
func (d *draft) DeleteCredential(string, string) error              { return errDraft }
func (d *draft) Count(string, int64) error                          { return errDraft }
func (d *draft) SetDurable(int64) error                             { return errDraft }
func (d *draft) Append(_, _ string, _ jsontext.Value) (store.Decision, error) {
	return store.Decision{}, errDraft
}
