package auth

import (
	"cmp"
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// FederatedInput is what FederatedLogin needs besides the address it comes from.
type FederatedInput struct {
	Seal         string // of the browser's cookie
	State        string
	Code         string
	Issuer       string // that the answer names
	SecondFactor string
	Install      Install
}

// BeginFederatedLogin puts the question who sits at a browser to the province's
// provider, from a page of an origin.
func (s *Service) BeginFederatedLogin(ctx context.Context, origin string) (Asked, error) {
	return s.ask(ctx, purposeSignIn, origin, domain.Caller{})
}

// FederatedLogin signs an officer in by the provider's word. It opens no account
// and gives no right: the subject must be linked to a person here. Our own
// second factor, where it is on, is asked for unless the provider has asked for one
// (see Provider) and the person made the link himself. Then seal, if it isn't
// empty, takes the place of the cookie, and the same call with the code of the
// second factor goes on: the provider's code is good only once.
func (s *Service) FederatedLogin(ctx context.Context, addr string, in FederatedInput) (out Session, seal string, err error) {
	if err := in.Install.check(); err != nil {
		return out, "", err
	}
	q, err := s.unseal(in.Seal, in.State)
	if err != nil {
		return out, "", err
	}
	if q.Who.Person != "" {
		return out, "", errAnswer
	}
	if err := take(s.byAddress, "oidc:"+addr); err != nil {
		return out, "", err
	}
	passed := false
	if q.Named == "" {
		id, err := s.provider.Answer(ctx, q.Question, in.Code, in.Issuer)
		if err != nil {
			if domain.CodeOf(err) == domain.Unavailable { // nobody guessed
				s.byAddress.Give("oidc:" + addr)
			}
			return out, "", err
		}
		q.Named, passed = s.subjectKey(id.Subject), id.Second
	}
	link, err := s.linked(ctx, q.Named)
	if err != nil {
		return out, "", err
	}
	if !passed || link.By != link.Person {
		if err := s.ownSecond(ctx, link.Person, in.SecondFactor); err != nil {
			if domain.CodeOf(err) != domain.SecondFactor {
				return out, "", err
			}
			s.byAddress.Give("oidc:" + addr) // byAccount slows guessing
			seal, bad := s.seal(q)
			return out, seal, cmp.Or(bad, err)
		}
	}
	var g grant
	if err := s.store.Update(ctx, func(tx store.Tx) error {
		d, known, err := store.LoadCredential[linkDoc](tx, kindSubject, q.Named)
		if err != nil || !known || d.Person != link.Person {
			return cmp.Or(err, error(errUnlinked))
		}
		d.UsedMs = tx.Now().UnixMilli()
		if err := store.SaveCredential(tx, kindSubject, q.Named, d); err != nil {
			return err
		}
		g, err = s.open(tx, d.Person, in.Install)
		return err
	}); err != nil {
		return out, "", err
	}
	s.byAddress.Give("oidc:" + addr)
	out, err = s.give(g)
	return out, "", err
}

// linked finds whose account a subject opens: of somebody who has a login here.
func (s *Service) linked(ctx context.Context, key string) (d linkDoc, err error) {
	err = s.store.View(ctx, func(r store.Reader) (err error) {
		known := false
		if d, known, err = store.LoadCredential[linkDoc](r, kindSubject, key); err == nil && !known {
			err = errUnlinked
		}
		if err == nil {
			err = active(r, d.Person)
		}
		return err
	})
	return d, err
}

// ownSecond checks our second factor, slowed by person.
func (s *Service) ownSecond(ctx context.Context, person domain.ID, answer string) error {
	if answer == "" { // no try: whether one is needed is what is asked
		return s.checkSecond(ctx, person, answer)
	}
	if err := take(s.byAccount, "second:"+string(person)); err != nil {
		return err
	}
	err := s.checkSecond(ctx, person, answer)
	if err == nil {
		s.byAccount.Give("second:" + string(person))
	}
	return err
}
