package months_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

func (w *world) want(what string, team domain.ID, month domain.Month, res domain.Result, fails ...string) {
	w.t.Helper()
	v := w.verdict(team, month)
	if v.Result != res || cmp.Diff(fails, failing(v.TeamMonth)) != "" {
		w.t.Errorf("%s: %s failing %v (%s), want %s failing %v", what, v.Result, failing(v.TeamMonth), v.ReasonVi, res, fails)
	}
}

// The window of 2023 by the decision of October: June to September closed
// before it, October to December after it, and nothing is computed again.
func TestGolden_Year2023(t *testing.T) {
	w := newWorld(t)
	w.now = at("2023-01-01")
	w.settle()
	for m := domain.Month("2023-01"); m <= "2023-12"; m = m.Add(1) {
		w.now = at(string(m.Day(20)))
		for _, team := range append(w.teams[:], w.others[:]...) {
			w.work(team, m)
		}
		w.settle()
		if m == "2023-09" {
			w.now = at("2023-10-12") // before September is locked
			if v := w.verdict(w.teams[0], "2023-03"); v.Result != domain.Eligible || v.Money != domain.MoneyEligible {
				t.Errorf("March before the decision: %s, %s", v.Result, v.Money)
			}
			if _, err := w.svc.Fund(context.Background(), w.province, window2023(w.teams[:]...)); err != nil {
				t.Fatal(err)
			}
		}
		w.now = at(string(m.Add(1).Day(15)))
		w.settle()
	}
	for m := domain.Month("2023-01"); m <= "2023-12"; m = m.Add(1) {
		in := m >= "2023-06"
		for i, team := range w.teams {
			v := w.verdict(team, m)
			want, money := domain.OutOfWindow, domain.NoMoney
			if in {
				want, money = domain.Eligible, domain.Funded
			}
			if v.Result != want || v.Money != money || v.Stage != domain.StageClosed {
				t.Errorf("team %d in %s: %s, %s, %s; want %s, %s", i, m, v.Result, v.Money, v.Stage, want, money)
			}
			if p, _ := w.progress(team, m); cmp.Diff(v.TeamMonth, p.TeamMonth) != "" || p.Money != v.Money {
				t.Errorf("team %d in %s: the phone is shown %s, %s; the verdict is %s, %s", i, m, p.Result, p.Money, v.Result, v.Money)
			}
		}
		if v := w.verdict(w.others[0], m); in && (v.Result != domain.Ineligible || cmp.Diff([]string{"R3"}, failing(v.TeamMonth)) != "") {
			t.Errorf("unregistered in %s: %s failing %v", m, v.Result, failing(v.TeamMonth))
		}
	}
	total, err := w.svc.Totals(context.Background(), w.viewer, 2023)
	if err != nil {
		t.Fatal(err)
	}
	if total.TeamMonths != 14 || total.Total != 7_000_000 {
		t.Errorf("%d team-months, %d đồng; want 14 and 7000000", total.TeamMonths, total.Total)
	}
	if m := total.Months[2]; m.Closed != 4 || m.OutOfWindow != 4 || m.Funded != 0 {
		t.Errorf("March: %+v", m)
	}
	if m := total.Months[6]; m.Closed != 4 || m.Eligible != 2 || m.Ineligible != 2 || m.Funded != 2 || m.FundedVND != 1_000_000 {
		t.Errorf("July: %+v", m)
	}
}

func TestGolden_UnregisteredWith30Activities(t *testing.T) {
	w := newWorld(t)
	w.now = at("2023-06-30")
	for i := range 30 {
		w.activity(w.others[0], domain.Month("2023-06").Day(1+i), nil)
	}
	w.report(w.others[0], "2023-06", domain.Approved)
	w.want("unregistered", w.others[0], "2023-06", domain.Ineligible, "R3")
	if v := w.verdict(w.others[0], "2023-06"); v.Approved != 30 || v.Amount != 0 {
		t.Errorf("%d approved, %d đồng", v.Approved, v.Amount)
	}
}

func TestGolden_AfterThePolicy(t *testing.T) {
	w := newWorld(t)
	w.now = at("2026-11-20")
	w.work(w.teams[0], "2026-11")
	if v := w.verdict(w.teams[0], "2026-11"); v.Result != domain.OutOfWindow || v.Amount != 0 {
		t.Errorf("November 2026: %s, %d đồng", v.Result, v.Amount)
	}
}

func TestGolden_ProposalPaysNothing(t *testing.T) {
	w := newWorld(t)
	w.publish("dongnai-draft-team") // beside NQ 60: it must not win
	w.now = at("2023-07-02")
	w.work(w.teams[0], "2023-06")
	if v := w.verdict(w.teams[0], "2023-06"); v.Policy != "yb-nq60-team" || v.Amount != 500_000 {
		t.Errorf("judged by %s, %d đồng", v.Policy, v.Amount)
	}
	win := window2023(w.teams[0])
	win.Policy, win.Total = "dongnai-draft-team", 7*1_500_000
	if _, err := w.svc.Fund(context.Background(), w.province, win); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a proposal was funded: %v", err)
	}
}

