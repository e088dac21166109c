package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// closing is how a case ends.
type closing struct {
	id     syncproto.ID
	state  string
	by     domain.ID
	reason string
	inner  *outcome // adopted: what became of the mutation
}

// closeCase ends a case: it is listed and waited with no more, its author is
// told, and a verdict that waited becomes final.
func (a *applier) closeCase(in *input, c *closing, rev int64) error {
	rec := a.st.record(store.Key{Type: syncproto.TypeCase, ID: c.id})
	d := a.st.doc(rec)
	waited := d.Str(fV) == string(syncproto.Waiting)
	d[fState] = syncproto.Str(c.state)
	d["closed_at"] = syncproto.Int(in.now.UnixMilli())
	if c.by != "" {
		d["closed_by"] = syncproto.Str(string(c.by))
	}
	if c.reason != "" {
		d["reason"] = syncproto.Str(c.reason)
	}
	final := syncproto.Verdict{V: syncproto.Aside, Code: syncproto.Code(d.Str(fCode)), Case: c.id}
	final.ID = syncproto.ID(d.Str(fID))
	if c.inner != nil {
		final = c.inner.verdict(rev)
		d["result"], d["result_id"] = syncproto.Str(string(final.V)), syncproto.Str(string(final.ID))
		d["result_rev"] = syncproto.Int(final.Rev)
	}
	if waited {
		if c.inner == nil {
			d[fV] = syncproto.Str(string(syncproto.Aside))
		}
		if err := a.finalVerdict(d, final); err != nil {
			return err
		}
	}
	if err := a.unlist(d, c.id); err != nil {
		return err
	}
	if by := domain.ID(d.Str(fBy)); by != c.by && c.state != caseDecided {
		about := store.Key{Type: d.Str(fType), ID: final.ID}
		n := closedNote(a.st, in, by, about, casePlace(d), c.id, c.state == caseAdopted, c.reason)
		if err := notify.Tell(a.tx, n); err != nil {
			return err
		}
	}
	return a.putCase(c.id, d, in)
}

// unlist takes a case out of what waits and of the open cases of its record.
func (a *applier) unlist(d syncproto.Doc, id syncproto.ID) error {
	if err := a.setWaits(d, id, nil); err != nil {
		return err
	}
	if typ := d.Str(fType); indexed(typ) {
		key := store.Key{Type: typ, ID: syncproto.ID(d.Str(fID))}
		a.touched = append(a.touched, key)
		a.st.noteClosed(id, key)
		return a.tx.Unwait(aboutKey(key), id)
	}
	return nil
}

// finalVerdict replaces a verdict that waited, once.
func (a *applier) finalVerdict(d syncproto.Doc, v syncproto.Verdict) error {
	by := domain.ID(d.Str(fBy))
	fp, err := syncproto.ParseBytes16(d.Str(fFP))
	if err != nil {
		return err
	}
	old, err := a.tx.Verdict(by, fp)
	if err != nil || old.V != syncproto.Waiting {
		return err
	}
	v.N = old.N
	if v.Case == "" {
		v.Case = old.Case
	}
	return a.tx.PutVerdict(by, fp, v)
}
