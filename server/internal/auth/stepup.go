package auth

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// StepTTL is how long a browser's session may move money after its person
// proved once more who sits there.
const StepTTL = 15 * time.Minute

// ErrStep asks for that proof.
var ErrStep = domain.E(domain.SecondFactor, "Confirm that it is you: this needs your password, or your authentication code.",
	"Hãy xác nhận chính bạn đang thao tác: cần mật khẩu, hoặc mã xác thực.")

// Refusals of a passkey that should prove it. No Unauthorized: the session is good.
var (
	errNotHis = domain.E(domain.Invalid, "This passkey is none of yours.", "Đây không phải khóa đăng nhập của bạn.")
	errStale  = domain.E(domain.Conflict, "This took too long. Try again.", "Đã quá thời gian. Hãy thử lại.")
)

// Stepped returns ErrStep if the caller's session has not proved who sits
// there within StepTTL. A sign-in is such a proof.
func (s *Service) Stepped(ctx context.Context, who domain.Caller) error {
	return s.store.View(ctx, func(r store.Reader) error {
		d, _, err := store.LoadCredential[sessionDoc](r, kindSession, string(who.Device))
		if err == nil && s.now().Sub(time.UnixMilli(d.StepMs)) > StepTTL {
			err = ErrStep
		}
		return err
	})
}

// StepUp proves it: with a code of the second factor where there is one, else
// with the password.
func (s *Service) StepUp(ctx context.Context, addr string, who domain.Caller, password, second string) error {
	var login string
	var on bool
	if err := s.store.View(ctx, func(r store.Reader) error {
		d, _, err := store.LoadCredential[secondDoc](r, kindSecond, string(who.Person))
		if err != nil {
			return err
		}
		on = d.OnMs != 0
		login, err = loginOf(r, who.Person)
		return err
	}); err != nil {
		return err
	}
	giveBack, err := s.takeLogin(addr, login)
	if err != nil {
		return err
	}
	if on {
		err = s.checkSecond(ctx, who.Person, second)
	} else {
		_, err = s.checkLogin(ctx, login, LoginInput{Password: password})
	}
	if err != nil {
		return err
	}
	giveBack()
	return s.store.Update(ctx, func(tx store.Tx) error { return stepped(tx, who) })
}

// stepped notes that the caller's session has proved now who sits there.
func stepped(tx store.Tx, who domain.Caller) error {
	d, known, err := store.LoadCredential[sessionDoc](tx, kindSession, string(who.Device))
	if err != nil || !known {
		return err
	}
	d.StepMs = tx.Now().UnixMilli()
	return store.SaveCredential(tx, kindSession, string(who.Device), d)
}

// BeginStepUp asks the caller's browser for one of his passkeys, on a page of an
// origin.
func (s *Service) BeginStepUp(ctx context.Context, who domain.Caller, origin string) (Ceremony, error) {
	rp, h, err := s.holderAt(ctx, who, origin)
	if err != nil {
		return Ceremony{}, err
	}
	if len(h.keys) == 0 {
		return Ceremony{}, domain.E(domain.NotFound, "You have no passkey for this page.", "Bạn chưa có khóa đăng nhập nào cho trang này.")
	}
	options, session, err := rp.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, err
	}
	return s.ceremonies.begin(s, session, toStepUp, who.Person, options.Response)
}

// StepUpByPasskey proves who sits there with a passkey of the caller: the device
// has asked for a finger or a number, so it counts as both factors.
func (s *Service) StepUpByPasskey(ctx context.Context, addr, origin string, who domain.Caller, ceremony domain.ID, answer jsontext.Value) error {
	rp, err := party(origin)
	if err != nil {
		return err
	}
	if err := take(s.byAddress, "passkey:"+addr); err != nil {
		return err
	}
	session, ok := s.ceremonies.end(ceremony, toStepUp, who.Person, s.now())
	if !ok {
		return errStale
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return errNotHis
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		h, err := holderOf(tx, who.Person, rp.Config.RPID)
		if err != nil {
			return err
		}
		key, err := rp.ValidateLogin(h, *session, parsed)
		if err != nil || key.Authenticator.CloneWarning {
			return errNotHis
		}
		if err := used(tx, passkeyKey(who.Person, key.ID), key, tx.Now()); err != nil {
			return err
		}
		return stepped(tx, who)
	})
	if err == nil {
		s.byAddress.Give("passkey:" + addr)
	}
	return err
}
