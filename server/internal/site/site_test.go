package site_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/banso/banso/server/internal/site"
)

func built(js string) fstest.MapFS {
	return fstest.MapFS{
		"index.html":           {Data: []byte(`<script type="module" src="/app.js"></script>`)},
		"app.js":               {Data: []byte(js + strings.Repeat("// padding\n", 100))},
		"sw.js":                {Data: []byte("onfetch\n")},
		"manifest.webmanifest": {Data: []byte(`{"src":"/icon.svg"}`)},
		"icon.svg":             {Data: []byte("<svg/>")},
	}
}

func serve(t *testing.T, fs fstest.MapFS) http.Handler {
	t.Helper()
	s, err := site.New(fs, "/")
	if err != nil {
		t.Fatal(err)
	}
	return site.Over(http.NotFoundHandler(), s)
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestSite_HashedNames(t *testing.T) {
	h := serve(t, built("one"))
	door := get(h, "/")
	name := regexp.MustCompile(`/a/app\.[0-9a-f]{16}\.js`).FindString(door.Body.String())
	if name == "" || door.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("door %q with %v", door.Body, door.Header())
	}
	js := get(h, name, "Accept-Encoding", "gzip")
	if js.Code != 200 || !strings.Contains(js.Header().Get("Cache-Control"), "immutable") || js.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("%d %v", js.Code, js.Header())
	}
	if again := get(h, name, "If-None-Match", js.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("a held file is answered with %d and %d bytes", again.Code, again.Body.Len())
	}
	if m := get(h, "/manifest.webmanifest"); !strings.Contains(m.Body.String(), `"/a/icon.`) {
		t.Errorf("manifest %q", m.Body)
	}
}

func TestSite_WorkerChangesWithAnyFile(t *testing.T) {
	one, two := get(serve(t, built("one")), "/sw.js"), get(serve(t, built("two")), "/sw.js")
	if one.Body.String() == two.Body.String() {
		t.Error("a new app has the old worker")
	}
	first, _, _ := strings.Cut(one.Body.String(), "\n")
	for _, want := range []string{`"/"`, `"/a/app.`, `"/a/icon.`, `"/manifest.webmanifest"`, `"version":"`} {
		if !strings.Contains(first, want) {
			t.Errorf("%s is not in %s", want, first)
		}
	}
}

func TestSite_Policy(t *testing.T) {
	h := serve(t, built("one"))
	for _, path := range []string{"/", "/sw.js", "/index.html"} {
		csp := get(h, path).Header().Get("Content-Security-Policy")
		if csp == "" || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: %q", path, csp)
		}
	}
}

func TestSite_EverythingElseGoesOn(t *testing.T) {
	h := serve(t, built("one"))
	for _, path := range []string{"/v1/sync", "/a/app.js", "/app.js", "/../secret", "/a/"} {
		if got := get(h, path); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("POST /: %d", w.Code)
	}
	if _, err := site.New(fstest.MapFS{"app.js": {}}, "/"); err == nil {
		t.Error("a folder without a door is served")
	}
}

// TestSite_Chunks: what is loaded later keeps the name by which its parent
// names it, below another base too.
func TestSite_Chunks(t *testing.T) {
	s, err := site.New(fstest.MapFS{
		"index.html": {Data: []byte(`<script type="module" src="/console/app.js"></script>`)},
		"app.js":     {Data: []byte(`import("./c/Later-AB12.js")`)}, "c/Later-AB12.js": {Data: []byte("later")},
	}, "/console/")
	if err != nil {
		t.Fatal(err)
	}
	h := site.Over(http.NotFoundHandler(), s)
	app := regexp.MustCompile(`/console/a/app\.[0-9a-f]{16}\.js`).FindString(get(h, "/console/").Body.String())
	later := get(h, "/console/a/c/Later-AB12.js")
	if app == "" || get(h, app).Code != http.StatusOK || later.Body.String() != "later" || !strings.Contains(later.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("app %q, chunk %d %q %v", app, later.Code, later.Body, later.Header())
	}
	if to := get(h, "/console"); to.Code != http.StatusPermanentRedirect || to.Header().Get("Location") != "/console/" {
		t.Errorf("without the slash: %d %v", to.Code, to.Header())
	}
}
