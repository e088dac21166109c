package httpapi_test

import (
	"bytes"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
)

// second activates another administrator of the province.
func (w *world) second() *client.Client {
	w.t.Helper()
	id := w.imports(w.as[system], "officers", "ref,name,role,unit_level,unit_code,from,to",
		"p2,Quản Trị Tỉnh Hai (thử),province_admin,province,15,2022-01-01,")[0]
	codes, err := w.as[system].NewCodes(w.t.Context(), []client.ID{id})
	if err != nil {
		w.t.Fatal(err)
	}
	c := w.client(nobody)
	if _, err := c.Activate(w.t.Context(), client.Activate{Code: codes[0].Code, Install: newID(), DeviceName: "máy thử", Login: "second", Password: password}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// TestFlow_AwardRaised: a unit that was awarded becomes advanced. By an assumed
// rule the province decides; it accepts, and the difference is listed.
func TestFlow_AwardRaised(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	file, err := data.Files.ReadFile("policies/yb-nq60-award.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[system].PublishPolicy(ctx, file); err != nil {
		t.Fatal(err)
	}
	second := w.second()
	award := func(row, in, decision string, total int64, accept ...client.Acceptance) client.SupportItem {
		t.Helper()
		w.imports(w.as[system], "recognitions", "ref,name,kind,standard,decision,recognised_on", row)
		p, err := w.as[province].ProposeSupport(ctx, newID(), "yb-nq60-award", []string{in}, accept...)
		if err != nil || len(p.Items) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		if p.Items[0].Result == "eligible" {
			if _, err := second.ConfirmSupport(ctx, p.ID, decision, "2023-06-19", total); err != nil {
				t.Fatal(err)
			}
			out, err := w.as[province].DraftLists(ctx, client.ListWanted{Key: newID(), Kind: "awards", Policy: "yb-nq60-award"})
			if err != nil || out[0].Total != total {
				t.Fatalf("%+v, %v", out, err)
			}
			if res, err := second.IssueLists(ctx, []client.ID{out[0].ID}); err != nil || !res[0].Issued {
				t.Fatalf("%+v, %v", res, err)
			}
			f, err := w.as[province].ListPaper(ctx, out[0].ID, "csv", "")
			if err != nil || len(accept) > 0 != bytes.Contains(f.Bytes, []byte("quy định tạm (nhãn A)")) {
				t.Errorf("%s, %v", f.Bytes, err)
			}
		}
		return p.Items[0]
	}
	award("so-a,Sở A (thử),so_ban_nganh,standard,9/QĐ,2023-03-10", "2023-03", "20/QĐ", 100_000_000)
	raised := "so-a,Sở A (thử),so_ban_nganh,advanced,11/QĐ,2023-05-10"
	it := award(raised, "2023-05", "", 0)
	if it.Result != "incomplete" || len(it.Assumed) != 1 || it.Assumed[0] != "R6" {
		t.Fatalf("%+v", it)
	}
	if it := award(raised, "2023-05", "21/QĐ", 50_000_000, client.Acceptance{Subject: it.Subject, Reason: "Thưởng phần chênh lệch"}); it.Accepted == "" {
		t.Errorf("%+v", it)
	}
}
