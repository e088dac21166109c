package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/httpapi"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// commit is where the store stands: what changed nothing leaves it alone.
func (w *world) commit() (c int64) {
	w.t.Helper()
	if err := w.app.Store().View(context.Background(), func(r store.Reader) error {
		c = r.Head().Commit
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// TestHostile_Bodies: each is refused with 400, 413 or 415 and without effect.
func TestHostile_Bodies(t *testing.T) {
	w := newWorld(t)
	good := `{"proto":1,"schema":1,"app":"t","client":"` + string(newID()) + `","top":0,"push":{"first":1,"prev":"","list":[]},"pull":[],"clock":0}`
	gz := map[string]string{"Content-Encoding": "gzip"}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	before := w.commit()
	for name, c := range map[string]struct {
		path, body string
		header     map[string]string
		want       int
	}{
		"gzip bomb, sync":          {"/v1/sync", string(zipped(t, bytes.Repeat([]byte(" "), 100<<20))), gz, 413},
		"gzip bomb, console":       {"/v1/review/decisions", string(zipped(t, bytes.Repeat([]byte("["), 100<<20))), gz, 413},
		"too large":                {"/v1/sync", good + strings.Repeat(" ", syncproto.MaxRequestBytes), nil, 413},
		"not gzip":                 {"/v1/sync", good, gz, 400},
		"cut gzip":                 {"/v1/sync", string(zipped(t, []byte(good)))[:40], gz, 400},
		"brotli":                   {"/v1/sync", good, map[string]string{"Content-Encoding": "br"}, 415},
		"form":                     {"/v1/sync", good, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415},
		"empty":                    {"/v1/sync", " ", nil, 400},
		"null":                     {"/v1/sync", "null", nil, 400},
		"list":                     {"/v1/sync", "[]", nil, 400},
		"cut":                      {"/v1/sync", good[:50], nil, 400},
		"trailing":                 {"/v1/sync", good + good, nil, 400},
		"unknown member":           {"/v1/sync", strings.Replace(good, `"app"`, `"x":1,"app"`, 1), nil, 400},
		"duplicate member":         {"/v1/sync", strings.Replace(good, `"app"`, `"top":0,"app"`, 1), nil, 400},
		"wrong type":               {"/v1/sync", strings.Replace(good, `"top":0`, `"top":"0"`, 1), nil, 400},
		"fraction":                 {"/v1/sync", strings.Replace(good, `"top":0`, `"top":0.5`, 1), nil, 400},
		"invalid UTF-8":            {"/v1/sync", strings.Replace(good, `"t"`, "\"\xff\"", 1), nil, 400},
		"nesting":                  {"/v1/sync", strings.Replace(good, `"clock":0`, `"clock":`+deep, 1), nil, 400},
		"console: nesting":         {"/v1/review/decisions", deep, nil, 400},
		"console: null":            {"/v1/review/decisions", `{"decisions":null}`, nil, 400},
		"console: unknown":         {"/v1/review/decisions", `{"decisions":[],"x":1}`, nil, 400},
		"console: duplicate":       {"/v1/review/decisions", `{"decisions":[],"decisions":[]}`, nil, 400},
		"console: case of a name":  {"/v1/review/decisions", `{"Decisions":[]}`, nil, 400},
		"console: invalid UTF-8":   {"/v1/codes", "{\"people\":[\"\xc3\x28\"]}", nil, 400},
		"import: not UTF-8":        {"/v1/imports/teams", "ref\xff", map[string]string{"Content-Type": "text/csv"}, 400},
		"import: too large":        {"/v1/imports/teams", strings.Repeat("a", 5<<20), map[string]string{"Content-Type": "text/csv"}, 413},
		"import: bomb":             {"/v1/imports/teams", string(zipped(t, bytes.Repeat([]byte("a"), 100<<20))), map[string]string{"Content-Type": "text/csv", "Content-Encoding": "gzip"}, 413},
		"import: unknown kind":     {"/v1/imports/passwords", "a\n", map[string]string{"Content-Type": "text/csv"}, 404},
		"query: unknown parameter": {"/v1/imports/teams?dryrun=true", "a\n", map[string]string{"Content-Type": "text/csv"}, 400},
		"query: repeated":          {"/v1/imports/teams?dry_run=true&dry_run=false", "a\n", map[string]string{"Content-Type": "text/csv"}, 400},
		"path: no id":              {"/v1/devices/..%2F..%2Fetc/revoke", "{}", nil, 400},
	} {
		res := w.raw(system, "POST", c.path, []byte(c.body), c.header)
		if res.StatusCode != c.want {
			b, _ := io.ReadAll(res.Body)
			t.Errorf("%s: %d, want %d\n%s", name, res.StatusCode, c.want, b)
		}
	}
	if after := w.commit(); after != before {
		t.Errorf("refused requests moved the store from %d to %d", before, after)
	}
}

// TestHostile_BombMemory: a hundred bombs at once stay small in memory.
func TestHostile_BombMemory(t *testing.T) {
	w := newWorld(t)
	bomb := zipped(t, bytes.Repeat([]byte(" "), 200<<20))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			w.raw(system, "POST", "/v1/sync", bomb, map[string]string{"Content-Encoding": "gzip"})
		})
	}
	wg.Wait()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 64<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	}
}

