package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// maxAnswer bounds what is read of an answer, in bytes after gzip.
const maxAnswer = 64 << 20

// Options of a Client; the zero value works.
type Options struct {
	HTTP      *http.Client  // default: http.DefaultClient
	Session   Session       // from an earlier run; empty: not signed in
	OnSession func(Session) // told each time the session changes, to keep it
	Strict    bool          // refuse members of an answer that this client does not know (tests)
}

// Client is safe for concurrent use.
type Client struct {
	base string
	opt  Options

	mu      sync.Mutex // guards session; held while it is refreshed
	session Session
}

// New makes a client of the server at base, such as "http://127.0.0.1:8080".
func New(base string, opt Options) *Client {
	if opt.HTTP == nil {
		opt.HTTP = http.DefaultClient
	}
	return &Client{base: strings.TrimRight(base, "/"), opt: opt, session: opt.Session}
}

// Session returns the session that the client holds now.
func (c *Client) Session() Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Token returns the access token for a request made by other means, such as
// the sync engine's transport.
func (c *Client) Token() string { return c.Session().Access }

// call is one request. body wins over in; out may be nil.
type call struct {
	method, path string
	query        url.Values
	in, out      any
	body         []byte
	mime         string
	header       map[string]string
	open         bool // without a token, and never refreshed
}

// do sends a call, with new access once if the server asks for it. It returns
// the answer's header.
func (c *Client) do(ctx context.Context, k call) (http.Header, error) {
	if k.in != nil {
		b, err := json.Marshal(k.in, json.Deterministic(true))
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		k.body, k.mime = b, "application/json"
	}
	token := ""
	if !k.open {
		token = c.Token()
	}
	h, err := c.once(ctx, k, token)
	if p := AsProblem(err); p != nil && p.Status == http.StatusUnauthorized && !k.open && token != "" {
		if again, rerr := c.renew(ctx, token); rerr == nil {
			return c.once(ctx, k, again)
		} else if AsProblem(rerr) == nil {
			return nil, rerr // the network failed: still signed in
		}
	}
	return h, err
}

// once sends a call one time.
func (c *Client) once(ctx context.Context, k call, token string) (http.Header, error) {
	u := c.base + k.path
	if len(k.query) > 0 {
		u += "?" + k.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, k.method, u, bytes.NewReader(k.body))
	if err != nil {
		return nil, err
	}
	if k.mime != "" {
		req.Header.Set("Content-Type", k.mime)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for name, v := range k.header {
		req.Header.Set(name, v)
	}
	res, err := c.opt.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode >= 400 {
		return nil, readProblem(res, b)
	}
	if k.out == nil || res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusNotModified {
		return res.Header, notModified(res)
	}
	if raw, ok := k.out.(*[]byte); ok {
		*raw = b
		return res.Header, nil
	}
	if err := json.Unmarshal(b, k.out, json.RejectUnknownMembers(c.opt.Strict)); err != nil {
		return nil, fmt.Errorf("read answer of %s %s: %w", k.method, k.path, err)
	}
	return res.Header, nil
}

func notModified(res *http.Response) error {
	if res.StatusCode == http.StatusNotModified {
		return ErrNotModified
	}
	return nil
}

// renew gets new access in place of the token that the server refused. Of
// several requests that were refused together only the first asks.
func (c *Client) renew(ctx context.Context, refused string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session.Access != refused && c.session.Access != "" {
		return c.session.Access, nil
	}
	if c.session.Refresh == "" {
		return "", &Problem{Status: http.StatusUnauthorized, Code: "unauthorized"}
	}
	var s Session
	_, err := c.once(ctx, call{method: http.MethodPost, path: "/v1/auth/refresh", out: &s,
		body: mustJSON(refreshRequest{Refresh: c.session.Refresh}), mime: "application/json"}, "")
	if err != nil {
		return "", err
	}
	c.set(s)
	return s.Access, nil
}

// set stores a session; mu is held.
func (c *Client) set(s Session) {
	c.session = s
	if c.opt.OnSession != nil {
		c.opt.OnSession(s)
	}
}

// mustJSON encodes a value of this package whose encoding cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic("client: " + err.Error())
	}
	return b
}

// esc makes a value safe as one part of a path.
func esc[T ~string](s T) string { return url.PathEscape(string(s)) }

// values builds a query, leaving out what is empty.
func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}
