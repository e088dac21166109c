package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/syncproto"
)

// ok answers a value as JSON.
func (a *API) ok(c echo.Context, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	return a.okBytes(c, b)
}

// okBytes answers JSON that is encoded already.
func (a *API) okBytes(c echo.Context, b []byte) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return a.send(c, "application/json", b)
}

// tagged answers a value with a strong ETag, or 304 if the caller holds it.
// prefix, if any, begins the tag (see matchTag).
func (a *API) tagged(c echo.Context, prefix string, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	return a.taggedBytes(c, "application/json", prefix, b)
}

func (a *API) taggedBytes(c echo.Context, mime, prefix string, b []byte) error {
	sum := sha256.Sum256(b)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	if prefix != "" {
		tag = `"` + prefix + "." + tag[1:]
	}
	setTag(c, tag)
	if listsTag(c.Request().Header.Get("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return a.send(c, mime, b)
}

// setTag lets the caller keep an answer and ask whether it still holds.
func setTag(c echo.Context, tag string) {
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
}

func listsTag(header, tag string) bool {
	for t := range strings.SplitSeq(header, ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
			return true
		}
	}
	return false
}

// matchTag reads If-Match: the tag of an earlier answer, or its prefix alone.
// It returns the prefix.
func matchTag(c echo.Context) (prefix string, err error) {
	h := c.Request().Header.Get("If-Match")
	if len(h) < 3 || h[0] != '"' || h[len(h)-1] != '"' || strings.Contains(h, ",") {
		return "", bad("If-Match", "Send the csum that you looked at as If-Match.", "Thiếu tiêu đề If-Match với mã kiểm đã xem.")
	}
	prefix, _, _ = strings.Cut(h[1:len(h)-1], ".")
	return prefix, nil
}

// zips compress at the fastest level: resetting the tables of the default one
// costs more than a small answer itself, and the gain is a few per cent. The
// package takes half the time of the standard library's for the same bytes.
var zips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a valid one
	return z
}}

// send writes a body, gzipped if it is worth it and the caller takes it.
func (a *API) send(c echo.Context, mime string, b []byte) error {
	h := c.Response().Header()
	h.Add("Vary", "Accept-Encoding")
	if len(b) >= syncproto.GzipFrom && acceptsGzip(c.Request().Header.Get("Accept-Encoding")) {
		var buf bytes.Buffer
		z := zips.Get().(*gzip.Writer)
		z.Reset(&buf)
		_, err := z.Write(b)
		if cerr := z.Close(); err == nil {
			err = cerr
		}
		zips.Put(z)
		if err != nil {
			return err
		}
		h.Set("Content-Encoding", "gzip")
		b = buf.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	return c.Blob(http.StatusOK, mime, b)
}

// acceptsGzip reads the header as far as phones and browsers use it.
func acceptsGzip(h string) bool {
	for part := range strings.SplitSeq(h, ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}
