package syncsvc

import (
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// item is one mutation as it came, read before any transaction begins.
type item struct {
	raw  syncproto.RawMutation
	fp   syncproto.FP
	m    *syncproto.Mutation // nil: the bytes are no mutation
	code syncproto.Code      // invalid or too_large; "" if it can be decided
}

func readItem(raw syncproto.RawMutation) item {
	it := item{raw: raw, fp: syncproto.Fingerprint(raw)}
	m, err := syncproto.DecodeMutation(raw)
	switch {
	case len(raw) > syncproto.MaxMutationBytes:
		it.code = syncproto.CodeTooLarge
		if err == nil {
			it.m = m // only to find whose case it is
		}
	case err != nil:
		it.code = syncproto.CodeInvalid
	default:
		it.m = m
	}
	return it
}

// input is all that decide knows besides the state.
type input struct {
	item
	caller domain.Caller
	client syncproto.ID // "" from the console
	now    time.Time
	bounds store.Bounds

	// Adoption only: who adopts, the one code that he waives, and the case.
	adopter domain.ID
	waive   syncproto.Code
	caseID  syncproto.ID
}

func (in *input) key() store.Key { return store.Key{Type: in.m.Type, ID: in.m.ID} }

// cause says in the history who changed what; an adopted mutation keeps its
// own fp, under the name of who adopted it.
func (in *input) cause() store.Cause {
	c := store.Cause{By: in.m.By, FP: in.fp, Op: string(in.m.Op), Bounds: in.bounds}
	if in.adopter != "" {
		c.By, c.Op = in.adopter, "adopt_"+string(in.m.Op)
	}
	return c
}

// outcome is a verdict and the writes that make it true.
type outcome struct {
	v        syncproto.V
	code     syncproto.Code
	key      store.Key // the record that it is about
	rev      int64     // noop: rev of the record as it stands
	lost     []string
	writes   []write
	waitOn   []store.Key   // waiting: what may change the verdict
	place    place         // where its case belongs
	notes    []notify.Note // for inboxes
	approved domain.ID     // author whose digest counts it
	close    *closing      // adopt, dismiss: the case that it closes
	kase     syncproto.ID  // aside without a case of its own: the case that stays open
	looked   *bool         // review: whether the reviewer had looked at other content
	recode   syncproto.Doc // that case, if another code stands against it now or a correction is proposed for it
}

// write is one change of a record; before is nil for a new one.
type write struct {
	put    store.Put
	del    bool
	before *store.Record
}

// place is whose a record or a case is.
type place struct {
	team    domain.ID
	month   domain.Month
	commune domain.ID
}

// decide says what becomes of a mutation. It is a pure function of the state,
// the mutation and the server's time: it writes nothing, and decides the same
// twice. A read error of the state is kept there (state.err).
func decide(s *state, in *input) outcome {
	out := route(s, in)
	if in.m != nil && out.key.ID == "" {
		out.key = in.key()
	}
	if in.caller.PushOnly && in.adopter == "" && out.v != syncproto.Noop && out.v != syncproto.Aside {
		// A revoked device hands over what it holds for others to look at.
		return outcome{v: syncproto.Aside, code: syncproto.CodeNotMember, key: out.key, place: out.place}
	}
	return out
}

func route(s *state, in *input) outcome {
	m := in.m
	if in.code != "" && in.code != in.waive {
		return aside(in.code, s.guess(m))
	}
	if m == nil {
		return aside(syncproto.CodeInvalid, place{})
	}
	if in.adopter == "" && m.By != in.caller.Person {
		return aside(syncproto.CodeForbidden, s.guess(m))
	}
	switch m.Type {
	case syncproto.TypeActivity:
		return decideActivity(s, in)
	case syncproto.TypeReport:
		return decideReport(s, in)
	case syncproto.TypeInbox:
		return decideInbox(s, in)
	case syncproto.TypeDispute:
		return decideDispute(s, in)
	case syncproto.TypeReceipt:
		return decideReceipt(s, in)
	case syncproto.TypeSpending:
		return decideSpending(s, in)
	case syncproto.TypeCase:
		if in.adopter == "" {
			return decideCase(s, in)
		}
	}
	return aside(syncproto.CodeUnknownOp, s.guess(m))
}

func aside(c syncproto.Code, p place) outcome {
	return outcome{v: syncproto.Aside, code: c, place: p}
}

func waiting(c syncproto.Code, p place, on ...store.Key) outcome {
	return outcome{v: syncproto.Waiting, code: c, place: p, waitOn: on}
}

func noop(c syncproto.Code, rec *store.Record) outcome {
	return outcome{v: syncproto.Noop, code: c, key: rec.Key, rev: rec.Rev}
}

// missing is the verdict on a mutation of a record that does not exist: it
// waits until the record appears.
func missing(s *state, in *input) outcome {
	code := syncproto.CodeParentUnknown
	p := s.guess(in.m)
	for _, c := range s.openCases(in.key()) {
		if c.op == syncproto.OpCreate {
			code = syncproto.CodeParentAside
		}
		if p.team == "" {
			p = c.place
		}
	}
	return waiting(code, p, in.key())
}

// notMember is the verdict on work of somebody who was not in the team on the
// day: it waits for a grant of his that is entered late.
func notMember(in *input, p place) outcome {
	return waiting(syncproto.CodeNotMember, p, grantKey(in.m.By))
}

// grantKey is what a case waits for whose author had no grant.
func grantKey(person domain.ID) store.Key { return store.Key{Type: syncproto.TypeGrant, ID: person} }
