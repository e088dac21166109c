package syncsvc

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

func closeCase(op syncproto.Op, id syncproto.ID, args syncproto.Doc) syncproto.Mutation {
	return syncproto.Mutation{Op: op, Type: syncproto.TypeCase, ID: id, Args: args}
}

func (m *made) h() string {
	rec, _ := m.record(syncproto.TypeActivity, m.id)
	if rec == nil || rec.Deleted {
		return ""
	}
	return rec.H.String()
}

func (m *made) adoption(id syncproto.ID) syncproto.Mutation {
	return closeCase(syncproto.OpAdopt, id, doc("h", m.h()))
}

func (m *made) caseState(id syncproto.ID) string {
	_, d := m.record(syncproto.TypeCase, id)
	_, o := m.record(syncproto.TypeOwnCase, id)
	if d.Str("state") != o.Str("state") {
		m.t.Errorf("copies of the case differ: %s %s", d.Str("state"), o.Str("state"))
	}
	return d.Str("state")
}

func measures(n string) syncproto.Doc { return doc("measures", raw(`{"so_ho_so":`+n+`}`)) }

func TestAdopt(t *testing.T) {
	tests := []struct {
		name  string
		setup func(*made) syncproto.Verdict // makes the case
		by    func(*made) *phone
		check func(*made)
	}{
		{"conflict_material by the leader",
			func(m *made) syncproto.Verdict {
				return m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
			},
			func(m *made) *phone { return m.leader },
			func(m *made) {
				if _, d := m.record("activity", m.id); string(d["measures"]) != `{"so_ho_so":9}` || d.Str("state") != "pending_review" {
					m.t.Errorf("record %s", d.AppendCanonical(nil))
				}
			}},
		{"locked_review by the chair goes back to review",
			func(m *made) syncproto.Verdict {
				m.decide("approve", "")
				return m.member.want(edit(m.id, measures("9"), measures("3")), syncproto.Aside, syncproto.CodeLockedReview)
			},
			func(m *made) *phone { return m.chair },
			func(m *made) {
				if _, d := m.record("activity", m.id); string(d["measures"]) != `{"so_ho_so":9}` || d.Str("state") != "pending_review" {
					m.t.Errorf("record %s", d.AppendCanonical(nil))
				}
			}},
		{"deleted by the leader lives on under a new id",
			func(m *made) syncproto.Verdict {
				m.remove()
				return m.member.want(edit(m.id, doc("note", "vẫn cần"), nil), syncproto.Aside, syncproto.CodeDeleted)
			},
			func(m *made) *phone { return m.leader },
			func(m *made) {
				if rec, _ := m.record("activity", m.id); !rec.Deleted {
					m.t.Error("a tombstone came back")
				}
			}},
		{"not_member by the chair",
			func(m *made) syncproto.Verdict {
				m.id = m.world.id()
				return m.other.want(m.create(m.id, m.team, "2023-08-01"), syncproto.Waiting, syncproto.CodeNotMember)
			},
			func(m *made) *phone { return m.chair },
			func(m *made) {
				if _, d := m.record("activity", m.id); d.Str("author") != string(m.world.other) {
					m.t.Errorf("author %q", d.Str("author"))
				}
			}},
		{"invalid, corrected by its author",
			func(m *made) syncproto.Verdict {
				m.id = m.world.id()
				return m.member.want(m.create(m.id, m.team, "2023-08-01", "category", "NOPE"), syncproto.Aside, syncproto.CodeInvalid)
			},
			func(m *made) *phone { return m.member },
			func(m *made) {
				if _, d := m.record("activity", m.id); d.Str("category") != "TUYEN_TRUYEN_LOA" {
					m.t.Errorf("category %q", d.Str("category"))
				}
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMade(t)
			v := tt.setup(m)
			a := m.adoption(v.Case)
			a.Set = doc("category", "TUYEN_TRUYEN_LOA") // counts only where correcting is allowed
			by := tt.by(m)
			got := by.want(a, syncproto.Applied, "")
			tt.check(m)
			if m.caseState(v.Case) != caseAdopted {
				t.Errorf("case is %q", m.caseState(v.Case))
			}
			rev := func() int64 { rec, _ := m.record(syncproto.TypeCase, v.Case); return rec.Rev }
			before := rev()
			by.want(m.adoption(v.Case), syncproto.Noop, "") // a second adoption, a mutation of its own
			if again := by.call(by.request(len(by.sent) - 2)); !cmp.Equal(again.Verdicts[0], got) || rev() != before {
				t.Errorf("adopting again changed something: %v", again.Verdicts)
			}
			if v.V == syncproto.Waiting {
				return
			}
			// What stood aside keeps its verdict: the case tells.
			m.checkVerdictKept(tt.by(m), v)
		})
	}
}

