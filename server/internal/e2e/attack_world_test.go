package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// binary compiles the server once for all attacks.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "banso-e2e-")
	if err != nil {
		return "", err
	}
	return load.Build("../../..", dir)
})

// shared is the siege that all attacks use that leave the server as they
// found it.
var shared *siege

// besieged returns the shared siege for one test; attacks run one by one.
func besieged(t *testing.T) *siege {
	t.Helper()
	if shared == nil {
		shared = attack(t)
	}
	shared.t = t
	return shared
}

// TestMain removes what binary made and ends the shared server.
func TestMain(m *testing.M) {
	code := m.Run()
	endPhones()
	if shared != nil {
		shared.srv.Kill()
		os.RemoveAll(filepath.Dir(shared.dir))
	}
	if bin, err := binary(); err == nil && strings.Contains(bin, "banso-e2e-") {
		os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// Principals of the attacks: communes A and B; teams T1 and T2 are of A, T3
// of B. The vice chair's delegation ended yesterday; the double is chair of B
// and member of T1.
const (
	pMember  = "m1" // of T1
	pMate    = "m1b"
	pLeader  = "l1" // of T1
	pOther   = "m2" // of T2
	pLeader2 = "l2"
	pForeign = "l3" // leader of T3
	pChair   = "c1" // of A
	pChair2  = "c2" // of B
	pVice    = "v1" // of A, until yesterday
	pBoth    = "x1" // chair of A too, and member of T1
	pProv    = "p1"
	pSys     = "sys"
)

var attackOfficers = []string{pChair, pChair2, pVice, pProv}

const attackPassword = "mật khẩu thử phá 8431"

// siege is a running server with everybody signed in.
type siege struct {
	t     testing.TB
	srv   *load.Server
	dir   string
	as    map[string]*client.Client
	who   map[string]client.ID
	team  map[string]client.ID
	unit  map[string]client.ID
	phone map[string]*attackPhone
}

// Days of the attacks, by the world's clock: one of this month and one of the
// last, which may be closed.
func today() domain.Date     { return domain.DateOf(time.Now()) }
func lastMonth() string      { return string(today().Month().Add(-1)) }
func lastMonthDay() string   { return lastMonth() + "-15" }
func newID() client.ID       { return syncproto.NewRandomID(rand.Reader) }
func recordID() syncproto.ID { return syncproto.NewRecordID(rand.Reader, time.Now()) }

// attack starts a server on a fresh folder and signs everybody in.
func attack(t testing.TB, extra ...string) *siege {
	t.Helper()
	dir, err := os.MkdirTemp("", "banso-siege-")
	if err != nil {
		t.Fatal(err)
	}
	s := &siege{t: t, dir: filepath.Join(dir, "data"), as: map[string]*client.Client{}, who: map[string]client.ID{},
		team: map[string]client.ID{}, unit: map[string]client.ID{}, phone: map[string]*attackPhone{}}
	s.start(extra...)
	sys := s.client(pSys)
	ses, err := sys.Setup(t.Context(), client.Setup{Code: s.srv.Setup(), Name: "Quản Trị (thử)", Login: "admin", Password: attackPassword, Install: newID()})
	if err != nil {
		t.Fatalf("setup: %v", err)
	}
	s.as[pSys], s.who[pSys] = sys, ses.Person
	s.roster(sys)
	for name := range s.who {
		if name != pSys {
			s.signIn(name)
		}
	}
	return s
}

func (s *siege) start(extra ...string) {
	s.t.Helper()
	bin, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	addr := ""
	if s.srv != nil {
		addr = s.srv.Addr
	} else if addr, err = load.FreeAddr(); err != nil {
		s.t.Fatal(err)
	}
	s.srv, err = load.Start(addr, bin, append([]string{"serve", "--addr", addr, "--data", s.dir}, extra...)...)
	if err != nil {
		s.t.Fatal(err)
	}
}

// client has an address of its own, as people have.
func (s *siege) client(name string) *client.Client {
	n := len(s.as) + 1
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: load.Loopback(n)}}
	tr := &http.Transport{DialContext: d.DialContext, MaxIdleConnsPerHost: 64}
	return client.New("http://"+s.srv.Addr, client.Options{HTTP: &http.Client{Transport: tr, Timeout: 60 * time.Second}})
}

