package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

func (w *world) activate(code string, in Install) (Session, error) {
	return w.s.Activate(context.Background(), "192.0.2.1", ActivateInput{Code: code, Install: in})
}

// TestActivate_Once: a code works once, but for the phone whose answer was
// lost.
func TestActivate_Once(t *testing.T) {
	w := newWorld(t)
	code, phone := w.code(w.leader, w.member), Install{ID: newID(), Name: "điện thoại"}
	if _, err := w.activate(code, phone); err != nil {
		t.Fatal(err)
	}
	s, err := w.activate(code, phone)
	if err != nil {
		t.Fatalf("the same phone again after a lost answer: %v", err)
	}
	if _, err := w.activate(code, Install{ID: newID()}); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("another phone: %v, want unauthorized", err)
	}
	if _, err := w.refresh(s.Refresh); err != nil {
		t.Fatal(err)
	}
	if _, err := w.activate(code, phone); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("the same phone after its session was used: %v, want unauthorized", err)
	}
}

func TestActivate_ExpiredReplacedUnknown(t *testing.T) {
	w := newWorld(t)
	old := w.code(w.leader, w.member)
	fresh := w.code(w.leader, w.member)
	if _, err := w.activate(old, Install{ID: newID()}); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("replaced code: %v", err)
	}
	w.clock.add(CodeTTL)
	if _, err := w.activate(fresh, Install{ID: newID()}); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("expired code: %v", err)
	}
	unknown, err := newCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.activate(unknown, Install{ID: newID()}); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("unknown code: %v", err)
	}
	if _, err := w.activate("12345-67890", Install{ID: newID()}); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a slip of the finger: %v, want invalid", err)
	}
	if _, err := w.activate(fresh, Install{ID: "short"}); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("no install id: %v, want invalid", err)
	}
}

