package httpapi_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/admin/client"
)

// after does what waits and returns how a job ended, and its file.
func (w *world) after(c *client.Client, b begin) (client.Job, []byte) {
	w.t.Helper()
	if b.err != nil || b.Over() {
		w.t.Fatalf("%+v, %v", b.Job, b.err)
	}
	w.follow()
	j, err := c.Job(w.t.Context(), b.ID)
	if err != nil || !j.Over() {
		w.t.Fatalf("%+v, %v", j, err)
	}
	if j.Result.Name == "" {
		return j, nil
	}
	f, err := c.JobResult(w.t.Context(), j.ID)
	if err != nil || f.Name != j.Result.Name || len(f.Bytes) != j.Result.Bytes {
		w.t.Fatalf("result of %+v: %q, %d bytes, %v", j, f.Name, len(f.Bytes), err)
	}
	return j, f.Bytes
}

func (w *world) walked(raw []byte) []client.Walked {
	w.t.Helper()
	var out client.WalkedTeams
	if err := json.Unmarshal(raw, &out, json.RejectUnknownMembers(true)); err != nil {
		w.t.Fatal(err)
	}
	return out.Results
}

// TestMonthAsJobs: a commune's month is closed by a job that names what was
// seen of each team, and the province's is ended by one that says which teams
// are open and why.
func TestMonthAsJobs(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.logged()
	w.clock.set("2023-07-03")
	prov := w.as[province]
	j, raw := w.after(prov, begun(prov.StartFinalise(ctx, month)))
	open := w.walked(raw)
	why := map[client.ID]string{}
	for _, r := range open {
		why[r.Team] = r.DetailVi
		if r.Closed || r.Name == "" || r.Unit == "" || r.DetailVi == "" {
			t.Errorf("%+v", r)
		}
	}
	if j.State != "failed" || j.MsgVi != "Còn 3 tổ chưa chốt tháng này." || len(open) != 3 || why[w.team["T1"]] == why[w.team["T2"]] {
		t.Fatalf("%+v %v", j, why)
	}
	w.reviewed()
	seen, _, err := w.as[chair].CommuneMonth(ctx, w.unit["A"], month, "")
	if err != nil {
		t.Fatal(err)
	}
	var items []client.CloseItem
	for _, m := range seen.Teams {
		items = append(items, client.CloseItem{Team: m.Team, Csum: m.Csum})
	}
	other := slices.IndexFunc(items, func(i client.CloseItem) bool { return i.Team == w.team["T2"] })
	items[other].Csum = strings.Repeat("B", 21) + "A" // it has changed since
	j, raw = w.after(w.as[chair], begun(w.as[chair].StartClose(ctx, w.unit["A"], month, items)))
	done := w.walked(raw)
	if j.State != "done" || len(done) != 2 || done[1-other].Verdict.Amount != 500_000 || done[other].Closed || done[other].Code != "precondition" {
		t.Fatalf("%+v\n%s", j, raw)
	}
	items[other].Csum = seen.Teams[other].Csum
	if j, raw = w.after(w.as[chair], begun(w.as[chair].StartClose(ctx, w.unit["A"], month, items))); j.MsgVi != "2 trong 2 tổ đã chốt." {
		t.Errorf("%+v\n%s", j, raw)
	}
	if j, _ = w.after(prov, begun(prov.StartFinalise(ctx, month))); j.State != "failed" || j.MsgVi != "Còn 1 tổ chưa chốt tháng này." {
		t.Errorf("%+v", j)
	}
	if last, _, err := w.as[otherChair].TeamMonth(ctx, w.team["T3"], month, ""); err != nil {
		t.Fatal(err)
	} else if _, err := w.as[otherChair].CloseTeamMonth(ctx, w.team["T3"], month, last.Csum); err != nil {
		t.Fatal(err)
	}
	if j, raw = w.after(prov, begun(prov.StartFinalise(ctx, month))); j.State != "done" || len(w.walked(raw)) != 3 {
		t.Errorf("%+v\n%s", j, raw)
	}
	if m, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, ""); err != nil || m.Progress.Stage != "finalised" {
		t.Errorf("%+v, %v", m.Progress.Stage, err)
	}
}

// begin is a job that was asked for.
type begin struct {
	client.Job
	err error
}

func begun(j client.Job, err error) begin { return begin{j, err} }

// TestWhatIfAsJob: the job's result is what the answer at once says.
func TestWhatIfAsJob(t *testing.T) {
	w := newWorld(t)
	w.logged()
	ask := client.WhatIfAsk{File: policyFile(), From: month, To: "2023-07"}
	want, err := w.as[province].WhatIf(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	j, raw := w.after(w.as[province], begun(w.as[province].StartWhatIf(t.Context(), ask)))
	got := &client.WhatIf{}
	if err := json.Unmarshal(raw, got); err != nil || j.State != "done" {
		t.Fatalf("%+v, %v", j, err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := w.as[system].JobResult(t.Context(), j.ID); status(err) != 403 {
		t.Errorf("somebody else fetches it: %v", err)
	}
}

// TestExports: the commune's office gets its raw table with names, who sees
// figures gets the province's without, and the lists come as one archive.
func TestExports(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.logged()
	own := client.Export{Kind: "activities", Unit: w.unit["A"], From: month, To: "2023-07", Format: "csv"}
	_, raw := w.after(w.as[chair], begun(w.as[chair].StartExport(ctx, own)))
	all := client.Export{Kind: "activities", From: month, To: "2023-07", Format: "csv"}
	_, bare := w.after(w.as[viewer], begun(w.as[viewer].StartExport(ctx, all)))
	names := []string{"Người ghi", "01/BB", "Ghi chú"}
	for _, n := range names {
		if !strings.Contains(string(raw), n) || strings.Contains(string(bare), n) {
			t.Errorf("%s:\n%s\n%s", n, raw, bare)
		}
	}
	for _, table := range [][]byte{raw, bare} {
		if !strings.Contains(string(table), string(id)) || !strings.Contains(string(table), "chờ duyệt") {
			t.Errorf("%s", table)
		}
	}
	for _, e := range []client.Export{{Kind: "activities", From: month, To: month, Format: "pdf"}, {Kind: "lists", From: "2023-01", To: "2024-01", Format: "pdf"},
		{Kind: "all", From: month, To: month, Format: "csv"}, {Kind: "province", From: month, To: month, Format: "csv"}} {
		if _, err := w.as[province].StartExport(ctx, e); status(err) != 400 {
			t.Errorf("%+v: %v", e, err)
		}
	}
	lists := client.Export{Kind: "lists", From: month, To: month, Format: "xlsx"}
	if j, raw := w.after(w.as[province], begun(w.as[province].StartExport(ctx, lists))); j.State != "failed" || j.MsgVi == "" || raw != nil {
		t.Errorf("no list was issued: %+v", j)
	}
}

// archived fails unless an archive of the month's lists has so many.
func (w *world) archived(n int) {
	w.t.Helper()
	_, raw := w.after(w.as[province], begun(w.as[province].StartExport(w.t.Context(), client.Export{Kind: "lists", From: month, To: month, Format: "xlsx"})))
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil || len(z.File) != n || !strings.HasPrefix(z.File[0].Name, "0001-") || !strings.HasSuffix(z.File[0].Name, ".xlsx") {
		w.t.Fatalf("%v, %v", z, err)
	}
}