func (m *made) checkVerdictKept(_ *phone, v syncproto.Verdict) {
	resp := m.member.call(m.member.request(0))
	for _, got := range resp.Verdicts {
		if got.Case == v.Case && !cmp.Equal(got, v) {
			m.t.Errorf("verdict changed from %v to %v", v, got)
		}
	}
}

func TestAdopt_DeletedLivesOnUnderItsAlias(t *testing.T) {
	m := newMade(t)
	m.remove()
	v := m.member.want(edit(m.id, doc("note", "vẫn cần"), nil), syncproto.Aside, syncproto.CodeDeleted)
	m.leader.want(m.adoption(v.Case), syncproto.Applied, "")
	_, c := m.record(syncproto.TypeCase, v.Case)
	_, d := m.record(syncproto.TypeActivity, syncproto.ID(c.Str("result_id")))
	if d.Str("alias_of") != string(m.id) || d.Str("note") != "vẫn cần" || d.Str("state") != "received" || d.Str("author") != string(m.world.member) {
		t.Errorf("alias %s", d.AppendCanonical(nil))
	}
}

func TestAdopt_Refused(t *testing.T) {
	t.Run("by somebody without the right", func(t *testing.T) {
		m := newMade(t)
		v := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
		m.member.want(m.adoption(v.Case), syncproto.Aside, syncproto.CodeForbidden)
		m.outsider.want(m.adoption(v.Case), syncproto.Aside, syncproto.CodeForbidden)
		if m.caseState(v.Case) != caseOpen {
			t.Error("the case closed")
		}
	})
	t.Run("by its author who is the chair", func(t *testing.T) {
		m := newMade(t)
		m.grant(m.world.member, domain.RoleViceChair, m.commune, "2023-01-01", "")
		m.decide("approve", "")
		v := m.member.want(edit(m.id, measures("9"), measures("3")), syncproto.Aside, syncproto.CodeLockedReview)
		m.member.want(m.adoption(v.Case), syncproto.Aside, syncproto.CodeForbidden)
	})
	t.Run("of another h", func(t *testing.T) {
		m := newMade(t)
		v := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
		a := m.adoption(v.Case)
		m.leader.do(edit(m.id, doc("note", "đổi"), nil))
		m.leader.want(a, syncproto.Noop, syncproto.CodeStaleReview)
		m.leader.want(m.adoption(v.Case), syncproto.Applied, "")
	})
	t.Run("waives one code only", func(t *testing.T) {
		m := newMade(t)
		v := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
		m.decide("approve", "")
		got := m.leader.want(m.adoption(v.Case), syncproto.Aside, syncproto.CodeLockedReview)
		if got.Case != v.Case || m.caseState(v.Case) != caseOpen || m.state(m.id) != domain.Approved {
			t.Errorf("verdict %v, case %s, record %s", got, m.caseState(v.Case), m.state(m.id))
		}
		if _, d := m.record(syncproto.TypeCase, v.Case); d.Str("code") != string(syncproto.CodeLockedReview) {
			t.Errorf("case under %q", d.Str("code"))
		}
	})
	t.Run("a closed month stays closed", func(t *testing.T) {
		m := newMade(t)
		m.close(m.team, "2023-07")
		v := m.member.want(m.create(m.world.id(), m.team, "2023-07-09"), syncproto.Aside, syncproto.CodeMonthClosed)
		got := m.chair.want(closeCase(syncproto.OpAdopt, v.Case, doc("h", "")), syncproto.Aside, syncproto.CodeMonthClosed)
		if got.Case != v.Case || m.caseState(v.Case) != caseOpen {
			t.Errorf("verdict %v, case %s", got, m.caseState(v.Case))
		}
	})
	t.Run("of what nobody may adopt", func(t *testing.T) {
		m := newMade(t)
		v := m.leader.want(on(syncproto.OpWithdraw, m.id), syncproto.Aside, syncproto.CodeForbidden)
		m.chair.want(m.adoption(v.Case), syncproto.Aside, syncproto.CodeForbidden)
	})
}

func TestDismiss(t *testing.T) {
	m := newMade(t)
	v := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
	m.leader.want(closeCase(syncproto.OpDismiss, v.Case, nil), syncproto.Aside, syncproto.CodeInvalid)
	m.outsider.want(closeCase(syncproto.OpDismiss, v.Case, doc("reason", "x")), syncproto.Aside, syncproto.CodeForbidden)
	m.leader.want(closeCase(syncproto.OpDismiss, v.Case, doc("reason", "Đã sửa bản khác")), syncproto.Applied, "")
	m.leader.want(closeCase(syncproto.OpDismiss, v.Case, doc("reason", "Lần nữa")), syncproto.Noop, "")
	m.leader.want(m.adoption(v.Case), syncproto.Noop, syncproto.CodeStaleReview)
	if m.caseState(v.Case) != caseDismissed {
		t.Errorf("case is %q", m.caseState(v.Case))
	}
	if _, o := m.record(syncproto.TypeOwnCase, v.Case); o.Str("reason") != "Đã sửa bản khác" {
		t.Error("the author is not told why")
	}
}

