package auth

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Session is what a sign-in gives.
type Session struct {
	Person          domain.ID `json:"person"`
	Device          domain.ID `json:"device"`
	Access          string    `json:"access"`
	AccessExpiresMs int64     `json:"access_expires_ms"`
	Refresh         string    `json:"refresh,omitzero"`
	PushOnly        bool      `json:"push_only,omitzero"`
}

// Install names the client's side of a device: a random secret that it made,
// and a name for lists.
type Install struct {
	ID   domain.ID
	Name string
}

const maxDeviceName = 80 // bytes

func (in Install) check() error {
	if _, err := syncproto.ParseID(string(in.ID)); err != nil {
		return invalid("install", "install is 22 characters of base64url that the client made at random.",
			"Mã cài đặt không hợp lệ.")
	}
	if len(in.Name) > maxDeviceName || !utf8.ValidString(in.Name) || strings.ContainsFunc(in.Name, func(r rune) bool { return r < ' ' }) {
		return invalid("device_name", "A device's name has at most 80 bytes.", "Tên thiết bị quá dài.")
	}
	return nil
}

// deviceOf is the public id of an install of a person.
func deviceOf(person, install domain.ID) domain.ID {
	return syncproto.DerivedID(kindDevice, person, string(install))
}

// deviceDoc is what lists show of a device.
type deviceDoc struct {
	Name      string `json:"name,omitzero"`
	CreatedMs int64  `json:"created_ms"`
}

// grant is what a transaction decided to give; tokens are signed after it.
type grant struct {
	who      domain.Caller
	serial   int64
	refresh  string
	endedOld int64 // serial of the session it replaced
}

// open starts a session on a device, in place of an earlier one.
func (s *Service) open(tx store.Tx, person domain.ID, in Install) (g grant, err error) {
	device := deviceOf(person, in.ID)
	d, known, err := store.LoadCredential[sessionDoc](tx, kindSession, string(device))
	if err != nil {
		return g, err
	}
	now := tx.Now().UnixMilli()
	if !known {
		if err := tellOfDevice(tx, person, device); err != nil {
			return g, err
		}
		if err := store.SaveCredential(tx, kindDevice, string(person)+"/"+string(device), deviceDoc{Name: in.Name, CreatedMs: now}); err != nil {
			return g, err
		}
	}
	g = grant{who: domain.Caller{Person: person, Device: device}, serial: d.Serial + 1, endedOld: d.Serial}
	token, hash, err := s.newRefresh(tx, device, g.serial)
	if err != nil {
		return g, err
	}
	g.refresh = token
	return g, store.SaveCredential(tx, kindSession, string(device),
		sessionDoc{Person: person, Serial: g.serial, Next: []syncproto.Hash{hash}, UsedMs: now, StepMs: now})
}

// give signs what a committed transaction granted.
func (s *Service) give(g grant) (Session, error) {
	if g.endedOld > 0 {
		s.tokens.end(g.who.Device, g.endedOld)
	}
	now := s.now()
	access, err := s.tokens.sign(g.who, g.serial, syncproto.NewRandomID(s.rnd), now, s.ttl)
	return Session{Person: g.who.Person, Device: g.who.Device, Access: access, Refresh: g.refresh,
		AccessExpiresMs: now.Add(s.ttl).UnixMilli(), PushOnly: g.who.PushOnly}, err
}

// Refresh exchanges a refresh token for a new one and new access.
func (s *Service) Refresh(ctx context.Context, token, app string) (Session, error) {
	t, ok := s.readRefresh(token)
	if !ok {
		return Session{}, errToken
	}
	var g grant
	var reused bool
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		g, reused = grant{}, false
		d, known, err := store.LoadCredential[sessionDoc](tx, kindSession, string(t.device))
		if err != nil {
			return err
		}
		now := tx.Now()
		if known && d.EndedMs == 0 && d.Serial <= t.serial && t.commit > d.Adopted && t.lost(tx) {
			d.adopt(&t)
		}
		if !known || d.Serial != t.serial || d.EndedMs == 0 && now.Sub(time.UnixMilli(d.UsedMs)) > SessionTTL {
			return errToken
		}
		g = grant{who: domain.Caller{Person: d.Person, Device: t.device}, serial: t.serial}
		if d.EndedMs == 0 && d.use(t.hash) {
			reused = true
			d.EndedMs, d.Reason, d.Next = now.UnixMilli(), endedReused, nil
			if err := tellOfEnd(tx, d.Person, t.device, t.serial); err != nil {
				return err
			}
		}
		if d.EndedMs != 0 {
			if err := d.pushOnly(now); err != nil {
				return err
			}
			g.who.PushOnly = true
			return store.SaveCredential(tx, kindSession, string(t.device), d)
		}
		var next syncproto.Hash
		if g.refresh, next, err = s.newRefresh(tx, t.device, t.serial); err != nil {
			return err
		}
		d.issue(next)
		d.UsedMs = now.UnixMilli()
		if appVersion.MatchString(app) {
			d.App = app
		}
		return store.SaveCredential(tx, kindSession, string(t.device), d)
	})
	if err != nil {
		return Session{}, err
	}
	if reused {
		s.tokens.end(t.device, t.serial)
	}
	return s.give(g)
}

// pushOnly decides whether an ended session may still hand over its queue.
func (d *sessionDoc) pushOnly(now time.Time) error {
	if d.Reason == endedLogout || d.PushMs != 0 && now.Sub(time.UnixMilli(d.PushMs)) > PushWindow {
		return errToken
	}
	if d.PushMs == 0 {
		d.PushMs = now.UnixMilli()
	}
	return nil
}

// Logout ends the caller's session; nothing can be pushed with it any more.
func (s *Service) Logout(ctx context.Context, who domain.Caller) error {
	return s.end(ctx, endedLogout, func(store.Reader) (domain.ID, error) { return who.Device, nil })
}

// end ends the session of the device that find names.
func (s *Service) end(ctx context.Context, reason string, find func(store.Reader) (domain.ID, error)) error {
	var device domain.ID
	var serial int64
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if device, err = find(tx); err != nil {
			return err
		}
		d, known, err := store.LoadCredential[sessionDoc](tx, kindSession, string(device))
		if err != nil || !known {
			return err
		}
		serial = d.Serial
		if d.EndedMs != 0 && reason != endedLogout {
			return nil
		}
		if reason == endedRevoked {
			err = tellOfEnd(tx, d.Person, device, serial)
		} else {
			err = notify.Forget(tx, d.Person, device)
		}
		if err != nil {
			return err
		}
		d.EndedMs, d.Reason, d.Current, d.Next = tx.Now().UnixMilli(), reason, syncproto.Hash{}, nil
		return store.SaveCredential(tx, kindSession, string(device), d)
	})
	if err == nil {
		if reason == endedLogout {
			s.tokens.leave(device, serial)
		} else {
			s.tokens.end(device, serial)
		}
	}
	return err
}
