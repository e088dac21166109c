package httpapi_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/httpapi"
	"github.com/banso/banso/syncproto"
)

// Principals of the tests. Communes A and B; teams T1 and T2 are of A, T3 of B.
const (
	nobody     = "nobody"
	member     = "member"       // of T1
	leader     = "leader"       // of T1
	otherTeam  = "other member" // of T2
	chair      = "chair"        // of A
	accountant = "accountant"   // of A
	otherChair = "other chair"  // of B
	viewer     = "province viewer"
	province   = "province admin"
	system     = "system admin"
)

var principals = []string{nobody, member, leader, otherTeam, chair, accountant, otherChair, viewer, province, system}

const (
	month    = "2023-06"
	password = "mật khẩu thử nghiệm 2023"
)

// clock is turned by tests.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(day domain.Date) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = day.Start().Add(10 * time.Hour)
}

// world is a server with two communes and somebody of each kind.
type world struct {
	t     *testing.T
	app   *app.App
	data  string // its folder
	clock *clock
	log   *bytes.Buffer
	wire  *contract
	as    map[string]*client.Client
	who   map[string]client.ID
	unit  map[string]client.ID // "A", "B"
	team  map[string]client.ID // "T1", "T2", "T3"
	days  int                  // of changes of units so far
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, app.Config{})
}

// newWorldWith sets the rest of a server's settings.
func newWorldWith(t *testing.T, cfg app.Config) *world {
	t.Helper()
	w := &world{t: t, data: t.TempDir(), clock: &clock{}, log: &bytes.Buffer{}, as: map[string]*client.Client{}, who: map[string]client.ID{},
		unit: map[string]client.ID{}, team: map[string]client.ID{}}
	w.clock.set("2023-06-20")
	ctx := t.Context()
	var err error
	cfg.Data, cfg.Now, cfg.Handful, cfg.Log = w.data, w.clock.now, true, slog.New(slog.NewTextHandler(w.log, nil))
	w.app, err = app.New(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.app.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	w.wire = newContract(t, w.app.Handler())
	code, err := w.app.SetupCode(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sys := w.client(nobody)
	s, err := sys.Setup(ctx, client.Setup{Code: code, Name: "Quản Trị (thử)", Login: "admin", Password: password, Install: newID()})
	if err != nil {
		t.Fatalf("setup: %v", err)
	}
	w.as[system], w.who[system] = sys, s.Person
	w.roster(sys)
	w.activate(sys)
	return w
}

// client makes one that is not signed in, with its own address.
func (w *world) client(string) *client.Client {
	return client.New("http://banso.test", client.Options{HTTP: &http.Client{Transport: w.wire}, Strict: true})
}

func (w *world) roster(sys *client.Client) {
	w.t.Helper()
	units := w.imports(sys, "units", "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref",
		"province,15,tinh,Tỉnh Yên Bái,,,2020-01-01,,thử,",
		"commune,A1,xa,Xã A,,15,2020-01-01,,thử,",
		"commune,B1,xa,Xã B,,15,2020-01-01,,thử,")
	w.unit["P"], w.unit["A"], w.unit["B"] = units[0], units[1], units[2]
	teams := w.imports(sys, "teams", "ref,name,level,commune_code,village,decision,established_on,dissolved_on",
		"T1,Tổ Một,village,A1,Thôn Một,01/QĐ-UBND,2022-01-01,",
		"T2,Tổ Hai,village,A1,Thôn Hai,01/QĐ-UBND,2022-01-01,",
		"T3,Tổ Ba,village,B1,Thôn Ba,01/QĐ-UBND,2022-01-01,")
	w.team["T1"], w.team["T2"], w.team["T3"] = teams[0], teams[1], teams[2]
	people := w.imports(sys, "members", "ref,name,role,team_ref,from,to",
		"m1,Thành Viên (thử),member,T1,2022-01-01,", "l1,Tổ Trưởng (thử),leader,T1,2022-01-01,",
		"m2,Người Khác (thử),member,T2,2022-01-01,")
	w.who[member], w.who[leader], w.who[otherTeam] = people[0], people[1], people[2]
	officers := w.imports(sys, "officers", "ref,name,role,unit_level,unit_code,from,to",
		"c1,Chủ Tịch A (thử),commune_chair,commune,A1,2022-01-01,", "c2,Chủ Tịch B (thử),commune_chair,commune,B1,2022-01-01,",
		"a1,Kế Toán A (thử),commune_accountant,commune,A1,2022-01-01,",
		"v1,Người Xem (thử),province_viewer,province,15,2022-01-01,", "p1,Quản Trị Tỉnh (thử),province_admin,province,15,2022-01-01,")
	for i, p := range []string{chair, otherChair, accountant, viewer, province} {
		w.who[p] = officers[i]
	}
	w.imports(sys, "registrations", "commune_code,year,standard,decision,decided_on,origin", "A1,2023,standard,894/QĐ-UBND,2023-06-01,S")
	file, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := sys.PublishPolicy(w.t.Context(), file); err != nil {
		w.t.Fatalf("publish policy: %v", err)
	}
}

// imports sends rows and returns the ids they got.
func (w *world) imports(c *client.Client, kind, header string, rows ...string) []client.ID {
	w.t.Helper()
	rep, err := c.Import(w.t.Context(), kind, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), false, false)
	if err != nil || !rep.Written {
		w.t.Fatalf("import %s: %v %+v", kind, err, rep.Rows)
	}
	ids := make([]client.ID, len(rep.Rows))
	for i, r := range rep.Rows {
		ids[i] = r.ID
	}
	return ids
}

func (w *world) activate(sys *client.Client) {
	w.t.Helper()
	for i, p := range principals[1:] {
		if p == system {
			continue
		}
		codes, err := sys.NewCodes(w.t.Context(), []client.ID{w.who[p]})
		if err != nil || codes[0].Code == "" {
			w.t.Fatalf("code for %s: %v %+v", p, err, codes)
		}
		in := client.Activate{Code: codes[0].Code, Install: newID(), DeviceName: "máy thử"}
		if p == chair || p == accountant || p == otherChair || p == viewer || p == province {
			in.Login, in.Password = fmt.Sprintf("user%d", i), password
		}
		c := w.client(p)
		if _, err := c.Activate(w.t.Context(), in); err != nil {
			w.t.Fatalf("activate %s: %v", p, err)
		}
		w.as[p] = c
	}
	w.as[nobody] = w.client(nobody)
}

func newID() client.ID { return syncproto.NewRandomID(rand.Reader) }

// contract is a transport that calls the handler and holds every answer
// against openapi.yaml.
type contract struct {
	t       *testing.T
	handler http.Handler
	router  routers.Router
}

func newContract(t *testing.T, h http.Handler) *contract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(httpapi.OpenAPI())
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	doc.Servers = nil // any host
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, mime := range []string{"application/problem+json", "application/yaml", "text/csv", "application/pdf", "application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		if openapi3filter.RegisteredBodyDecoder(mime) == nil {
			openapi3filter.RegisterBodyDecoder(mime, openapi3filter.RegisteredBodyDecoder(map[bool]string{true: "application/json", false: "text/plain"}[mime == "application/problem+json"]))
		}
	}
	return &contract{t, h, router}
}

