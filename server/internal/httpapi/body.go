package httpapi

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Limits of bodies, in bytes. Those of a sync are in syncproto.
const (
	maxJSON       = 256 << 10 // as sent
	maxJSONPlain  = 2 << 20   // after gzip
	maxImport     = 4 << 20
	maxImportPlan = 8 << 20 // roster's own limit
	maxJSONDepth  = 32      // levels of a body that is not a sync
)

// maxGuess is how much room is made for a body that has not arrived yet.
const maxGuess = 32 << 10

// A body has to arrive at minRate at least, after a start that forgives a slow
// uplink its round trips; otherwise slow senders could hold every place.
const (
	bodyStart = 20 * time.Second
	minRate   = 1 << 10 // bytes a second
)

var errTooLarge = domain.E(domain.TooLarge, "The body is too large. Send less at a time.",
	"Dữ liệu gửi lên quá lớn. Hãy gửi ít hơn mỗi lần.")

// body reads a request's body: at most sent bytes on the wire and plain bytes
// after gzip.
func (a *API) body(c echo.Context, sent, plain int64) ([]byte, error) {
	req := c.Request()
	if req.ContentLength > sent {
		return nil, errTooLarge
	}
	p := &paced{r: req.Body, ctl: http.NewResponseController(c.Response()), start: a.cfg.Wall()}
	defer p.done()
	var r io.Reader = &capped{r: p, left: sent}
	switch enc := req.Header.Get("Content-Encoding"); enc {
	case "", "identity":
	case "gzip":
		z, _ := a.unzip.Get().(*gzip.Reader)
		if z == nil {
			z = new(gzip.Reader)
		}
		defer a.unzip.Put(z)
		if err := z.Reset(r); err != nil {
			return nil, bodyError(err)
		}
		r = &capped{r: z, left: plain}
	default:
		return nil, domain.E(codeMediaType, "Only gzip is understood as content encoding.", "Chỉ hỗ trợ nén gzip.")
	}
	var b bytes.Buffer
	b.Grow(int(min(max(req.ContentLength, 0), maxGuess)) + bytes.MinRead)
	if _, err := b.ReadFrom(r); err != nil {
		return nil, bodyError(err)
	}
	return b.Bytes(), nil
}

// paced moves the connection's read deadline along with what has arrived.
type paced struct {
	r     io.Reader
	ctl   *http.ResponseController
	start time.Time
	n     int64
}

func (p *paced) Read(b []byte) (int, error) {
	p.allow()
	n, err := p.r.Read(b)
	p.n += int64(n)
	return n, err
}

// allow moves the deadline to what has arrived so far.
func (p *paced) allow() {
	// Not every writer has deadlines (a test's recorder has none).
	_ = p.ctl.SetReadDeadline(p.start.Add(bodyStart + time.Duration(p.n)*time.Second/minRate))
}

func (p *paced) done() { _ = p.ctl.SetReadDeadline(time.Time{}) }

func bodyError(err error) error {
	if errors.Is(err, errTooLarge) {
		return errTooLarge
	}
	return &domain.Error{Code: domain.Invalid, Msg: "The body is cut off or damaged.", Vi: "Dữ liệu gửi lên bị hỏng hoặc thiếu.", Err: err}
}

// capped reads up to left bytes and refuses more.
type capped struct {
	r    io.Reader
	left int64
}

func (l *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// decode reads a JSON body strictly into v: no unknown members, no duplicate
// names, no null, no invalid UTF-8, no trailing data, bounded depth.
func (a *API) decode(c echo.Context, v any) error {
	b, err := a.jsonBody(c)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v, json.RejectUnknownMembers(true)); err != nil {
		field := ""
		var sem *json.SemanticError
		if errors.As(err, &sem) {
			field = string(sem.JSONPointer)
		}
		return &domain.Error{Code: domain.Invalid, Field: field, Err: err,
			Msg: "The body does not have the form that openapi.yaml describes.", Vi: "Dữ liệu gửi lên không đúng cấu trúc."}
	}
	return nil
}

// jsonBody reads a body and checks that it is JSON of a sane shape.
func (a *API) jsonBody(c echo.Context) ([]byte, error) {
	if err := wantType(c, "application/json"); err != nil {
		return nil, err
	}
	b, err := a.body(c, maxJSON, maxJSONPlain)
	if err != nil {
		return nil, err
	}
	return b, saneJSON(b)
}

// saneJSON refuses what decoding would let through or choke on.
func saneJSON(b []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(b))
	for {
		t, err := d.ReadToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &domain.Error{Code: domain.Invalid, Err: err,
				Msg: "The body is not valid JSON (UTF-8, no duplicate names).", Vi: "Dữ liệu gửi lên không phải JSON hợp lệ."}
		}
		if t.Kind() == 'n' {
			return bad(string(d.StackPointer()), "null is not used: leave the member out.", "Không dùng giá trị null.")
		}
		if d.StackDepth() > maxJSONDepth {
			return bad("", "The body is nested too deeply.", "Dữ liệu lồng quá sâu.")
		}
	}
}

func wantType(c echo.Context, want string) error {
	got, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if err != nil || got != want {
		return domain.E(codeMediaType, "Send this as "+want+".", "Hãy gửi dữ liệu dạng "+want+".")
	}
	return nil
}

// pathID and queryID read an id; the empty query is the empty id.
func pathID(c echo.Context, name string) (domain.ID, error) { return readID(name, c.Param(name)) }

func queryID(c echo.Context, name string) (domain.ID, error) {
	v := c.QueryParam(name)
	if v == "" {
		return "", nil
	}
	return readID(name, v)
}

func readID(name, v string) (domain.ID, error) {
	id, err := syncproto.ParseID(v)
	if err != nil {
		return "", bad(name, "An id is 22 characters of base64url.", "Mã định danh không hợp lệ.")
	}
	return id, nil
}

func pathMonth(c echo.Context) (domain.Month, error) { return readMonth("month", c.Param("month")) }

func queryMonth(c echo.Context, name string) (domain.Month, error) {
	v := c.QueryParam(name)
	if v == "" {
		return "", nil
	}
	return readMonth(name, v)
}

func readMonth(name, v string) (domain.Month, error) {
	m, err := domain.ParseMonth(v)
	if err != nil {
		return "", bad(name, "A month is yyyy-mm.", "Tháng phải có dạng yyyy-mm.")
	}
	return m, nil
}

// queryFlag reads a switch: absent, "true" or "false".
func queryFlag(c echo.Context, name string) (bool, error) {
	switch c.QueryParam(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, bad(name, "This is true or false.", "Giá trị phải là true hoặc false.")
}

// knownQuery refuses parameters that the route does not have: a typing error
// would silently widen what is asked for.
func knownQuery(c echo.Context, names []string) error {
	for name, vs := range c.QueryParams() {
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known || len(vs) > 1 || !utf8.ValidString(vs[0]) || len(vs[0]) > 200 {
			return bad("query", "The query has a parameter that is unknown, repeated or too long.", "Tham số truy vấn không hợp lệ.")
		}
	}
	return nil
}
