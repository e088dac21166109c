package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/banso/banso/syncproto"
)

// TokenSource gives the bearer token of the person who is signed in. Whether a
// token has expired is told by the server alone (rule C9).
type TokenSource interface {
	Token(ctx context.Context) (string, error)
	// Refresh returns a token newer than the one that the server refused.
	// ErrSignIn if there is none to be had.
	Refresh(ctx context.Context, refused string) (string, error)
}

// ErrSignIn says that only the person can open a new session.
var ErrSignIn = errors.New("client: sign in again")

// StaticToken is a TokenSource that cannot refresh.
type StaticToken string

// Token returns the token.
func (t StaticToken) Token(context.Context) (string, error) { return string(t), nil }

// Refresh returns ErrSignIn.
func (t StaticToken) Refresh(context.Context, string) (string, error) { return "", ErrSignIn }

// HTTP is the Transport over HTTP.
type HTTP struct {
	Base   string       // "https://host", without a path
	Client *http.Client // nil: http.DefaultClient
	Tokens TokenSource
	Agent  string           // User-Agent; may be empty
	Now    func() time.Time // for a Retry-After that is a date; nil: such a date is ignored
	Zip    *Zip             // shared by many phones of one process; nil: an own one

	own Zip
}

// Bounds of an answer: what the protocol lets a server send, with room for one
// change that passes the soft limit.
const (
	maxAnswer         = 2 * syncproto.MaxResponseBytes
	maxAnswerInflated = 16 * syncproto.MaxResponseBytes
)

// Sync posts one request. A 401 is tried once more with a refreshed token.
func (h *HTTP) Sync(ctx context.Context, body []byte) (*Reply, error) {
	token, err := h.Tokens.Token(ctx)
	if errors.Is(err, ErrSignIn) {
		return &Reply{Status: http.StatusUnauthorized}, nil
	}
	if err != nil {
		return nil, err
	}
	zipped := len(body) >= syncproto.GzipFrom
	if zipped {
		if body, err = h.zip().deflate(body); err != nil {
			return nil, err
		}
	}
	reply, err := h.post(ctx, body, zipped, token)
	if err != nil || reply.Status != http.StatusUnauthorized {
		return reply, err
	}
	if token, err = h.Tokens.Refresh(ctx, token); errors.Is(err, ErrSignIn) {
		return reply, nil
	}
	if err != nil {
		return nil, err
	}
	return h.post(ctx, body, zipped, token)
}

func (h *HTTP) post(ctx context.Context, body []byte, zipped bool, token string) (*Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.Base+"/v1/sync", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Authorization", "Bearer "+token)
	if zipped {
		req.Header.Set("Content-Encoding", "gzip")
	}
	if h.Agent != "" {
		req.Header.Set("User-Agent", h.Agent)
	}
	c := h.Client
	if c == nil {
		c = http.DefaultClient
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := h.readAnswer(resp)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: resp.StatusCode, RetryAfter: h.retryAfter(resp.Header.Get("Retry-After")), Body: data}, nil
}

var errAnswerTooLarge = errors.New("client: the answer is larger than the protocol allows")

// readAnswer reads a body within its bounds, so that neither a broken server
// nor a gzip bomb fills the phone.
func (h *HTTP) readAnswer(resp *http.Response) ([]byte, error) {
	src := &bounded{r: resp.Body, left: maxAnswer}
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return h.zip().inflate(src, resp.ContentLength)
	}
	return io.ReadAll(src)
}

func (h *HTTP) zip() *Zip {
	if h.Zip != nil {
		return h.Zip
	}
	return &h.own
}

// bounded fails where io.LimitReader would end quietly.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errAnswerTooLarge
	}
	return n, err
}

// retryAfter reads seconds or a date.
func (h *HTTP) retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil && h.Now != nil {
		return min(max(at.Sub(h.Now()), 0), 24*time.Hour)
	}
	return 0
}

// An answer is packed to a third or so; room for so much is made for it before
// it is there, but not for more than a long page needs.
const (
	usualRatio = 4
	maxGuess   = 64 << 10
)

// Zip keeps compressors for reuse: one holds some 800 KB. It is safe for
// concurrent use, and its zero value is ready.
type Zip struct{ writers, readers sync.Pool }

func (z *Zip) deflate(p []byte) ([]byte, error) {
	w, _ := z.writers.Get().(*gzip.Writer)
	if w == nil {
		w, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a valid one
	}
	defer z.writers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(p); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// inflate unpacks src, whose packed size is -1 if it is not known.
func (z *Zip) inflate(src io.Reader, packed int64) ([]byte, error) {
	r, _ := z.readers.Get().(*gzip.Reader)
	if r == nil {
		r = new(gzip.Reader)
	}
	defer z.readers.Put(r)
	if err := r.Reset(src); err != nil {
		return nil, fmt.Errorf("client: answer: %w", err)
	}
	var b bytes.Buffer
	b.Grow(int(min(max(packed, 0), maxGuess))*usualRatio + bytes.MinRead)
	_, err := b.ReadFrom(&bounded{r: r, left: maxAnswerInflated})
	return b.Bytes(), err
}
