package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// target is a device that takes pushes.
type target struct {
	Address
	SinceMs int64  `json:"since_ms"`
	SeenMs  int64  `json:"seen_ms"`          // last registered or reached
	WaitMs  int64  `json:"wait_ms,omitzero"` // not before
	Fails   int    `json:"fails,omitzero"`   // in a row
	Why     string `json:"why,omitzero"`     // of the last failure
	device  domain.ID
	chosen  bool // a number of the person's preferences: no device stands behind it
}

// numberOf is the person's number for what is urgent, as a target.
func numberOf(p *Prefs) target {
	return target{Address: Address{Channel: ChannelSMS, Token: p.SMS}, device: ChannelSMS, chosen: true}
}

func targetKey(person, device domain.ID) string { return string(person) + "/" + string(device) }

// ownerKey finds a token again without keeping it twice.
func ownerKey(a Address) string {
	sum := sha256.Sum256([]byte(a.Channel + "\x00" + a.Token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// targetsOf are the devices of a person that take pushes.
func targetsOf(r store.Reader, person domain.ID) (list []target, err error) {
	prefix := string(person) + "/"
	err = each(r, kindTarget, prefix, func(id string, t target) bool {
		t.device = domain.ID(strings.TrimPrefix(id, prefix))
		list = append(list, t)
		return true
	})
	return list, err
}

// reachable reports whether a person has a device that takes pushes, or a
// number for what is urgent.
func reachable(r store.Reader, person domain.ID, ev *Event) (yes bool, err error) {
	err = each(r, kindTarget, string(person)+"/", func(string, target) bool { yes = true; return false })
	if err != nil || yes || ev.Urgency != Now {
		return yes, err
	}
	p, err := prefsOf(r, person)
	return p.SMS != "", err
}

const maxToken = 4096

// Register binds an address to the device that the caller is signed in with,
// in place of an earlier one. An address that another device or person held is
// taken from it: a phone that two people share pushes to who is signed in.
func (s *Service) Register(ctx context.Context, who domain.Caller, a Address) error {
	if who.PushOnly {
		return forbidden()
	}
	ch := s.channel(a.Channel)
	if ch == nil || a.Channel == ChannelSMS { // a number is a preference, not a device
		return &domain.Error{Code: domain.Unprocessable, Field: "channel", Msg: "This server does not push that way.",
			Vi: "Máy chủ này không gửi thông báo theo cách đó."}
	}
	if a.Token == "" || len(a.Token)+len(a.P256DH)+len(a.Auth) > maxToken {
		return badToken(nil)
	}
	if err := ch.Check(a); err != nil {
		return badToken(err)
	}
	return s.cfg.Store.Update(ctx, func(tx store.Tx) error { return register(tx, who, a) })
}

func badToken(err error) error {
	return &domain.Error{Code: domain.Invalid, Field: "token", Msg: "This address is none that pushes are sent to.",
		Vi: "Địa chỉ nhận thông báo không hợp lệ.", Err: err}
}

func register(tx store.Tx, who domain.Caller, a Address) error {
	key, now := targetKey(who.Person, who.Device), tx.Now().UnixMilli()
	holder, held, err := store.LoadCredential[string](tx, kindOwner, ownerKey(a))
	if err != nil {
		return err
	}
	if held && holder != key {
		if err := tx.DeleteCredential(kindTarget, holder); err != nil {
			return err
		}
	}
	old, had, err := store.LoadCredential[target](tx, kindTarget, key)
	if err != nil {
		return err
	}
	t := target{Address: a, SinceMs: now, SeenMs: now}
	if had && old.Address == a {
		t.SinceMs, t.WaitMs, t.Fails = old.SinceMs, old.WaitMs, old.Fails
	}
	if had && ownerKey(old.Address) != ownerKey(a) {
		if err := tx.DeleteCredential(kindOwner, ownerKey(old.Address)); err != nil {
			return err
		}
	}
	return errors.Join(store.SaveCredential(tx, kindOwner, ownerKey(a), key), store.SaveCredential(tx, kindTarget, key, t))
}

// Unregister takes the caller's device off.
func (s *Service) Unregister(ctx context.Context, who domain.Caller) error {
	return s.cfg.Store.Update(ctx, func(tx store.Tx) error { return Forget(tx, who.Person, who.Device) })
}

// Forget takes a device off, in the transaction that ends its session.
func Forget(tx store.Tx, person, device domain.ID) error {
	key := targetKey(person, device)
	t, ok, err := store.LoadCredential[target](tx, kindTarget, key)
	if err != nil || !ok {
		return err
	}
	if holder, held, err := store.LoadCredential[string](tx, kindOwner, ownerKey(t.Address)); err != nil {
		return err
	} else if held && holder == key {
		if err := tx.DeleteCredential(kindOwner, ownerKey(t.Address)); err != nil {
			return err
		}
	}
	return tx.DeleteCredential(kindTarget, key)
}

// backOff is the pause after the n-th failure in a row.
func backOff(n int, asked time.Duration) time.Duration {
	const first, longest = 30 * time.Second, 6 * time.Hour
	d := min(first<<min(max(n-1, 0), 16), longest)
	return max(d, min(asked, 24*time.Hour))
}
