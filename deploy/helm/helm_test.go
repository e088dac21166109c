package helm

import (
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
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
		t.Skip("no helm on this machine (it builds from helm.sh/helm/v3/cmd/helm)")
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

// TestChart_Rendered is what is committed.
func TestChart_Rendered(t *testing.T) {
	got := run(t, "template", "laocai", "banso", "--set", "host=laocai.banso.example", "--set", "backup.to={/data/second}", "--set", "existingSecret=banso")
	if *update {
		if err := os.WriteFile("testdata/laocai.yaml", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/laocai.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run with -update\n%s", diff)
	}
}

// TestChart_Promises reads what is committed, so it needs no helm.
func TestChart_Promises(t *testing.T) {
	b, err := os.ReadFile("testdata/laocai.yaml")
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
		kinds[doc["kind"].(string)] = doc
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

// at follows a path of names and numbers.
func at(v any, path string) any {
	for p := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
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
