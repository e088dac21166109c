package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/syncproto"
)

// TestAttack_PileOfWaiting: one phone that piles thousands of mutations on a
// record that does not exist costs each push about the same, so that nobody
// else waits for it.
func TestAttack_PileOfWaiting(t *testing.T) {
	s := besieged(t)
	p, id := s.phone[pMember], recordID()
	var first, last time.Duration
	for k := range 12 {
		var raws []syncproto.RawMutation
		for range syncproto.MaxMutationsPerPush {
			raws = append(raws, p.do(syncproto.OpEdit, "activity", id, func(m *syncproto.Mutation) {
				m.Set = syncproto.Doc{"note": syncproto.Int(p.t)}
			}))
		}
		start := time.Now()
		p.push(raws...)
		if last = time.Since(start); k == 0 {
			first = last
		}
	}
	if last > 6*first+time.Second {
		t.Errorf("the first push took %v, the last %v", first, last)
	}
	p.push(p.activity(id, s.team["T1"], string(today())))
}

// hold opens n connections that begin a request and never end it.
func hold(t *testing.T, addr string, n int, head string) (end func()) {
	t.Helper()
	var list []net.Conn
	for i := range n {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: load.Loopback(9000 + i/100)}}
		c, err := d.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	return func() {
		for _, c := range list {
			c.Close()
		}
	}
}

// TestAttack_SlowSenders: 500 slow connections leave others served, whether
// they never finish a head, a sign-in, or a push of one stolen token.
func TestAttack_SlowSenders(t *testing.T) {
	s := besieged(t)
	token := s.as[pOther].Token()
	for name, head := range map[string]string{
		"head":    "POST /v1/sync HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"sign-in": "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{",
		"chunked": "POST /v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
		"push":    "POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n{",
		"import":  "POST /v1/imports/teams HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\nContent-Type: text/csv\r\nContent-Length: 200000\r\n\r\nref",
		"wait":    "GET /v1/wait?epoch=&at=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n",
	} {
		end := hold(t, s.srv.Addr, 500, head)
		p := s.phone[pForeign]
		if _, err := p.try(p.activity(recordID(), s.team["T3"], string(today()))); err != nil {
			t.Errorf("%s: a push meanwhile: %v", name, err)
		}
		if _, err := s.as[pForeign].Refresh(t.Context()); err != nil {
			t.Errorf("%s: a refresh meanwhile: %v", name, err)
		}
		if _, err := s.client(name).Login(t.Context(), client.Login{Login: "login.c1", Password: attackPassword, Install: newID()}); err != nil {
			t.Errorf("%s: a login meanwhile: %v", name, err)
		}
		if _, err := s.as[pSys].NewCodes(t.Context(), []client.ID{s.who[pMate]}); err != nil {
			t.Errorf("%s: a write meanwhile: %v", name, err)
		}
		end()
	}
}

// TestAttack_NeverReads: who asks for much and takes nothing keeps nobody out.
func TestAttack_NeverReads(t *testing.T) {
	s := besieged(t)
	end := hold(t, s.srv.Addr, 300, strings.Repeat("GET /v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n", 200))
	defer end()
	if _, err := s.as[pForeign].Refresh(t.Context()); err != nil {
		t.Errorf("a refresh meanwhile: %v", err)
	}
	if _, err := s.as[pForeign].Me(t.Context()); err != nil {
		t.Errorf("a read meanwhile: %v", err)
	}
}

// TestAttack_OddRequests: heads that proxies and servers disagree about.
func TestAttack_OddRequests(t *testing.T) {
	s := besieged(t)
	auth := "Host: x\r\nAuthorization: Bearer " + s.as[pMember].Token() + "\r\n"
	json := "Content-Type: application/json\r\n"
	big := strings.Repeat(" ", 300<<10)
	for name, c := range map[string]struct {
		raw  string
		want int
	}{
		"head of 100 KB":       {"GET /v1/me HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 100<<10) + "\r\n\r\n", 431},
		"chunked, too large":   {"POST /v1/sync HTTP/1.1\r\n" + auth + json + "Transfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(big), big), 413},
		"two lengths":          {"POST /v1/sync HTTP/1.1\r\n" + auth + json + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}  ", 400},
		"two tokens":           {"GET /v1/me HTTP/1.1\r\n" + auth + strings.TrimPrefix(auth, "Host: x\r\n") + "\r\n", 401},
		"dots in the path":     {"GET /v1/auth/../me HTTP/1.1\r\n" + auth + "\r\n", 404},
		"method override":      {"POST /v1/me HTTP/1.1\r\n" + auth + "X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n\r\n", 405},
		"TRACE":                {"TRACE /v1/me HTTP/1.1\r\n" + auth + "\r\n", 405},
		"no host":              {"GET /v1/me HTTP/1.1\r\n\r\n", 400},
		"month 0":              {"GET /v1/teams/" + string(s.team["T1"]) + "/months/2026-00 HTTP/1.1\r\n" + auth + "\r\n", 400},
		"year 9999":            {"GET /v1/teams/" + string(s.team["T1"]) + "/months/9999-01 HTTP/1.1\r\n" + auth + "\r\n", 400},
		"huge number":          {"GET /v1/wait?epoch=x&at=99999999999999999999 HTTP/1.1\r\n" + auth + "\r\n", 400},
		"NUL in a query":       {"GET /v1/units?q=%00%ff HTTP/1.1\r\n" + auth + "\r\n", 400},
		"sign-in of 1 MB":      {"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n" + json + "Content-Length: 1000000\r\n\r\n{", 413},
		"token in the query":   {"GET /v1/me?access_token=" + s.as[pMember].Token() + " HTTP/1.1\r\nHost: x\r\n\r\n", 401},
		"token with a tail":    {"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + s.as[pMember].Token() + "x\r\n\r\n", 401},
		"refresh as access":    {"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + s.as[pMember].Session().Refresh + "\r\n\r\n", 401},
		"basic with a token":   {"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + s.as[pMember].Token() + "\r\n\r\n", 401},
		"a token of 1 MB":      {"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + strings.Repeat("a.", 7<<10) + "\r\n\r\n", 401},
		"metrics from outside": {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 404},
		"pprof from outside":   {"GET /debug/pprof/ HTTP/1.1\r\nHost: x\r\n\r\n", 404},
	} {
		if got := rawStatus(t, s.srv.Addr, c.raw); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// rawStatus sends bytes and returns the status of the answer.
func rawStatus(t *testing.T, addr, head string) int {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(15 * time.Second))
	go io.WriteString(c, head)
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}

// TestAttack_Forwarded: a header names no address where no proxy is trusted,
// so guessing codes is limited by the true one.
func TestAttack_Forwarded(t *testing.T) {
	s := besieged(t)
	c := &http.Client{Timeout: 10 * time.Second}
	for i := range 60 {
		body := fmt.Sprintf(`{"login":"ai.do%d","password":"sai hoàn toàn nhé","install":%q}`, i, newID())
		req, err := http.NewRequestWithContext(context.Background(), "POST", "http://"+s.srv.Addr+"/v1/auth/login", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		for _, h := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"} {
			req.Header.Set(h, fmt.Sprintf("198.51.100.%d", i))
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("60 guesses from one address were let through")
}
