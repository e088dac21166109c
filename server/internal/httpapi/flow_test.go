package httpapi_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// phone makes mutations of one client.
type phone struct {
	w     *world
	as    string
	id    syncproto.ID
	n     int64
	chain syncproto.Chain
}

func (w *world) phone(as string) *phone { return &phone{w: w, as: as, id: newID()} }

// push sends mutations and returns their verdicts.
func (p *phone) push(ms ...*syncproto.Mutation) []syncproto.Verdict {
	p.w.t.Helper()
	req := &syncproto.Request{Proto: 1, Schema: 1, App: "test", Client: p.id, Push: syncproto.Push{First: p.n + 1, Prev: p.chain}, Pull: []syncproto.Pull{}}
	for i, m := range ms {
		m.By, m.T = p.w.who[p.as], p.w.clock.now().UnixMilli()+p.n+int64(i)
		raw, err := syncproto.EncodeMutation(m)
		if err != nil {
			p.w.t.Fatal(err)
		}
		req.Push.List = append(req.Push.List, raw)
		p.chain = syncproto.NextChain(p.chain, syncproto.Fingerprint(raw))
	}
	p.n += int64(len(ms))
	req.Top = p.n
	res, err := p.w.as[p.as].Sync(p.w.t.Context(), req)
	if err != nil {
		p.w.t.Fatalf("sync: %v", err)
	}
	if res.State != syncproto.StateOK || res.Ack != p.n || len(res.Verdicts) != len(ms) {
		p.w.t.Fatalf("sync: state %s, ack %d of %d, %d verdicts", res.State, res.Ack, p.n, len(res.Verdicts))
	}
	return res.Verdicts
}

func (w *world) activity(team string) *syncproto.Mutation {
	return &syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeActivity, ID: syncproto.NewRecordID(rand.Reader, w.clock.now()),
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team[team])), "done_on": syncproto.Str("2023-06-10"),
			"category": syncproto.Str("TUYEN_TRUYEN_TRUC_TIEP"), "measures": jsontext.Value(`{"so_ho":12}`)},
		Add: syncproto.Sets{"evidence": {"paper:01/BB"}}}
}

// logged logs and submits an activity and a report of T1.
func (w *world) logged() (activity, report syncproto.ID) {
	w.t.Helper()
	m, l := w.phone(member), w.phone(leader)
	a := w.activity("T1")
	rep := syncproto.DerivedID(syncproto.TypeReport, w.team["T1"], month)
	vs := m.push(a, &syncproto.Mutation{Op: syncproto.OpSubmit, Type: a.Type, ID: a.ID})
	vs = append(vs, l.push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReport, ID: rep,
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "month": syncproto.Str(month), "summary": syncproto.Str("Đã làm.")}},
		&syncproto.Mutation{Op: syncproto.OpSubmit, Type: syncproto.TypeReport, ID: rep})...)
	for _, v := range vs {
		if v.V != syncproto.Applied {
			w.t.Fatalf("verdict %+v", v)
		}
	}
	return a.ID, rep
}

