package auth

import (
	"context"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// StepTTL is how long a browser's session may move money after its person
// proved once more who sits there.
const StepTTL = 15 * time.Minute

// ErrStep asks for that proof.
var ErrStep = domain.E(domain.SecondFactor, "Confirm that it is you: this needs your password, or your authentication code.",
	"Hãy xác nhận chính bạn đang thao tác: cần mật khẩu, hoặc mã xác thực.")

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
	return s.store.Update(ctx, func(tx store.Tx) error {
		d, known, err := store.LoadCredential[sessionDoc](tx, kindSession, string(who.Device))
		if err != nil || !known {
			return err
		}
		d.StepMs = tx.Now().UnixMilli()
		return store.SaveCredential(tx, kindSession, string(who.Device), d)
	})
}
