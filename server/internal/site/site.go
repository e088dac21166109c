package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// Names with a meaning of their own.
const (
	index    = "index.html"
	worker   = "sw.js"
	manifest = "manifest.webmanifest"
	hashed   = "a/" // folder of hashed names
	chunks   = "c/" // folder of files that carry their hash already, and name each other
)

// forever is for files whose name changes with their content.
const forever = "public, max-age=31536000, immutable"

// gzipFrom is the size from which compressing pays.
const gzipFrom = 512

// Site is a front end ready to be served. It never changes.
type Site struct {
	base    string
	version string
	files   map[string]*file // by URL path
}

type file struct {
	mime, tag, cache string
	text             []byte
	zipped           func() []byte // made when first asked for; nil where it doesn't pay
}

// New reads all files of a dist folder. base is where the site lives: "/" or
// "/console/". An error means that the folder is not a built front end.
func New(dist fs.FS, base string) (*Site, error) {
	texts := map[string][]byte{}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		texts[name], err = fs.ReadFile(dist, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	if texts[index] == nil {
		return nil, fmt.Errorf("site: %s is missing", index)
	}
	s := &Site{base: base, files: map[string]*file{}}
	names := s.addHashed(texts)
	return s, s.addDoors(texts, names)
}

func door(name string) bool { return name == index || name == worker || name == manifest }

// addHashed takes in all files but the doors; it returns old and new path of
// each, for the doors' texts.
func (s *Site) addHashed(texts map[string][]byte) (pairs []string) {
	for _, name := range sorted(texts) {
		if door(name) {
			continue
		}
		if strings.HasPrefix(name, chunks) {
			s.files[s.base+hashed+name] = newFile(name, texts[name], forever)
			continue
		}
		ext := path.Ext(name)
		url := s.base + hashed + strings.TrimSuffix(name, ext) + "." + digest(texts[name]) + ext
		s.files[url] = newFile(name, texts[name], forever)
		pairs = append(pairs, `"`+s.base+name+`"`, `"`+url+`"`)
	}
	return pairs
}

func (s *Site) addDoors(texts map[string][]byte, pairs []string) error {
	rename := strings.NewReplacer(pairs...)
	sum := sha256.New()
	for _, name := range sorted(texts) {
		fmt.Fprintf(sum, "%s %d\n%s\n", name, len(texts[name]), texts[name])
	}
	s.version = hex.EncodeToString(sum.Sum(nil))[:12]
	list := []string{s.base}
	for url := range s.files {
		list = append(list, url)
	}
	for _, name := range []string{index, manifest} {
		if texts[name] == nil {
			continue
		}
		f := newFile(name, []byte(rename.Replace(string(texts[name]))), "no-cache")
		s.files[s.base+name] = f
		if name == index {
			s.files[s.base] = f
		} else {
			list = append(list, s.base+name)
		}
	}
	if texts[worker] == nil {
		return nil
	}
	slices.Sort(list)
	head, err := json.Marshal(struct {
		Version string   `json:"version"`
		Files   []string `json:"files"`
	}{s.version, list})
	if err != nil {
		return err
	}
	s.files[s.base+worker] = newFile(worker, slices.Concat([]byte("self.banso="), head, []byte(";\n"), texts[worker]), "no-cache")
	return nil
}

func newFile(name string, text []byte, cache string) *file {
	f := &file{text: text, mime: typeOf(name), cache: cache, tag: `"` + digest(text) + `"`}
	if len(text) < gzipFrom || strings.HasPrefix(f.mime, "image/png") {
		return f
	}
	f.zipped = sync.OnceValue(func() []byte { return zip(text) })
	return f
}

func zip(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	_, _ = z.Write(text)                                  // into memory
	_ = z.Close()
	return b.Bytes()
}

// typeOf does not ask the machine's tables, which differ.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".webmanifest":
		return "application/manifest+json"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func sorted(m map[string][]byte) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Version names the content of all files.
func (s *Site) Version() string { return s.version }

// Sizes returns the bytes on the wire, gzipped, of each URL path.
func (s *Site) Sizes() map[string]int {
	out := map[string]int{}
	for url, f := range s.files {
		out[url] = len(f.text)
		if f.zipped != nil {
			out[url] = len(f.zipped())
		}
	}
	return out
}

// Over answers what belongs to one of the sites and hands all else to next. A
// site's base without its last slash leads there.
func Over(next http.Handler, sites ...*Site) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			for _, s := range sites {
				if f := s.files[r.URL.Path]; f != nil {
					f.serve(w, r)
					return
				}
				if r.URL.Path+"/" == s.base {
					http.Redirect(w, r, s.base, http.StatusPermanentRedirect)
					return
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	secure(h)
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.text
	if f.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = f.zipped()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who has gone is no news
	}
}

// Policy is the content security policy of all sites: own files only, nothing
// inline; pictures also from memory, where photos are before they are sent.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

func secure(h http.Header) {
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}
