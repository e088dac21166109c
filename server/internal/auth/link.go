package auth

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

const (
	kindSubject = "subject"
	maxSubject  = 255 // characters, by the standard
)

// linkDoc says whose account a subject of the provider opens. The subject itself
// is kept as a keyed hash: with some providers it is the number of an identity
// card.
type linkDoc struct {
	Person   domain.ID `json:"person"`
	By       domain.ID `json:"by"` // himself or an administrator
	LinkedMs int64     `json:"linked_ms"`
	UsedMs   int64     `json:"used_ms,omitzero"`
}

// Link is how a person's account is linked with the province's provider.
type Link struct {
	On       bool   `json:"on"` // the server has a provider
	Name     string `json:"name,omitzero"`
	Linked   bool   `json:"linked"`
	LinkedMs int64  `json:"linked_ms,omitzero"`
	UsedMs   int64  `json:"used_ms,omitzero"`
	Own      bool   `json:"own,omitzero"` // made by the person, not by an administrator
}

var (
	errUnlinked = domain.E(domain.Unauthorized,
		"This account of the province is linked to nobody here. Sign in with your login and password and link it on the page Account, or ask an administrator to do so.",
		"Tài khoản này của tỉnh chưa được liên kết với ai ở đây. Hãy đăng nhập bằng mật khẩu rồi liên kết tại trang Tài khoản, hoặc nhờ quản trị liên kết giúp.")
	errNotActive = domain.E(domain.Forbidden, "Only who has a login here can use an account of the province. Issue an activation code first.",
		"Chỉ người đã có tên đăng nhập ở đây mới dùng được tài khoản của tỉnh. Hãy phát mã kích hoạt trước.")
	errLinkedElsewhere = domain.E(domain.Conflict, "This account of the province is linked to somebody else already.",
		"Tài khoản này của tỉnh đã được liên kết với một người khác.")
)

// subjectKey names a subject of the provider that is set up: of another one the
// same subject is somebody else.
func (s *Service) subjectKey(subject string) string {
	return "h/" + b64.EncodeToString(s.keys.mac(kindSubject, s.provider.Issuer()+"\x00"+subject))
}

// LinkOf tells how an account is linked, to its person and to who may link it.
func (s *Service) LinkOf(ctx context.Context, who domain.Caller, person domain.ID) (out Link, err error) {
	out.Name, out.On = s.ProviderName()
	err = s.store.View(ctx, func(r store.Reader) error {
		if err := s.mayLink(r, who, person); err != nil {
			return err
		}
		key, linked, err := store.LoadCredential[string](r, kindSubject, personKey(person))
		if err != nil || !linked {
			return err
		}
		d, _, err := store.LoadCredential[linkDoc](r, kindSubject, key)
		out.Linked, out.LinkedMs, out.UsedMs, out.Own = true, d.LinkedMs, d.UsedMs, d.By == person
		return err
	})
	return out, err
}

// mayLink: the person himself, and administrators who could issue a code for him.
func (s *Service) mayLink(r store.Reader, who domain.Caller, person domain.ID) error {
	if who.Person == person && !who.PushOnly {
		return nil
	}
	reach, err := s.reachOf(r, who)
	if err != nil {
		return err
	}
	if !reach.administers() {
		return errNoRight
	}
	return s.mayManage(r, who, person)
}

// BeginLink puts the question to the provider for who is signed in, has a login
// and has stepped up.
func (s *Service) BeginLink(ctx context.Context, who domain.Caller, origin string) (Asked, error) {
	if err := s.Stepped(ctx, who); err != nil {
		return Asked{}, err
	}
	if err := s.store.View(ctx, func(r store.Reader) error { return active(r, who.Person) }); err != nil {
		return Asked{}, err
	}
	return s.ask(ctx, purposeLink, origin, who)
}

// FinishLink links the caller's account with whom the provider's answer names.
func (s *Service) FinishLink(ctx context.Context, who domain.Caller, seal, state, code, issuer string) error {
	q, err := s.unseal(seal, state)
	if err != nil {
		return err
	}
	if q.Who.Person != who.Person || q.Who.Device != who.Device {
		return errAnswer
	}
	id, err := s.provider.Answer(ctx, q.Question, code, issuer)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error { return s.link(tx, who, who.Person, id.Subject) })
}

// LinkSubject links another's account, by an administrator who was told the
// subject. The person hears of it; his second factor stays asked for.
func (s *Service) LinkSubject(ctx context.Context, who domain.Caller, person domain.ID, subject string) error {
	if s.provider == nil {
		return errNoProvider
	}
	if err := s.Stepped(ctx, who); err != nil {
		return err
	}
	if subject = strings.TrimSpace(subject); subject == "" || len(subject) > maxSubject || strings.ContainsFunc(subject, notPrintable) {
		return invalid("subject", "The subject has 1 to 255 ASCII characters, as the provider shows it.",
			"Mã định danh gồm 1 đến 255 ký tự ASCII, đúng như hệ thống tài khoản của tỉnh hiển thị.")
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		if who.Person == person {
			return errNoRight // by signing in there, which proves that it is his
		}
		if err := s.mayLink(tx, who, person); err != nil {
			return err
		}
		return s.link(tx, who, person, subject)
	})
}

// active: only who has a login here may open it in another way too.
func active(r store.Reader, person domain.ID) error {
	_, err := loginOf(r, person)
	if err == errNoLogin {
		err = errNotActive
	}
	return err
}

func notPrintable(r rune) bool { return r <= ' ' || r > '~' }

// link puts a subject in place of the one that a person had.
func (s *Service) link(tx store.Tx, who domain.Caller, person domain.ID, subject string) error {
	if err := active(tx, person); err != nil {
		return err
	}
	key := s.subjectKey(subject)
	d, taken, err := store.LoadCredential[linkDoc](tx, kindSubject, key)
	if err != nil || taken && d.Person != person {
		return cmp.Or(err, error(errLinkedElsewhere))
	}
	if err := dropLink(tx, person); err != nil {
		return err
	}
	now := tx.Now().UnixMilli()
	if err := store.SaveCredential(tx, kindSubject, personKey(person), key); err != nil {
		return err
	}
	if err := store.SaveCredential(tx, kindSubject, key, linkDoc{Person: person, By: who.Person, LinkedMs: now}); err != nil {
		return err
	}
	return tellOfLink(tx, person, who.Person, now)
}

// Unlink ends it: from then on the provider's word opens nothing here.
func (s *Service) Unlink(ctx context.Context, who domain.Caller, person domain.ID) error {
	if err := s.Stepped(ctx, who); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		if err := s.mayLink(tx, who, person); err != nil {
			return err
		}
		if _, known, err := store.LoadCredential[string](tx, kindSubject, personKey(person)); err != nil || !known {
			return cmp.Or(err, error(domain.E(domain.NotFound, "This account is not linked.", "Tài khoản này chưa được liên kết.")))
		}
		return dropLink(tx, person)
	})
}

func dropLink(tx store.Tx, person domain.ID) error {
	key, known, err := store.LoadCredential[string](tx, kindSubject, personKey(person))
	if err != nil || !known {
		return err
	}
	if err := tx.DeleteCredential(kindSubject, key); err != nil {
		return err
	}
	return tx.DeleteCredential(kindSubject, personKey(person))
}

// tellOfLink tells the person by what else the account opens now.
func tellOfLink(tx store.Tx, person, by domain.ID, at int64) error {
	return notify.Tell(tx, notify.Note{To: person, Kind: notify.AccountLinked, Key: "linked/" + strconv.FormatInt(at, 10), Cause: store.Cause{By: by}})
}
