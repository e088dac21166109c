package auth

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Provider is a province's own identity provider (OpenID Connect). Its errors
// are domain.Error: Unavailable while it can't be reached, Unauthorized where
// its answer doesn't hold.
type Provider interface {
	// Name is how people call the account there; empty: no name of its own.
	Name() string
	// Issuer is the provider's identity: subjects are its own.
	Issuer() string
	// Ask returns the address that a browser is sent to.
	Ask(ctx context.Context, q Question) (address string, err error)
	// Answer exchanges what the browser came back with for who sits there.
	// issuer is what the answer names as its sender, if anything.
	Answer(ctx context.Context, q Question, code, issuer string) (Identity, error)
}

// Question is what a browser is sent to a provider with.
type Question struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
	Redirect string `json:"redirect"` // where the browser comes back to
	AskedMs  int64  `json:"asked_ms"` // wall time
}

// Identity is who proved to a provider, after the question was put, that he
// sits at the browser.
type Identity struct {
	Subject string
	Second  bool // by something that counts as a second factor
}

// questionTTL is how long somebody may take to sign in at the provider.
const questionTTL = 10 * time.Minute

// purposes of a question, the first part of its state: the page reads there what
// to do with the answer.
const (
	purposeSignIn = "in"
	purposeLink   = "link"
)

// sealedQuestion is what the browser keeps of a question, sealed, in a cookie
// that no script reads: an answer counts only in the browser that asked.
type sealedQuestion struct {
	Question
	Who   domain.Caller `json:"who,omitzero"`   // who links; nobody: a sign-in
	Named string        `json:"named,omitzero"` // key of the link that the provider's answer named: our second factor is awaited
}

// Asked is a question on its way.
type Asked struct {
	URL  string `json:"url"`
	Seal string `json:"-"` // for the browser's cookie
}

var (
	errNoProvider = domain.E(domain.NotFound, "This server has no sign-in with an account of the province. Use your login and password.",
		"Máy chủ này không dùng đăng nhập bằng tài khoản của tỉnh. Hãy dùng tên đăng nhập và mật khẩu.")
	errAnswer = domain.E(domain.Unauthorized, "This sign-in was not begun in this browser, or took too long. Begin again.",
		"Lượt đăng nhập này không bắt đầu từ trình duyệt này, hoặc đã quá thời gian. Hãy làm lại từ đầu.")
)

const sealUse = "question"

// ask makes a question for the page of an origin.
func (s *Service) ask(ctx context.Context, purpose, origin string, who domain.Caller) (Asked, error) {
	if s.provider == nil {
		return Asked{}, errNoProvider
	}
	secret := func() string { return string(syncproto.NewRandomID(s.rnd)) }
	q := sealedQuestion{Who: who, Question: Question{State: purpose + "." + secret(), Nonce: secret(),
		Verifier: secret() + secret(), Redirect: origin + "/console/", AskedMs: s.wall().UnixMilli()}}
	address, err := s.provider.Ask(ctx, q.Question)
	if err != nil {
		return Asked{}, err
	}
	seal, err := s.seal(q)
	return Asked{URL: address, Seal: seal}, err
}

// seal binds a question to its state.
func (s *Service) seal(q sealedQuestion) (string, error) {
	plain, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	sealed, err := s.keys.lock(s.rnd, sealUse, q.State, plain)
	return b64.EncodeToString(sealed), err
}

// unseal returns the question that this browser put with a state, in time.
func (s *Service) unseal(seal, state string) (q sealedQuestion, err error) {
	if s.provider == nil {
		return q, errNoProvider
	}
	sealed, err := b64.DecodeString(seal)
	if err != nil {
		return q, errAnswer
	}
	plain, err := s.keys.unlock(sealUse, state, sealed)
	if err != nil {
		return q, errAnswer
	}
	if err := json.Unmarshal(plain, &q); err != nil {
		return q, err
	}
	if age := s.wall().Sub(time.UnixMilli(q.AskedMs)); age < 0 || age > questionTTL {
		return q, errAnswer
	}
	return q, nil
}

// ProviderName tells whether officers can sign in with an account of the
// province, and how that is called.
func (s *Service) ProviderName() (name string, on bool) {
	if s.provider == nil {
		return "", false
	}
	return s.provider.Name(), true
}
