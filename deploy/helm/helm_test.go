package helm

import (
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the rendered chart")

func run(t *testing.T, args ...string) string {
	t.Helper()
	tool, err := exec.LookPath("helm")
	if err != nil {
		t.Skip("no helm on this machine (deploy/check.sh builds it in the louder tiers)")
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("helm %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestChart_Lint(t *testing.T) {
	if out := run(t, "lint", "--strict", "banso"); !strings.Contains(out, "0 chart(s) failed") {
		t.Error(out)
	}
}

// rendered are the committed renderings, each with its values: the least, and
// all there is.
var rendered = map[string][]string{
	"laocai.yaml": {"host=laocai.banso.example", "backup.to={/data/second}", "existingSecret=banso"},
	"full.yaml": {"host=laocai.banso.example", "backup.to={s3://banso/laocai?endpoint=s3.example.vn}", "backup.recipients={age1example}", "existingSecret=banso",
		"backup.drill.enabled=true", "backup.drill.identitySecret=banso-identity", "backup.drill.signer=0123456789abcdef0123456789abcdef",
		"metrics.enabled=true", "metrics.labels.release=prometheus"},
}

// TestChart_Rendered is what is committed.
func TestChart_Rendered(t *testing.T) {
	for name, values := range rendered {
		args := []string{"template", "laocai", "banso"}
		for _, v := range values {
			args = append(args, "--set", v)
		}
		got, path := run(t, args...), filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("run with -update\n%s", diff)
		}
	}
}

// documents reads a committed rendering by kind and name.
func documents(t *testing.T, name string) map[string]map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]map[string]any{}
	for d := yaml.NewDecoder(strings.NewReader(string(b))); ; {
		var doc map[string]any
		if err := d.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		kind, name := doc["kind"].(string), at(doc, "metadata.name").(string)
		if kinds[kind] != nil {
			kind += " " + name
		}
		kinds[kind] = doc
	}
	return kinds
}

// TestChart_Promises reads what is committed, so it needs no helm.
func TestChart_Promises(t *testing.T) {
	kinds := documents(t, "laocai.yaml")
	for _, kind := range []string{"CronJob", "ServiceMonitor"} {
		if kinds[kind] != nil {
			t.Errorf("%s is made although nobody asked for it", kind)
		}
	}
	for _, kind := range []string{"StatefulSet", "Service", "NetworkPolicy", "Ingress"} {
		if kinds[kind] == nil {
			t.Fatalf("no %s", kind)
		}
	}
	for path, want := range map[string]any{
		"spec.replicas": 1,
		"spec.template.spec.securityContext.runAsNonRoot":                          true,
		"spec.template.spec.automountServiceAccountToken":                          false,
		"spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem":   true,
		"spec.template.spec.containers.0.securityContext.allowPrivilegeEscalation": false,
		"spec.template.spec.containers.0.securityContext.capabilities.drop.0":      "ALL",
		"spec.template.spec.containers.0.readinessProbe.httpGet.path":              "/readyz",
		"spec.template.spec.containers.0.livenessProbe.httpGet.path":               "/healthz",
		"spec.volumeClaimTemplates.0.spec.accessModes.0":                           "ReadWriteOncePod",
	} {
		if got := at(kinds["StatefulSet"], path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// TestChart_Full: what a cluster with a Prometheus operator and an S3 store
// asks for; the drill of the operator's identity can do nothing else.
func TestChart_Full(t *testing.T) {
	kinds := documents(t, "full.yaml")
	pod := "spec.jobTemplate.spec.template.spec."
	for _, c := range []struct {
		kind, path string
		want       any
	}{
		{"CronJob", "spec.concurrencyPolicy", "Forbid"},
		{"CronJob", "spec.timeZone", "Asia/Ho_Chi_Minh"},
		{"CronJob", pod + "containers.0.args.1", "drill"},
		{"CronJob", pod + "containers.0.securityContext.readOnlyRootFilesystem", true},
		{"CronJob", pod + "securityContext.runAsNonRoot", true},
		{"CronJob", pod + "automountServiceAccountToken", false},
		{"CronJob", pod + "volumes.1.secret.secretName", "banso-identity"},
		{"ServiceMonitor", "spec.endpoints.0.port", "metrics"},
		{"ServiceMonitor", "metadata.labels.release", "prometheus"},
		{"NetworkPolicy", "spec.ingress.1.from.0.namespaceSelector.matchLabels.kubernetes~io/metadata~name", "monitoring"},
		{"Service", "spec.ports.1.name", "metrics"},
		{"StatefulSet", "spec.template.spec.containers.0.ports.1.containerPort", 9464},
	} {
		doc := kinds[c.kind]
		if c.kind == "NetworkPolicy" && at(doc, "metadata.name") != "laocai" {
			doc = kinds["NetworkPolicy laocai"]
		}
		if got := at(doc, c.path); got != c.want {
			t.Errorf("%s: %s is %v, want %v", c.kind, c.path, got, c.want)
		}
	}
}

// at follows a path of names, with ~ for a dot in one, and numbers.
func at(v any, path string) any {
	for p := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[strings.ReplaceAll(p, "~", ".")]
		case []any:
			i := int(p[0] - '0')
			if len(p) != 1 || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}