// reviewed approves all that waits in commune A.
func (w *world) reviewed() {
	w.t.Helper()
	q, err := w.as[chair].ReviewQueue(w.t.Context(), w.unit["A"], month, "", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var list []client.Decision
	for _, it := range q.Items {
		list = append(list, client.Decision{Key: newID(), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "approve"})
	}
	vs, err := w.as[chair].Review(w.t.Context(), list)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, v := range vs {
		if v.V != syncproto.Applied {
			w.t.Fatalf("review: %+v", v)
		}
	}
}

// TestFlow_MonthOfATeam walks a month through every part of the API: log,
// submit, review, close, fund, total.
func TestFlow_MonthOfATeam(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.logged()
	q, err := w.as[chair].ReviewQueue(ctx, w.unit["A"], month, "", 1)
	if err != nil || q.Total != 2 || len(q.Items) != 1 || q.Next == "" {
		t.Fatalf("queue: %v %+v", err, q)
	}
	w.reviewed()
	a, err := w.as[leader].Activity(ctx, id)
	if err != nil || len(a.History) == 0 {
		t.Fatalf("activity: %v, %d versions", err, len(a.History))
	}
	w.clock.set("2023-07-03")
	view, tag, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil || view.Progress.Result != "eligible" || view.Progress.Amount != 500_000 {
		t.Fatalf("team month: %v %+v", err, view.Progress)
	}
	if _, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, tag); !errors.Is(err, client.ErrNotModified) {
		t.Errorf("second read: %v, want not modified", err)
	}
	_, err = w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, string(newID()))
	if p := client.AsProblem(err); p == nil || p.Status != 412 {
		t.Errorf("close of another content: %v, want 412", err)
	}
	first, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, view.Csum)
	if err != nil || !first.Closed {
		t.Fatalf("close: %v", err)
	}
	again, err := w.as[chair].CloseCommuneMonth(ctx, w.unit["A"], month, []client.CloseItem{{Team: w.team["T1"], Csum: view.Csum}, {Team: w.team["T3"], Csum: view.Csum}})
	if err != nil || again[0].Hash != first.Hash || again[1].Closed || again[1].Code != "not_found" {
		t.Errorf("closing twice, and a team of elsewhere: %v %+v", err, again)
	}
	w.fundAndTotal(first)
}

func (w *world) fundAndTotal(closed client.CloseResult) {
	t, ctx := w.t, w.t.Context()
	f := client.Funding{Policy: closed.Verdict.Policy, Decision: "1/QĐ-UBND", On: "2023-07-02", From: month, To: month,
		Teams: []client.ID{w.team["T1"]}, Months: 1, Total: 500_000, Origin: "A"}
	if _, err := w.as[province].Fund(ctx, f); err != nil {
		t.Fatalf("fund: %v", err)
	}
	tot, err := w.as[viewer].Totals(ctx, 2023)
	if err != nil || tot.TeamMonths != 1 || tot.TotalVND != 500_000 {
		t.Errorf("totals: %v %+v", err, tot)
	}
	if err := w.as[province].Finalise(ctx, month); client.AsProblem(err) == nil {
		t.Errorf("finalise with open teams: %v, want a problem", err)
	}
	if list, err := w.as[viewer].Fundings(ctx); err != nil || len(list) != 1 {
		t.Errorf("fundings: %v %d", err, len(list))
	}
	if list, err := w.as[member].Policies(ctx); err != nil || len(list) != 1 {
		t.Errorf("policies: %v %d", err, len(list))
	}
	_, tag, err := w.as[viewer].Summary(ctx, "", "2023-01", "2023-12", "", "")
	if err != nil || tag == "" {
		t.Fatalf("summary: %v, tag %q", err, tag)
	}
	if _, _, err := w.as[viewer].Summary(ctx, "", "2023-01", "2023-12", "", tag); !errors.Is(err, client.ErrNotModified) {
		t.Errorf("summary again: %v, want not modified", err)
	}
	w.phone(member).push(w.lateActivity())
	if _, _, err := w.as[viewer].Summary(ctx, "", "2023-01", "2023-12", "", tag); err != nil {
		t.Errorf("summary after a change: %v, want an answer", err)
	}
}

func (w *world) lateActivity() *syncproto.Mutation {
	a := w.activity("T1")
	a.Set["done_on"] = syncproto.Str("2023-07-01")
	return a
}

// TestFlow_Cases: what a person outside the team logs stands aside; its chair
// dismisses it, twice the same action.
func TestFlow_Cases(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	v := w.phone(otherTeam).push(w.activity("T1"))[0]
	if v.V != syncproto.Waiting || v.Code != syncproto.CodeNotMember {
		t.Fatalf("verdict %+v", v)
	}
	list, err := w.as[chair].Cases(ctx, "", w.unit["A"])
	if err != nil || len(list) != 1 || list[0].ID != v.Case {
		t.Fatalf("cases of the commune: %v %+v", err, list)
	}
	if list, err := w.as[leader].Cases(ctx, w.team["T1"], ""); err != nil || len(list) != 1 {
		t.Errorf("cases of the team: %v %+v", err, list)
	}
	act := client.CaseDecision{Key: newID(), Reason: "Không thuộc tổ."}
	for range 2 {
		got, err := w.as[chair].DismissCase(ctx, v.Case, act)
		if err != nil || got.V != syncproto.Applied {
			t.Fatalf("dismiss: %v %+v", err, got)
		}
	}
	if list, err = w.as[chair].Cases(ctx, "", w.unit["A"]); err != nil || len(list) != 0 {
		t.Errorf("cases afterwards: %v %+v", err, list)
	}
}

