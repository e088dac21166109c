package syncsvc

import (
	"strings"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
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
	p := out.place
	if p.team == "" {
		p = a.st.homeOf(by)
	}
	d := a.caseDoc(in, out, p)
	if in.m != nil && indexed(in.m.Type) {
		if err := a.tx.Wait(aboutKey(in.key()), id); err != nil {
			return "", err
		}
	}
	if err := a.setWaits(d, id, out.waitOn); err != nil {
		return "", err
	}
	if out.v == syncproto.Aside {
		n := asideNote(a.st, in, by, store.Key{Type: syncproto.TypeOwnCase, ID: id}, p, out.code, id)
		if err := notify.Tell(a.tx, n); err != nil {
			return "", err
		}
	}
	return id, a.putCase(id, d, in)
}

// caseDoc is the team's copy of a new case: the mutation, its bounds, and
// which state of the record it met.
func (a *applier) caseDoc(in *input, out *outcome, p place) syncproto.Doc {
	d := syncproto.Doc{
		fCode: syncproto.Str(string(out.code)), fV: syncproto.Str(string(out.v)),
		fState: syncproto.Str(caseOpen), fBy: syncproto.Str(string(in.author())), fFP: syncproto.Str(in.fp.String()),
		"size": syncproto.Int(int64(len(in.raw))), "opened": syncproto.Int(in.now.UnixMilli()),
		"not_before": syncproto.Int(in.bounds.NotBeforeMs), "not_after": syncproto.Int(in.bounds.NotAfterMs),
	}
	setPlace(d, p)
	if s := string(in.raw); len(s) <= syncproto.MaxMutationBytes && utf8.ValidString(s) && syncproto.IsNFC(s) {
		d["mutation"] = syncproto.Str(s)
	}
	if in.client != "" {
		d["client"] = syncproto.Str(string(in.client))
	}
	if in.m == nil {
		return d
	}
	d[fOp], d[fType] = syncproto.Str(string(in.m.Op)), syncproto.Str(in.m.Type)
	d[fID] = syncproto.Str(string(in.m.ID))
	if rec := a.st.record(in.key()); rec != nil && !rec.Deleted {
		d["h"], d["c"] = syncproto.Str(rec.H.String()), syncproto.Str(rec.C.String())
		d["rev"] = syncproto.Int(rec.Rev)
	}
	return d
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
// own team or commune of today, or to the last one that he was in.
func (s *state) homeOf(by domain.ID) (p place) {
	for _, g := range s.grantsOf(by) {
		switch {
		case g.Team != "" && (p.team == "" || g.Has(s.today)):
			p = s.at(g.Team, "")
		case g.Team == "" && g.Unit != "" && p.team == "" && (p.commune == "" || g.Has(s.today)):
			p.commune = g.Unit
		}
	}
	return p
}

// ownFields are what the author's copy holds: the code and his own mutation,
// nothing of the server's state.
var ownFields = []string{
	fCode, fV, fState, fOp, fType, fID, fFP, "mutation", "size", "opened", "not_before", "not_after",
	"reason", "closed_at", "result", "result_id", "result_rev", fProposal,
}

// putCase writes both copies of a case. What waits for the case is decided
// again when it changes.
func (a *applier) putCase(id syncproto.ID, d syncproto.Doc, in *input) error {
	by, p := domain.ID(d.Str(fBy)), casePlace(d)
	cause := store.Cause{By: in.caller.Person, FP: in.fp, Op: "case", Bounds: in.bounds}
	if d.Str(fState) == caseOpen {
		a.st.noteOpen(id, d)
	}
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
