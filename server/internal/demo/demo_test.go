package demo_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/deploy/data"
	plan "github.com/banso/banso/deploy/demo"
	"github.com/banso/banso/server/internal/demo"
)

func options(t *testing.T) demo.Options {
	return demo.Options{Addr: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"), Exit: true, JSON: true, Scale: 0.012, Seed: 5,
		Wall: time.Now, LogTo: t.Output()}
}

// scale is small, or what BANSO_DEMO_SCALE says.
func scale(t *testing.T) float64 {
	s := os.Getenv("BANSO_DEMO_SCALE")
	if s == "" {
		return 0.012
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRun_SmallProvince plays seven months of a small province. The total is
// the server's; it must be what the decision's own arithmetic gives.
func TestRun_SmallProvince(t *testing.T) {
	o := options(t)
	o.Scale, o.Push = scale(t), true
	var out, said, logged bytes.Buffer
	o.LogTo, o.LogLevel, o.PushTo = &logged, "debug", &said
	if err := demo.Run(t.Context(), o, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	canaries(t, o, map[string]string{"log": logged.String(), "push": said.String()})
	var r plan.Result
	if err := json.Unmarshal(out.Bytes(), &r, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	months := int64(7 * r.RegisteredTeams)
	if r.RegisteredTeams == 0 || r.TeamMonths != months || r.TotalVND != months*500_000 {
		t.Errorf("%d registered teams, %d team-months, %d VND", r.RegisteredTeams, r.TeamMonths, r.TotalVND)
	}
	for _, m := range r.Months[5:] {
		if m.Closed != int64(r.VillageTeams) || m.Eligible != int64(r.RegisteredTeams) || m.Funded != m.Eligible {
			t.Errorf("%s: %+v", m.Month, m)
		}
	}
	// Run itself fails if a signature, a decryption or a text is wrong.
	if p := r.Push; p == nil || p.Devices != 2*r.VillageTeams || p.Composed == 0 || p.Composed != p.Hints || p.Web == 0 || p.FCM == 0 ||
		p.Kinds["month_confirmed"] < 7*r.VillageTeams || p.Kinds["decided"] == 0 || p.Kinds["returned"] == 0 || p.Server["fcm/shown"] == 0 {
		t.Errorf("pushes: %+v", p)
	}
	if r.Open.Result != "eligible" || !strings.Contains(r.Open.ReasonVi, "chờ quyết định kinh phí") {
		t.Errorf("the open month: %+v", r.Open)
	}
	if r.Activities < 7*2*r.VillageTeams || r.SyncedMutations < 2*r.Activities || r.LostAnswers == 0 || r.Waiting == 0 || r.Epoch == "" || len(r.Logins) < 4 {
		t.Errorf("%+v", r)
	}
}

// TestRun_Broken: the server takes the support from exactly those whom the
// script predicts.
func TestRun_Broken(t *testing.T) {
	rep, err := broken(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[plan.Break]int{}
	for _, r := range rep.Rows {
		kinds[r.Break]++
		if !r.Agrees {
			t.Errorf("differs: %+v", r)
		}
	}
	for _, k := range []plan.Break{plan.Intact, plan.NoReport, plan.NoEvidence, plan.TooFew, plan.Late, plan.Refused, plan.OwnReview, plan.Unregistered} {
		if kinds[k] < 2 {
			t.Errorf("only %d team-months are %s", kinds[k], k)
		}
	}
	if rep.SetAside == 0 || rep.TeamMonths == 0 {
		t.Errorf("%d set aside, %d paid", rep.SetAside, rep.TeamMonths)
	}
}

// TestRun_BrokenWithoutRule: a policy that forgot a rule pays somebody whom the
// script predicts to lose, and the run says so.
func TestRun_BrokenWithoutRule(t *testing.T) {
	for rule, want := range map[string]plan.Break{"R9": plan.NoReport, "R10": plan.TooFew} {
		t.Run(rule, func(t *testing.T) {
			rep, err := broken(t, without(t, rule))
			if err == nil || !strings.Contains(err.Error(), "differ from the prediction") {
				t.Fatalf("the run ended with %v", err)
			}
			found := false
			for _, r := range rep.Rows {
				found = found || r.Break == want && r.Paid && !r.Agrees
			}
			if !found {
				t.Errorf("nobody with %s was paid: %d differences", want, rep.Differences)
			}
		})
	}
}

func broken(t *testing.T, policies [][]byte) (*plan.BrokenReport, error) {
	o := options(t)
	o.Broken, o.Policies = true, policies
	var out bytes.Buffer
	runErr := demo.Run(t.Context(), o, &out, t.Output())
	rep := &plan.BrokenReport{}
	if out.Len() == 0 {
		t.Fatal(runErr)
	}
	if err := json.Unmarshal(out.Bytes(), rep, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return rep, runErr
}

// without is the policy of NQ 60 with a rule taken out.
func without(t *testing.T, rule string) [][]byte {
	file, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]jsontext.Value
	var rules, left []jsontext.Value
	must(t, json.Unmarshal(file, &doc))
	must(t, json.Unmarshal(doc["rules"], &rules))
	for _, r := range rules {
		var head struct {
			ID string `json:"id"`
		}
		must(t, json.Unmarshal(r, &head))
		if head.ID != rule {
			left = append(left, r)
		}
	}
	if len(left) != len(rules)-1 {
		t.Fatalf("the policy has no rule %s", rule)
	}
	doc["rules"], err = json.Marshal(left)
	must(t, err)
	file, err = json.Marshal(doc)
	must(t, err)
	return [][]byte{file}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRun_KeepsRealData(t *testing.T) {
	o := options(t)
	must(t, os.MkdirAll(o.Data, 0o700))
	kept := filepath.Join(o.Data, "banso.db")
	must(t, os.WriteFile(kept, []byte("real"), 0o600))
	if err := demo.Run(t.Context(), o, t.Output(), t.Output()); err == nil {
		t.Fatal("a folder with data was taken")
	}
	if b, err := os.ReadFile(kept); err != nil || string(b) != "real" {
		t.Errorf("the data is gone: %v", err)
	}
}

func TestClock_NeverGoesBack(t *testing.T) {
	wall := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	start := time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC)
	c := demo.NewClock(func() time.Time { return wall }, start)
	c.Jump(start.Add(time.Hour))
	c.Jump(start)
	wall = wall.Add(time.Minute)
	if got, want := c.Now(), start.Add(61*time.Minute); !got.Equal(want) {
		t.Errorf("the clock shows %v, want %v", got, want)
	}
}
