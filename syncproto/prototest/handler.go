package prototest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
)

// Handler is an http.RoundTripper that calls a handler in this process: no
// socket, so it works in a testing/synctest bubble. A handler that panics with
// http.ErrAbortHandler looks like a broken connection.
func Handler(h http.Handler) http.RoundTripper { return handler{h} }

type handler struct{ h http.Handler }

func (t handler) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	in := req.Clone(req.Context())
	in.RequestURI = req.URL.RequestURI()
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.RemoteAddr == "" {
		in.RemoteAddr = "127.0.0.1:1"
	}
	broken := &brokenBody{}
	if in.Body == nil {
		in.Body = http.NoBody
	} else {
		broken.ReadCloser = in.Body
		in.Body = broken
	}
	rec := httptest.NewRecorder()
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			resp, err = nil, io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	t.h.ServeHTTP(rec, in)
	if broken.err != nil { // a real connection would have no way back for the answer
		return nil, broken.err
	}
	resp = rec.Result()
	resp.Request = req
	resp.Body = io.NopCloser(bytes.NewReader(rec.Body.Bytes()))
	return resp, nil
}

// brokenBody remembers that the sender broke off.
type brokenBody struct {
	io.ReadCloser
	err error
}

func (b *brokenBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
