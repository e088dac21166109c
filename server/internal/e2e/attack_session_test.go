package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// post sends a body by hand and returns status and answer.
func (s *siege) post(token, path, mime string, body []byte) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), "POST", "http://"+s.srv.Addr+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", mime)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func (s *siege) refresh(token string) client.Session {
	s.t.Helper()
	c := client.New("http://"+s.srv.Addr, client.Options{Session: client.Session{Refresh: token}})
	ses, err := c.Refresh(context.Background())
	if err != nil {
		s.t.Logf("refresh: %v", err)
	}
	return ses
}

// TestAttack_Sessions: stolen refresh tokens, revoked devices, codes used by
// two, and all of it after a restart.
func TestAttack_Sessions(t *testing.T) {
	s := besieged(t)
	ctx := t.Context()

	// A lost answer is no theft: the old token works until a new one is used.
	r0 := s.as[pMate].Session().Refresh
	a, b := s.refresh(r0), s.refresh(r0)
	if a.Refresh == "" || b.Refresh == "" || a.PushOnly || b.PushOnly {
		t.Fatal("a repeated refresh locked a phone out")
	}
	c := s.refresh(b.Refresh)
	if c.Refresh == "" {
		t.Fatal("the successor does not work")
	}
	stolen := s.refresh(r0) // now it is old: the family ends
	if stolen.Refresh != "" || stolen.Access != "" && !stolen.PushOnly {
		t.Errorf("an old refresh token gave %+v", stolen)
	}
	for name, token := range map[string]string{"first": s.as[pMate].Session().Access, "second": a.Access, "third": c.Access} {
		if _, err := client.New("http://"+s.srv.Addr, client.Options{Session: client.Session{Access: token}}).Me(ctx); status(err) != 401 {
			t.Errorf("the %s access token of a revoked family: %d", name, status(err))
		}
	}

	// A revoked device hands over its queue, into cases, and reads nothing.
	p := s.phone[pMember]
	keep := p.submitted(s.team["T1"], string(today()))
	dev := s.as[pMember].Session()
	if err := s.as[pChair].RevokeDevice(ctx, dev.Device); err != nil {
		t.Fatal(err)
	}
	if _, err := client.New("http://"+s.srv.Addr, client.Options{Session: client.Session{Access: dev.Access}}).Me(ctx); status(err) != 401 {
		t.Errorf("access of a revoked device: %d", status(err))
	}
	po := s.refresh(dev.Refresh)
	if !po.PushOnly || po.Refresh != "" {
		t.Fatalf("a revoked device got %+v", po)
	}
	p.c = client.New("http://"+s.srv.Addr, client.Options{Session: po})
	res, err := p.send(p.request([]syncproto.RawMutation{p.activity(recordID(), s.team["T1"], string(today())),
		p.do(syncproto.OpEdit, "activity", keep, func(m *syncproto.Mutation) { m.Set = syncproto.Doc{"note": syncproto.Str("x")} }),
		p.do(syncproto.OpWithdraw, "activity", keep, nil), p.do(syncproto.OpEdit, "activity", recordID(), nil)},
		syncproto.TeamScope(s.team["T1"]), syncproto.UserScope(p.person), syncproto.ScopeRef).AppendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range res.Verdicts {
		if v.V != syncproto.Aside {
			t.Errorf("mutation %d of a revoked device: %s %s", i, v.V, v.Code)
		}
	}
	if len(res.Scopes) != 0 || len(res.Revoked) != 3 {
		t.Errorf("a revoked device was given %d scopes", len(res.Scopes))
	}
	_, e1 := p.c.Me(ctx)
	_, e2 := p.c.Wait(ctx, "", 0)
	_, e3 := p.c.AdoptCase(ctx, res.Verdicts[0].Case, client.CaseDecision{Key: newID()})
	_, e4 := p.c.NewCodes(ctx, []client.ID{p.person})
	_, e5 := p.c.Devices(ctx, "")
	for i, err := range []error{e1, e2, e3, e4, e5} {
		if st := status(err); st != 403 && st != 401 {
			t.Errorf("call %d of a revoked device: %d", i+1, st)
		}
	}

	// One code, two phones at once: one of them is in.
	codes, err := s.as[pChair].NewCodes(ctx, []client.ID{s.who[pOther]})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for range 8 {
		wg.Go(func() {
			_, err := client.New("http://"+s.srv.Addr, client.Options{}).Activate(ctx, client.Activate{Code: codes[0].Code, Install: newID()})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				in++
			}
		})
	}
	wg.Wait()
	if in != 1 {
		t.Errorf("one code let %d phones in", in)
	}

	// All of it holds after a kill and a start.
	logout := s.as[pLeader].Session()
	if err := s.as[pLeader].Logout(ctx); err != nil {
		t.Fatal(err)
	}
	s.srv.Kill()
	s.start()
	for name, token := range map[string]string{"revoked family": c.Access, "revoked device": dev.Access, "logged out": logout.Access} {
		if st, _ := s.post(token, "/v1/sync", "application/json", p.request(nil).AppendJSON(nil)); st != 401 {
			t.Errorf("%s after a restart: %d", name, st)
		}
	}
	if x := s.refresh(logout.Refresh); x.Access != "" {
		t.Error("a session that logged out was refreshed")
	}
	if x := s.refresh(r0); x.Refresh != "" {
		t.Error("a stolen token works after a restart")
	}
	if err := p.c.Logout(ctx); err != nil {
		t.Fatal(err)
	}
	if st, _ := s.post(po.Access, "/v1/sync", "application/json", p.request(nil).AppendJSON(nil)); st != 401 {
		t.Errorf("a push-only session that logged out: %d", st)
	}
	for _, who := range []string{pMember, pMate, pLeader, pOther} { // for the attacks that follow
		s.signIn(who)
	}
}