func (s *siege) roster(sys *client.Client) {
	s.t.Helper()
	units := s.imports(sys, "units", "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref",
		"province,15,tinh,Tỉnh Yên Bái,,,2020-01-01,,thử,",
		"commune,A1,xa,Xã A,,15,2020-01-01,,thử,", "commune,B1,xa,Xã B,,15,2020-01-01,,thử,")
	s.unit["P"], s.unit["A"], s.unit["B"] = units[0], units[1], units[2]
	teams := s.imports(sys, "teams", "ref,name,level,commune_code,village,decision,established_on,dissolved_on",
		"T1,Tổ Một,village,A1,Thôn Một,01/QĐ-UBND,2022-01-01,", "T2,Tổ Hai,village,A1,Thôn Hai,01/QĐ-UBND,2022-01-01,",
		"T3,Tổ Ba,village,B1,Thôn Ba,01/QĐ-UBND,2022-01-01,")
	s.team["T1"], s.team["T2"], s.team["T3"] = teams[0], teams[1], teams[2]
	people := s.imports(sys, "members", "ref,name,role,team_ref,from,to",
		"m1,A (thử),member,T1,2022-01-01,", "m1b,B (thử),member,T1,2022-01-01,", "l1,C (thử),leader,T1,2022-01-01,",
		"m2,D (thử),member,T2,2022-01-01,", "l2,E (thử),leader,T2,2022-01-01,", "l3,F (thử),leader,T3,2022-01-01,",
		"x1,G (thử),member,T1,2022-01-01,")
	for i, n := range []string{pMember, pMate, pLeader, pOther, pLeader2, pForeign, pBoth} {
		s.who[n] = people[i]
	}
	officers := s.imports(sys, "officers", "ref,name,role,unit_level,unit_code,from,to",
		"c1,H (thử),commune_chair,commune,A1,2022-01-01,", "c2,I (thử),commune_chair,commune,B1,2022-01-01,",
		"v1,K (thử),commune_vice_chair,commune,A1,2022-01-01,"+string(today().Add(-1)),
		"p1,L (thử),province_admin,province,15,2022-01-01,", "x1,G (thử),commune_chair,commune,A1,2022-01-01,")
	for i, n := range attackOfficers {
		s.who[n] = officers[i]
	}
	s.imports(sys, "registrations", "commune_code,year,standard,decision,decided_on,origin", "A1,2026,standard,1/QĐ,2026-01-01,S")
	file, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := sys.PublishPolicy(s.t.Context(), file); err != nil {
		s.t.Fatalf("publish policy: %v", err)
	}
}

func (s *siege) imports(c *client.Client, kind, header string, rows ...string) []client.ID {
	s.t.Helper()
	rep, err := c.Import(s.t.Context(), kind, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), false, false)
	if err != nil || !rep.Written {
		s.t.Fatalf("import %s: %v %+v", kind, err, rep.Rows)
	}
	ids := make([]client.ID, len(rep.Rows))
	for i, r := range rep.Rows {
		ids[i] = r.ID
	}
	return ids
}

// signIn gives a person a new device.
func (s *siege) signIn(name string) {
	s.t.Helper()
	codes, err := s.as[pSys].NewCodes(s.t.Context(), []client.ID{s.who[name]})
	if err != nil || codes[0].Code == "" {
		s.t.Fatalf("code for %s: %v %+v", name, err, codes)
	}
	in := client.Activate{Code: codes[0].Code, Install: newID(), DeviceName: "máy thử"}
	switch name {
	case pChair, pChair2, pVice, pProv, pBoth:
		in.Login, in.Password = "login."+name, attackPassword
	}
	c := s.client(name)
	if _, err := c.Activate(s.t.Context(), in); err != nil {
		s.t.Fatalf("activate %s: %v", name, err)
	}
	s.as[name] = c
	s.phone[name] = &attackPhone{s: s, c: c, person: s.who[name], client: newID()}
}

// attackPhone speaks the wire by hand: it can lie.
type attackPhone struct {
	s      *siege
	c      *client.Client
	person syncproto.ID
	client syncproto.ID
	n      int64
	chain  syncproto.Chain
	t      int64
}

// request makes a request that carries raws; pull may be empty.
func (p *attackPhone) request(raws []syncproto.RawMutation, pull ...syncproto.Scope) *syncproto.Request {
	r := &syncproto.Request{Proto: 1, Schema: 1, App: "attack", Client: p.client, Top: p.n + int64(len(raws)),
		Push: syncproto.Push{First: p.n + 1, Prev: p.chain, List: raws}, Pull: []syncproto.Pull{}}
	for _, s := range pull {
		r.Pull = append(r.Pull, syncproto.Pull{Scope: s})
	}
	return r
}

