package syncsvc

import (
	"strings"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Fields of a case.
const (
	fCode  = "code"
	fV     = "v"     // aside | waiting
	fState = "state" // open | adopted | dismissed | decided
	fBy    = "by"    // author of the mutation
	fFP    = "fp"
	fOp    = "op"
	fType  = "rtype"
	fID    = "record"
	fWait  = "waits_on" // "type/id" of what may change the verdict
)

// States of a case.
const (
	caseOpen      = "open"
	caseAdopted   = "adopted"
	caseDismissed = "dismissed"
	caseDecided   = "decided" // waited, and was decided without anybody's help
)

// caseIDOf is derived from author and fp: one mutation, one case.
func caseIDOf(by domain.ID, fp syncproto.FP) syncproto.ID {
	return syncproto.DerivedID(syncproto.TypeCase, by, fp.String())
}

// author is whose case a mutation is: who sent it, whatever it says.
func (in *input) author() domain.ID {
	if in.adopter != "" && in.m != nil {
		return in.m.By
	}
	return in.caller.Person
}

// openCase keeps a mutation that stands aside or waits: its bytes, and the
// record of it for the team and the chair, and a copy for its author.
func (a *applier) openCase(in *input, out *outcome) (syncproto.ID, error) {
	by := in.author()
	id := caseIDOf(by, in.fp)
	if err := a.tx.KeepRaw(in.fp, in.raw); err != nil {
		return "", err
	}
	d := syncproto.Doc{
		fCode: syncproto.Str(string(out.code)), fV: syncproto.Str(string(out.v)),
		fState: syncproto.Str(caseOpen), fBy: syncproto.Str(string(by)), fFP: syncproto.Str(in.fp.String()),
		"size": syncproto.Int(int64(len(in.raw))), "opened": syncproto.Int(in.now.UnixMilli()),
		"not_before": syncproto.Int(in.bounds.NotBeforeMs), "not_after": syncproto.Int(in.bounds.NotAfterMs),
	}
	if in.m != nil {
		d[fOp], d[fType] = syncproto.Str(string(in.m.Op)), syncproto.Str(in.m.Type)
		d[fID] = syncproto.Str(string(in.m.ID))
	}
	if s := string(in.raw); len(s) <= syncproto.MaxMutationBytes && utf8.ValidString(s) && syncproto.IsNFC(s) {
		d["mutation"] = syncproto.Str(s)
	}
	p := out.place
	if p.team == "" {
		p = a.st.homeOf(by)
	}
	setPlace(d, p)
	if in.client != "" {
		d["client"] = syncproto.Str(string(in.client))
	}
	if in.m != nil {
		if rec := a.st.record(in.key()); rec != nil && !rec.Deleted {
			d["h"], d["c"] = syncproto.Str(rec.H.String()), syncproto.Str(rec.C.String())
			d["rev"] = syncproto.Int(rec.Rev)
		}
		if indexed(in.m.Type) {
			if err := a.tx.Wait(aboutKey(in.key()), id); err != nil {
				return "", err
			}
		}
	}
	if err := a.setWaits(d, id, out.waitOn); err != nil {
		return "", err
	}
	if out.v == syncproto.Aside {
		n := asideNote(by, store.Key{Type: syncproto.TypeOwnCase, ID: id}, p, out.code, id)
		if err := n.write(a.tx, in); err != nil {
			return "", err
		}
	}
	return id, a.putCase(id, d, in)
}

// indexed: the types whose open cases are listed by record.
func indexed(typ string) bool {
	return typ == syncproto.TypeActivity || typ == syncproto.TypeReport
}

func setPlace(d syncproto.Doc, p place) {
	for f, v := range map[string]string{
		"team": string(p.team), "month": string(p.month), "commune": string(p.commune),
	} {
		if v != "" {
			d[f] = syncproto.Str(v)
		}
	}
}

func casePlace(d syncproto.Doc) place {
	return place{
		team: domain.ID(d.Str("team")), month: domain.Month(d.Str("month")), commune: domain.ID(d.Str("commune")),
	}
}

// homeOf is where the case of bytes goes that name no team: to the author's
// own team of today, or to the last one that he was in.
func (s *state) homeOf(by domain.ID) (p place) {
	for _, g := range s.grantsOf(by) {
		switch {
		case g.Team != "" && (p.team == "" || g.Has(s.today)):
			p = s.at(g.Team, "")
		case g.Team == "" && g.Unit != "" && p.team == "" && g.Has(s.today):
			p.commune = g.Unit
		}
	}
	return p
}

// ownFields are what the author's copy holds: the code and his own mutation,
// nothing of the server's state.
var ownFields = []string{
	fCode, fV, fState, fOp, fType, fID, fFP, "mutation", "size", "opened", "not_before", "not_after",
	"reason", "closed_at", "result", "result_id", "result_rev",
}

// putCase writes both copies of a case. What waits for the case is decided
// again when it changes.
func (a *applier) putCase(id syncproto.ID, d syncproto.Doc, in *input) error {
	by, p := domain.ID(d.Str(fBy)), casePlace(d)
	cause := store.Cause{By: in.caller.Person, FP: in.fp, Op: "case", Bounds: in.bounds}
	scopes := []syncproto.Scope{}
	if p.team != "" {
		scopes = append(scopes, syncproto.TeamScope(p.team))
	}
	if p.commune != "" {
		scopes = append(scopes, syncproto.CommuneScope(p.commune))
	}
	if len(scopes) == 0 {
		scopes = append(scopes, scopeLostCases)
	}
	key := store.Key{Type: syncproto.TypeCase, ID: id}
	if _, err := a.tx.Put(store.Put{Key: key, Doc: d, Scopes: scopes, Cause: cause}); err != nil {
		return err
	}
	a.touched = append(a.touched, key)
	own := syncproto.Doc{}
	for _, f := range ownFields {
		if v, ok := d[f]; ok {
			own[f] = v
		}
	}
	_, err := a.tx.Put(store.Put{
		Key: store.Key{Type: syncproto.TypeOwnCase, ID: id}, Doc: own,
		Scopes: []syncproto.Scope{syncproto.UserScope(by)}, Cause: cause,
	})
	return err
}

// scopeLostCases lists the cases of people who belong nowhere.
const scopeLostCases syncproto.Scope = "sys:cases"

// setWaits notes in the store and in the case what it waits for, and takes
// back what it waited for before.
func (a *applier) setWaits(d syncproto.Doc, id syncproto.ID, on []store.Key) error {
	for _, s := range d.Strs(fWait) {
		typ, rid, _ := strings.Cut(s, "/")
		if err := a.tx.Unwait(store.Key{Type: typ, ID: syncproto.ID(rid)}, id); err != nil {
			return err
		}
	}
	delete(d, fWait)
	var list []string
	for _, k := range on {
		if err := a.tx.Wait(k, id); err != nil {
			return err
		}
		list = append(list, k.Type+"/"+string(k.ID))
	}
	if len(list) > 0 {
		d[fWait] = syncproto.Strs(list)
	}
	return nil
}

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
		n := closedNote(by, about, casePlace(d), c.id, c.state == caseAdopted, c.reason)
		if err := n.write(a.tx, in); err != nil {
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
