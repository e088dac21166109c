package httpapi_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/httpapi"
)

// TestAccessMatrix asks every route as everybody.
func TestAccessMatrix(t *testing.T) {
	w := newWorld(t)
	rows := matrix()
	routes := httpapi.Routes()
	// Logout last: it ends the sessions of all.
	slices.SortStableFunc(routes, func(a, b httpapi.RouteInfo) int {
		return strings.Compare(strings.ReplaceAll(a.Path, "/v1/auth/logout", "~"), strings.ReplaceAll(b.Path, "/v1/auth/logout", "~"))
	})
	seen := 0
	for _, r := range routes {
		name := r.Method + " " + r.Path
		asks, listed := rows[name]
		if !listed {
			t.Errorf("%s is not in the matrix", name)
			continue
		}
		seen++
		for _, a := range asks {
			for _, as := range principals {
				w.ask(r, a, as)
			}
		}
	}
	if seen != len(rows) {
		t.Errorf("%d rows of the matrix name no route", len(rows)-seen)
	}
}

func (w *world) ask(r httpapi.RouteInfo, a ask, as string) {
	w.t.Helper()
	path := r.Path
	switch {
	case a.to != nil:
		path = a.to(w)
	case a.path != "":
		path = a.path
	}
	var body []byte
	if a.body != nil {
		body = []byte(a.body(w, as))
	}
	header := map[string]string{}
	if a.mime != "" {
		header["Content-Type"] = a.mime
	}
	maps.Copy(header, a.header)
	if a.headers != nil {
		maps.Copy(header, a.headers(w))
	}
	res := w.raw(as, r.Method, path, body, header)
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := res.StatusCode
	if a.refused != nil && got == http.StatusOK && a.refused(string(text)) {
		got = http.StatusForbidden
	}
	switch {
	case slices.Contains(a.may, as):
		if a.status != 0 && got != a.status || a.status == 0 && (got < 200 || got > 299) {
			w.t.Errorf("%s %s as %s: %d, want %d\n%s", r.Method, path, as, got, a.status, text)
		}
	case as == nobody || r.Open:
		if got != http.StatusUnauthorized {
			w.t.Errorf("%s %s as %s: %d, want 401", r.Method, path, as, got)
		}
	case got != http.StatusForbidden:
		w.t.Errorf("%s %s as %s: %d, want 403\n%s", r.Method, path, as, got, text)
	}
}

// TestAccessMatrix_NothingLeaks: whoever may not read is told the same whether
// a thing exists or not.
func TestAccessMatrix_NothingLeaks(t *testing.T) {
	w := newWorld(t)
	there := w.pending()
	for path, ids := range map[string][2]client.ID{
		"/v1/activities/%s":           {there, newID()},
		"/v1/teams/%s/months/2023-06": {w.team["T1"], newID()},
	} {
		var got [2]string
		for i, id := range ids {
			res := w.raw(otherChair, "GET", fmt.Sprintf(path, id), nil, nil)
			b, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			cut := strings.Index(string(b), `"instance"`)
			got[i] = fmt.Sprint(res.StatusCode, string(b[:cut]))
		}
		if got[0] != got[1] || !strings.HasPrefix(got[0], "403") {
			t.Errorf("%s tells which exist:\n%s\n%s", path, got[0], got[1])
		}
	}
}
