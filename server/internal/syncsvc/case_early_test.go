package syncsvc

import (
	"slices"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// After a restore a chair's phone may come back before the author's: its
// adoption waits, and takes effect with the mutation that opens the case.
func TestRedecide_AdoptionBeforeItsCase(t *testing.T) {
	m := newMade(t)
	m.decide("approve", "")
	raw := m.member.encode(syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeActivity, ID: m.id, Set: doc("note", "bổ sung")})
	id := caseIDOf(m.member.person, syncproto.Fingerprint(raw))
	before, _ := m.record(syncproto.TypeActivity, m.id)
	v := m.chair.want(syncproto.Mutation{Op: syncproto.OpAdopt, Type: syncproto.TypeCase, ID: id,
		Args: doc(syncproto.ArgHash, before.H.String())}, syncproto.Waiting, syncproto.CodeParentUnknown)

	m.member.sent = append(m.member.sent, raw)
	m.member.call(m.member.request(len(m.member.sent) - 1))

	if _, d := m.record(syncproto.TypeCase, id); d.Str(fState) != caseAdopted || d.Str("result") != string(syncproto.Applied) {
		t.Errorf("the case is %q with result %q", d.Str(fState), d.Str("result"))
	}
	if _, d := m.record(syncproto.TypeCase, v.Case); d.Str(fState) != caseDecided {
		t.Errorf("the adoption's own case is %q", d.Str(fState))
	}
	if _, d := m.record(syncproto.TypeActivity, m.id); d.Str("note") != "bổ sung" {
		t.Errorf("the note is %q", d.Str("note"))
	}
}

// Whoever decides in the commune sees the cases of an officer who has left it.
func TestCases_OfAnOfficerWhoLeft(t *testing.T) {
	w := newWorld(t)
	who := w.id()
	w.grant(who, domain.RoleViceChair, w.commune, "2023-01-01", "2023-08-01")
	v := w.phone(who).want(syncproto.Mutation{Op: syncproto.OpDismiss, Type: syncproto.TypeCase, ID: w.id(),
		Args: doc(syncproto.ArgReason, "đã xử lý")}, syncproto.Waiting, syncproto.CodeParentUnknown)
	if rec, _ := w.record(syncproto.TypeCase, v.Case); !slices.Contains(rec.Scopes, syncproto.CommuneScope(w.commune)) {
		t.Errorf("the case lives in %v", rec.Scopes)
	}
}
