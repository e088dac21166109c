package auth

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// saysSo is a provider that takes the code for the subject; "mfa " before it
// says that a second factor was asked for.
type saysSo struct{ asked int }

func (p *saysSo) Name() string   { return "" }
func (p *saysSo) Issuer() string { return "https://id.example" }
func (p *saysSo) Ask(_ context.Context, q Question) (string, error) {
	return "https://id.example/auth?state=" + url.QueryEscape(q.State), nil
}
func (p *saysSo) Answer(_ context.Context, q Question, code, _ string) (Identity, error) {
	p.asked++
	if len(code) > 4 && code[:4] == "mfa " {
		return Identity{Subject: code[4:], Second: true}, nil
	}
	return Identity{Subject: code}, nil
}

// withProvider is a world whose chair and system administrator have logins.
func withProvider(t *testing.T) (w *world, far *saysSo, chair, system domain.Caller) {
	w, far = newWorld(t), &saysSo{}
	w.cfg.Provider = far
	w.restart()
	return w, far, w.officer(w.chair, "chu.tich"), w.officer(w.system, "quan.tri")
}

func stateOf(t *testing.T, a Asked) string {
	t.Helper()
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}

// byProvider signs in as a subject; second is our own factor, tried after it is asked for.
func (w *world) byProvider(code, second string) (s Session, asked bool, err error) {
	w.t.Helper()
	a, err := w.s.BeginFederatedLogin(w.t.Context(), "https://banso.test")
	if err != nil {
		w.t.Fatal(err)
	}
	in := FederatedInput{Seal: a.Seal, State: stateOf(w.t, a), Code: code, Install: Install{ID: newID()}}
	s, seal, err := w.s.FederatedLogin(w.t.Context(), "192.0.2.7", in)
	if domain.CodeOf(err) != domain.SecondFactor {
		return s, false, err
	}
	if seal == "" {
		w.t.Fatal("nothing to go on with")
	}
	in.Seal, in.Code, in.SecondFactor = seal, "", second
	s, _, err = w.s.FederatedLogin(w.t.Context(), "192.0.2.7", in)
	return s, true, err
}

// linkOwn links the caller's account by signing in at the provider.
func (w *world) linkOwn(who domain.Caller, subject string) error {
	w.t.Helper()
	a, err := w.s.BeginLink(w.t.Context(), who, "https://banso.test")
	if err != nil {
		return err
	}
	return w.s.FinishLink(w.t.Context(), who, a.Seal, stateOf(w.t, a), subject, "")
}

