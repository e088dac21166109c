package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/banso/banso/deploy/data"
)

func TestCheckPolicies(t *testing.T) {
	raw, err := data.Files.ReadFile("policies/dn-nq26.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.json", string(raw))
	var out strings.Builder
	if err := checkPolicies([]string{good}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"300.000 đồng mỗi tổ mỗi tháng", "A top_up.max_permille", "S R1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	bad := write("bad.json", strings.Replace(string(raw), "team.level == 'village'\"", "team.level = 'village'\"", 1))
	if err := checkPolicies([]string{bad}, &out); err == nil || !strings.Contains(err.Error(), "line ") || !strings.Contains(err.Error(), "/rules/0/expr") {
		t.Errorf("%v", err)
	}
	twice := write("twice.json", strings.Replace(string(raw), `"version": "1"`, `"version": "2"`, 1))
	if err := checkPolicies([]string{good, twice}, &out); err == nil || !strings.Contains(err.Error(), "replaces") {
		t.Errorf("two versions for the same months: %v", err)
	}
}

// TestMain_Licences: the image holds nothing but the binary, so the binary
// holds the licences of its parts.
func TestMain_Licences(t *testing.T) {
	if code, out, msg := run(t, "licences"); code != 0 || !strings.Contains(out, "go.etcd.io/bbolt") || !strings.Contains(out, "Permission is hereby granted") {
		t.Errorf("code %d, %.200s %s", code, out, msg)
	}
	if code, out, msg := run(t, "licences", "--bom"); code != 0 || !strings.Contains(out, `"bomFormat": "CycloneDX"`) {
		t.Errorf("code %d, %.200s %s", code, out, msg)
	}
}