// TestActivate_Limited: wrong codes slow an address down, waiting helps, and
// other addresses are not harmed.
func TestActivate_Limited(t *testing.T) {
	w := newWorld(t)
	code := w.code(w.leader, w.member)
	guess := func() error {
		c, err := newCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.activate(c, Install{ID: newID()})
		return err
	}
	for i := range 5 {
		if err := guess(); domain.CodeOf(err) != domain.Unauthorized {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	var e *domain.Error
	if err := guess(); domain.CodeOf(err) != domain.TooMany {
		t.Fatalf("guess 6: %v, want too many", err)
	} else if e = err.(*domain.Error); e.RetryAfterS < 1 || e.RetryAfterS > 61 {
		t.Errorf("retry after %d s", e.RetryAfterS)
	}
	if _, err := w.s.Activate(t.Context(), "192.0.2.99", ActivateInput{Code: code, Install: Install{ID: newID()}}); err != nil {
		t.Errorf("another address: %v", err)
	}
	w.clock.add(time.Minute)
	if err := guess(); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("after waiting: %v", err)
	}
}

func TestLogin(t *testing.T) {
	w := newWorld(t)
	in := ActivateInput{Code: w.code(w.system, w.chair), Install: Install{ID: newID()}}
	if _, err := w.s.Activate(t.Context(), "a", in); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("an officer without a password: %v, want invalid", err)
	}
	for _, bad := range []string{"ngắn", strings.Repeat("a", 20), "chu.tich-2023", strings.Repeat("ab", 100)} {
		in.Login, in.Password = "chu.tich", bad
		if _, err := w.s.Activate(t.Context(), "a", in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("password %.12q: %v, want invalid", bad, err)
		}
	}
	in.Login, in.Password = "Chu.Tich", testPassword
	if _, err := w.s.Activate(t.Context(), "a", in); err != nil {
		t.Fatal(err)
	}
	login := func(l, p string) error {
		_, err := w.s.Login(context.Background(), "a", LoginInput{Login: l, Password: p, Install: Install{ID: newID()}})
		return err
	}
	if err := login("chu.tich", testPassword); err != nil {
		t.Fatal(err)
	}
	for range 20 { // honest sign-ins spend nothing
		if err := login("chu.tich", testPassword); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := login("chu.tich", "sai mật khẩu rồi"), login("khong.co", "sai mật khẩu rồi"); domain.CodeOf(a) != domain.Unauthorized || a.Error() != b.Error() {
		t.Errorf("a wrong password tells whether the login exists: %v, %v", a, b)
	}
	_ = login("chu.tich", "sai mật khẩu rồi")
	if err := login("chu.tich", testPassword); domain.CodeOf(err) != domain.TooMany {
		t.Errorf("after wrong tries: %v, want too many", err)
	}
	w.clock.add(3 * time.Minute)
	if err := login("chu.tich", testPassword); err != nil {
		t.Errorf("after waiting: %v", err)
	}
}

// TestLogin_OneAddressKeepsNobodyOut: somebody who guesses without end from
// one address is slowed down more than the account recovers, so its owner gets
// in from another; guesses from many addresses are slowed by the account.
func TestLogin_OneAddressKeepsNobodyOut(t *testing.T) {
	w := newWorld(t)
	w.cfg.ByAccount, w.cfg.ByPair = NewBuckets(3, 2*time.Minute, w.clock.now), NewBuckets(2, 6*time.Minute, w.clock.now)
	w.restart()
	in := ActivateInput{Code: w.code(w.system, w.chair), Install: Install{ID: newID()}, Login: "chu.tich", Password: testPassword}
	if _, err := w.s.Activate(t.Context(), "a", in); err != nil {
		t.Fatal(err)
	}
	login := func(addr, password string) error {
		_, err := w.s.Login(t.Context(), addr, LoginInput{Login: "chu.tich", Password: password, Install: Install{ID: newID()}})
		return err
	}
	for range 63 { // ten minutes and a half, a guess each 10 s
		_ = login("kẻ dò", "sai mật khẩu rồi")
		w.clock.add(10 * time.Second)
	}
	if err := login("nhà", testPassword); err != nil {
		t.Errorf("the owner from another address: %v", err)
	}
	for i := range 10 {
		_ = login(string(rune('b'+i)), "sai mật khẩu rồi")
	}
	if err := login("z", "sai mật khẩu rồi"); domain.CodeOf(err) != domain.TooMany {
		t.Errorf("guesses from many addresses: %v, want too many", err)
	}
}

// TestIssueCodes_Reach: with a code one can sign in as its person, so nobody
// issues one for more than he holds himself.
func TestIssueCodes_Reach(t *testing.T) {
	w := newWorld(t)
	both := newID() // a member who is also the chair
	err := w.store.Update(t.Context(), func(tx store.Tx) error {
		w.grant(tx, w.member, domain.Grant{Role: domain.RoleMember, Team: w.team})
		for _, g := range []domain.Grant{{Role: domain.RoleMember, Team: w.team}, {Role: domain.RoleViewer, Unit: w.other}} {
			w.grant(tx, both, g)
		}
		return putPerson(tx, both)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		by, person domain.ID
		want       domain.Code
	}{
		{"leader for a member", w.leader, w.member, ""}, {"chair for a leader", w.chair, w.leader, ""}, {"system for a chair", w.system, w.chair, ""},
		{"member for a member", w.member, w.leader, domain.Forbidden}, {"leader for the chair", w.leader, w.chair, domain.Forbidden},
		{"leader for a member who is more", w.leader, both, domain.Forbidden}, {"chair for the system", w.chair, w.system, domain.Forbidden},
		{"system for nobody", w.system, newID(), domain.NotFound},
	} {
		codes, err := w.s.IssueCodes(t.Context(), domain.Caller{Person: c.by}, []domain.ID{c.person})
		if err != nil || codes[0].Error != c.want || (codes[0].Code == "") != (c.want != "") {
			t.Errorf("%s: %v %+v, want %q", c.name, err, codes, c.want)
		}
	}
	if _, err := w.s.IssueCodes(t.Context(), domain.Caller{Person: w.system, PushOnly: true}, []domain.ID{w.member}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("push-only: %v", err)
	}
}

func putPerson(tx store.Tx, id domain.ID) error {
	return roster.PutPerson(tx, id, domain.Person{Name: "Người (thử)"}, store.Cause{Op: "test"})
}

func TestSetup_Once(t *testing.T) {
	w := newWorld(t)
	// The world has an administrator already: the roster refuses another.
	code, err := w.s.SetupCode(t.Context())
	if err != nil || code == "" {
		t.Fatalf("setup code: %v", err)
	}
	in := SetupInput{Code: code, Name: "Quản Trị (thử)", Login: "admin", Password: testPassword, Install: Install{ID: newID()}}
	if _, err := w.s.Setup(t.Context(), "a", in); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("second administrator: %v, want conflict", err)
	}
	in.Code = w.code(w.system, w.member)
	if _, err := w.s.Setup(t.Context(), "a", in); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("an activation code as setup code: %v", err)
	}
}