func TestCases_OverTheConsole(t *testing.T) {
	m := newMade(t)
	v := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
	act := CaseAction{Key: m.world.id(), Case: v.Case, H: m.h()}
	one, err := m.svc.Adopt(context.Background(), domain.Caller{Person: m.world.leader}, act)
	if err != nil || one.V != syncproto.Applied {
		t.Fatal(one, err)
	}
	two, err := m.svc.Adopt(context.Background(), domain.Caller{Person: m.world.leader}, act)
	if diff := cmp.Diff(one, two); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := m.svc.Dismiss(context.Background(), domain.Caller{Person: m.world.leader}, CaseAction{Case: "x"}); domain.CodeOf(err) != domain.Invalid {
		t.Error(err)
	}
}

// TestRedecide_InOrder: what arrives before its record waits, and goes through
// in the order it came as soon as the record appears.
func TestRedecide_InOrder(t *testing.T) {
	m := newMade(t)
	id := m.world.id()
	waits := m.leader.send(
		edit(id, doc("note", "một"), nil),
		edit(id, doc("note", "hai"), doc("note", "một")),
		on(syncproto.OpSubmit, id),
	)
	for _, v := range waits.Verdicts {
		if v.V != syncproto.Waiting || v.Code != syncproto.CodeParentUnknown {
			t.Fatalf("verdict %v", v)
		}
	}
	m.member.want(m.create(id, m.team, "2023-08-05"), syncproto.Applied, "")
	_, d := m.record(syncproto.TypeActivity, id)
	if d.Str("note") != "hai" || d.Str("state") != "pending_review" {
		t.Errorf("record %s", d.AppendCanonical(nil))
	}
	final := m.leader.call(m.leader.request(0))
	for i, v := range final.Verdicts {
		if v.V != syncproto.Applied || v.Case != waits.Verdicts[i].Case || m.caseState(v.Case) != caseDecided {
			t.Errorf("final verdict %v, case %s", v, m.caseState(v.Case))
		}
		if i > 0 && v.Rev <= final.Verdicts[i-1].Rev {
			t.Error("not in the order they came")
		}
	}
	again := m.leader.call(m.leader.request(0))
	if diff := cmp.Diff(final.Verdicts, again.Verdicts); diff != "" {
		t.Errorf("a final verdict changed: %s", diff)
	}
}

func TestRedecide_WhenAdopted(t *testing.T) {
	m := newMade(t)
	m.decide("return", "Thiếu")
	aside := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
	m.member.want(on(syncproto.OpSubmit, m.id), syncproto.Waiting, syncproto.CodeParentAside)
	m.leader.want(m.adoption(aside.Case), syncproto.Applied, "")
	if m.state(m.id) != domain.Pending {
		t.Errorf("the submit still waits: %s", m.state(m.id))
	}
}

func TestRedecide_WhenDismissed(t *testing.T) {
	m := newMade(t)
	m.decide("return", "Thiếu")
	aside := m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
	m.member.want(on(syncproto.OpSubmit, m.id), syncproto.Waiting, syncproto.CodeParentAside)
	m.leader.want(closeCase(syncproto.OpDismiss, aside.Case, doc("reason", "Bỏ")), syncproto.Applied, "")
	if m.state(m.id) != domain.Pending {
		t.Errorf("the submit still waits: %s", m.state(m.id))
	}
}

func TestRedecide_GrantEnteredLate(t *testing.T) {
	m := newMade(t)
	id := m.world.id()
	v := m.outsider.send(m.create(id, m.team, "2023-08-05"), on(syncproto.OpSubmit, id)).Verdicts
	if v[0].Code != syncproto.CodeNotMember || v[1].Code != syncproto.CodeParentAside {
		t.Fatalf("verdicts %v", v)
	}
	m.grant(m.stranger, domain.RoleMember, m.team, "2023-08-06", "")
	m.clearDue()
	if rec, _ := m.record(syncproto.TypeActivity, id); rec != nil {
		t.Fatal("a grant that begins later let it in")
	}
	m.grant(m.stranger, domain.RoleMember, m.team, "2023-08-01", "")
	m.clearDue()
	if m.state(id) != domain.Pending {
		t.Errorf("state %q", m.state(id))
	}
	for _, v := range m.outsider.call(m.outsider.request(0)).Verdicts {
		if v.V != syncproto.Applied {
			t.Errorf("verdict %v", v)
		}
	}
}

