package auth

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const (
	kindPasskey = "passkey"
	maxPasskeys = 10 // of one person
)

// passkeyDoc is a passkey of a person. The browser keeps its secret; a copy of
// the data file signs nobody in.
type passkeyDoc struct {
	Name      string         `json:"name"`
	Host      string         `json:"host"` // of the page that it was made on: good there only
	CreatedMs int64          `json:"created_ms"`
	UsedMs    int64          `json:"used_ms,omitzero"`
	Key       jsontext.Value `json:"key"` // webauthn.Credential
}

// Passkey is what lists show.
type Passkey struct {
	ID        domain.ID `json:"id"`
	Name      string    `json:"name"`
	CreatedMs int64     `json:"created_ms"`
	UsedMs    int64     `json:"used_ms,omitzero"`
}

// Ceremony is what a browser needs to make a passkey or to sign in with one;
// its answer names the ceremony.
type Ceremony struct {
	ID      domain.ID      `json:"ceremony"`
	Options jsontext.Value `json:"options"` // of navigator.credentials
}

var (
	errPasskey  = domain.E(domain.Unauthorized, "This passkey does not open an account here.", "Khóa đăng nhập này không mở được tài khoản nào ở đây.")
	errCeremony = domain.E(domain.Unauthorized, "This took too long. Begin again.", "Đã quá thời gian. Hãy làm lại từ đầu.")
)

// holder is a person with his passkeys of one host, as the library asks for it.
type holder struct {
	person      domain.ID
	login, name string
	keys        []webauthn.Credential
}

func (h *holder) WebAuthnID() []byte                         { return []byte(h.person) }
func (h *holder) WebAuthnName() string                       { return h.login }
func (h *holder) WebAuthnDisplayName() string                { return h.name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// party is this server as a page of an origin knows it. A passkey is bound by
// the browser to the page's host, so the host is what the passkey was made for.
func party(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return nil, domain.E(domain.Invalid, "Passkeys work only under the server's name, not under a number.", "Khóa đăng nhập chỉ dùng được khi mở trang bằng tên miền.")
	}
	return webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Bản Số", RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}})
}

// passkeysOf streams a person's passkeys.
func passkeysOf(r store.Reader, person domain.ID, yield func(domain.ID, *passkeyDoc) error) error {
	var bad error
	err := r.Credentials(kindPasskey, string(person)+"/", func(id string, raw jsontext.Value) bool {
		var d passkeyDoc
		if bad = jsonv1.Unmarshal(raw, &d); bad == nil {
			bad = yield(domain.ID(strings.TrimPrefix(id, string(person)+"/")), &d)
		}
		return bad == nil
	})
	return cmp.Or(err, bad)
}

func holderOf(r store.Reader, person domain.ID, host string) (*holder, error) {
	h := &holder{person: person}
	var err error
	if h.login, err = loginOf(r, person); err != nil {
		return nil, err
	}
	p, err := roster.Person(r, person)
	if err != nil {
		return nil, err
	}
	h.name = p.Name
	return h, passkeysOf(r, person, func(_ domain.ID, d *passkeyDoc) error {
		if d.Host != host {
			return nil
		}
		var k webauthn.Credential
		err := jsonv1.Unmarshal(d.Key, &k)
		h.keys = append(h.keys, k)
		return err
	})
}

// holderAt reads a caller's passkeys for the page of an origin.
func (s *Service) holderAt(ctx context.Context, who domain.Caller, origin string) (rp *webauthn.WebAuthn, h *holder, err error) {
	if rp, err = party(origin); err != nil {
		return nil, nil, err
	}
	err = s.store.View(ctx, func(r store.Reader) (err error) {
		h, err = holderOf(r, who.Person, rp.Config.RPID)
		return err
	})
	return rp, h, err
}