func TestGolden_July2025LooksAtThePredecessor(t *testing.T) {
	w := newWorld(t)
	merged := w.id()
	w.now = at("2025-07-20")
	w.update(func(tx store.Tx) error {
		if err := roster.PutUnitEvent(tx, w.id(), domain.UnitEvent{Kind: domain.UnitMerge, On: "2025-07-01",
			From: []domain.ID{w.registered, w.plain}, To: []domain.ID{merged}, Basis: "1673/NQ-UBTVQH15"}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutRegistration(tx, domain.Registration{Commune: w.registered, Year: 2025, Standard: "advanced",
			Decision: "77/QĐ-UBND", On: "2025-03-01", Origin: domain.Assumed}, store.Cause{})
	})
	for _, c := range []struct{ team, from domain.ID }{{w.teams[0], w.registered}, {w.others[0], w.plain}} {
		w.putTeam(c.team, domain.Team{Name: "Tổ thử", Level: domain.LevelVillage, Commune: merged, Decision: "1/QĐ-UBND",
			EstablishedOn: "2022-01-01", Former: []domain.FormerCommune{{Commune: c.from, Until: "2025-06-30"}}})
		w.work(c.team, "2025-06")
		w.work(c.team, "2025-07")
	}
	w.want("registered before the merger, June", w.teams[0], "2025-06", domain.Eligible)
	w.want("registered before the merger, July", w.teams[0], "2025-07", domain.Eligible)
	w.want("not registered, June", w.others[0], "2025-06", domain.Ineligible, "R3")
	w.want("not registered: no gift from the neighbour", w.others[0], "2025-07", domain.Ineligible, "R3")
	var june, july bool
	w.view(func(r store.Reader) error {
		a, err := w.svc.Facts(r, w.teams[0], "2025-06", w.now)
		if err != nil {
			return err
		}
		b, err := w.svc.Facts(r, w.teams[0], "2025-07", w.now)
		june, july = a.Registration.Inherited, b.Registration.Inherited
		return err
	})
	if june || !july {
		t.Errorf("inherited in June: %v, in July: %v", june, july)
	}
}

func TestVerdict_OnlyAssumedRulesFail(t *testing.T) {
	w := newWorld(t)
	w.now = at("2023-06-20")
	w.want("nothing yet", w.teams[0], "2023-06", domain.Incomplete, "R9", "R10")
	w.activity(w.teams[0], "2023-06-12", nil)
	w.report(w.teams[0], "2023-06", domain.Pending)
	w.want("report waits", w.teams[0], "2023-06", domain.Incomplete, "R9")
	w.report(w.teams[0], "2023-06", domain.Approved)
	w.want("all there", w.teams[0], "2023-06", domain.Eligible)
	if v := w.verdict(w.teams[0], "2023-06"); v.ReasonVi != "Đủ điều kiện – chờ quyết định kinh phí" || v.Money != domain.Projected {
		t.Errorf("%q, %s", v.ReasonVi, v.Money)
	}
}

func TestVerdict_WhyAnActivityDoesNotCount(t *testing.T) {
	w := newWorld(t)
	w.now = at("2023-07-03")
	for why, change := range map[string]func(*domain.Activity){
		"":                   nil,
		"not_approved":       func(a *domain.Activity) { a.State = domain.Returned },
		"no_evidence":        func(a *domain.Activity) { a.Evidence = []string{"paper:"} },
		"photo_not_received": func(a *domain.Activity) { a.Evidence = []string{"photo:00ff"} },
		"own_review":         func(a *domain.Activity) { a.Reviewer = a.Author },
		"after_lock":         func(a *domain.Activity) { a.Received = domain.Date("2023-07-15").Start().UnixMilli() },
	} {
		id, _ := w.activity(w.teams[0], "2023-06-10", change)
		for _, c := range w.verdict(w.teams[0], "2023-06").Activities {
			if c.ID == id && (c.Why != why || c.Counts != (why == "")) {
				t.Errorf("got %q, counts %v; want %q", c.Why, c.Counts, why)
			}
		}
	}
	id, _ := w.activity(w.teams[0], "2023-06-11", func(a *domain.Activity) { a.Evidence, a.Waiver = nil, "mưa lũ" })
	found := false
	for _, c := range w.verdict(w.teams[0], "2023-06").Activities {
		found = found || c.ID == id && c.Counts
	}
	if !found {
		t.Error("the chair's waiver does not count")
	}
}
