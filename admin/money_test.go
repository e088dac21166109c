package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMonthArgs(t *testing.T) {
	got, err := monthArgs([]string{"2023-11..2024-02", "2023-01"})
	want := []string{"2023-11", "2023-12", "2024-01", "2024-02", "2023-01"}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	for _, bad := range []string{"2023", "2023-13", "2023-01..2040-12", "2023-01..x", ".."} {
		if list, err := monthArgs([]string{bad}); err == nil {
			t.Errorf("%q: %v", bad, list)
		}
	}
}
