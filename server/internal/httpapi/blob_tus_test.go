package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
)

// TestTus is the table of the protocol as it is on the wire.
func TestTus(t *testing.T) {
	w := newWorld(t)
	pic := snap(t, 21)
	res := w.raw(nobody, "OPTIONS", "/v1/uploads", nil, nil)
	for h, want := range map[string]string{"Tus-Version": "1.0.0", "Tus-Extension": "creation,expiration,termination,checksum",
		"Tus-Max-Size": "8388608", "Tus-Checksum-Algorithm": "sha256,sha1"} {
		if got := res.Header.Get(h); res.StatusCode != 204 || got != want {
			t.Errorf("OPTIONS %d, %s: %q", res.StatusCode, h, got)
		}
	}
	create := map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": strconv.Itoa(len(pic)), "Upload-Metadata": w.metadata("T1", client.PhotoName(pic))}
	with := func(base map[string]string, pairs ...string) map[string]string {
		h := maps.Clone(base)
		for i := 0; i+1 < len(pairs); i += 2 {
			h[pairs[i]] = pairs[i+1]
		}
		return h
	}
	res = w.raw(member, "POST", "/v1/uploads", nil, create)
	path := res.Header.Get("Location")
	if res.StatusCode != 201 || path == "" || res.Header.Get("Tus-Resumable") != "1.0.0" || res.Header.Get("Upload-Offset") != "0" {
		t.Fatalf("POST: %d %v", res.StatusCode, res.Header)
	}
	if _, err := http.ParseTime(res.Header.Get("Upload-Expires")); err != nil {
		t.Errorf("Upload-Expires: %v", err)
	}
	again := w.raw(member, "POST", "/v1/uploads", nil, create)
	if again.Header.Get("Location") != path {
		t.Error("the same photo of the same phone has two uploads")
	}
	patch := map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
	sum := sha256.Sum256(pic[:200])
	good := "sha256 " + base64.StdEncoding.EncodeToString(sum[:])
	for _, c := range []struct {
		name, method string
		header       map[string]string
		body         []byte
		status       int
		offset       string
	}{
		{"no version", "PATCH", with(patch, "Tus-Resumable", ""), pic[:10], 412, ""},
		{"another version", "HEAD", map[string]string{"Tus-Resumable": "0.2.2"}, nil, 412, ""},
		{"another type", "PATCH", with(patch, "Content-Type", "application/json"), pic[:10], 415, ""},
		{"compressed", "PATCH", with(patch, "Content-Encoding", "gzip"), pic[:10], 415, ""},
		{"no offset", "PATCH", with(patch, "Upload-Offset", ""), pic[:10], 400, ""},
		{"offset below 0", "PATCH", with(patch, "Upload-Offset", "-1"), pic[:10], 400, ""},
		{"offset ahead", "PATCH", with(patch, "Upload-Offset", "7"), pic[:10], 409, ""},
		{"unknown algorithm", "PATCH", with(patch, "Upload-Checksum", "crc32 AAAA"), pic[:10], 400, ""},
		{"wrong checksum", "PATCH", with(patch, "Upload-Checksum", good), pic[:10], 460, ""},
		{"nothing was kept", "HEAD", tusHeader, nil, 200, "0"},
		{"right checksum", "PATCH", with(patch, "Upload-Checksum", good), pic[:200], 204, "200"},
		{"override of nothing", "POST", with(patch, "Upload-Offset", "200"), pic[200:300], 405, ""},
		{"override", "POST", with(patch, "Upload-Offset", "200", "X-HTTP-Method-Override", "PATCH"), pic[200:300], 204, "300"},
		{"the rest", "PATCH", with(patch, "Upload-Offset", "300"), pic[300:], 204, strconv.Itoa(len(pic))},
		{"done", "HEAD", tusHeader, nil, 200, strconv.Itoa(len(pic))},
		{"ended", "DELETE", tusHeader, nil, 204, ""},
		{"gone", "HEAD", tusHeader, nil, 404, ""},
	} {
		res := w.raw(member, c.method, path, c.body, c.header)
		if res.StatusCode != c.status || c.offset != "" && res.Header.Get("Upload-Offset") != c.offset {
			t.Errorf("%s: %d at %q, want %d at %q", c.name, res.StatusCode, res.Header.Get("Upload-Offset"), c.status, c.offset)
		}
		if res.Header.Get("Tus-Resumable") != "1.0.0" {
			t.Errorf("%s: no Tus-Resumable", c.name)
		}
	}
	for name, h := range map[string]map[string]string{
		"no length":        with(create, "Upload-Length", ""),
		"no metadata":      with(create, "Upload-Metadata", ""),
		"damaged metadata": with(create, "Upload-Metadata", "team ###"),
		"path traversal":   with(create, "Upload-Metadata", w.metadata("T1", "../../keys.json")),
	} {
		if res := w.raw(member, "POST", "/v1/uploads", nil, h); res.StatusCode != 400 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if res := w.raw(member, "POST", "/v1/uploads", nil, with(create, "Upload-Length", "8388609")); res.StatusCode != 413 {
		t.Errorf("too large: %d", res.StatusCode)
	}
}

// TestTus_BrokenPicture: the sender reads in Vietnamese why a photo can't be
// taken, and the upload is gone.
func TestTus_BrokenPicture(t *testing.T) {
	w := newWorld(t)
	b := bytes.Repeat([]byte("not a picture "), 50)
	_, err := w.as[member].SendPhoto(t.Context(), w.team["T1"], b)
	p := client.AsProblem(err)
	if p == nil || p.Status != 422 || p.Field != "picture" || !strings.Contains(p.DetailVi, "không phải ảnh") {
		t.Fatalf("%v", err)
	}
	if u, err := w.as[member].BeginUpload(t.Context(), w.team["T1"], client.PhotoName(b), int64(len(b))); err != nil || u.Offset != 0 {
		t.Errorf("begun anew: %+v %v", u, err)
	}
}

// TestTus_Capabilities tells phones what is wanted.
func TestTus_Capabilities(t *testing.T) {
	w := newWorld(t)
	c, err := w.as[member].Capabilities(t.Context())
	if err != nil || c.Blobs != "wifi" || c.Limits["photo_bytes"] != 8<<20 || c.Limits["photo_pixels"] != 20_000_000 || c.Limits["photo_side"] != 1280 {
		t.Errorf("%v %+v", err, c)
	}
}
