package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

var b64 = base64.RawURLEncoding

// MaxCodes is the most people that one IssueCodes may name.
const MaxCodes = 500

// Code is an activation code for its person, or why there is none. It is
// shown once; the store keeps only a keyed hash.
type Code struct {
	Person    domain.ID   `json:"person"`
	Code      string      `json:"code,omitzero"`
	ExpiresMs int64       `json:"expires_ms,omitzero"`
	Error     domain.Code `json:"error,omitzero"`
}

var errNoRight = domain.E(domain.Forbidden, "Your account has no right to do this.",
	"Tài khoản của bạn không có quyền làm việc này.")

// IssueCodes makes activation codes: by a leader for his team, by a chair for
// his commune's teams and staff, by the province for everybody but its own
// kind, by the system's administrator for everybody. A person's earlier code
// stops working. Whoever holds any role outside the issuer's reach is refused:
// with a code one can sign in as that person.
func (s *Service) IssueCodes(ctx context.Context, who domain.Caller, people []domain.ID) ([]Code, error) {
	return s.issueCodes(ctx, who, people, false)
}

// OperatorCode makes one for who can stop the server and read its file, and so
// needs no other right: in the name of its administrator.
func (s *Service) OperatorCode(ctx context.Context, admin, person domain.ID) (Code, error) {
	codes, err := s.issueCodes(ctx, domain.Caller{Person: admin}, []domain.ID{person}, true)
	if err != nil {
		return Code{}, err
	}
	return codes[0], nil
}

