package months_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// bigProvince writes the village teams of Yên Bái in 2023: 771 of them in
// registered communes, 1,356 in all.
func (w *world) bigProvince() (registered []domain.ID, all []domain.ID) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		registered, all = nil, nil
		for i := range 1356 - 4 { // the world has four
			id, commune := w.id(), w.plain
			if i < 771-2 {
				commune = w.registered
				registered = append(registered, id)
			}
			all = append(all, id)
			if err := roster.PutTeam(tx, id, domain.Team{Name: fmt.Sprint("Tổ ", i), Level: domain.LevelVillage,
				Commune: commune, Decision: "2/QĐ", EstablishedOn: "2022-01-01"}, store.Cause{}); err != nil {
				return err
			}
		}
		return nil
	})
	return append(registered, w.teams[:]...), append(all, append(w.teams[:], w.others[:]...)...)
}

// workAll gives each team an approved activity and report, in one transaction.
func (w *world) workAll(teams []domain.ID, m domain.Month) {
	w.t.Helper()
	put := func(tx store.Tx, typ string, id, team domain.ID, v any) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		doc, err := syncproto.DecodeDoc(raw)
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: store.Key{Type: typ, ID: id}, Doc: doc, Scopes: []syncproto.Scope{syncproto.TeamMonthScope(team, string(m))}})
		return err
	}
	ms := m.Start().UnixMilli()
	w.update(func(tx store.Tx) error {
		for _, t := range teams {
			if err := put(tx, syncproto.TypeActivity, w.id(), t, domain.Activity{Team: t, DoneOn: m.Day(9), Category: "VNEID", Month: m,
				Evidence: []string{"paper:1"}, Author: w.leader, Reviewer: w.chair.Person, State: domain.Approved, Received: ms}); err != nil {
				return err
			}
			if err := put(tx, syncproto.TypeReport, syncproto.DerivedID(syncproto.TypeReport, t, string(m)), t, domain.Report{Team: t, Month: m,
				Author: w.leader, Reviewer: w.chair.Person, State: domain.Approved, Received: ms}); err != nil {
				return err
			}
		}
		return nil
	})
}

// The published figures of 2023: 771 teams, seven months, 5,397 team-months,
// 2,698,500,000 đồng; and what is lost when two reports of December are not
// approved and one team did nothing, so the total can't come from teams × months × rate alone.
func TestGolden_WholeProvince2023(t *testing.T) {
	if testing.Short() {
		t.Skip("9,492 closes take some seconds: left out by -short")
	}
	w := newWorld(t)
	const broken = 3
	registered, all := w.bigProvince()
	tick := func() {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = w.svc.Tick(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	tick()
	for m := domain.Month("2023-06"); m <= "2023-12"; m = m.Add(1) {
		w.now = at(string(m.Day(20)))
		busy := all
		if m == "2023-12" { // one team reports and does nothing
			busy = slices.DeleteFunc(slices.Clone(all), func(id domain.ID) bool { return id == registered[3] })
			w.report(registered[3], m, domain.Approved)
		}
		w.workAll(busy, m)
		w.now = at(string(m.Add(1).Day(12)))
		if m == "2023-09" { // June to August are closed, September is not
			if _, err := w.svc.Fund(context.Background(), w.province, window2023(registered...)); err != nil {
				t.Fatal(err)
			}
		}
		if m == "2023-12" {
			w.report(registered[0], m, domain.Returned)
			w.report(registered[1], m, domain.Rejected)
			w.activity(registered[2], "2023-12-20", func(a *domain.Activity) { a.State = domain.Returned })
		}
		w.now = at(string(m.Add(1).Day(15)))
		tick()
	}
	total, err := w.svc.Totals(context.Background(), w.viewer, 2023)
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(5397 - broken); total.TeamMonths != want || total.Total != domain.Money(want)*500_000 {
		t.Errorf("%d team-months, %d đồng; want %d", total.TeamMonths, total.Total, want)
	}
	if total.Total+broken*500_000 != 2_698_500_000 {
		t.Errorf("%d đồng", total.Total)
	}
	for _, m := range total.Months[5:11] {
		if m.Teams != 1356 || m.Closed != 1356 || m.Funded != 771 || m.Ineligible != 585 || m.FundedVND != 385_500_000 {
			t.Errorf("%+v", m)
		}
	}
	if m := total.Months[11]; m.Funded != 768 || m.Incomplete != broken {
		t.Errorf("December: %+v", m)
	}
}
