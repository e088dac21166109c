package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
)

// TestExitCode: a script sees from the code what came of a command.
func TestExitCode(t *testing.T) {
	for status, want := range map[int]int{400: exitUsage, 401: exitSignIn, 403: exitRight, 404: exitMissing, 409: exitConflict, 412: exitConflict, 422: exitUsage, 500: exitTrouble} {
		if got := exitCode(&client.Problem{Status: status}, true); got != want {
			t.Errorf("%d: exit code %d, want %d", status, got, want)
		}
	}
	if a, b, c := exitCode(errJob, true), exitCode(errors.New("x"), true), exitCode(errors.New("x"), false); a != exitJob || b != exitTrouble || c != exitUsage {
		t.Error(a, b, c)
	}
}

// TestCompletion: shells get scripts, and what can be typed next.
func TestCompletion(t *testing.T) {
	for _, args := range [][]string{{"completion", "bash"}, {"completion", "zsh"}, {"__complete", "job", ""}, {"__complete", "export", ""}} {
		var out strings.Builder
		if code := run(t.Context(), args, strings.NewReader(""), &out, io.Discard); code != 0 || out.Len() == 0 {
			t.Errorf("%v: exit code %d, %q", args, code, out.String())
		}
		for _, want := range map[string][]string{"job": {"list", "show", "wait", "cancel", "result", "undo"}, "export": {"activities", "lists", "province"}}[args[1]] {
			if args[0] == "__complete" && !strings.Contains(out.String(), want) {
				t.Errorf("%v lacks %s", args, want)
			}
		}
	}
}
