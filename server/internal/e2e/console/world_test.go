package console

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/app"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/syncproto"
)

// start is what the server's clock says when a journey begins.
var start = time.Date(2023, 11, 20, 3, 0, 0, 0, time.UTC)

const (
	month    = "2023-11"
	password = "mật khẩu thử 8431"
	root     = "../../../.."
)

// People of the world. Officers sign in as login.<name>.
const (
	chair      = "chair"
	vice       = "vice"
	accountant = "accountant"
	province   = "province"
	second     = "second" // of the province too
	viewer     = "viewer"
	foreign    = "foreign" // chair of the other commune
	officer    = "officer" // of commune A
	system     = "system"
)

func TestMain(m *testing.M) {
	code := m.Run()
	web.End()
	os.Exit(code)
}

// world is a server with communes A and B; A has teams T1 to T3 with a member
// each.
type world struct {
	t    *testing.T
	app  *app.App
	base string
	as   map[string]*client.Client
	who  map[string]client.ID
	unit map[string]client.ID
	team map[string]client.ID

	mu    sync.Mutex
	ahead time.Duration
	began time.Time
	phone map[string]*phone
	meet  func(r *http.Request) // sees each request before the server does
}

func newWorld(t *testing.T, change ...func(*app.Config)) *world {
	t.Helper()
	w, code := freshWorld(t, change...)
	sys := client.New(w.base, client.Options{})
	s, err := sys.Setup(t.Context(), client.Setup{Code: code, Name: "Quản Trị (thử)", Login: "login.system", Password: password, Install: newID()})
	if err != nil {
		t.Fatal(err)
	}
	w.as[system], w.who[system] = sys, s.Person
	w.roster()
	return w
}

// freshWorld is a server without an administrator, and its setup code.
func freshWorld(t *testing.T, change ...func(*app.Config)) (w *world, code string) {
	t.Helper()
	web.Need(t)
	w = &world{t: t, began: time.Now(), as: map[string]*client.Client{}, who: map[string]client.ID{}, unit: map[string]client.ID{},
		team: map[string]client.ID{}, phone: map[string]*phone{}}
	cfg := app.Config{Data: filepath.Join(t.TempDir(), "data"), Now: w.now, AccessTTL: time.Hour, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&cfg)
	}
	a, err := app.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		meet := w.meet
		w.mu.Unlock()
		if meet != nil {
			meet(r)
		}
		a.Handler().ServeHTTP(rw, r)
	}))
	w.app, w.base = a, srv.URL
	t.Cleanup(func() {
		srv.Close()
		_ = a.Close(context.Background())
	})
	if code, err = a.SetupCode(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w, code
}

func newID() client.ID { return syncproto.NewRandomID(rand.Reader) }

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return start.Add(w.ahead + time.Since(w.began))
}

func (w *world) roster() {
	units := w.imports("units", "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref",
		"province,15,tinh,Tỉnh Yên Bái,,,2020-01-01,,thử,", "commune,A1,xa,Xã Việt Thành,,15,2020-01-01,,thử,", "commune,B1,xa,Xã Đào Thịnh,,15,2020-01-01,,thử,")
	w.unit["P"], w.unit["A"], w.unit["B"] = units[0], units[1], units[2]
	teams := w.imports("teams", "ref,name,level,commune_code,village,decision,established_on,dissolved_on",
		"T1,Tổ CĐSCĐ thôn Trúc Đình,village,A1,Thôn Trúc Đình,01/QĐ-UBND,2022-01-01,", "T2,Tổ CĐSCĐ thôn Lan Đình,village,A1,Thôn Lan Đình,01/QĐ-UBND,2022-01-01,",
		"T3,Tổ CĐSCĐ thôn Phúc Đình,village,A1,Thôn Phúc Đình,01/QĐ-UBND,2022-01-01,", "T4,Tổ CĐSCĐ thôn 4,village,B1,Thôn 4,01/QĐ-UBND,2022-01-01,")
	people := w.imports("members", "ref,name,role,team_ref,from,to", "m1,Hà Thị Sen (mẫu),leader,T1,2022-01-01,",
		"m2,Lò Văn Ơn (mẫu),leader,T2,2022-01-01,", "m3,Vàng Mí Pó (mẫu),leader,T3,2022-01-01,", "m4,Đỗ Văn Tư (mẫu),leader,T4,2022-01-01,")
	for i := range teams {
		w.team[fmt.Sprintf("T%d", i+1)], w.who[fmt.Sprintf("m%d", i+1)] = teams[i], people[i]
	}
	officers := w.imports("officers", "ref,name,role,unit_level,unit_code,from,to",
		"o1,Nguyễn Văn Chủ (mẫu),commune_chair,commune,A1,2022-01-01,", "o2,Trần Thị Phó (mẫu),commune_vice_chair,commune,A1,2022-01-01,",
		"o3,Lê Thị Toán (mẫu),commune_accountant,commune,A1,2022-01-01,", "o4,Phạm Văn Tỉnh (mẫu),province_admin,province,15,2022-01-01,",
		"o5,Vũ Thị Hai (mẫu),province_admin,province,15,2022-01-01,", "o6,Bùi Văn Xem (mẫu),province_viewer,province,15,2022-01-01,",
		"o7,Đinh Văn Khác (mẫu),commune_chair,commune,B1,2022-01-01,", "o8,Hoàng Thị Việc (mẫu),commune_officer,commune,A1,2022-01-01,")
	for i, name := range []string{chair, vice, accountant, province, second, viewer, foreign, officer} {
		w.who[name] = officers[i]
	}
	w.imports("registrations", "commune_code,year,standard,decision,decided_on,origin", "A1,2023,standard,1/QĐ,2023-01-01,S")
	file, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.as[system].PublishPolicy(w.t.Context(), file); err != nil {
		w.t.Fatal(err)
	}
	for name := range w.who {
		if name != system {
			w.signIn(name)
		}
	}
}

func (w *world) imports(kind, header string, rows ...string) []client.ID {
	w.t.Helper()
	rep, err := w.as[system].Import(w.t.Context(), kind, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), false, false)
	if err != nil || !rep.Written {
		w.t.Fatalf("import %s: %v %+v", kind, err, rep.Rows)
	}
	ids := make([]client.ID, len(rep.Rows))
	for i, r := range rep.Rows {
		ids[i] = r.ID
	}
	return ids
}

// signIn gives a person a login, or a phone.
func (w *world) signIn(name string) {
	w.t.Helper()
	codes, err := w.as[system].NewCodes(w.t.Context(), []client.ID{w.who[name]})
	if err != nil || codes[0].Code == "" {
		w.t.Fatalf("code for %s: %v %+v", name, err, codes)
	}
	c := client.New(w.base, client.Options{})
	in := client.Activate{Code: codes[0].Code, Install: newID()}
	member := len(name) == 2 && name[0] == 'm'
	if !member {
		in.Login, in.Password = "login."+name, password
	}
	if _, err := c.Activate(w.t.Context(), in); err != nil {
		w.t.Fatalf("activate %s: %v", name, err)
	}
	w.as[name] = c
	if member {
		w.phone[name] = &phone{w: w, api: c, person: w.who[name], client: newID()}
	}
}

// enter signs a person in before a screen.
func (w *world) enter(name string, screen web.Screen) *web.Tab {
	w.t.Helper()
	b := web.New(w.t, w.base, screen)
	b.Open("/console/")
	b.Write("Tên đăng nhập", "login."+name)
	b.Write("Mật khẩu", password)
	b.Tap("Đăng nhập")
	b.See("Đăng xuất")
	return b
}
