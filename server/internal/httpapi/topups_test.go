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

// TestFlow_OrderedNights: what an order pays for a night (Bình Dương's shape),
// from the order to the printed list.
func TestFlow_OrderedNights(t *testing.T) {
	w := newWorld(t)
	ctx, in, id := t.Context(), "2024-03", "bd-nq27-night"
	w.moved(id)
	w.clock.set("2024-04-05")
	second := w.second()
	orders := func(row string) {
		t.Helper()
		w.imports(w.as[province], "orders", "number,by,urgent,issued_on,rate_vnd", row)
	}
	worked := "ref,name,kind,salaried,month,days,nights,order,team_ref,source"
	orders("7/CT-UBND,province_chair,yes,2024-03-01,")
	orders("8/CT-UBND,province_chair,yes,2024-03-01,250000")
	rows := worked + "\nh1,Người Huy Động Một (thử),mobilised,,2024-03,,3,7/CT-UBND,,Bảng chấm công 1\n"
	if rep, err := w.as[province].Import(ctx, "called_up", []byte(strings.Replace(rows, "7/CT", "9/CT", 1)), false, false); err != nil || rep.Written || rep.Rows[0].Field != "order" {
		t.Errorf("an order that nobody issued: %+v, %v", rep, err)
	}
	w.imports(w.as[province], "called_up", worked, "h1,Người Huy Động Một (thử),mobilised,,2024-03,,3,7/CT-UBND,,Bảng chấm công 1",
		"h2,Người Huy Động Hai (thử),mobilised,,2024-03,2,4,8/CT-UBND,,Bảng chấm công 1")
	propose := func() client.SupportProposal {
		t.Helper()
		p, err := w.as[province].ProposeSupport(ctx, newID(), id, []string{in})
		if err != nil || len(p.Items) != 2 {
			t.Fatalf("%+v, %v", p, err)
		}
		slices.SortFunc(p.Items, func(a, b client.SupportItem) int { return strings.Compare(b.Name, a.Name) })
		return p
	}
	if it := propose().Items[0]; it.Result != "incomplete" || !strings.Contains(it.ReasonVi, "mức chi mỗi đêm") {
		t.Errorf("without a rate: %+v", it)
	}
	orders("7/CT-UBND,province_chair,yes,2024-03-01,180000")
	p := propose()
	if p.Items[0].Amount != 3*180_000 || p.Items[1].Amount != 4*200_000 || p.Total != 1_340_000 { // the resolution's most is 200,000
		t.Fatalf("%+v", p)
	}
	_, err := w.as[province].ConfirmSupport(ctx, p.ID, "30/QĐ-UBND", "2024-04-05", 2_000_000)
	w.refused(err, 422) // his own
	if _, err := second.ConfirmSupport(ctx, p.ID, "30/QĐ-UBND", "2024-04-05", 2_000_000); err != nil {
		t.Fatal(err)
	}
	out, err := w.as[province].DraftLists(ctx, client.ListWanted{Key: newID(), Kind: "people", Policy: id, Months: []string{in}})
	if err != nil || len(out) != 1 || out[0].Total != 1_340_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	if res, err := second.IssueLists(ctx, []client.ID{out[0].ID}); err != nil || !res[0].Issued {
		t.Fatalf("%+v, %v", res, err)
	}
	for _, format := range []string{"pdf", "xlsx"} {
		if f, err := w.as[province].ListPaper(ctx, out[0].ID, format, ""); err != nil || len(f.Bytes) < 2000 {
			t.Errorf("%s: %d bytes, %v", format, len(f.Bytes), err)
		}
	}
	f, err := w.as[province].ListPaper(ctx, out[0].ID, "csv", "")
	if err != nil || !bytes.Contains(f.Bytes, []byte("7/CT-UBND")) || !bytes.Contains(f.Bytes, []byte("180000,540000")) {
		t.Errorf("%s, %v", f.Bytes, err)
	}
	w.proved()
}

// TestFlow_TwoPeoplePublish: while a server is set up one person publishes;
// once money is decided, one proposes and another one publishes.
func TestFlow_TwoPeoplePublish(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	file, err := data.Files.ReadFile("policies/dn-nq26.json")
	if err != nil {
		t.Fatal(err)
	}
	second := w.second()
	w.clock.set("2023-07-08")
	w.closeAccepted(month, "T1")
	_, err = w.as[system].PublishPolicy(ctx, file)
	w.refused(err, 422)
	_, err = w.as[province].PublishPolicy(ctx, file)
	w.refused(err, 422)
	if old, err := data.Files.ReadFile("policies/yb-nq60-team.json"); err != nil {
		t.Fatal(err)
	} else if _, err := w.as[system].PublishPolicy(ctx, old); err != nil { // it is there already
		t.Error(err)
	}
	_, err = w.as[province].ProposePolicy(ctx, newID(), bytes.Replace(file, []byte(`"rate_vnd": 300000`), []byte(`"rate_vnd": -1`), 1))
	w.refused(err, 400)
	key := newID()
	p, err := w.as[province].ProposePolicy(ctx, key, file)
	if err != nil || p.State != "proposed" {
		t.Fatalf("%+v, %v", p, err)
	}
	if again, err := w.as[province].ProposePolicy(ctx, key, file); err != nil || again.AtMs != p.AtMs {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = w.as[province].DecidePolicy(ctx, p.ID, "approve", "")
	w.refused(err, 422)
	_, err = second.DecidePolicy(ctx, p.ID, "withdraw", "")
	w.refused(err, 403)
	_, err = second.DecidePolicy(ctx, p.ID, "refuse", "")
	w.refused(err, 400) // no reason
	if list, _ := w.as[province].Policies(ctx); len(list) != 1 {
		t.Errorf("%d policies before it is approved", len(list))
	}
	for range 2 {
		if p, err = second.DecidePolicy(ctx, p.ID, "approve", ""); err != nil || p.State != "approved" {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	_, err = w.as[province].DecidePolicy(ctx, p.ID, "withdraw", "")
	w.refused(err, 409)
	if list, _ := w.as[province].Policies(ctx); len(list) != 2 {
		t.Errorf("%d policies after it is approved", len(list))
	}
	if list, err := w.as[viewer].PolicyProposals(ctx); err != nil || len(list) != 1 || list[0].DecidedBy == "" {
		t.Errorf("%+v, %v", list, err)
	}
}