// TestAttack_Imports: files as they come out of spreadsheets, and files made
// to harm, either say what is wrong by line or mean what they show.
func TestAttack_Imports(t *testing.T) {
	s := besieged(t)
	ctx := t.Context()
	head := "ref,name,role,team_ref,from,to\n"
	for name, c := range map[string]struct {
		csv string
		bad bool // refused: whole or by line
	}{
		"BOM":                  {"\ufeff" + head + "b1,Nguyễn Thử,member,T1,2022-01-01,\n", false},
		"CRLF":                 {strings.ReplaceAll(head+"b2,Nguyễn Thử,member,T1,2022-01-01,\n", "\n", "\r\n"), false},
		"quotes":               {head + "b3,\"Nguyễn \"\"Thử\"\", A\",member,T1,2022-01-01,\n", false},
		"decomposed":           {head + "b4,Nguye\u0302\u0303n Thu\u031b\u0309,member,T1,2022-01-01,\n", false},
		"UTF-16":               {"\xff\xfer\x00e\x00f\x00", true},
		"formula":              {head + "f1,\"=HYPERLINK(\"\"http://x\"\")\",member,T1,2022-01-01,\n", true},
		"formula, plus":        {head + "f2,+1+1,member,T1,2022-01-01,\n", true},
		"formula, minus":       {head + "f3,-1+1,member,T1,2022-01-01,\n", true},
		"formula, at":          {head + "f4,@SUM(A1),member,T1,2022-01-01,\n", true},
		"formula, tab":         {head + "f5,\"\t=1\",member,T1,2022-01-01,\n", true},
		"NUL in a name":        {head + "n1,A\x00B,member,T1,2022-01-01,\n", true},
		"line end in a name":   {head + "n2,\"A\nB\",member,T1,2022-01-01,\n", true},
		"escape in a name":     {head + "n3,A\x1b[2J,member,T1,2022-01-01,\n", true},
		"empty name":           {head + "n4, ,member,T1,2022-01-01,\n", true},
		"name of 10,000":       {head + "n5," + strings.Repeat("a", 10000) + ",member,T1,2022-01-01,\n", true},
		"open quote":           {head + "q1,\"A,member,T1,2022-01-01,\n", true},
		"too few columns":      {head + "q2,A\n", true},
		"too many columns":     {head + "q3,A,member,T1,2022-01-01,,x\n", true},
		"column twice":         {"ref,name,role,team_ref,from,to,from\nq4,A,member,T1,2022-01-01,,2022-01-01\n", true},
		"unknown column":       {"ref,name,role,team_ref,from,to,phone\nq5,A,member,T1,2022-01-01,,0912345678\n", true},
		"no header":            {"q6,A,member,T1,2022-01-01,\n", true},
		"unknown team":         {head + "q7,A,member,T99,2022-01-01,\n", true},
		"role of an officer":   {head + "q8,A,system_admin,T1,2022-01-01,\n", true},
		"30 February":          {head + "q9,A,member,T1,2022-02-30,\n", true},
		"ends before it began": {head + "q10,A,member,T1,2022-02-03,2022-02-01\n", true},
		"empty":                {"", true},
		"same row twice":       {head + "q11,A,member,T1,2022-01-01,\nq11,B,member,T1,2022-01-01,\n", true},
	} {
		rep, err := s.as[pSys].Import(ctx, "members", []byte(c.csv), true, false)
		refused := err != nil || rep.Bad > 0
		if err != nil && status(err) != 400 && status(err) != 422 {
			t.Errorf("%s: %v", name, err)
		} else if refused != c.bad {
			t.Errorf("%s: refused %v, want %v: %v %+v", name, refused, c.bad, err, rep.Rows)
		}
	}
}