// push sends raw mutations and returns their verdicts; the phone moves on.
func (p *attackPhone) push(raws ...syncproto.RawMutation) []syncproto.Verdict {
	p.s.t.Helper()
	vs, err := p.try(raws...)
	if err != nil {
		p.s.t.Fatal(err)
	}
	return vs
}

func (p *attackPhone) try(raws ...syncproto.RawMutation) ([]syncproto.Verdict, error) {
	res, err := p.send(p.request(raws).AppendJSON(nil))
	if err != nil {
		return nil, err
	}
	if res.State != syncproto.StateOK || len(res.Verdicts) != len(raws) {
		return nil, fmt.Errorf("state %s, %d verdicts of %d", res.State, len(res.Verdicts), len(raws))
	}
	for _, raw := range raws {
		p.n++
		p.chain = syncproto.NextChain(p.chain, syncproto.Fingerprint(raw))
	}
	return res.Verdicts, nil
}

// send posts the bytes of a request as they are: no client mends them.
func (p *attackPhone) send(body []byte) (*syncproto.Response, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+p.s.srv.Addr+"/v1/sync", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.c.Token())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%d %.300s %v", res.StatusCode, b, err)
	}
	return syncproto.DecodeResponse(b)
}

// pull returns the answer to a request for scopes.
func (p *attackPhone) pull(scopes ...syncproto.Scope) *syncproto.Response {
	p.s.t.Helper()
	res, err := p.c.Sync(context.Background(), p.request(nil, scopes...))
	if err != nil {
		p.s.t.Fatal(err)
	}
	return res
}

// do makes a mutation of the phone's person.
func (p *attackPhone) do(op syncproto.Op, typ string, id syncproto.ID, edit func(*syncproto.Mutation)) syncproto.RawMutation {
	p.t++
	m := &syncproto.Mutation{Op: op, Type: typ, ID: id, By: p.person, T: p.t}
	if edit != nil {
		edit(m)
	}
	raw, err := syncproto.EncodeMutation(m)
	if err != nil {
		p.s.t.Fatal(err)
	}
	return raw
}

// activity makes the create of one activity.
func (p *attackPhone) activity(id, team syncproto.ID, day string) syncproto.RawMutation {
	return p.do(syncproto.OpCreate, syncproto.TypeActivity, id, func(m *syncproto.Mutation) {
		m.Set = syncproto.Doc{"team": syncproto.Str(string(team)), "done_on": syncproto.Str(day),
			"category": syncproto.Str("DVC_NOP_HO_SO"), "note": syncproto.Str("thử"),
			"measures": []byte(`{"so_ho_so":3,"so_nguoi":2}`)}
		m.Add = syncproto.Sets{"evidence": {"paper:BB 01"}}
	})
}

// submitted pushes an activity and its submission and returns its id.
func (p *attackPhone) submitted(team syncproto.ID, day string) syncproto.ID {
	p.s.t.Helper()
	id := recordID()
	for i, v := range p.push(p.activity(id, team, day), p.do(syncproto.OpSubmit, syncproto.TypeActivity, id, nil)) {
		if v.V != syncproto.Applied {
			p.s.t.Fatalf("mutation %d: %+v", i, v)
		}
	}
	return id
}

// review decides on an activity as it is now, over the console.
func (s *siege) review(name string, id syncproto.ID, decision string) syncproto.Verdict {
	s.t.Helper()
	vs, err := s.as[name].Review(context.Background(), []client.Decision{{Key: newID(), Type: "activity", ID: id,
		Seen: s.get(id).C, Decision: decision, Reason: "thử"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return vs[0]
}

// get reads an activity as the chair of A, or of B.
func (s *siege) get(id syncproto.ID) client.Activity {
	s.t.Helper()
	a, err := s.as[pChair].Activity(context.Background(), id)
	if err != nil {
		a, err = s.as[pChair2].Activity(context.Background(), id)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// field reads a field of an activity's document.
func (s *siege) field(id syncproto.ID, name string) string {
	s.t.Helper()
	d, err := syncproto.DecodeDoc(s.get(id).Doc)
	if err != nil {
		s.t.Fatal(err)
	}
	return d.Str(name)
}

func wantVerdict(t testing.TB, what string, got syncproto.Verdict, v syncproto.V, code syncproto.Code) {
	t.Helper()
	if got.V != v || got.Code != code {
		t.Errorf("%s: %s %q, want %s %q", what, got.V, got.Code, v, code)
	}
}

// status is the HTTP status of an error of the client, 200 for none.
func status(err error) int {
	if p := client.AsProblem(err); p != nil {
		return p.Status
	}
	if err != nil {
		return -1
	}
	return 200
}