// RoundTrip implements http.RoundTripper.
func (c *contract) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("X-Test-Addr") != "" {
		req.RemoteAddr = req.Header.Get("X-Test-Addr")
	} else {
		req.RemoteAddr = "192.0.2.1:1000"
	}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	c.handler.ServeHTTP(rec, req)
	c.check(req, rec)
	res := rec.Result()
	return res, nil
}

// check validates an answer; a path that is not in the contract must be a
// problem.
func (c *contract) check(req *http.Request, rec *httptest.ResponseRecorder) {
	c.t.Helper()
	if enc := rec.Header().Get("Content-Encoding"); enc != "" {
		c.t.Errorf("%s %s: nobody asked for %s", req.Method, req.URL.Path, enc)
	}
	route, params, err := c.router.FindRoute(req)
	if err != nil {
		if rec.Code < 400 {
			c.t.Errorf("%s %s answers %d but is not in openapi.yaml: %v", req.Method, req.URL.Path, rec.Code, err)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: rec.Code, Header: rec.Header(),
		Body:    io.NopCloser(bytes.NewReader(rec.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err != nil {
		c.t.Errorf("%s %s: the answer %d breaks the contract: %v\n%s", req.Method, req.URL.Path, rec.Code, err, rec.Body)
	}
}

// raw sends a request by hand, as a principal.
func (w *world) raw(who, method, path string, body []byte, header map[string]string) *http.Response {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://banso.test"+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if who != nobody {
		req.Header.Set("Authorization", "Bearer "+w.as[who].Token())
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := w.wire.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}
