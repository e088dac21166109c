package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Second factor: six digits that an authenticator makes from a shared secret
// and the time (RFC 6238: 30 seconds, SHA-1, as all of them speak), and codes on
// paper for the day the authenticator is gone.
const (
	totpStep      = 30 // seconds
	totpSkew      = 1  // steps that a clock may differ
	totpSecret    = 20 // bytes
	recoveryCodes = 10
)

// secondDoc is a person's second factor. Secrets are sealed with a key from the
// key file: a copy of the data file alone makes no codes.
type secondDoc struct {
	Secret   []byte   `json:"secret,omitzero"`
	Pending  []byte   `json:"pending,omitzero"` // shown, not yet proved to have arrived
	OnMs     int64    `json:"on_ms,omitzero"`
	Step     int64    `json:"step,omitzero"` // of the last code: none is good twice
	Recovery []string `json:"recovery,omitzero"`
}

// Second says how a person's second factor stands.
type Second struct {
	On       bool  `json:"on"`
	SinceMs  int64 `json:"since_ms,omitzero"`
	Recovery int   `json:"recovery"` // codes left
}

// NewSecond is a secret for an authenticator, to be shown once.
type NewSecond struct {
	Secret string `json:"secret"` // base 32, for typing
	URI    string `json:"uri"`    // for a QR code
}

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// SecondOf tells how the caller's second factor stands.
func (s *Service) SecondOf(ctx context.Context, who domain.Caller) (out Second, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		d, _, err := store.LoadCredential[secondDoc](r, kindSecond, string(who.Person))
		out = Second{On: d.OnMs != 0, SinceMs: d.OnMs, Recovery: len(d.Recovery)}
		return err
	})
	return out, err
}

// BeginSecond makes a new secret. It counts for nothing until ConfirmSecond.
// The caller must have stepped up: a browser left open must not be enough to
// take an account over.
func (s *Service) BeginSecond(ctx context.Context, who domain.Caller) (NewSecond, error) {
	if err := s.Stepped(ctx, who); err != nil {
		return NewSecond{}, err
	}
	secret := make([]byte, totpSecret)
	if _, err := io.ReadFull(s.rnd, secret); err != nil {
		return NewSecond{}, err
	}
	sealed, err := s.keys.lock(s.rnd, kindSecond, string(who.Person), secret)
	if err != nil {
		return NewSecond{}, err
	}
	login := ""
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if login, err = loginOf(tx, who.Person); err != nil {
			return err
		}
		d, _, err := store.LoadCredential[secondDoc](tx, kindSecond, string(who.Person))
		if err != nil {
			return err
		}
		d.Pending = sealed
		return store.SaveCredential(tx, kindSecond, string(who.Person), d)
	})
	text := base32Plain.EncodeToString(secret)
	uri := url.URL{Scheme: "otpauth", Host: "totp", Path: "/Bản Số:" + login, RawQuery: url.Values{"secret": {text}, "issuer": {"Bản Số"}}.Encode()}
	return NewSecond{Secret: text, URI: uri.String()}, err
}

// errNoLogin is for members, who sign in with codes.
var errNoLogin = domain.E(domain.Forbidden, "Only who signs in with a password has a second factor.", "Chỉ tài khoản có mật khẩu mới dùng xác thực hai lớp.")

func loginOf(r store.Reader, person domain.ID) (string, error) {
	login, known, err := store.LoadCredential[string](r, kindPassword, personKey(person))
	if err == nil && !known {
		err = errNoLogin
	}
	return login, err
}

// ConfirmSecond switches the pending secret on, if code shows that it arrived,
// and returns fresh recovery codes, which are shown once.
func (s *Service) ConfirmSecond(ctx context.Context, who domain.Caller, code string) ([]string, error) {
	if err := take(s.byAccount, "second:"+string(who.Person)); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		var err error
		if codes[i], err = newCode(s.rnd); err != nil {
			return nil, err
		}
	}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		if _, err := loginOf(tx, who.Person); err != nil {
			return err
		}
		d, _, err := store.LoadCredential[secondDoc](tx, kindSecond, string(who.Person))
		if err != nil {
			return err
		}
		if len(d.Pending) == 0 {
			return domain.E(domain.Conflict, "Begin again: no new secret is waiting.", "Hãy bắt đầu lại: chưa có mã bí mật mới.")
		}
		secret, err := s.keys.unlock(kindSecond, string(who.Person), d.Pending)
		if err != nil {
			return err
		}
		step := matchTOTP(secret, code, tx.Now(), 0)
		if step == 0 {
			return errSecond
		}
		d = secondDoc{Secret: d.Pending, OnMs: tx.Now().UnixMilli(), Step: step}
		for _, c := range codes {
			d.Recovery = append(d.Recovery, s.recoveryHash(who.Person, c))
		}
		return store.SaveCredential(tx, kindSecond, string(who.Person), d)
	})
	if err != nil {
		return nil, err
	}
	s.byAccount.Give("second:" + string(who.Person))
	for i := range codes {
		codes[i] = ShowCode(codes[i])
	}
	return codes, nil
}

// EndSecond switches the second factor off, for who still has it.
func (s *Service) EndSecond(ctx context.Context, who domain.Caller, answer string) error {
	if err := take(s.byAccount, "second:"+string(who.Person)); err != nil {
		return err
	}
	if err := s.checkSecond(ctx, who.Person, answer); err != nil {
		return err
	}
	s.byAccount.Give("second:" + string(who.Person))
	return s.store.Update(ctx, func(tx store.Tx) error { return tx.DeleteCredential(kindSecond, string(who.Person)) })
}

// checkSecond spends a code of the authenticator or of the paper; a person
// without a second factor passes.
func (s *Service) checkSecond(ctx context.Context, person domain.ID, answer string) error {
	return s.store.Update(ctx, func(tx store.Tx) error { return s.spendSecond(tx, person, answer) })
}

func (s *Service) spendSecond(tx store.Tx, person domain.ID, answer string) error {
	d, known, err := store.LoadCredential[secondDoc](tx, kindSecond, string(person))
	if err != nil || !known || d.OnMs == 0 {
		return err
	}
	secret, err := s.keys.unlock(kindSecond, string(person), d.Secret)
	if err != nil {
		return err
	}
	if step := matchTOTP(secret, answer, tx.Now(), d.Step); step != 0 {
		d.Step = step
		return store.SaveCredential(tx, kindSecond, string(person), d)
	}
	code, ok := readCode(answer)
	i := slices.Index(d.Recovery, s.recoveryHash(person, code))
	if !ok || i < 0 {
		return errSecond
	}
	d.Recovery = slices.Delete(d.Recovery, i, i+1)
	return store.SaveCredential(tx, kindSecond, string(person), d)
}

func (s *Service) recoveryHash(person domain.ID, code string) string {
	return b64.EncodeToString(s.keys.mac("recovery", string(person)+"/"+code))
}

// matchTOTP returns the step whose code it is, 0 for none. Steps up to last
// were used.
func matchTOTP(secret []byte, code string, now time.Time, last int64) int64 {
	code = strings.ReplaceAll(code, " ", "")
	text := base32Plain.EncodeToString(secret)
	at := now.Unix() / totpStep
	for step := max(at-totpSkew, last+1); step <= at+totpSkew; step++ {
		want, err := hotp.GenerateCode(text, uint64(step))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}
