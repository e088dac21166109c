package auth

import (
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// ChangePassword puts a password in place of the present one, which must be
// known, by who has lately proved that he sits there: so a second factor is
// asked for where there is one. Sessions go on; their owner ends those that he
// doesn't want from the list.
func (s *Service) ChangePassword(ctx context.Context, addr string, who domain.Caller, present, next string) error {
	if err := s.Stepped(ctx, who); err != nil {
		return err
	}
	var login string
	var d passwordDoc
	if err := s.store.View(ctx, func(r store.Reader) (err error) {
		if login, err = loginOf(r, who.Person); err == nil {
			d, _, err = store.LoadCredential[passwordDoc](r, kindPassword, loginKey(login))
		}
		return err
	}); err != nil {
		return err
	}
	if err := checkPassword(login, next); err != nil {
		return err
	}
	giveBack, err := s.takeLogin(addr, login)
	if err != nil {
		return err
	}
	ok, err := s.hashes.matches(ctx, present, d.PHC)
	if err != nil {
		return err
	}
	if !ok { // no Unauthorized: the session is good
		return invalid("present", "This is not your present password.", "Mật khẩu hiện tại chưa đúng.")
	}
	giveBack()
	phc, err := s.hashes.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		now, known, err := store.LoadCredential[passwordDoc](tx, kindPassword, loginKey(login))
		if err == nil && (!known || now.PHC != d.PHC) {
			err = domain.E(domain.Conflict, "The password was changed meanwhile.", "Mật khẩu vừa được đổi ở nơi khác.")
		}
		if err != nil {
			return err
		}
		return setLogin(tx, who.Person, login, phc)
	})
}
