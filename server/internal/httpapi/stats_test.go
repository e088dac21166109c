package httpapi_test

import (
	"bytes"
	"net/http"
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
