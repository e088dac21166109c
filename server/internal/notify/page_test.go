package notify_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/notify"
)

var update = flag.Bool("update", false, "write EVENTS.md")

// TestEventsPage holds EVENTS.md to the catalogue in the code.
func TestEventsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What people hear of\n\nGenerated from `events.go` (`go test ./server/internal/notify -run TestEventsPage -update`).\n" +
		"Every event is an inbox record; *way* says what comes besides. Lives, caps and hours are assumed (A).\n")
	for _, g := range []notify.Group{notify.Work, notify.Reminder, notify.Money, notify.Security, notify.Office, notify.Operation} {
		fmt.Fprintf(&b, "\n## %s\n\n| kind | who | when | way, urgency, life | title | what to do | link |\n|---|---|---|---|---|---|---|\n", g)
		for i := range notify.Events {
			e := &notify.Events[i]
			if e.Group != g {
				continue
			}
			fmt.Fprintf(&b, "| `%s` | %s<br>%s | %s<br>%s | %s, %s%s | %s<br>%s | %s<br>%s | `%s` |\n", e.Kind, e.Who.Vi, e.Who.En, e.When.Vi, e.When.En,
				e.Way, e.Urgency, life(e.Life), e.Title.Vi, e.Title.En, e.Body.Vi, e.Body.En, e.Link)
		}
	}
	if *update {
		if err := os.WriteFile("EVENTS.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("EVENTS.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("EVENTS.md is not what the code says: run with -update")
	}
}

func life(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf(", %d d", d/(24*time.Hour))
	}
	return fmt.Sprintf(", %d h", d/time.Hour)
}