// TestHostile_BadMutationIsAVerdict: what can't be read within a push never
// fails the request.
func TestHostile_BadMutationIsAVerdict(t *testing.T) {
	w := newWorld(t)
	for _, m := range []string{`{}`, `[]`, `"x"`, `1`, `{"op":"create","op":"create"}`, `{"op":"create","type":"activity","id":"x"}`,
		`{"a":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`, `{"note":"` + strings.Repeat("a", syncproto.MaxMutationBytes) + `"}`} {
		body := fmt.Sprintf(`{"proto":1,"schema":1,"app":"t","client":%q,"top":1,"push":{"first":1,"prev":"","list":[%s]},"pull":[],"clock":0}`, newID(), m)
		res := w.raw(member, "POST", "/v1/sync", []byte(body), nil)
		b, _ := io.ReadAll(res.Body)
		if res.StatusCode != 200 || !strings.Contains(string(b), `"v":"aside"`) {
			t.Errorf("%.40s: %d %s", m, res.StatusCode, b)
		}
	}
}

// TestAdmission: the push after the last place is told when to come again
// before its body is read, and reads go on.
func TestAdmission(t *testing.T) {
	w := newWorld(t)
	srv := httptest.NewServer(w.app.Handler())
	defer srv.Close()
	token := w.as[member].Token()
	slow := func() net.Conn {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", token)
		return c
	}
	for range httpapi.MaxPushes {
		defer slow().Close()
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/v1/sync", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == http.StatusServiceUnavailable {
			if res.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still %d with all places taken", res.StatusCode)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if res := w.raw(member, "GET", "/v1/me", nil, nil); res.StatusCode != 200 {
		t.Errorf("a read meanwhile: %d", res.StatusCode)
	}
}

// TestGzip: answers from 512 bytes are gzipped for those who take it.
func TestGzip(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{"/v1/openapi.yaml": "gzip", "/v1/capabilities": ""} {
		req := httptest.NewRequest("GET", path, nil)
		req.Header.Set("Accept-Encoding", "br, gzip;q=0.8")
		req.Header.Set("Authorization", "Bearer "+w.as[member].Token())
		rec := httptest.NewRecorder()
		w.app.Handler().ServeHTTP(rec, req)
		if got := rec.Header().Get("Content-Encoding"); got != want || rec.Code != 200 {
			t.Errorf("%s: %d, encoding %q, want %q", path, rec.Code, got, want)
		}
	}
}

// TestForwardedFor is believed from configured proxies only; here is none, so
// guesses that each name another address are one address's.
func TestForwardedFor(t *testing.T) {
	w := newWorld(t)
	for i := range 200 {
		body := fmt.Sprintf(`{"login":"nguoi%d","password":"sai sai sai sai","install":%q}`, i, newID())
		res := w.raw(nobody, "POST", "/v1/auth/login", []byte(body), map[string]string{"X-Forwarded-For": fmt.Sprintf("198.51.100.%d", i), "X-Real-Ip": fmt.Sprintf("198.51.100.%d", i)})
		if res.StatusCode == http.StatusTooManyRequests {
			if res.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("200 wrong passwords from one address were let through")
}

// TestLog_HoldsNobody: after all of it, no name, login, code, token, id or
// address stands in the log.
func TestLog_HoldsNobody(t *testing.T) {
	w := newWorld(t)
	w.logged()
	w.reviewed()
	_, _ = w.as[otherChair].Activity(t.Context(), newID())
	w.raw(nobody, "POST", "/v1/auth/login", []byte(`{"login":"admin","password":"sai sai sai sai","install":"x"}`), nil)
	log := w.log.String()
	if !strings.Contains(log, "route=/v1/sync") {
		t.Fatal("the log is empty: the test would see nothing")
	}
	for _, canary := range []string{"Thành Viên", "Chủ Tịch", "(thử)", password, "login=", "192.0.2.1", string(w.who[member]), string(w.team["T1"]),
		w.as[member].Token(), w.as[member].Session().Refresh, "máy thử"} {
		if strings.Contains(log, canary) {
			t.Errorf("the log holds %q", canary)
		}
	}
}