// TestRedecide_ReviewBeforeContent: an approval whose content the server does
// not know (it was restored) waits for the phone that still has it.
func TestRedecide_ReviewBeforeContent(t *testing.T) {
	m := newMade(t)
	next := edit(m.id, measures("5"), measures("3"))
	cur := doc("team", string(m.team), "done_on", "2023-08-09", "category", "DVC_NOP_HO_SO", "measures", raw(`{"so_ho_so":5}`))
	m.chair.want(decision(m.id, syncproto.ContentHash("activity", cur), "approve", ""), syncproto.Waiting, syncproto.CodeParentUnknown)
	m.member.want(edit(m.id, doc("note", "x"), nil), syncproto.Applied, "")
	if m.state(m.id) != domain.Pending {
		t.Fatal("approved what was not looked at")
	}
	m.member.want(next, syncproto.Applied, "")
	if m.state(m.id) != domain.Approved {
		t.Errorf("state %q", m.state(m.id))
	}
}

func TestInbox(t *testing.T) {
	m := newMade(t)
	m.decide("return", "Thiếu số hộ")
	m.member.want(edit(m.id, measures("9"), measures("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
	var notes []syncproto.Change
	for _, page := range m.phone(m.world.member).send().Scopes {
		for _, c := range page.Changes {
			if c.Type == syncproto.TypeInbox {
				notes = append(notes, c)
			}
		}
	}
	if len(notes) != 2 {
		t.Fatalf("%d notes", len(notes))
	}
	_, d := m.record(syncproto.TypeInbox, notes[0].ID)
	if d.Str("kind") != "returned" || d.Str("reason") != "Thiếu số hộ" || d.Str("id") != string(m.id) || d.Str("title_en") == "" || d.Str("body_vi") == "" {
		t.Errorf("note %s", d.AppendCanonical(nil))
	}
	read := syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeInbox, ID: notes[0].ID, Set: doc("read", true)}
	m.leader.want(read, syncproto.Aside, syncproto.CodeForbidden)
	m.member.want(read, syncproto.Applied, "")
	read.Set = doc("title_vi", "khác")
	m.member.want(read, syncproto.Aside, syncproto.CodeInvalid)
}

func TestReport(t *testing.T) {
	m := newMade(t)
	id := syncproto.DerivedID(syncproto.TypeReport, m.team, "2023-08")
	report := func(op syncproto.Op, set, was syncproto.Doc) syncproto.Mutation {
		return syncproto.Mutation{Op: op, Type: syncproto.TypeReport, ID: id, Set: set, Was: was}
	}
	full := doc("team", string(m.team), "month", "2023-08", "summary", "Đã làm 5 buổi")
	m.member.want(report(syncproto.OpCreate, full, nil), syncproto.Aside, syncproto.CodeForbidden)
	m.other.want(report(syncproto.OpCreate, full, nil), syncproto.Waiting, syncproto.CodeNotMember)
	wrong := report(syncproto.OpCreate, full, nil)
	wrong.ID = m.world.id()
	m.leader.want(wrong, syncproto.Aside, syncproto.CodeInvalid)
	m.leader.want(report(syncproto.OpCreate, full, nil), syncproto.Applied, "")

	deputy := m.phone(m.stranger)
	m.grant(m.stranger, domain.RoleDeputy, m.team, "2023-08-01", "")
	deputy.want(report(syncproto.OpCreate, full, nil), syncproto.Noop, "")
	more := doc("team", string(m.team), "month", "2023-08", "summary", "Đã làm 5 buổi", "proposals", "Thêm máy")
	deputy.want(report(syncproto.OpCreate, more, nil), syncproto.Applied, "") // a second create is an edit
	deputy.want(report(syncproto.OpEdit, doc("summary", "Đã làm 6 buổi"), doc("summary", "khác")), syncproto.Aside, syncproto.CodeConflictMaterial)
	m.leader.want(report(syncproto.OpSubmit, nil, nil), syncproto.Applied, "")
	m.leader.want(report(syncproto.OpDelete, nil, nil), syncproto.Aside, syncproto.CodeUnknownOp)
	approve := report(syncproto.OpReview, nil, nil)
	approve.Seen, approve.Args = m.c(syncproto.TypeReport, id), doc("decision", "approve")
	m.chair.want(approve, syncproto.Applied, "")
	m.leader.want(report(syncproto.OpEdit, doc("summary", "x"), doc("summary", "Đã làm 5 buổi")), syncproto.Aside, syncproto.CodeLockedReview)
	future := report(syncproto.OpCreate, doc("team", string(m.team), "month", "2023-09"), nil)
	future.ID = syncproto.DerivedID(syncproto.TypeReport, m.team, "2023-09")
	m.leader.want(future, syncproto.Aside, syncproto.CodeFutureDate)
}
