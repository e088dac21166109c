package httpapi_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// maxPoll bounds a poll that finds nothing new, in bytes of the answer.
const maxPoll = 400

// TestBoard_PollIsSmall: an open dashboard asks every half a minute.
func TestBoard_PollIsSmall(t *testing.T) {
	w := newWorld(t)
	const path = "/v1/stats/board?from=2023-01&to=2023-12"
	first := w.raw(viewer, http.MethodGet, path, nil, nil)
	tag := map[string]string{"If-None-Match": first.Header.Get("ETag")}
	res := w.raw(viewer, http.MethodGet, path, nil, tag)
	var wire bytes.Buffer
	if err := res.Write(&wire); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusNotModified || wire.Len() > maxPoll {
		t.Errorf("%d in %d bytes:\n%s", res.StatusCode, wire.Len(), wire.String())
	}
	w.pending()
	if res := w.raw(viewer, http.MethodGet, path, nil, tag); res.StatusCode != http.StatusOK {
		t.Errorf("new work: %d", res.StatusCode)
	}
}

// TestFlat_CSV: the table as a spreadsheet reads it, and the outlines of a day.
func TestFlat_CSV(t *testing.T) {
	w := newWorld(t)
	w.pending()
	csv, err := io.ReadAll(w.raw(viewer, http.MethodGet, "/v1/stats/flat?from=2023-06&to=2023-06&format=csv", nil, nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(csv)), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "\ufeffmonth,unit,code,name,received,pending_review,") || !strings.Contains(lines[1], ",A1,Xã A,0,1,") {
		t.Errorf("%q", csv)
	}
	if res := w.raw(viewer, http.MethodGet, "/v1/stats/flat?from=2023-06&to=2023-06&format=xlsx", nil, nil); res.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown format: %d", res.StatusCode)
	}
}
