package months

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

func TestWorkers(t *testing.T) {
	minute := func(m int64) *int64 { return &m }
	done := []shift{}
	for _, a := range []struct {
		p     domain.ID
		on    domain.Date
		start *int64
	}{
		{"b", "2024-06-02", nil}, {"b", "2024-06-02", minute(9 * 60)}, {"b", "2024-06-03", minute(6 * 60)}, // two days
		{"b", "2024-06-03", minute(22 * 60)}, {"b", "2024-06-04", minute(5*60 + 59)}, // two nights
		{"x", "2024-06-02", minute(21*60 + 59)}, // left the team since
	} {
		done = append(done, shiftOf(a.p, &domain.Activity{DoneOn: a.on, Start: a.start}))
	}
	got, working := workers([]domain.ID{"a", "b"}, done)
	want := []policy.Worker{{ID: "a", Member: true}, {ID: "b", Member: true, Days: 2, Nights: 2}, {ID: "x", Days: 1}}
	if d := cmp.Diff(want, got); d != "" || working != 2 {
		t.Errorf("%d working\n%s", working, d)
	}
}
