package httpapi_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// TestFlow_RealCosts: a policy that pays what was really spent (Đà Nẵng's,
// moved to Yên Bái in 2023). A cost that a photo proves counts when its bytes
// are here; the chair closes exactly the sum that he saw; it is funded, listed,
// printed and proved.
func TestFlow_RealCosts(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	file, err := data.Files.ReadFile("policies/dn-nq36.json")
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.NewReplacer(`"from": "2024-08"`, `"from": "2023-01"`, `"from_day": "2024-08-10",`, "", `"name": "Đà Nẵng"`, `"name": "Yên Bái"`,
		`"overlap_group": "team-monthly-support"`, `"overlap_group": "real-costs"`).Replace(string(file))
	if _, err := w.as[system].PublishPolicy(ctx, []byte(moved)); err != nil {
		t.Fatal(err)
	}
	pic := snap(t, 11)
	photo := domain.EvidencePhoto + client.PhotoName(pic)
	v := w.phone(leader).push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeSpending, ID: syncproto.NewRecordID(rand.Reader, w.clock.now()),
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "policy": syncproto.Str("dn-nq36"), "category": syncproto.Str("telecom"),
			"amount": jsontext.Value("340000"), "on": syncproto.Str("2023-06-19")}, Add: syncproto.Sets{"evidence": {photo}}})[0]
	if v.V != syncproto.Applied {
		t.Fatalf("%+v", v)
	}
	w.clock.set("2023-07-08")
	given := func() (amount int64, csum string) {
		t.Helper()
		m, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
		if err != nil {
			t.Fatal(err)
		}
		all := append(m.Progress.Others, client.PolicyMonth{Policy: m.Progress.Policy, Amount: m.Progress.Amount})
		k := slices.IndexFunc(all, func(o client.PolicyMonth) bool { return o.Policy == "dn-nq36" })
		if k < 0 {
			t.Fatalf("not judged by it: %+v", all)
		}
		return all[k].Amount, m.Csum
	}
	amount, seen := given()
	if amount != 0 {
		t.Errorf("%d without the photo", amount)
	}
	if _, err := w.as[member].SendPhoto(ctx, w.team["T1"], pic); err != nil {
		t.Fatal(err)
	}
	if b, err := w.as[accountant].Photo(ctx, client.PhotoName(pic), false); err != nil || len(b) == 0 {
		t.Errorf("the accountant sees the receipt: %v", err)
	}
	if _, err := w.as[otherTeam].Photo(ctx, client.PhotoName(pic), false); client.AsProblem(err) == nil || client.AsProblem(err).Status != 403 {
		t.Errorf("another team sees the receipt: %v", err)
	}
	amount, now := given()
	if amount != 340_000 || now == seen {
		t.Errorf("%d with the photo; csum %s, %s", amount, seen, now)
	}
	if _, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, seen); client.AsProblem(err) == nil || client.AsProblem(err).Status != 412 {
		t.Errorf("closed with another sum than was seen: %v", err)
	}
	if _, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, now); err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[province].Fund(ctx, client.Funding{Policy: "dn-nq36", Decision: "2/QĐ-UBND", On: "2023-07-08", From: "2023-01", To: "2023-12",
		Teams: []client.ID{w.team["T1"]}, Months: 12, Total: 3_000_000, Origin: "A"}); err != nil {
		t.Fatal(err)
	}
	out, err := w.as[accountant].DraftLists(ctx, client.ListWanted{Key: newID(), Kind: "payment", Policy: "dn-nq36",
		Units: []client.ID{w.unit["A"]}, Months: []string{month}})
	if err != nil || len(out) != 1 || out[0].Total != 340_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	w.papersOf(w.issue(out[0].ID).ID, "")
	w.proved()
}
