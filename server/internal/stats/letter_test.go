package stats_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestLetter: a summary by letter says the dashboard's figures, as the person
// who gets it sees them, and names nobody.
func TestLetter(t *testing.T) {
	w := newWorld(t, 3)
	w.addTeam(w.communes[0], "Tổ canary", true)
	for i, m := range []domain.Month{"2022-07", "2023-07", "2023-07", "2023-08", "2023-08", "2023-08"} {
		w.update(func(tx store.Tx) error {
			if err := put(tx, w.id(), &domain.Activity{Unit: w.communes[i%3], Month: m, State: domain.Approved, Category: "VNEID"}); err != nil {
				return err
			}
			return stats.ApplyMonth(tx, nil, syncproto.Doc{"unit": syncproto.Str(string(w.communes[i%3])), "month": syncproto.Str(string(m)), "stage": syncproto.Str("closed"),
				"result": syncproto.Str("eligible"), "money": syncproto.Str("funded"), "funding": syncproto.Str("1/QĐ"), "due_vnd": syncproto.Int(500_000)})
		})
	}
	for _, c := range []struct {
		name, period, subject string
		who                   domain.Caller
		month                 domain.Month
	}{
		{"a viewer's week", "2023-W32", "Bản Số: số liệu tuần 32", w.viewer, "2023-08"},
		{"a viewer's month", "2023-08", "Bản Số: số liệu tháng 7/2023", w.viewer, "2023-07"},
		{"a chair's week", "2023-W32", "Bản Số: số liệu tuần 32", w.chair, "2023-08"},
	} {
		subject, text, err := w.svc.Letter(t.Context(), c.who.Person, c.period, "https://banso.example.vn/")
		if err != nil || subject != c.subject {
			t.Fatalf("%s: %q, %v", c.name, subject, err)
		}
		now, year := w.board(c.who, stats.Query{From: c.month, To: c.month}), w.board(c.who, stats.Query{From: "2023-01", To: c.month})
		for _, want := range []string{
			fmt.Sprintf("- Hoạt động đã ghi nhận: %d\n", now.Total.States[domain.Approved]),
			fmt.Sprintf("- Activities logged: %d", year.Total.States[domain.Approved]),
			fmt.Sprintf("- Đã quyết định kinh phí: %s", year.Total.TeamMonths.Decided),
			fmt.Sprintf("- Tổ đang có: %d\n", now.Watch.Teams),
			"https://banso.example.vn/console/#/dashboard",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, text)
			}
		}
		if strings.Contains(text, "canary") {
			t.Errorf("%s: names a team:\n%s", c.name, text)
		}
	}
	_, text, _ := w.svc.Letter(t.Context(), w.viewer.Person, "2023-W32", "")
	if !strings.Contains(text, "(cùng kỳ năm trước: 1)") {
		t.Errorf("nothing of last year:\n%s", text)
	}
	if _, _, err := w.svc.Letter(t.Context(), w.id(), "2023-W32", ""); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}
