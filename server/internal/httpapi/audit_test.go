package httpapi_test

import (
	"io"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
)

// TestAuditLog: what was granted is in the log, what was refused is not; a look
// counts once a day; it is found by person, unit, kind, name and day.
func TestAuditLog(t *testing.T) {
	w := newWorld(t)
	commune := "/v1/communes/" + string(w.unit["A"])
	for range 3 {
		w.raw(chair, "GET", "/v1/review/queue?month="+month+"&commune="+string(w.unit["A"]), nil, nil)
	}
	w.raw(otherChair, "GET", "/v1/review/queue?month="+month+"&commune="+string(w.unit["A"]), nil, nil)
	for range 2 {
		w.raw(chair, "POST", commune+"/contact", []byte(`{"office":"Văn phòng xã","phone":"0216 000 000"}`), nil)
	}
	w.raw(otherChair, "POST", commune+"/contact", []byte(`{"office":"Văn phòng xã","phone":"0216 000 000"}`), nil)
	w.raw(chair, "GET", "/v1/devices?person="+string(w.who[member]), nil, nil)
	find := func(q client.AuditQuery) []client.AuditLine {
		t.Helper()
		lines, _, err := w.as[province].AuditLog(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if got := find(client.AuditQuery{Person: w.who[chair], What: "read", Kind: "queue"}); len(got) != 1 || got[0].Kind != "GET /v1/review/queue" || got[0].Unit != w.unit["A"] || got[0].Month != month {
		t.Errorf("looks: %+v", got)
	}
	if got := find(client.AuditQuery{Person: w.who[chair], What: "change", Kind: "contact"}); len(got) != 2 || got[0].Name == "" || got[0].Place == "" || got[0].AtMs < got[1].AtMs {
		t.Errorf("changes: %+v", got)
	}
	if got := find(client.AuditQuery{Person: w.who[chair], What: "read", Kind: "devices"}); len(got) != 1 {
		t.Errorf("looks at a member's devices: %+v", got)
	}
	for name, q := range map[string]client.AuditQuery{
		"of another chair": {Person: w.who[otherChair]}, "of another unit": {Unit: w.unit["B"], Kind: "contact"},
		"of another day": {Kind: "contact", From: "2020-01-01", To: "2020-01-31"}, "of another name": {Kind: "contact", Text: "không ai tên vậy"},
	} {
		if got := find(q); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	all := find(client.AuditQuery{})
	rest, _, err := w.as[province].AuditLog(t.Context(), client.AuditQuery{Cursor: strings.Repeat("0", 10)})
	if err != nil || len(all) == 0 || len(rest) != 0 {
		t.Errorf("%d lines; before all of them %d, %v", len(all), len(rest), err)
	}
	res := w.raw(province, "GET", "/v1/audit?format=csv&kind=contact", nil, nil)
	table, err := io.ReadAll(res.Body)
	if err != nil || strings.Count(string(table), "\n") != 3 || !strings.Contains(res.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("as a table: %v\n%s", err, table)
	}
	if _, _, err := w.as[province].AuditLog(t.Context(), client.AuditQuery{From: "2020-01-01", To: "2023-01-31"}); err == nil {
		t.Error("three years at once")
	}
}