func TestPassword_PHC(t *testing.T) {
	h := newHasher(rand.Reader)
	phc, err := h.hash(t.Context(), testPassword)
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%v %s", err, phc)
	}
	for _, c := range []struct {
		password, phc string
		want          bool
	}{
		{testPassword, phc, true}, {testPassword + " ", phc, false}, {"", phc, false}, {testPassword, "", false},
		{testPassword, strings.Replace(phc, "argon2id", "argon2i", 1), false}, {testPassword, strings.Replace(phc, "m=19456", "m=99999999", 1), false},
		// The same letters in decomposed form, as some keyboards send them.
		{norm.NFD.String(testPassword), phc, true},
	} {
		if ok, err := h.matches(t.Context(), c.password, c.phc); ok != c.want || err != nil {
			t.Errorf("%q with %.20s: %v %v", c.password, c.phc, ok, err)
		}
	}
}

func FuzzReadPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if m, ti, p, _, _, ok := readPHC(s); ok && (m > 256<<10 || ti > 16 || p > 8) {
			t.Errorf("%q would cost too much", s)
		}
	})
}

// headOnly is a store of which only the head is asked.
type headOnly struct{ store.Reader }

func (headOnly) Head() store.Head { return store.Head{Epoch: "abcdefgh", Commit: 7} }

func FuzzReadRefresh(f *testing.F) {
	keys, err := NewKeyring(rand.Reader, time.Unix(0, 0))
	if err != nil {
		f.Fatal(err)
	}
	s := &Service{keys: keys, rnd: rand.Reader}
	good, _, err := s.newRefresh(headOnly{}, newID(), 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok := s.readRefresh(token); ok && token != good {
			t.Errorf("%q passes", token)
		}
	})
}

func TestBuckets(t *testing.T) {
	c := &testClock{t: time.Unix(1000, 0)}
	b := NewBuckets(2, time.Second, c.now)
	take := func(key string, want bool) {
		t.Helper()
		if got := b.Take(key) == 0; got != want {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
	take("a", true)
	take("a", true)
	take("a", false)
	take("b", true)
	b.Give("a")
	take("a", true)
	take("a", false)
	c.add(time.Second)
	take("a", true)
	take("a", false)
	for i := range maxKeys + 10 {
		b.Take(fmt.Sprint(i))
	}
	if len(b.at) > maxKeys {
		t.Errorf("%d keys are remembered", len(b.at))
	}
}

// TestActivate_SecondFactor: a code, which one administrator alone can make, does
// not pass the second factor; the operator's on the stopped server does.
func TestActivate_SecondFactor(t *testing.T) {
	w := newWorld(t)
	secret, _ := w.enrol(w.officer(w.chair, "chu.tich"))
	code := w.code(w.system, w.chair)
	try := func(code, second string) domain.Code {
		w.clock.add(time.Minute)
		if second == "digits" {
			second = w.digits(secret)
		}
		_, err := w.s.Activate(t.Context(), "a", ActivateInput{Code: code, Login: "chu.tich", Password: testPassword, SecondFactor: second, Install: Install{ID: newID()}})
		return domain.CodeOf(err)
	}
	for _, tt := range []struct {
		second string
		want   domain.Code
	}{{"", domain.SecondFactor}, {"000000", domain.SecondFactor}, {"digits", ""}, {"digits", domain.Unauthorized}} {
		if got := try(code, tt.second); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.second, got, tt.want)
		}
	}
	code = w.code(w.system, w.chair)
	for range 4 {
		_, err := w.s.Activate(t.Context(), "b", ActivateInput{Code: code, Login: "chu.tich", Password: testPassword, SecondFactor: "000000", Install: Install{ID: newID()}})
		if got := domain.CodeOf(err); got != domain.SecondFactor && got != domain.TooMany {
			t.Fatal(err)
		} else if got == domain.TooMany {
			code = ""
		}
	}
	if code != "" {
		t.Error("it can be guessed at any speed")
	}
	c, err := w.s.OperatorCode(t.Context(), w.system, w.chair)
	if err != nil {
		t.Fatal(err)
	}
	if got := try(c.Code, ""); got != "" {
		t.Errorf("the operator's: %q", got)
	}
}
