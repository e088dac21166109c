package httpapi_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
)

// moved publishes a policy of another province as if it were Yên Bái's, beside
// NQ 60.
func (w *world) moved(name string, change ...string) {
	w.t.Helper()
	file, err := data.Files.ReadFile("policies/" + name + ".json")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.as[system].PublishPolicy(w.t.Context(), []byte(strings.NewReplacer(change...).Replace(string(file)))); err != nil {
		w.t.Fatal(err)
	}
}

// by is what a policy gives a team's month.
func (w *world) by(policy, team, in string) client.PolicyMonth {
	w.t.Helper()
	m, _, err := w.as[chair].TeamMonth(w.t.Context(), w.team[team], in, "")
	if err != nil {
		w.t.Fatal(err)
	}
	all := append(m.Progress.Others, client.PolicyMonth{Policy: m.Progress.Policy, Result: m.Progress.Result, Amount: m.Progress.Amount, ReasonVi: m.Progress.ReasonVi})
	k := slices.IndexFunc(all, func(o client.PolicyMonth) bool { return o.Policy == policy })
	if k < 0 {
		w.t.Fatalf("not judged by %s: %+v", policy, all)
	}
	return all[k]
}

func (w *world) refused(err error, status int) {
	w.t.Helper()
	if p := client.AsProblem(err); p == nil || p.Status != status {
		w.t.Errorf("%v, want %d", err, status)
	}
}

// TestFlow_TopUpAndVillage: facts that a policy needs and no phone knows, from
// their entry to the printed list: what a commune adds (Đà Nẵng 2026's shape)
// and a village's households and kind (Nghệ An's).
func TestFlow_TopUpAndVillage(t *testing.T) {
	w := newWorld(t)
	ctx, in := t.Context(), "2023-12"
	w.moved("dn-nq26", `"from": "2026-01"`, `"from": "2023-01"`, `"to": "2027-12"`, `"to": "2023-12"`, `"name": "Đà Nẵng"`, `"name": "Yên Bái"`,
		`"overlap_group": "team-monthly-support"`, `"overlap_group": "with-top-up"`)
	w.moved("nghean-analog", `"name": "Nghệ An"`, `"name": "Yên Bái"`)
	w.clock.set("2024-01-08")

	add := client.TopUp{Policy: "dn-nq26", Decision: "12/QĐ-UBND", On: "2023-11-01", From: in, To: in, VND: 600_001}
	_, err := w.as[chair].TopUp(ctx, w.unit["A"], add)
	w.refused(err, 400) // more than twice the rate
	add.VND = 450_000
	_, err = w.as[otherChair].TopUp(ctx, w.unit["A"], add)
	w.refused(err, 403)
	for range 2 { // twice is once
		if _, err := w.as[chair].TopUp(ctx, w.unit["A"], add); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := w.as[viewer].TopUps(ctx, w.unit["A"]); err != nil || len(list) != 1 || list[0].VND != 450_000 {
		t.Errorf("%+v, %v", list, err)
	}

	if m := w.by("nghean-analog", "T1", in); m.Result != "incomplete" || !strings.Contains(m.ReasonVi, "số hộ") {
		t.Errorf("%+v", m)
	}
	village := client.Village{From: "2023-01-01", Households: 400, Kind: "xom", Source: "Báo cáo 12/BC-UBND"}
	_, err = w.as[leader].SetVillage(ctx, w.team["T1"], village)
	w.refused(err, 403)
	if _, err := w.as[chair].SetVillage(ctx, w.team["T1"], village); err != nil {
		t.Fatal(err)
	}
	w.imports(w.as[province], "villages", "team_ref,from,households,kind,key,border,source",
		"T2,2023-01-01,400,khoi,,,Báo cáo 12/BC-UBND", "T2,2024-01-01,900,khoi,,yes,Báo cáo 3/BC-UBND")
	for team, want := range map[string]int64{"T1": 3_500_000, "T2": 3_000_000} { // a quarter needs 500
		if m := w.by("nghean-analog", team, in); m.Result != "eligible" || m.Amount != want {
			t.Errorf("%s: %+v", team, m)
		}
	}
	w.closeAccepted(in, "T1", "T2")
	add.Decision, add.VND = "13/QĐ-UBND", 100_000
	_, err = w.as[chair].TopUp(ctx, w.unit["A"], add)
	w.refused(err, 422) // closed
	if _, err := w.as[chair].SetVillage(ctx, w.team["T1"], client.Village{From: "2023-06-01", Households: 20, Kind: "xom", Source: "x"}); err != nil {
		t.Fatal(err)
	}
	if m := w.by("nghean-analog", "T1", in); m.Amount != 3_500_000 {
		t.Errorf("a closed month follows its village: %+v", m)
	}

	for policy, total := range map[string]int64{"dn-nq26": 600_000, "nghean-analog": 6_500_000} {
		if _, err := w.as[province].Fund(ctx, client.Funding{Policy: policy, Decision: "2/" + policy, On: "2024-01-08", From: in, To: in,
			Teams: []client.ID{w.team["T1"], w.team["T2"]}, Months: 1, Total: total, Origin: "A"}); err != nil {
			t.Fatal(err)
		}
		out, err := w.as[accountant].DraftLists(ctx, client.ListWanted{Key: newID(), Kind: "payment", Policy: policy,
			Units: []client.ID{w.unit["A"]}, Months: []string{in}})
		if err != nil || len(out) != 1 || out[0].Total != total {
			t.Fatalf("%+v, %v", out, err)
		}
		id := w.issue(out[0].ID).ID
		w.papersOf(id, "")
		f, err := w.as[accountant].ListPaper(ctx, id, "csv", "")
		if err != nil || (policy == "dn-nq26") != bytes.Contains(f.Bytes, []byte("Xã hỗ trợ thêm")) {
			t.Errorf("%s\n%v", f.Bytes, err)
		}
		if policy == "dn-nq26" && !bytes.Contains(f.Bytes, []byte("300000,450000")) {
			t.Errorf("%s", f.Bytes)
		}
	}
	w.proved()
}

// closeAccepted closes a month of teams against assumed rules.
func (w *world) closeAccepted(in string, teams ...string) {
	w.t.Helper()
	var items []client.CloseItem
	for _, name := range teams {
		m, _, err := w.as[chair].TeamMonth(w.t.Context(), w.team[name], in, "")
		if err != nil {
			w.t.Fatal(err)
		}
		items = append(items, client.CloseItem{Team: w.team[name], Csum: m.Csum, Accept: true, Reason: "Có làm, sổ giấy bị ướt"})
	}
	res, err := w.as[chair].CloseCommuneMonth(w.t.Context(), w.unit["A"], in, items)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range res {
		if !r.Closed {
			w.t.Fatalf("%+v", r)
		}
	}
}
