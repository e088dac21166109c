package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNoFirebase: the tag nofirebase gives a server that compiles and holds
// nothing of Firebase, as ADR 0005 says.
func TestNoFirebase(t *testing.T) {
	run := func(args ...string) string {
		out, err := exec.Command("go", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	if deps := run("list", "-deps", "."); !strings.Contains(deps, "firebase.google.com/") {
		t.Error("without the tag there is no Firebase either: this test looks for nothing")
	}
	if deps := run("list", "-tags", "nofirebase", "-deps", "."); strings.Contains(deps, "firebase.google.com/") {
		t.Error("the tag leaves Firebase in")
	}
	run("build", "-tags", "nofirebase", "./internal/app")
}
