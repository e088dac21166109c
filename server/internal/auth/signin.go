package auth

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// codeDoc is an activation code that was issued.
type codeDoc struct {
	Person    domain.ID `json:"person"`
	By        domain.ID `json:"by"`
	ExpiresMs int64     `json:"expires_ms"`
	Officer   bool      `json:"officer,omitzero"`  // login and password are required
	Operator  bool      `json:"operator,omitzero"` // made on the stopped server: asks for no second factor
	Device    domain.ID `json:"device,omitzero"`   // that used it
}

// passwordDoc is a login.
type passwordDoc struct {
	Person    domain.ID `json:"person"`
	PHC       string    `json:"phc"`
	ChangedMs int64     `json:"changed_ms"`
}

// Keys of credentials.
func (s *Service) codeKey(code string) string {
	return "h/" + b64.EncodeToString(s.keys.mac("code", code))
}
func personKey(person domain.ID) string { return "person/" + string(person) }
func loginKey(login string) string      { return "login/" + login }

const setupKey = "setup"

// setupDoc says whether the shard has its first administrator.
type setupDoc struct {
	Hash   string `json:"hash,omitzero"` // of the open setup code
	DoneMs int64  `json:"done_ms,omitzero"`
}

// Refusals of a sign-in. They do not tell which part was wrong.
var (
	errCode = domain.E(domain.Unauthorized, "This code is wrong, has expired or was used already. Ask for a new one.",
		"Mã không đúng, đã hết hạn hoặc đã được dùng. Hãy xin mã mới.")
	errLogin = domain.E(domain.Unauthorized, "The login or the password is wrong.",
		"Tên đăng nhập hoặc mật khẩu không đúng.")
	errTaken = domain.E(domain.Conflict, "This login is taken. Choose another.",
		"Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.")
	errSecond = domain.E(domain.SecondFactor, "The second factor is missing or wrong.",
		"Thiếu hoặc sai lớp xác thực thứ hai.")
)

// SetupCode makes the one-time code for the first administrator in place of an
// earlier one; "" if there is an administrator already.
func (s *Service) SetupCode(ctx context.Context) (string, error) {
	code, err := newCode(s.rnd)
	if err != nil {
		return "", err
	}
	done := false
	err = s.store.Update(ctx, func(tx store.Tx) error {
		d, _, err := store.LoadCredential[setupDoc](tx, kindCode, setupKey)
		if done = d.DoneMs != 0; done || err != nil {
			return err
		}
		return store.SaveCredential(tx, kindCode, setupKey, setupDoc{Hash: s.codeKey(code)})
	})
	if done || err != nil {
		return "", err
	}
	return ShowCode(code), nil
}

// SetupInput is what Setup needs besides the address it comes from.
type SetupInput struct {
	Code, Name, Login, Password string
	Install                     Install
}

// Setup makes the first administrator with the setup code and signs in.
func (s *Service) Setup(ctx context.Context, addr string, in SetupInput) (Session, error) {
	name := norm.NFC.String(strings.TrimSpace(in.Name))
	if name == "" || len(name) > 200 || !utf8.ValidString(name) {
		return Session{}, invalid("name", "Give the administrator's name.", "Hãy nhập họ tên của quản trị viên.")
	}
	return s.withCode(ctx, addr, in.Code, in.Install, in.Login, in.Password, true, func(tx store.Tx, key string) (domain.ID, error) {
		d, known, err := store.LoadCredential[setupDoc](tx, kindCode, setupKey)
		if err != nil {
			return "", err
		}
		if !known || d.DoneMs != 0 || d.Hash != key {
			return "", errCode
		}
		person, err := roster.SetUp(tx, s.rnd, name)
		if err != nil {
			return "", err
		}
		return person, store.SaveCredential(tx, kindCode, setupKey, setupDoc{DoneMs: tx.Now().UnixMilli()})
	})
}

// ActivateInput is what Activate needs besides the address it comes from.
type ActivateInput struct {
	Code, Login, Password string // the last two: officers, who choose them here
	SecondFactor          string // of who has one: a code from one administrator doesn't pass it
	Install               Install
}

// Activate signs in with an activation code. An answer may get lost: the same
// install may send the same code again until it has used its session.
func (s *Service) Activate(ctx context.Context, addr string, in ActivateInput) (Session, error) {
	if code, ok := readCode(in.Code); ok && in.SecondFactor != "" { // guessing it is slowed by code
		if err := take(s.byAccount, "code:"+s.codeKey(code)); err != nil {
			return Session{}, err
		}
	}
	return s.withCode(ctx, addr, in.Code, in.Install, in.Login, in.Password, in.Login != "", func(tx store.Tx, key string) (domain.ID, error) {
		d, known, err := store.LoadCredential[codeDoc](tx, kindCode, key)
		if err != nil {
			return "", err
		}
		if !known || tx.Now().UnixMilli() >= d.ExpiresMs {
			return "", errCode
		}
		if d.Officer && in.Login == "" {
			return "", invalid("login", "Officers choose a login and a password with their code.",
				"Cán bộ cần đặt tên đăng nhập và mật khẩu khi kích hoạt.")
		}
		device := deviceOf(d.Person, in.Install.ID)
		if d.Device != "" {
			ses, _, err := store.LoadCredential[sessionDoc](tx, kindSession, string(device))
			if err != nil {
				return "", err
			}
			if d.Device != device || !ses.Current.IsZero() || ses.EndedMs != 0 {
				return "", errCode
			}
			return d.Person, nil
		}
		if !d.Operator {
			if err := s.spendSecond(tx, d.Person, in.SecondFactor); err != nil {
				return "", errBehindCode(err)
			}
		}
		d.Device = device
		return d.Person, store.SaveCredential(tx, kindCode, key, d)
	})
}

