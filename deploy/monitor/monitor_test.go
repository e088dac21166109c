package monitor

import (
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the dashboards")

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var metric = regexp.MustCompile(`\bbanso_[a-z_]+\b`)

// measured is the table that the server's own test writes.
func measured(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(banso_[a-z_]+)`").FindAllStringSubmatch(read(t, "METRICS.md"), -1) {
		out[m[1]] = true
	}
	if len(out) < 20 {
		t.Fatalf("only %d metrics in METRICS.md", len(out))
	}
	return out
}

// known fails on a query of what nobody measures.
func known(t *testing.T, where, query string, all map[string]bool) {
	t.Helper()
	for _, name := range metric.FindAllString(query, -1) {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if !all[name] && !all[base] {
			t.Errorf("%s: nobody measures %s", where, name)
		}
	}
}

// TestAlerts: each asks for what is measured, says what is wrong in both
// languages, and has its chapter in the runbook; each is tried.
func TestAlerts(t *testing.T) {
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr         string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "alerts.yml")), &file); err != nil {
		t.Fatal(err)
	}
	all, book, tried := measured(t), read(t, "../RUNBOOK.md"), read(t, "alerts_test.yml")
	n := 0
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			n++
			known(t, r.Alert, r.Expr, all)
			path, anchor, _ := strings.Cut(r.Annotations["runbook"], "#")
			if path != "deploy/RUNBOOK.md" || !strings.Contains(book, `<a id="`+anchor+`"></a>`) {
				t.Errorf("%s: no chapter %q", r.Alert, r.Annotations["runbook"])
			}
			if r.Annotations["vi"] == "" || r.Annotations["en"] == "" || r.Labels["severity"] != "now" && r.Labels["severity"] != "soon" {
				t.Errorf("%s: %v %v", r.Alert, r.Labels, r.Annotations)
			}
			if !regexp.MustCompile(`alertname: ` + r.Alert + `\n\s+exp_alerts`).MatchString(tried) {
				t.Errorf("%s is not tried in alerts_test.yml", r.Alert)
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d alerts", n)
	}
}

// TestAlerts_Played lets promtool check the files and play the alerts.
func TestAlerts_Played(t *testing.T) {
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool on this machine (package prometheus)")
	}
	for _, args := range [][]string{{"check", "config", "prometheus.yml"}, {"test", "rules", "alerts_test.yml"}} {
		if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

// TestDashboards are what the code says, and ask for what is measured.
func TestDashboards(t *testing.T) {
	all := measured(t)
	for name, d := range map[string]Dashboard{"grafana/operator.json": Operator(), "grafana/province.json": Province()} {
		for _, p := range d.Panels {
			for _, q := range p.Queries {
				known(t, name+", "+p.Title, q[1], all)
			}
		}
		want, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(want), read(t, name)); diff != "" {
			t.Errorf("%s: run with -update\n%s", name, diff)
		}
	}
}
