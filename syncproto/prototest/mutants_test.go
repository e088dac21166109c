package prototest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// faults of the model, each of which the checks must find.
var faults = []string{
	"lost history unnoticed", "gap unnoticed", "low top unnoticed", "chain unchecked", "chain of empty push unchecked",
	"known by number", "never known", "fork unnoticed", "lenient decoder", "author unchecked", "scope unchecked",
	"bad ignored", "cursor ahead unnoticed", "limit ignored", "cursor jumps", "sum is wrong",
	"document is not canonical", "never busy",
}

const faultEnv = "PROTOTEST_FAULT"

// TestConformance_FindsFaults runs the checks against broken servers, each in
// a process of its own, since a check can only fail its own test.
func TestConformance_FindsFaults(t *testing.T) {
	for _, fault := range faults {
		cmd := exec.Command(os.Args[0], "-test.run=^TestConformance_FaultyModel$")
		cmd.Env = append(os.Environ(), faultEnv+"="+fault)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: TestConformance_FaultyModel/") {
			t.Errorf("%s: not found (%v)\n%s", fault, err, out)
		}
	}
}

// TestConformance_FaultyModel is the inner half; without a fault it must pass.
func TestConformance_FaultyModel(t *testing.T) {
	Conformance(t, newModel(os.Getenv(faultEnv)).target())
}
