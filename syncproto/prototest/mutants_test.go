package prototest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// faults of the model, each with a check that must find it.
var faults = map[string]string{
	"lost history unnoticed":         "LostHistory",
	"gap unnoticed":                  "GapRotates",
	"low top unnoticed":              "LowTopRotates",
	"chain unchecked":                "WrongChainRotates",
	"chain of empty push unchecked":  "WrongChainRotates",
	"known by number":                "ForkRotates",
	"never known":                    "DuplicatePushReplays",
	"fork unnoticed":                 "ForkRotates",
	"lenient decoder":                "BrokenMutationsStandAside",
	"author unchecked":               "ForeignAuthorStandsAside",
	"scope unchecked":                "ForeignScope",
	"bad ignored":                    "BadResets",
	"cursor ahead unnoticed":         "CursorAheadResets",
	"limit ignored":                  "Paging",
	"cursor jumps":                   "PagesJoin",
	"sum is wrong":                   "PushAndPull",
	"document is not canonical":      "PushAndPull",
	"own write without what it adds": "AckNamesTheDocument",
	"verdict of another number":      "RotationKeepsVerdicts",
	"never busy":                     "Busy",
}

const faultEnv = "PROTOTEST_FAULTS"

// TestConformance_FindsFaults runs the checks against broken servers in
// another process, since a check can only fail its own test.
func TestConformance_FindsFaults(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestConformance_FaultyModels$")
	cmd.Env = append(os.Environ(), faultEnv+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("nothing was found:\n%s", out)
	}
	for fault, check := range faults {
		line := "--- FAIL: TestConformance_FaultyModels/" + strings.ReplaceAll(fault, " ", "_") + "/" + check + " "
		if !strings.Contains(string(out), line) {
			t.Errorf("%s: not found by %s", fault, check)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// TestConformance_FaultyModels is the inner half. By itself it runs the model
// with a fault that does not exist, which must pass.
func TestConformance_FaultyModels(t *testing.T) {
	if os.Getenv(faultEnv) == "" {
		Conformance(t, newModel("no such fault").target())
		return
	}
	for fault := range faults {
		t.Run(fault, func(t *testing.T) { Conformance(t, newModel(fault).target()) })
	}
}