func (s *Service) issueCodes(ctx context.Context, who domain.Caller, people []domain.ID, operator bool) ([]Code, error) {
	if len(people) == 0 || len(people) > MaxCodes {
		return nil, invalid("people", "Name 1 to 500 people.", "Hãy chọn từ 1 đến 500 người.")
	}
	fresh := make([]string, len(people)) // made outside: fn may run twice
	for i := range fresh {
		var err error
		if fresh[i], err = newCode(s.rnd); err != nil {
			return nil, err
		}
	}
	var out []Code
	err := s.store.Update(ctx, func(tx store.Tx) error {
		out = make([]Code, 0, len(people))
		reach, err := s.reachOf(tx, who)
		if err != nil {
			return err
		}
		for i, person := range people {
			c := Code{Person: person}
			err := s.issue(tx, reach, person, fresh[i], operator)
			switch code := domain.CodeOf(err); {
			case code == domain.NotFound || code == domain.Forbidden:
				c.Error = code
			case err != nil:
				return err
			default:
				c.Code, c.ExpiresMs = ShowCode(fresh[i]), codeExpiry(tx.Now())
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

func (s *Service) issue(tx store.Tx, reach reach, person domain.ID, code string, operator bool) error {
	if p, err := roster.Person(tx, person); err != nil {
		return err
	} else if p.Veiled {
		return errNoRight // nobody is behind the alias
	}
	target, err := roster.GrantsOf(tx, person)
	if err != nil {
		return err
	}
	if err := reach.covers(tx, target); err != nil {
		return err
	}
	old, had, err := store.LoadCredential[string](tx, kindCode, personKey(person))
	if err != nil {
		return err
	}
	if had {
		if err := tx.DeleteCredential(kindCode, old); err != nil {
			return err
		}
	}
	d := codeDoc{Person: person, By: reach.who, ExpiresMs: codeExpiry(tx.Now()), Officer: isOfficer(target), Operator: operator}
	if err := store.SaveCredential(tx, kindCode, personKey(person), s.codeKey(code)); err != nil {
		return err
	}
	if err := tellOfCode(tx, person, reach.who, s.codeKey(code)); err != nil {
		return err
	}
	return store.SaveCredential(tx, kindCode, s.codeKey(code), d)
}

func isOfficer(gs domain.Grants) bool {
	for _, g := range gs {
		if g.Team == "" {
			return true
		}
	}
	return false
}

// reach is for whom a person may act in matters of sign-in.
type reach struct {
	who    domain.ID
	grants domain.Grants
	on     domain.Date
}

// administers reports whether the person runs the province or the server.
func (a reach) administers() bool {
	return a.grants.Anywhere(a.on, domain.RoleProvince, domain.RoleSystem)
}

func (s *Service) reachOf(r store.Reader, who domain.Caller) (reach, error) {
	gs, err := roster.GrantsOf(r, who.Person)
	if err == nil && who.PushOnly {
		err = errNoRight
	}
	return reach{who: who.Person, grants: gs, on: domain.DateOf(s.now())}, err
}

// covers returns nil if every role that is or will be in force lies in reach.
func (a reach) covers(r store.Reader, target domain.Grants) error {
	if a.grants.Anywhere(a.on, domain.RoleSystem) {
		return nil
	}
	live := 0
	for _, g := range target {
		if g.To != "" && g.To < a.on {
			continue
		}
		live++
		ok, err := a.one(r, g)
		if err != nil {
			return err
		}
		if !ok {
			return errNoRight
		}
	}
	if live == 0 && !a.grants.Anywhere(a.on, domain.RoleProvince) {
		return errNoRight
	}
	return nil
}

func (a reach) one(r store.Reader, g domain.Grant) (bool, error) {
	if a.grants.Anywhere(a.on, domain.RoleProvince) {
		return g.Role != domain.RoleProvince && g.Role != domain.RoleSystem, nil
	}
	if g.Team == "" {
		staff := g.Role == domain.RoleAccountant || g.Role == domain.RoleOfficer
		return staff && a.grants.Has(g.Unit, a.on, domain.RoleChair), nil
	}
	if a.grants.TeamRole(g.Team, a.on) == domain.RoleLeader {
		return true, nil
	}
	t, err := roster.Team(r, g.Team)
	return err == nil && a.grants.MayReview(t.Commune, a.on), err
}

// Device is a signed-in device as lists show it.
type Device struct {
	ID         domain.ID `json:"id"`
	Person     domain.ID `json:"person"`
	Name       string    `json:"name"`
	CreatedMs  int64     `json:"created_ms"`
	LastSeenMs int64     `json:"last_seen_ms"`
	RevokedMs  int64     `json:"revoked_ms,omitzero"`
	Reason     string    `json:"reason,omitzero"`
}

// Devices lists the devices of a person, for the person and for whoever could
// issue a code for him. An empty person is the caller.
func (s *Service) Devices(ctx context.Context, who domain.Caller, person domain.ID) ([]Device, error) {
	if person == "" {
		person = who.Person
	}
	var out []Device
	err := s.store.View(ctx, func(r store.Reader) (err error) {
		if err := s.mayManage(r, who, person); err != nil {
			return err
		}
		out, err = devicesOf(r, person)
		return err
	})
	return out, err
}

func devicesOf(r store.Reader, person domain.ID) ([]Device, error) {
	out := []Device{}
	var bad error
	err := r.Credentials(kindDevice, string(person)+"/", func(id string, raw jsontext.Value) bool {
		var d deviceDoc
		if bad = json.Unmarshal(raw, &d); bad != nil {
			return false
		}
		device := domain.ID(id[len(person)+1:])
		ses, _, err := store.LoadCredential[sessionDoc](r, kindSession, string(device))
		bad = err
		out = append(out, Device{ID: device, Person: person, Name: d.Name, CreatedMs: d.CreatedMs,
			LastSeenMs: ses.UsedMs, RevokedMs: ses.EndedMs, Reason: ses.Reason})
		return bad == nil
	})
	return out, errors.Join(err, bad)
}

// ActiveUntil returns until when, in ms, a person could have worked with what he
// signed in or refreshed with last; 0: he was never here.
func (s *Service) ActiveUntil(r store.Reader, person domain.ID) (until int64, err error) {
	var bad error
	err = r.Credentials(kindDevice, string(person)+"/", func(id string, _ jsontext.Value) bool {
		var ses sessionDoc
		if ses, _, bad = store.LoadCredential[sessionDoc](r, kindSession, id[len(person)+1:]); ses.UsedMs > 0 {
			until = max(until, ses.UsedMs+s.ttl.Milliseconds())
		}
		return bad == nil
	})
	return until, errors.Join(err, bad)
}

// Contacts yields when each device that is signed in was last here, whose it
// is and which version its app named, to be counted.
func (s *Service) Contacts(ctx context.Context, yield func(person domain.ID, at time.Time, app string)) error {
	return s.store.View(ctx, func(r store.Reader) error {
		var bad error
		err := r.Credentials(kindSession, "", func(_ string, raw jsontext.Value) bool {
			var d sessionDoc
			if bad = json.Unmarshal(raw, &d); bad == nil && d.EndedMs == 0 {
				yield(d.Person, time.UnixMilli(d.UsedMs), d.App)
			}
			return bad == nil
		})
		return errors.Join(err, bad)
	})
}

// Revoke ends the session of a device. It may hand over what it holds, once.
func (s *Service) Revoke(ctx context.Context, who domain.Caller, device domain.ID) error {
	return s.end(ctx, endedRevoked, func(r store.Reader) (domain.ID, error) {
		d, known, err := store.LoadCredential[sessionDoc](r, kindSession, string(device))
		if err != nil {
			return "", err
		}
		if !known {
			return "", domain.E(domain.NotFound, "There is no such device.", "Không tìm thấy thiết bị này.")
		}
		return device, s.mayManage(r, who, d.Person)
	})
}

func (s *Service) mayManage(r store.Reader, who domain.Caller, person domain.ID) error {
	if who.PushOnly {
		return errNoRight
	}
	if who.Person == person {
		return nil
	}
	reach, err := s.reachOf(r, who)
	if err != nil {
		return err
	}
	target, err := roster.GrantsOf(r, person)
	if err != nil {
		return err
	}
	return reach.covers(r, target)
}

// Me is who is signed in.
type Me struct {
	Person   domain.ID     `json:"person"`
	Device   domain.ID     `json:"device"`
	Name     string        `json:"name"`
	PushOnly bool          `json:"push_only,omitzero"`
	Grants   domain.Grants `json:"grants"`
	NowMs    int64         `json:"now_ms"`
	Today    domain.Date   `json:"today"`
	CSRF     string        `json:"csrf,omitzero"` // of a session in cookies
}

// Me tells the caller who he is and which roles he holds.
func (s *Service) Me(ctx context.Context, who domain.Caller) (Me, error) {
	now := s.now()
	me := Me{Person: who.Person, Device: who.Device, PushOnly: who.PushOnly, NowMs: now.UnixMilli(), Today: domain.DateOf(now)}
	err := s.store.View(ctx, func(r store.Reader) error {
		p, err := roster.Person(r, who.Person)
		if err != nil {
			return err
		}
		me.Name = p.Name
		me.Grants, err = roster.GrantsOf(r, who.Person)
		if me.Grants == nil {
			me.Grants = domain.Grants{}
		}
		return err
	})
	return me, err
}