// TestFederated_Second: whose word counts for the second factor.
func TestFederated_Second(t *testing.T) {
	w, _, chair, system := withProvider(t)
	if err := w.linkOwn(chair, "own"); err != nil {
		t.Fatal(err)
	}
	if _, asked, err := w.byProvider("own", ""); err != nil || asked {
		t.Errorf("no second factor here: asked %v, %v", asked, err)
	}
	secret, _ := w.enrol(chair)
	for _, tt := range []struct {
		name, code, second string
		asked              bool
		want               domain.Code
	}{
		{"ours is asked", "own", "digits", true, ""}, {"wrong", "own", "000000", true, domain.SecondFactor},
		{"theirs counts", "mfa own", "", false, ""},
	} {
		w.clock.add(10 * time.Minute)
		if tt.second == "digits" {
			tt.second = w.digits(secret)
		}
		s, asked, err := w.byProvider(tt.code, tt.second)
		if asked != tt.asked || domain.CodeOf(err) != tt.want || (s.Access != "") != (tt.want == "") {
			t.Errorf("%s: asked %v, %v", tt.name, asked, err)
		}
	}
	if err := w.s.Unlink(t.Context(), system, w.chair); err != nil {
		if err = w.s.StepUp(t.Context(), "a", system, testPassword, ""); err == nil {
			err = w.s.Unlink(t.Context(), system, w.chair)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.s.LinkSubject(t.Context(), system, w.chair, "named"); err != nil {
		t.Fatal(err)
	}
	w.clock.add(10 * time.Minute)
	if _, asked, err := w.byProvider("mfa named", w.digits(secret)); err != nil || !asked {
		t.Errorf("an administrator's link passes the second factor: asked %v, %v", asked, err)
	}
}

// TestFederated_SecondGuessed: guesses at our factor are slowed by person.
func TestFederated_SecondGuessed(t *testing.T) {
	w, _, chair, _ := withProvider(t)
	if err := w.linkOwn(chair, "own"); err != nil {
		t.Fatal(err)
	}
	w.enrol(chair)
	var last error
	for range 5 {
		_, _, last = w.byProvider("own", "000000")
	}
	if domain.CodeOf(last) != domain.TooMany {
		t.Error(last)
	}
}

// TestFederated_Bound: an answer counts once it is shown in the browser, for the
// purpose and the session that it was asked in, and in time.
func TestFederated_Bound(t *testing.T) {
	w, far, chair, system := withProvider(t)
	ctx := t.Context()
	if err := w.linkOwn(chair, "own"); err != nil {
		t.Fatal(err)
	}
	begin := func() Asked {
		a, err := w.s.BeginFederatedLogin(ctx, "https://banso.test")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	link, err := w.s.BeginLink(ctx, chair, "https://banso.test")
	if err != nil {
		t.Fatal(err)
	}
	one, other := begin(), begin()
	login := func(seal, state string) error {
		_, _, err := w.s.FederatedLogin(ctx, "192.0.2.7", FederatedInput{Seal: seal, State: state, Code: "own", Install: Install{ID: newID()}})
		return err
	}
	before := far.asked
	for name, err := range map[string]error{
		"no cookie":         login("", stateOf(t, one)),
		"another's cookie":  login(other.Seal, stateOf(t, one)),
		"another state":     login(one.Seal, "in.AAAAAAAAAAAAAAAAAAAAAA"),
		"a cookie changed":  login("AAAA"+one.Seal[4:], stateOf(t, one)),
		"a link's":          login(link.Seal, stateOf(t, link)),
		"a sign-in to link": w.s.FinishLink(ctx, chair, one.Seal, stateOf(t, one), "own", ""),
		"another's link":    w.s.FinishLink(ctx, system, link.Seal, stateOf(t, link), "x", ""),
		"another session's": w.s.FinishLink(ctx, domain.Caller{Person: chair.Person, Device: system.Device}, link.Seal, stateOf(t, link), "x", ""),
	} {
		if domain.CodeOf(err) != domain.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
	if far.asked != before {
		t.Error("the provider was asked about what was not ours")
	}
	w.clock.add(questionTTL + time.Second)
	if err := login(one.Seal, stateOf(t, one)); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("too late: %v", err)
	}
	again := begin()
	w.restart() // as the server does
	if err := login(again.Seal, stateOf(t, again)); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

// TestLink: who may link whom, and that a subject opens one account.
func TestLink(t *testing.T) {
	w, _, chair, system := withProvider(t)
	ctx := t.Context()
	if _, _, err := w.byProvider("own", ""); err != errUnlinked {
		t.Errorf("unknown: %v", err)
	}
	member := w.signIn(w.member)
	who := domain.Caller{Person: member.Person, Device: member.Device}
	if _, err := w.s.BeginLink(ctx, who, "https://banso.test"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member without a login: %v", err)
	}
	for name, tt := range map[string]struct {
		err  error
		want domain.Code
	}{
		"by himself":           {w.linkOwn(chair, "own"), ""},
		"the same once more":   {w.linkOwn(chair, "own"), ""},
		"one's own, by naming": {w.s.LinkSubject(ctx, system, w.system, "x"), domain.Forbidden},
		"by no administrator":  {w.s.LinkSubject(ctx, chair, w.member, "x"), domain.Forbidden},
		"a member, by name":    {w.s.LinkSubject(ctx, system, w.member, "x"), domain.Forbidden},
		"nothing":              {w.s.LinkSubject(ctx, system, w.chair, " "), domain.Invalid},
		"no ASCII":             {w.s.LinkSubject(ctx, system, w.chair, "cán bộ"), domain.Invalid},
		"of a chair, by one":   {w.s.Unlink(ctx, chair, w.system), domain.Forbidden},
		"unlink what is not":   {w.s.Unlink(ctx, system, w.system), domain.NotFound},
	} {
		if domain.CodeOf(tt.err) != tt.want {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	if err := w.linkOwn(system, "own"); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("somebody else's: %v", err)
	}
	s, _, err := w.byProvider("own", "")
	if err != nil || s.Person != w.chair {
		t.Fatalf("%+v %v", s, err)
	}
	if err := w.s.LinkSubject(ctx, system, w.chair, "new"); err != nil {
		t.Fatal(err)
	}
	for subject, want := range map[string]error{"own": errUnlinked, "new": nil} {
		if _, _, err := w.byProvider(subject, ""); err != want {
			t.Errorf("%s: %v", subject, err)
		}
	}
	l, err := w.s.LinkOf(ctx, chair, w.chair)
	if err != nil || !l.On || !l.Linked || l.Own || l.UsedMs == 0 {
		t.Errorf("%+v %v", l, err)
	}
	w.clock.add(StepTTL + time.Minute)
	for name, err := range map[string]error{"link": w.linkOwn(chair, "x"), "name": w.s.LinkSubject(ctx, system, w.chair, "x"), "unlink": w.s.Unlink(ctx, chair, w.chair)} {
		if err != ErrStep {
			t.Errorf("%s long after the sign-in: %v", name, err)
		}
	}
}

// TestFederated_Leaver: what a sign-in opens is the store's word, not the provider's.
func TestFederated_Leaver(t *testing.T) {
	w, _, _, _ := withProvider(t)
	left := newID()
	if err := w.store.Update(t.Context(), func(tx store.Tx) error {
		if err := roster.PutPerson(tx, left, domain.Person{Name: "Người (thử)"}, store.Cause{Op: "test"}); err != nil {
			return err
		}
		return roster.PutGrant(tx, newID(), domain.Grant{Person: left, Name: "Người (thử)", Role: domain.RoleSystem,
			Interval: domain.Interval{From: "2022-01-01", To: "2023-06-19"}}, store.Cause{Op: "test"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.linkOwn(w.officer(left, "da.nghi"), "own"); err != nil {
		t.Fatal(err)
	}
	s, _, err := w.byProvider("mfa own", "")
	if err != nil {
		t.Fatal(err)
	}
	who := domain.Caller{Person: s.Person, Device: s.Device}
	if codes, err := w.s.IssueCodes(t.Context(), who, []domain.ID{w.member}); err != nil || codes[0].Error != domain.Forbidden {
		t.Errorf("who has left issues codes: %+v %v", codes, err)
	}
	if err := w.s.Revoke(t.Context(), who, who.Device); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Verify(s.Access); err == nil {
		t.Error("a revoked session goes on")
	}
}