// withCode is the common part of both uses of a code: check the input, spend a
// try, hash the password outside the transaction, then redeem the code, store
// the login and open the session in one.
func (s *Service) withCode(ctx context.Context, addr, typed string, in Install, login, password string, needLogin bool,
	redeem func(tx store.Tx, key string) (domain.ID, error)) (Session, error) {
	if err := in.check(); err != nil {
		return Session{}, err
	}
	code, ok := readCode(typed)
	if !ok { // a slip of the finger is found without a try
		return Session{}, invalid("code", "This is no code: check each character.", "Mã chưa đúng: hãy kiểm tra lại từng ký tự.")
	}
	if needLogin {
		var err error
		if login, err = readLogin(login); err == nil {
			err = checkPassword(login, password)
		}
		if err != nil {
			return Session{}, err
		}
	}
	if err := take(s.byAddress, "code:"+addr); err != nil {
		return Session{}, err
	}
	key, phc := s.codeKey(code), ""
	if needLogin {
		var err error
		if phc, err = s.hashes.hash(ctx, password); err != nil {
			return Session{}, err
		}
	}
	var g grant
	err := s.store.Update(ctx, func(tx store.Tx) error {
		g = grant{}
		person, err := redeem(tx, key)
		if err != nil {
			return err
		}
		if needLogin {
			if err := setLogin(tx, person, login, phc); err != nil {
				return err
			}
		}
		g, err = s.open(tx, person, in)
		return err
	})
	if domain.CodeOf(err) != domain.Unauthorized {
		s.byAddress.Give("code:" + addr)
	}
	if err != nil {
		return Session{}, err
	}
	return s.give(g)
}

// setLogin gives a person a login in place of an earlier one.
func setLogin(tx store.Tx, person domain.ID, login, phc string) error {
	other, taken, err := store.LoadCredential[passwordDoc](tx, kindPassword, loginKey(login))
	if err != nil {
		return err
	}
	if taken && other.Person != person {
		return errTaken
	}
	old, had, err := store.LoadCredential[string](tx, kindPassword, personKey(person))
	if err != nil {
		return err
	}
	if had && old != login {
		if err := tx.DeleteCredential(kindPassword, loginKey(old)); err != nil {
			return err
		}
	}
	if err := store.SaveCredential(tx, kindPassword, personKey(person), login); err != nil {
		return err
	}
	return store.SaveCredential(tx, kindPassword, loginKey(login), passwordDoc{Person: person, PHC: phc, ChangedMs: tx.Now().UnixMilli()})
}

// errBehindCode says what to do where a code meets a second factor.
func errBehindCode(err error) error {
	if err == errSecond {
		return domain.E(domain.SecondFactor, "This account has a second factor: give its code too. If it is lost, two administrators take it away first.",
			"Tài khoản này bật xác thực hai lớp: hãy nhập thêm mã xác thực. Nếu đã mất, nhờ hai quản trị viên gỡ trước.")
	}
	return err
}

// LoginInput is what Login needs besides the address it comes from.
type LoginInput struct {
	Login, Password, SecondFactor string
	Install                       Install
}

// Login signs an officer in with a password.
func (s *Service) Login(ctx context.Context, addr string, in LoginInput) (Session, error) {
	if err := in.Install.check(); err != nil {
		return Session{}, err
	}
	login, err := readLogin(in.Login)
	if err != nil || len(in.Password) > 4*MaxPassword {
		return Session{}, errLogin
	}
	giveBack, err := s.takeLogin(addr, login)
	if err != nil {
		return Session{}, err
	}
	person, err := s.checkLogin(ctx, login, in)
	if code := domain.CodeOf(err); err == nil || code != domain.Unauthorized && code != domain.SecondFactor {
		giveBack()
	}
	if err != nil {
		return Session{}, err
	}
	var g grant
	if err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		g, err = s.open(tx, person, in.Install)
		return err
	}); err != nil {
		return Session{}, err
	}
	return s.give(g)
}

// takeLogin spends one try of the address, of the address with this login, and
// of the login; giveBack returns all three.
func (s *Service) takeLogin(addr, login string) (giveBack func(), err error) {
	giveBack = func() {}
	for _, t := range []struct {
		limit Limiter
		key   string
	}{{s.byAddress, "login:" + addr}, {s.byPair, addr + " " + login}, {s.byAccount, "login:" + login}} {
		if err := take(t.limit, t.key); err != nil {
			giveBack()
			return nil, err
		}
		before := giveBack
		giveBack = func() { t.limit.Give(t.key); before() }
	}
	return giveBack, nil
}

// checkLogin compares login, password and second factor.
func (s *Service) checkLogin(ctx context.Context, login string, in LoginInput) (domain.ID, error) {
	var d passwordDoc
	if err := s.store.View(ctx, func(r store.Reader) (err error) {
		d, _, err = store.LoadCredential[passwordDoc](r, kindPassword, loginKey(login))
		return err
	}); err != nil {
		return "", err
	}
	ok, err := s.hashes.matches(ctx, in.Password, d.PHC)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errLogin
	}
	return d.Person, s.checkSecond(ctx, d.Person, in.SecondFactor)
}

// codeExpiry is when a code made now stops working.
func codeExpiry(now time.Time) int64 { return now.Add(CodeTTL).UnixMilli() }
