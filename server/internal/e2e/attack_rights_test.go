package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/syncproto"
)

// TestAttack_Rights tries every door of somebody else's house.
func TestAttack_Rights(t *testing.T) {
	s := besieged(t)
	ctx := context.Background()
	t1 := s.team["T1"]
	id := s.phone[pMember].submitted(t1, string(today()))
	m := string(today().Month())

	t.Run("scopes of others are never delivered", func(t *testing.T) {
		for _, who := range []string{pOther, pForeign, pChair2, pVice, pProv} {
			scopes := []syncproto.Scope{syncproto.TeamScope(t1), syncproto.TeamMonthScope(t1, m), syncproto.CommuneScope(s.unit["A"]),
				syncproto.CommuneMonthScope(s.unit["A"], m), syncproto.UserScope(s.who[pMember])}
			res := s.phone[who].pull(scopes...)
			for _, p := range res.Scopes {
				for _, q := range scopes {
					if p.Scope == q {
						t.Errorf("%s was given %s: %d changes", who, p.Scope, len(p.Changes))
					}
				}
			}
			if len(res.Revoked) != len(scopes) {
				t.Errorf("%s: %d of %d scopes refused", who, len(res.Revoked), len(scopes))
			}
		}
	})
	t.Run("what is no scope is never delivered", func(t *testing.T) {
		for _, sc := range []syncproto.Scope{"sys:teams", "sys:people", "sys:policies", "sys:cases", "sys:grants/" + syncproto.Scope(s.who[pMember]),
			"team:", "team:/", "user:", "ref/2026-11", "", syncproto.TeamScope(t1) + "/2026-13", syncproto.TeamScope(t1) + "/" + syncproto.Scope(m) + "/x"} {
			res, err := s.as[pSys].Sync(ctx, s.phone[pMember].request(nil, sc))
			if st := status(err); st != 200 {
				if sc != "" || st != 400 {
					t.Errorf("%q: %v", sc, err)
				}
				continue
			}
			for _, p := range res.Scopes {
				if p.Scope == sc {
					t.Errorf("%q was delivered", sc)
				}
			}
		}
	})
	t.Run("console reads of others", func(t *testing.T) {
		for _, who := range []string{pOther, pForeign, pChair2, pVice} {
			c := s.as[who]
			_, e1 := c.Activity(ctx, id)
			_, e2 := c.Cases(ctx, t1, "")
			_, e3 := c.Cases(ctx, "", s.unit["A"])
			_, e4 := c.ReviewQueue(ctx, s.unit["A"], m, "", 0)
			_, _, e5 := c.TeamMonth(ctx, t1, m, "")
			_, _, e6 := c.CommuneMonth(ctx, s.unit["A"], m, "")
			_, e7 := c.People(ctx, t1)
			_, e8 := c.Devices(ctx, s.who[pMember])
			for i, err := range []error{e1, e2, e3, e4, e5, e6, e7, e8} {
				if st := status(err); st != 403 && st != 404 {
					t.Errorf("%s read %d: %d", who, i+1, st)
				}
			}
			if sum, _, err := c.Summary(ctx, "", m, m, "", ""); err == nil && strings.Contains(string(sum), string(s.unit["A"])) {
				t.Errorf("%s sees figures of A: %s", who, sum)
			}
		}
	})
	t.Run("console writes of others", func(t *testing.T) {
		policy, err := data.Files.ReadFile("policies/yb-nq60-team.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{pMember, pOther, pForeign, pChair2, pVice} {
			c := s.as[who]
			_, e1 := c.CloseCommuneMonth(ctx, s.unit["A"], lastMonth(), []client.CloseItem{{Team: t1, Csum: "x"}})
			_, e2 := c.CloseTeamMonth(ctx, t1, lastMonth(), "AAAAAAAAAAAAAAAAAAAAAA")
			e3 := c.Finalise(ctx, lastMonth())
			_, e4 := c.PublishPolicy(ctx, policy)
			_, e5 := c.Fund(ctx, client.Funding{Policy: "yb-nq60-team", Decision: "1", On: "2026-11-01", From: "2026-10", To: "2026-10", Teams: []client.ID{t1}, Months: 1, Total: 500000, Origin: "S"})
			_, e6 := c.Import(ctx, "officers", []byte("ref,name,role,unit_level,unit_code,from,to\nm1,A,province_admin,province,15,2022-01-01,\n"), false, false)
			_, e7 := c.Import(ctx, "members", []byte("ref,name,role,team_ref,from,to\nm1,A,leader,T1,2022-01-01,\n"), false, false)
			for i, err := range []error{e1, e2, e3, e4, e5, e6, e7} {
				if st := status(err); st != 403 && st != 404 {
					t.Errorf("%s write %d: %d", who, i+1, st)
				}
			}
		}
	})
	t.Run("codes and devices out of reach", func(t *testing.T) {
		for who, out := range map[string][]string{
			pMember: {pMate, pLeader, pOther, pChair, pProv, pSys}, pLeader: {pOther, pChair, pProv, pSys, pBoth},
			pChair: {pForeign, pChair2, pProv, pSys, pBoth}, pVice: {pMember, pChair}, pProv: {pSys, pProv},
		} {
			for _, target := range out {
				codes, err := s.as[who].NewCodes(ctx, []client.ID{s.who[target]})
				if err == nil && codes[0].Code != "" {
					t.Errorf("%s got a code for %s", who, target)
				}
				if target == who {
					continue
				}
				if st := status(s.as[who].RevokeDevice(ctx, s.as[target].Session().Device)); st != 403 {
					t.Errorf("%s revoking a device of %s: %d", who, target, st)
				}
			}
		}
	})
	t.Run("forged by", func(t *testing.T) {
		p := s.phone[pOther]
		fid := recordID()
		raw := p.do(syncproto.OpCreate, syncproto.TypeActivity, fid, func(m *syncproto.Mutation) {
			m.By = s.who[pMember]
			m.Set = syncproto.Doc{"team": syncproto.Str(string(t1)), "done_on": syncproto.Str(string(today())), "category": syncproto.Str("DVC_NOP_HO_SO")}
		})
		v := p.push(raw)[0]
		wantVerdict(t, "forged", v, syncproto.Aside, syncproto.CodeForbidden)
		for _, who := range []string{pOther, pLeader, pChair, pMember} {
			got, err := s.as[who].AdoptCase(ctx, v.Case, client.CaseDecision{Key: newID()})
			if err == nil && got.V == syncproto.Applied {
				t.Errorf("%s adopted a forged mutation", who)
			}
		}
		// The same bytes from whom they name are his own.
		wantVerdict(t, "same bytes, true author", s.phone[pMember].push(raw)[0], syncproto.Applied, "")
	})
	t.Run("work in other teams", func(t *testing.T) {
		p := s.phone[pOther]
		vs := p.push(p.activity(recordID(), t1, string(today())),
			p.do(syncproto.OpEdit, "activity", id, func(m *syncproto.Mutation) { m.Set = syncproto.Doc{"note": syncproto.Str("x")} }),
			p.do(syncproto.OpDelete, "activity", id, func(m *syncproto.Mutation) { m.Seen, _ = syncproto.ParseBytes16(s.get(id).C) }),
			p.do(syncproto.OpWithdraw, "activity", id, nil), p.do(syncproto.OpSubmit, "activity", id, nil),
			p.do(syncproto.OpReview, "activity", id, func(m *syncproto.Mutation) {
				m.Args = syncproto.Doc{"decision": syncproto.Str("approve")}
				m.Seen, _ = syncproto.ParseBytes16(s.get(id).C)
			}))
		for i, v := range vs {
			if v.V != syncproto.Aside && v.V != syncproto.Waiting {
				t.Errorf("mutation %d of an outsider: %s %s", i, v.V, v.Code)
			}
		}
		if st := s.field(id, "state"); st != "pending_review" {
			t.Errorf("the activity is %s now", st)
		}
		for _, v := range vs { // nobody but the chair of A brings it in
			for _, who := range []string{pOther, pLeader2, pForeign, pChair2, pVice} {
				got, err := s.as[who].AdoptCase(ctx, v.Case, client.CaseDecision{Key: newID()})
				if err == nil && got.V == syncproto.Applied {
					t.Errorf("%s adopted %+v", who, v)
				}
			}
		}
	})
	t.Run("server fields", func(t *testing.T) {
		p := s.phone[pMember]
		for f, val := range map[string]string{"state": `"approved"`, "author": `"` + string(s.who[pMate]) + `"`, "reviewer": `"x"`, "waiver": `"x"`,
			"received": `1`, "unit": `"x"`, "c": `"x"`, "reviewed_c": `"x"`, "flags": `[]`, "month": `"2020-01"`, "alias_of": `"x"`} {
			v := p.push(p.do(syncproto.OpEdit, "activity", id, func(m *syncproto.Mutation) { m.Set = syncproto.Doc{f: []byte(val)} }))[0]
			wantVerdict(t, "set "+f, v, syncproto.Aside, syncproto.CodeInvalid)
		}
	})
	t.Run("chairs", func(t *testing.T) {
		for _, who := range []string{pChair2, pVice} {
			wantVerdict(t, who, s.review(who, id, "approve"), syncproto.Aside, syncproto.CodeForbidden)
		}
		own := s.phone[pBoth].submitted(t1, string(today()))
		wantVerdict(t, "own work, console", s.review(pBoth, own, "approve"), syncproto.Aside, syncproto.CodeForbidden)
		p := s.phone[pBoth]
		v := p.push(p.do(syncproto.OpReview, "activity", own, func(m *syncproto.Mutation) {
			m.Args = syncproto.Doc{"decision": syncproto.Str("approve")}
			m.Seen, _ = syncproto.ParseBytes16(s.get(own).C)
		}))[0]
		wantVerdict(t, "own work, phone", v, syncproto.Aside, syncproto.CodeForbidden)
		got, err := s.as[pBoth].AdoptCase(ctx, v.Case, client.CaseDecision{Key: newID(), H: hash(t, s.get(own).H)})
		if err == nil && got.V == syncproto.Applied {
			t.Error("the author adopted his own review")
		}
		// A chair who leads the team too can't approve figures that he changed.
		s.imports(s.as[pSys], "members", "ref,name,role,team_ref,from,to", "x1,G (thử),leader,T1,2022-01-01,")
		of := s.phone[pMate].submitted(t1, string(today()))
		wantVerdict(t, "edit as leader", p.push(p.do(syncproto.OpEdit, "activity", of, func(m *syncproto.Mutation) {
			m.Set = syncproto.Doc{"measures": []byte(`{"so_ho_so":999}`)}
			m.Was = syncproto.Doc{"measures": []byte(`{"so_ho_so":3,"so_nguoi":2}`)}
		}))[0], syncproto.Applied, "")
		wantVerdict(t, "approve own figures", s.review(pBoth, of, "approve"), syncproto.Aside, syncproto.CodeForbidden)
		wantVerdict(t, "a colleague approves them", s.review(pChair, of, "approve"), syncproto.Applied, "")
		s.signIn(pBoth) // a second device
		wantVerdict(t, "own work, second device", s.review(pBoth, own, "approve"), syncproto.Aside, syncproto.CodeForbidden)
		wantVerdict(t, "a colleague's", s.review(pChair, own, "approve"), syncproto.Applied, "")
	})
}

func hash(t *testing.T, s string) syncproto.Hash {
	t.Helper()
	h, err := syncproto.ParseBytes16(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
