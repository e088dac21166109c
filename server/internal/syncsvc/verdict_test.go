package syncsvc

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// made is a world with one activity of the member, created and submitted.
type made struct {
	*world
	id                    syncproto.ID
	member, leader, chair *phone
	other, outsider       *phone
}

func newMade(t testing.TB) *made {
	w := newWorld(t)
	m := &made{world: w, id: w.id(), member: w.phone(w.member), leader: w.phone(w.leader),
		chair: w.phone(w.chair), other: w.phone(w.other), outsider: w.phone(w.stranger)}
	m.member.send(w.create(m.id, w.team, "2023-08-09", "start", 480), on(syncproto.OpSubmit, m.id))
	return m
}

// retire gives a kind of activity its last day.
func (m *made) retire(code, until string) {
	m.update(func(tx store.Tx) error {
		_, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID("category", domain.ID(code), "")},
			Doc: doc("code", code, "until", until), Scopes: []syncproto.Scope{syncproto.ScopeRef}})
		return err
	})
}

func (m *made) seen() syncproto.Hash { return m.c(syncproto.TypeActivity, m.id) }

func (m *made) decide(choice, reason string) {
	m.chair.want(decision(m.id, m.seen(), choice, reason), syncproto.Applied, "")
}

// TestVerdicts goes through every code of the table.
func TestVerdicts(t *testing.T) {
	measured := func(n string) syncproto.Doc { return doc("measures", raw(`{"so_ho_so":`+n+`}`)) }
	tests := []struct {
		name  string
		setup func(*made)
		by    func(*made) *phone
		m     func(*made) syncproto.Mutation
		v     syncproto.V
		code  syncproto.Code
	}{
		{name: "create of the past", m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2023-08-01") }, v: syncproto.Applied},
		{name: "create after a try that waits", m: func(m *made) syncproto.Mutation {
			c := m.create(m.world.id(), m.team, "2023-08-01")
			c.Was = doc("done_on", "2023-08-02")
			return c
		}, v: syncproto.Applied},
		{name: "create today in UTC+7", m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2023-08-10") }, v: syncproto.Applied},
		{name: "create of tomorrow", m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2023-08-11") }, v: syncproto.Aside, code: syncproto.CodeFutureDate},
		{name: "create of long ago", m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2019-01-01") }, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "no such category", m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-01", "category", "NOPE")
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "retired kind, of its last day", setup: func(m *made) { m.retire("TUYEN_TRUYEN_LOA", "2023-08-01") }, m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-01", "category", "TUYEN_TRUYEN_LOA")
		}, v: syncproto.Applied},
		{name: "retired kind, of a later day", setup: func(m *made) { m.retire("TUYEN_TRUYEN_LOA", "2023-08-01") }, m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-02", "category", "TUYEN_TRUYEN_LOA")
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "edit of a retired kind", setup: func(m *made) { m.retire("DVC_NOP_HO_SO", "2023-08-09") },
			m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "mới"), nil) }, v: syncproto.Applied},
		{name: "retired kind moved to a later day", setup: func(m *made) { m.retire("DVC_NOP_HO_SO", "2023-08-09") },
			m: func(m *made) syncproto.Mutation {
				return edit(m.id, doc("done_on", "2023-08-10"), doc("done_on", "2023-08-09"))
			}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "negative measure", m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-01", "measures", raw(`{"so_ho":-1}`))
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "measure that is text", m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-01", "measures", raw(`{"so_ho":"3"}`))
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "field of the server", m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-01", "state", "approved")
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "create again, equal", m: func(m *made) syncproto.Mutation { return m.create(m.id, m.team, "2023-08-09", "start", 480) }, v: syncproto.Noop},
		{name: "create again, other content", m: func(m *made) syncproto.Mutation { return m.create(m.id, m.team, "2023-08-08") }, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "create of a deleted id", setup: func(m *made) { m.remove() }, m: func(m *made) syncproto.Mutation { return m.create(m.id, m.team, "2023-08-09", "start", 480) }, v: syncproto.Aside, code: syncproto.CodeDeleted},
		{name: "not of the team", by: func(m *made) *phone { return m.other }, m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2023-08-01") }, v: syncproto.Waiting, code: syncproto.CodeNotMember},
		{name: "not yet of the team", m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2022-12-31") }, v: syncproto.Waiting, code: syncproto.CodeNotMember},
		{name: "closed month", setup: func(m *made) { m.close(m.team, "2023-07") }, m: func(m *made) syncproto.Mutation { return m.create(m.world.id(), m.team, "2023-07-31") }, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "under another name", m: func(m *made) syncproto.Mutation {
			c := m.create(m.world.id(), m.team, "2023-08-01")
			c.By = m.world.leader
			return c
		}, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "unknown operation", m: func(m *made) syncproto.Mutation { return on("explode", m.id) }, v: syncproto.Aside, code: syncproto.CodeUnknownOp},
		{name: "unknown type", m: func(m *made) syncproto.Mutation {
			return syncproto.Mutation{Op: syncproto.OpCreate, Type: "grant", ID: m.world.id()}
		}, v: syncproto.Aside, code: syncproto.CodeUnknownOp},
		{name: "dispute is a type, no operation", m: func(m *made) syncproto.Mutation { return on("dispute", m.id) }, v: syncproto.Aside, code: syncproto.CodeUnknownOp},
		{name: "duplicate of another client", by: func(m *made) *phone { return m.leader }, m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-09", "start", 490)
		}, v: syncproto.Applied, code: syncproto.CodeDuplicateOf},
		{name: "eleven minutes apart", by: func(m *made) *phone { return m.leader }, m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-09", "start", 491)
		}, v: syncproto.Applied},
		{name: "twice on one client is meant so", m: func(m *made) syncproto.Mutation {
			return m.create(m.world.id(), m.team, "2023-08-09", "start", 480)
		}, v: syncproto.Applied},

		{name: "edit of a free field", m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "mới"), nil) }, v: syncproto.Applied},
		{name: "edit that overwrites unseen", setup: func(m *made) { m.leader.do(edit(m.id, doc("note", "của tổ trưởng"), nil)) },
			m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "của tôi"), nil) }, v: syncproto.Merged, code: syncproto.CodeOverwroteNewer},
		{name: "edit of what is so already", m: func(m *made) syncproto.Mutation { return edit(m.id, measured("3"), measured("1")) }, v: syncproto.Noop},
		{name: "material with the right was", m: func(m *made) syncproto.Mutation { return edit(m.id, measured("4"), measured("3")) }, v: syncproto.Applied},
		{name: "material with another was", m: func(m *made) syncproto.Mutation { return edit(m.id, measured("4"), measured("2")) }, v: syncproto.Aside, code: syncproto.CodeConflictMaterial},
		{name: "edit by the leader", by: func(m *made) *phone { return m.leader }, m: func(m *made) syncproto.Mutation { return edit(m.id, measured("4"), measured("3")) }, v: syncproto.Applied},
		{name: "edit by another member", setup: func(m *made) { m.grant(m.world.other, domain.RoleMember, m.team, "2023-01-01", "") },
			by: func(m *made) *phone { return m.other }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "edit by a stranger", by: func(m *made) *phone { return m.outsider }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Waiting, code: syncproto.CodeNotMember},
		{name: "edit of the unknown", m: func(m *made) syncproto.Mutation { return edit(m.world.id(), doc("note", "x"), nil) }, v: syncproto.Waiting, code: syncproto.CodeParentUnknown},
		{name: "edit after approval", setup: func(m *made) { m.decide("approve", "") }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Aside, code: syncproto.CodeLockedReview},
		{name: "edit after rejection", setup: func(m *made) { m.decide("reject", "Sai") }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Aside, code: syncproto.CodeLockedReview},
		{name: "edit while returned", setup: func(m *made) { m.decide("return", "Thiếu") }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Applied},
		{name: "edit in a closed month", setup: func(m *made) { m.close(m.team, "2023-08") }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "edit out of a closed month", setup: func(m *made) { m.close(m.team, "2023-08") },
			m: func(m *made) syncproto.Mutation {
				return edit(m.id, doc("done_on", "2023-07-09"), doc("done_on", "2023-08-09"))
			}, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "edit into a closed month", setup: func(m *made) { m.close(m.team, "2023-07") },
			m: func(m *made) syncproto.Mutation {
				return edit(m.id, doc("done_on", "2023-07-09"), doc("done_on", "2023-08-09"))
			}, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "closed month before the lock", setup: func(m *made) { m.decide("approve", ""); m.close(m.team, "2023-08") },
			m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "move to a foreign team", m: func(m *made) syncproto.Mutation {
			return edit(m.id, doc("team", string(m.far)), doc("team", string(m.team)))
		}, v: syncproto.Waiting, code: syncproto.CodeNotMember},
		{name: "move to the future", m: func(m *made) syncproto.Mutation {
			return edit(m.id, doc("done_on", "2023-09-09"), doc("done_on", "2023-08-09"))
		}, v: syncproto.Aside, code: syncproto.CodeFutureDate},
		{name: "edit of a set through set", m: func(m *made) syncproto.Mutation { return edit(m.id, doc("evidence", raw(`["paper:1"]`)), nil) }, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "evidence of no kind", m: func(m *made) syncproto.Mutation {
			e := on(syncproto.OpAttach, m.id)
			e.Add = syncproto.Sets{"evidence": {"photo:xyz"}}
			return e
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "attach of something else", m: func(m *made) syncproto.Mutation {
			e := on(syncproto.OpAttach, m.id)
			e.Add = syncproto.Sets{"participants": {string(m.world.leader)}}
			return e
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},

		{name: "submit again", m: func(m *made) syncproto.Mutation { return on(syncproto.OpSubmit, m.id) }, v: syncproto.Noop},
		{name: "submit of the approved", setup: func(m *made) { m.decide("approve", "") }, m: func(m *made) syncproto.Mutation { return on(syncproto.OpSubmit, m.id) }, v: syncproto.Noop},
		{name: "submit behind the own aside", setup: func(m *made) {
			m.decide("return", "Thiếu")
			m.member.want(edit(m.id, measured("9"), measured("2")), syncproto.Aside, syncproto.CodeConflictMaterial)
		}, m: func(m *made) syncproto.Mutation { return on(syncproto.OpSubmit, m.id) }, v: syncproto.Waiting, code: syncproto.CodeParentAside},
		{name: "work on what stands aside", setup: func(m *made) {
			m.id = m.world.id()
			m.member.want(m.create(m.id, m.team, "2023-08-11"), syncproto.Aside, syncproto.CodeFutureDate)
		}, m: func(m *made) syncproto.Mutation { return on(syncproto.OpSubmit, m.id) }, v: syncproto.Waiting, code: syncproto.CodeParentAside},
		{name: "withdraw by its author", m: func(m *made) syncproto.Mutation { return on(syncproto.OpWithdraw, m.id) }, v: syncproto.Applied},
		{name: "withdraw by the leader", by: func(m *made) *phone { return m.leader }, m: func(m *made) syncproto.Mutation { return on(syncproto.OpWithdraw, m.id) }, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "withdraw after approval", setup: func(m *made) { m.decide("approve", "") }, m: func(m *made) syncproto.Mutation { return on(syncproto.OpWithdraw, m.id) }, v: syncproto.Aside, code: syncproto.CodeLockedReview},

		{name: "delete of what was seen", m: func(m *made) syncproto.Mutation { return m.deletion(m.seen()) }, v: syncproto.Applied},
		{name: "delete of what was not seen", m: func(m *made) syncproto.Mutation { return m.deletion(syncproto.Hash{1}) }, v: syncproto.Aside, code: syncproto.CodeDeleted},
		{name: "delete after approval", setup: func(m *made) { m.decide("approve", "") }, m: func(m *made) syncproto.Mutation { return m.deletion(m.seen()) }, v: syncproto.Aside, code: syncproto.CodeLockedReview},
		{name: "delete of the deleted", setup: func(m *made) { m.remove() }, m: func(m *made) syncproto.Mutation { return m.deletion(syncproto.Hash{1}) }, v: syncproto.Noop},
		{name: "edit of the deleted", setup: func(m *made) { m.remove() }, m: func(m *made) syncproto.Mutation { return edit(m.id, doc("note", "x"), nil) }, v: syncproto.Aside, code: syncproto.CodeDeleted},
		{name: "submit of the deleted", setup: func(m *made) { m.remove() }, m: func(m *made) syncproto.Mutation { return on(syncproto.OpSubmit, m.id) }, v: syncproto.Aside, code: syncproto.CodeDeleted},

		{name: "approve", by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Applied},
		{name: "return without a reason", by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "return", "") }, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "waive without a reason", by: (*made).desk, m: func(m *made) syncproto.Mutation {
			d := decision(m.id, m.seen(), "approve", "")
			d.Args["waive"] = syncproto.Bool(true)
			return d
		}, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "decision of no kind", by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "maybe", "x") }, v: syncproto.Aside, code: syncproto.CodeInvalid},
		{name: "review by the leader", by: func(m *made) *phone { return m.leader }, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "review by the other commune's chair", setup: func(m *made) { m.grant(m.stranger, domain.RoleChair, m.commune2, "2023-01-01", "") },
			by: func(m *made) *phone { return m.outsider }, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "review by a chair whose term is over", setup: func(m *made) { m.grant(m.stranger, domain.RoleChair, m.commune, "2023-01-01", "2023-08-09") },
			by: func(m *made) *phone { return m.outsider }, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "review of the own work", setup: func(m *made) {
			m.grant(m.world.chair, domain.RoleMember, m.team, "2023-01-01", "")
			m.id = m.world.id()
			m.chair.send(m.create(m.id, m.team, "2023-08-09"), on(syncproto.OpSubmit, m.id))
		}, by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Aside, code: syncproto.CodeForbidden},
		{name: "same decision again", setup: func(m *made) { m.decide("approve", "") }, by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Noop},
		{name: "same decision by the vice chair", setup: func(m *made) { m.decide("approve", "") }, by: (*made).vice, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Noop},
		{name: "other decision by the vice chair", setup: func(m *made) { m.decide("approve", "") }, by: (*made).vice, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "reject", "x") }, v: syncproto.Noop, code: syncproto.CodeStaleReview},
		{name: "own pending decision counts as seen", setup: func(m *made) { m.decide("return", "x") }, by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Applied},
		{name: "content changed since", setup: func(m *made) { m.member.do(edit(m.id, measured("5"), measured("3"))) }, by: (*made).desk, m: func(m *made) syncproto.Mutation {
			return decision(m.id, m.firstC(), "approve", "")
		}, v: syncproto.Noop, code: syncproto.CodeStaleReview},
		{name: "a free field changed since", by: (*made).desk, m: func(m *made) syncproto.Mutation {
			seen := m.seen()
			m.member.do(edit(m.id, doc("note", "thêm"), nil))
			return decision(m.id, seen, "approve", "")
		}, v: syncproto.Applied},
		{name: "content that never was", by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, syncproto.Hash{7}, "approve", "") }, v: syncproto.Waiting, code: syncproto.CodeParentUnknown},
		{name: "review of the deleted", setup: func(m *made) { m.remove() }, by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.firstC(), "approve", "") }, v: syncproto.Noop, code: syncproto.CodeStaleReview},
		{name: "review in a closed month", setup: func(m *made) { m.close(m.team, "2023-08") }, by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "approve", "") }, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "revoke in a closed month", setup: func(m *made) { m.decide("approve", ""); m.close(m.team, "2023-08") }, by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "revoke", "x") }, v: syncproto.Aside, code: syncproto.CodeMonthClosed},
		{name: "revoke", setup: func(m *made) { m.decide("approve", "") }, by: (*made).vice, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "revoke", "x") }, v: syncproto.Applied},
		{name: "revoke of what waits", by: (*made).desk, m: func(m *made) syncproto.Mutation { return decision(m.id, m.seen(), "revoke", "x") }, v: syncproto.Noop, code: syncproto.CodeStaleReview},
	}
	with := tabled(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.code != "" && !slices.Contains(with[tt.code], string(tt.v)) {
				t.Errorf("%s comes with %v by SPEC.md, not with %s", tt.code, with[tt.code], tt.v)
			}
			m := newMade(t)
			if tt.setup != nil {
				tt.setup(m)
			}
			p := m.member
			if tt.by != nil {
				p = tt.by(m)
			}
			mut := tt.m(m)
			m.sameTwice(p, mut)
			v := p.want(mut, tt.v, tt.code)
			if again := p.call(p.request(len(p.sent) - 1)); !cmp.Equal(again.Verdicts, []syncproto.Verdict{v}) {
				t.Errorf("sent again: %v, was %v", again.Verdicts, v)
			}
			m.checkCase(p, v)
		})
	}
}