// TestFlow_Wait: a long poll behind the head answers at once.
func TestFlow_Wait(t *testing.T) {
	w := newWorld(t)
	res, err := w.as[member].Sync(t.Context(), &syncproto.Request{Proto: 1, Schema: 1, App: "test", Client: newID(), Push: syncproto.Push{First: 1, List: []syncproto.RawMutation{}}, Pull: []syncproto.Pull{}})
	if err != nil {
		t.Fatal(err)
	}
	w.logged()
	start := time.Now()
	woken, err := w.as[member].Wait(t.Context(), res.Epoch, res.Commit)
	if err != nil || len(woken.Scopes) == 0 || time.Since(start) > 5*time.Second {
		t.Errorf("wait: %v %+v after %v", err, woken, time.Since(start))
	}
}

// TestFlow_Roster reads what was imported.
func TestFlow_Roster(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	units, err := w.as[member].Units(ctx, client.UnitQuery{Level: "commune"})
	if err != nil || len(units) != 2 {
		t.Errorf("units: %v %+v", err, units)
	}
	teams, err := w.as[chair].Teams(ctx, w.unit["A"])
	if err != nil || len(teams) != 2 {
		t.Errorf("teams: %v %+v", err, teams)
	}
	people, err := w.as[leader].People(ctx, w.team["T1"])
	if err != nil || len(people) != 2 {
		t.Errorf("people: %v %+v", err, people)
	}
	rep, err := w.as[system].Import(ctx, "teams", []byte("ref,name,level,commune_code,village,decision,established_on,dissolved_on\nT9,Tổ,village,ZZ,,1,2022-01-01,\n"), false, false)
	if err != nil || rep.Written || rep.Bad != 1 || rep.Rows[0].Line != 2 || rep.Rows[0].MsgVi == "" {
		t.Errorf("bad row: %v %+v", err, rep)
	}
}

// TestFlow_Devices: a leader sees the devices of a member and revokes one; it
// may push once more and read nothing.
func TestFlow_Devices(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	list, err := w.as[leader].Devices(ctx, w.who[member])
	if err != nil || len(list) != 1 || list[0].Name != "máy thử" {
		t.Fatalf("devices: %v %+v", err, list)
	}
	if err := w.as[leader].RevokeDevice(ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.as[member].Me(ctx) // renews by itself and comes back with push-only access
	if p := client.AsProblem(err); p == nil || p.Status != 403 {
		t.Errorf("me of a revoked device: %v, want 403", err)
	}
	if s := w.as[member].Session(); !s.PushOnly || s.Refresh != "" {
		t.Errorf("session %+v, want push-only", s)
	}
	v := w.phone(member).push(w.activity("T1"))[0]
	if v.V != syncproto.Aside {
		t.Errorf("push of a revoked device: %+v, want aside", v)
	}
	if err := w.as[otherTeam].RevokeDevice(ctx, w.as[leader].Session().Device); client.AsProblem(err) == nil {
		t.Error("a stranger revoked a device")
	}
}

// TestFlow_LoginAndLogout of an officer.
func TestFlow_LoginAndLogout(t *testing.T) {
	w := newWorld(t)
	c := w.client("")
	if _, err := c.Login(t.Context(), client.Login{Login: " ADMIN ", Password: password, Install: newID()}); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Me(t.Context()); err != nil || me.Person != w.who[system] || me.Today != "2023-06-20" {
		t.Errorf("me: %v %+v", err, me)
	}
	token := c.Token()
	if err := c.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	res := w.raw(nobody, "GET", "/v1/me", nil, map[string]string{"Authorization": "Bearer " + token})
	if res.StatusCode != 401 {
		t.Errorf("access after logout: %d", res.StatusCode)
	}
}
