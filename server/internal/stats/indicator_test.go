package stats_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestIndicators: a target counts what the figures count from its month on,
// moves with them, is seen where it belongs, and tells who set it to what.
func TestIndicators(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 3)
	admin := domain.Caller{Person: w.id()}
	w.update(func(tx store.Tx) error {
		if err := roster.PutGrant(tx, w.id(), domain.Grant{Person: admin.Person, Role: domain.RoleProvince}, store.Cause{}); err != nil {
			return err
		}
		doc, err := syncproto.DecodeDoc([]byte(`{"code":"VNEID","measures":[{"key":"so_nguoi"}]}`))
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID(syncproto.TypeCategory, "VNEID", "")}, Doc: doc,
			Scopes: []syncproto.Scope{syncproto.ScopeRef}})
		return err
	})
	do := func(commune int, m domain.Month, people int64) {
		w.update(func(tx store.Tx) error {
			return put(tx, w.id(), &domain.Activity{Unit: w.communes[commune], Month: m, State: domain.Approved, Category: "VNEID",
				Measures: map[string]int64{"so_nguoi": people}})
		})
	}
	do(0, "2023-02", 5) // before it counts
	do(0, "2023-03", 7)
	do(2, "2023-07", 4)
	w.addTeam(w.communes[0], "Tổ một", true)
	w.addTeam(w.communes[2], "Tổ hai", false)

	people := domain.Indicator{Name: "Người được hỗ trợ VNeID", Figure: domain.FigureMeasure, Category: "VNEID", Measure: "so_nguoi", Target: 100, From: "2023-03", Until: "2023-12-31"}
	own := domain.Indicator{Name: "Hoạt động của xã", Unit: w.communes[0], Figure: domain.FigureApproved, Target: 9, From: "2023-01", Until: "2023-09-30"}
	led := domain.Indicator{Name: "Tổ có tổ trưởng", Figure: domain.FigureLed, Target: 2, From: "2023-01", Until: "2023-12-31"}
	id, err := w.svc.SetIndicator(ctx, admin, people)
	for _, in := range []domain.Indicator{own, led} {
		if err == nil {
			_, err = w.svc.SetIndicator(ctx, admin, in)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	shown := func(who domain.Caller, q stats.Query) string {
		var list []string
		for _, p := range w.board(who, q).Targets {
			list = append(list, strings.Fields(p.Name)[0]+" "+strings.Repeat("|", int(p.Have)))
		}
		return strings.Join(list, ", ")
	}
	short := stats.Query{From: "2023-08", To: "2023-08"} // what is shown besides changes no indicator
	of := short
	of.Unit = w.communes[0]
	for _, c := range []struct {
		name string
		who  domain.Caller
		q    stats.Query
		want string
	}{
		{"province", w.viewer, short, "Người |||||||||||, Tổ |"},
		{"a commune of it", w.viewer, of, "Hoạt ||"},
		{"a chair", w.chair, short, "Hoạt ||"},
	} {
		if got := shown(c.who, c.q); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	was := w.board(w.viewer, short).Version
	do(1, "2023-08", 3)
	w.now = w.now.Add(2 * time.Minute)
	people.Target = 50
	if again, err := w.svc.SetIndicator(ctx, admin, people); err != nil || again != id {
		t.Fatalf("%s, %v", again, err)
	}
	b := w.board(w.viewer, short)
	if b.Version == was || b.Targets[0].Have != 14 || b.Targets[0].Target != 50 {
		t.Errorf("%+v", b.Targets)
	}
	list, err := w.svc.Changes(ctx, w.viewer, id)
	if err != nil || len(list) != 2 || list[0].Target != 50 || list[1].Target != 100 || list[1].By != admin.Person || list[0].AtMs <= list[1].AtMs {
		t.Errorf("%+v, %v", list, err)
	}
	led.Ended = true
	if _, err := w.svc.SetIndicator(ctx, admin, led); err != nil || len(w.board(w.viewer, short).Targets) != 1 {
		t.Errorf("an ended one is shown: %v", err)
	}
}

func TestIndicators_Refused(t *testing.T) {
	w := newWorld(t, 2)
	admin := domain.Caller{Person: w.id()}
	w.update(func(tx store.Tx) error {
		return roster.PutGrant(tx, w.id(), domain.Grant{Person: admin.Person, Role: domain.RoleProvince}, store.Cause{})
	})
	good := domain.Indicator{Name: "Thử", Figure: domain.FigureTeams, Target: 1, From: "2023-01", Until: "2023-12-31"}
	for name, c := range map[string]struct {
		who    domain.Caller
		change func(*domain.Indicator)
		want   domain.Code
	}{
		"a viewer":              {w.viewer, func(*domain.Indicator) {}, domain.Forbidden},
		"no name":               {admin, func(i *domain.Indicator) { i.Name = "" }, domain.Invalid},
		"another figure":        {admin, func(i *domain.Indicator) { i.Figure = "money" }, domain.Invalid},
		"nothing to reach":      {admin, func(i *domain.Indicator) { i.Target = 0 }, domain.Invalid},
		"over before it begins": {admin, func(i *domain.Indicator) { i.Until = "2022-12-31" }, domain.Invalid},
		"a measure of teams":    {admin, func(i *domain.Indicator) { i.Measure = "so_nguoi" }, domain.Invalid},
		"unknown activity":      {admin, func(i *domain.Indicator) { i.Figure, i.Category = domain.FigureApproved, "KHONG" }, domain.Invalid},
		"unknown unit":          {admin, func(i *domain.Indicator) { i.Unit = w.id() }, domain.Invalid},
	} {
		in := good
		c.change(&in)
		if _, err := w.svc.SetIndicator(context.Background(), c.who, in); domain.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