// tabled reads with which verdicts SPEC.md says that each code comes.
func tabled(t *testing.T) map[syncproto.Code][]string {
	t.Helper()
	b, err := os.ReadFile("../../../syncproto/SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	with := map[syncproto.Code][]string{}
	_, rows, _ := strings.Cut(string(b), "| code | with |")
	for row := range strings.Lines(rows) {
		if cells := strings.Split(row, "|"); len(cells) > 3 {
			with[syncproto.Code(strings.Trim(cells[1], " `"))] = strings.Split(strings.TrimSpace(cells[2]), ", ")
		} else if len(with) > 1 {
			break
		}
	}
	return with
}

func (m *made) desk() *phone { return m.chair }
func (m *made) vice() *phone { return m.phone(m.chair2) }

func (m *made) deletion(seen syncproto.Hash) syncproto.Mutation {
	d := on(syncproto.OpDelete, m.id)
	d.Seen = seen
	return d
}

func (m *made) remove() { m.member.want(m.deletion(m.seen()), syncproto.Applied, "") }

// firstC is the content that the record was created with.
func (m *made) firstC() (c syncproto.Hash) {
	m.view(func(r store.Reader) error {
		return r.History(store.Key{Type: syncproto.TypeActivity, ID: m.id}, func(v *store.Version) bool {
			if !v.C.IsZero() {
				c = v.C
			}
			return true
		})
	})
	return c
}

// sameTwice: decide is pure, and a snapshot is all it needs.
func (m *made) sameTwice(p *phone, mut syncproto.Mutation) {
	mut.By = firstID(mut.By, p.person)
	raw, err := syncproto.EncodeMutation(&mut)
	if err != nil {
		m.t.Fatal(err)
	}
	m.view(func(r store.Reader) error {
		if err := m.svc.warm(r); err != nil {
			return err
		}
		in := &input{item: readItem(raw), caller: domain.Caller{Person: p.person}, client: p.client, now: m.now}
		catalogue := m.svc.catalogue.Load().codes
		one := decide(newState(r, m.now, catalogue), in)
		two := decide(newState(r, m.now, catalogue), in)
		if diff := cmp.Diff(one, two, decided); diff != "" {
			m.t.Errorf("decide is not pure: %s", diff)
		}
		return nil
	})
}

// decided lets outcomes be compared.
var decided = cmp.AllowUnexported(outcome{}, write{}, place{}, closing{})

func firstID(a, b domain.ID) domain.ID {
	if a != "" {
		return a
	}
	return b
}

// checkCase: what stands aside or waits has a case for its author and for the
// team, and the author's copy holds nothing of the server's state.
func (m *made) checkCase(p *phone, v syncproto.Verdict) {
	m.t.Helper()
	if v.V != syncproto.Aside && v.V != syncproto.Waiting {
		if v.Case != "" {
			m.t.Errorf("%s with a case", v.V)
		}
		return
	}
	rec, d := m.record(syncproto.TypeCase, v.Case)
	own, o := m.record(syncproto.TypeOwnCase, v.Case)
	if rec == nil || own == nil {
		m.t.Fatal("no case")
	}
	if d.Str("code") != string(v.Code) || d.Str("v") != string(v.V) || o.Str("mutation") != string(p.sent[len(p.sent)-1]) {
		m.t.Errorf("case %s", d.AppendCanonical(nil))
	}
	for _, f := range []string{"h", "c", "rev", "team"} {
		if _, ok := o[f]; ok {
			m.t.Errorf("the author's copy holds %q", f)
		}
	}
	if own.Scopes[0] != syncproto.UserScope(p.person) || len(own.Scopes) != 1 {
		m.t.Errorf("own case in %v", own.Scopes)
	}
}

func TestVerdicts_LostValueStaysInHistory(t *testing.T) {
	m := newMade(t)
	m.leader.do(edit(m.id, doc("note", "của tổ trưởng"), nil))
	v := m.member.want(edit(m.id, doc("note", "của tôi"), nil), syncproto.Merged, syncproto.CodeOverwroteNewer)
	if !cmp.Equal(v.Lost, []string{"note"}) {
		t.Errorf("lost %v", v.Lost)
	}
	found := false
	m.view(func(r store.Reader) error {
		return r.History(store.Key{Type: syncproto.TypeActivity, ID: m.id}, func(h *store.Version) bool {
			found = found || strings.Contains(string(h.Before["note"]), "tổ trưởng")
			return true
		})
	})
	if !found {
		t.Error("the overwritten note is in no version")
	}
}

func TestBounds(t *testing.T) {
	m := newMade(t)
	at := m.member.seen
	held := m.now
	m.now = m.now.Add(5 * time.Hour)
	e := edit(m.id, doc("note", "sau"), nil)
	e.At = at.Epoch + "/" + itoa(at.Commit)
	m.member.want(e, syncproto.Applied, "")
	rec, _ := m.record(syncproto.TypeActivity, m.id)
	if nb := time.UnixMilli(rec.NotBeforeMs); nb.After(held) || nb.Before(held.Add(-2*time.Minute)) {
		t.Errorf("not before %v, the author held a commit of %v", nb, held)
	}
	if rec.NotAfterMs != m.now.UnixMilli() {
		t.Errorf("not after %d", rec.NotAfterMs)
	}
	e = edit(m.id, doc("note", "nữa"), doc("note", "sau"))
	e.At = "elsewhere/5"
	m.member.want(e, syncproto.Applied, "")
	if rec, _ := m.record(syncproto.TypeActivity, m.id); rec.NotBeforeMs != 0 {
		t.Errorf("a commit nobody knows gives no bound: %d", rec.NotBeforeMs)
	}
}

func itoa(n int64) string { return string(syncproto.Int(n)) }

func TestMove_BetweenMonths(t *testing.T) {
	m := newMade(t)
	m.leader.send() // reads all scopes
	m.member.want(edit(m.id, doc("done_on", "2023-07-30"), doc("done_on", "2023-08-09")), syncproto.Applied, "")
	resp := m.leader.send()
	got := map[syncproto.Scope]syncproto.ChangeOp{}
	for _, page := range resp.Scopes {
		for _, c := range page.Changes {
			if c.ID == m.id {
				got[page.Scope] = c.Op
			}
		}
	}
	want := map[syncproto.Scope]syncproto.ChangeOp{
		syncproto.TeamMonthScope(m.team, "2023-08"): syncproto.ChangeLeave,
		syncproto.TeamMonthScope(m.team, "2023-07"): syncproto.ChangePut,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, d := m.record(syncproto.TypeActivity, m.id); d.Str("month") != "2023-07" {
		t.Errorf("month %q", d.Str("month"))
	}
}