// Passkeys lists those of the caller, oldest first.
func (s *Service) Passkeys(ctx context.Context, who domain.Caller) (out []Passkey, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		out = []Passkey{}
		return passkeysOf(r, who.Person, func(id domain.ID, d *passkeyDoc) error {
			out = append(out, Passkey{ID: id, Name: d.Name, CreatedMs: d.CreatedMs, UsedMs: d.UsedMs})
			return nil
		})
	})
	slices.SortFunc(out, func(a, b Passkey) int {
		return cmp.Or(cmp.Compare(a.CreatedMs, b.CreatedMs), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

// BeginPasskey starts making a passkey on a page of an origin, for who has
// stepped up and signs in with a password.
func (s *Service) BeginPasskey(ctx context.Context, who domain.Caller, origin string) (Ceremony, error) {
	if err := s.Stepped(ctx, who); err != nil {
		return Ceremony{}, err
	}
	rp, h, err := s.holderAt(ctx, who, origin)
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, err
	}
	return s.ceremonies.begin(s, session, toMake, who.Person, options.Response)
}

// AddPasskey keeps what the browser made.
func (s *Service) AddPasskey(ctx context.Context, who domain.Caller, origin string, ceremony domain.ID, name string, answer jsontext.Value) error {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > maxDeviceName || !utf8.ValidString(name) {
		return invalid("name", "Name the passkey, in at most 80 bytes.", "Hãy đặt tên cho khóa, nhiều nhất 80 byte.")
	}
	rp, err := party(origin)
	if err != nil {
		return err
	}
	session, ok := s.ceremonies.end(ceremony, toMake, who.Person, s.now())
	if !ok {
		return errCeremony
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return invalid("credential", "The browser's answer is not well-formed.", "Trình duyệt trả lời không hợp lệ.")
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		h, err := holderOf(tx, who.Person, rp.Config.RPID)
		if err != nil {
			return err
		}
		if len(h.keys) >= maxPasskeys {
			return domain.E(domain.Conflict, "You have 10 passkeys. Remove one first.", "Bạn đã có 10 khóa. Hãy xóa bớt một khóa.")
		}
		made, err := rp.CreateCredential(h, *session, parsed)
		if err != nil {
			return invalid("credential", "The browser's answer does not fit the question.", "Trình duyệt trả lời không khớp yêu cầu.")
		}
		key, err := jsonv1.Marshal(made)
		if err != nil {
			return err
		}
		return store.SaveCredential(tx, kindPasskey, passkeyKey(who.Person, made.ID),
			passkeyDoc{Name: name, Host: rp.Config.RPID, CreatedMs: tx.Now().UnixMilli(), Key: key})
	})
}

func passkeyKey(person domain.ID, raw []byte) string {
	return string(person) + "/" + string(syncproto.DerivedID(kindPasskey, person, b64.EncodeToString(raw)))
}

// RemovePasskey takes one of the caller's passkeys away.
func (s *Service) RemovePasskey(ctx context.Context, who domain.Caller, id domain.ID) error {
	if err := s.Stepped(ctx, who); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		key := string(who.Person) + "/" + string(id)
		if _, known, err := store.LoadCredential[passkeyDoc](tx, kindPasskey, key); err != nil || !known {
			return cmp.Or(err, error(domain.E(domain.NotFound, "No such passkey.", "Không tìm thấy khóa này.")))
		}
		return tx.DeleteCredential(kindPasskey, key)
	})
}

// BeginPasskeyLogin starts a sign-in; whose it is the passkey tells.
func (s *Service) BeginPasskeyLogin(origin string) (Ceremony, error) {
	rp, err := party(origin)
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, err
	}
	return s.ceremonies.begin(s, session, toSignIn, "", options.Response)
}

// PasskeyLogin signs an officer in. A passkey is something he has and, since
// the device asks for a finger or a number, something he is or knows: it takes
// the place of password and second factor.
func (s *Service) PasskeyLogin(ctx context.Context, addr, origin string, ceremony domain.ID, answer jsontext.Value, in Install) (Session, error) {
	if err := in.check(); err != nil {
		return Session{}, err
	}
	rp, err := party(origin)
	if err != nil {
		return Session{}, err
	}
	if err := take(s.byAddress, "passkey:"+addr); err != nil {
		return Session{}, err
	}
	session, ok := s.ceremonies.end(ceremony, toSignIn, "", s.now())
	if !ok {
		return Session{}, errCeremony
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Session{}, errPasskey
	}
	var g grant
	err = s.store.Update(ctx, func(tx store.Tx) error {
		g = grant{}
		var broken error
		user, key, err := rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			h, err := holderOf(tx, domain.ID(handle), rp.Config.RPID)
			if err != nil && domain.CodeOf(err) == "" {
				broken = err
			}
			return h, err
		}, *session, parsed)
		if err != nil || key.Authenticator.CloneWarning {
			return cmp.Or(broken, error(errPasskey))
		}
		person := domain.ID(user.WebAuthnID())
		if err := used(tx, passkeyKey(person, key.ID), key, tx.Now()); err != nil {
			return err
		}
		g, err = s.open(tx, person, in)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	s.byAddress.Give("passkey:" + addr)
	return s.give(g)
}

// used keeps the passkey's counter, which tells a copied one from the first.
func used(tx store.Tx, id string, key *webauthn.Credential, now time.Time) error {
	d, known, err := store.LoadCredential[passkeyDoc](tx, kindPasskey, id)
	if err != nil || !known {
		return cmp.Or(err, error(errPasskey))
	}
	if d.Key, err = jsonv1.Marshal(key); err != nil {
		return err
	}
	d.UsedMs = now.UnixMilli()
	return store.SaveCredential(tx, kindPasskey, id, d)
}
