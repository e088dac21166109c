package prototest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/banso/banso/syncproto"
)

// Server is what the conformance checks speak to: one sync endpoint, with one
// person signed in.
type Server interface {
	Sync(context.Context, *syncproto.Request) (*syncproto.Response, error)
}

// HTTP is a Server behind an address.
type HTTP struct {
	Base   string       // "http://127.0.0.1:8080", without the path
	Token  string       // access token of the person
	Client *http.Client // nil: http.DefaultClient; its Transport may be a Handler or a Transport
}

// StatusError is an answer that is not 200.
type StatusError struct {
	Status int
	Body   []byte
}

func (e *StatusError) Error() string { return fmt.Sprintf("status %d: %.200s", e.Status, e.Body) }

// Sync implements Server.
func (h HTTP) Sync(ctx context.Context, req *syncproto.Request) (*syncproto.Response, error) {
	status, body, err := h.Post(ctx, req.AppendJSON(nil))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, &StatusError{status, body}
	}
	return syncproto.DecodeResponse(body)
}

// Post sends any bytes to the sync endpoint.
func (h HTTP) Post(ctx context.Context, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.Base+"/v1/sync", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+h.Token)
	c := h.Client
	if c == nil {
		c = http.DefaultClient
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}
