package roster

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const maxOffice = 80 // characters

// dialled is a number of some country, with or without its code.
var dialled = regexp.MustCompile(`^\+?[0-9](?: ?[0-9]){2,14}$`)

// contactID is the id of a commune's one contact.
func contactID(commune domain.ID) domain.ID {
	return syncproto.DerivedID(syncproto.TypeContact, commune, "")
}

// ContactOf returns how a commune is reached; false if it has not said so.
func ContactOf(r store.Reader, commune domain.ID) (domain.Contact, bool, error) {
	v, err := get[domain.Contact](r, syncproto.TypeContact, contactID(commune), "contact", "số liên hệ")
	if domain.CodeOf(err) == domain.NotFound {
		return v, false, nil
	}
	return v, err == nil, err
}

// putContact writes a contact for the commune and all its teams of today.
func putContact(tx store.Tx, v domain.Contact, c store.Cause) error {
	scopes := []syncproto.Scope{syncproto.CommuneScope(v.Unit)}
	err := TeamsOf(tx, v.Unit, func(id domain.ID, _ domain.Team) bool {
		scopes = append(scopes, syncproto.TeamScope(id))
		return true
	})
	if err != nil {
		return err
	}
	return put(tx, syncproto.TypeContact, contactID(v.Unit), v, scopes, c)
}

// shareContact follows the teams of a commune; one without a contact has
// nothing to share.
func shareContact(tx store.Tx, commune domain.ID, c store.Cause) error {
	v, ok, err := ContactOf(tx, commune)
	if err != nil || !ok {
		return err
	}
	return putContact(tx, v, c)
}

// Contact returns how a commune is reached, for whoever reads the commune or
// is in one of its teams.
func (s *Service) Contact(ctx context.Context, who domain.Caller, commune domain.ID) (out domain.Contact, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on, may := s.today(), false
		if !who.PushOnly {
			may = readsCommune(gs, commune, on) || gs.Anywhere(on, aggregators...)
		}
		for _, g := range gs {
			if may || who.PushOnly || g.Team == "" || !g.Has(on) {
				continue
			}
			t, err := Team(r, g.Team)
			if err != nil {
				return err
			}
			may = t.Commune == commune
		}
		if !may {
			return forbidden()
		}
		var ok bool
		if out, ok, err = ContactOf(r, commune); err == nil && !ok {
			return domain.E(domain.NotFound, "This commune has not said how it is reached.", "Xã này chưa đặt số liên hệ.")
		}
		return err
	})
	return out, err
}

// SetContact says how a commune is reached: its chair, who stands in for the
// chair, its officers, and the administrators may.
func (s *Service) SetContact(ctx context.Context, who domain.Caller, in domain.Contact) (out domain.Contact, err error) {
	if err := checkContact(in); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		gs, err := GrantsOf(tx, who.Person)
		if err != nil {
			return err
		}
		on := domain.DateOf(tx.Now())
		may := gs.Has(in.Unit, on, domain.RoleChair, domain.RoleViceChair, domain.RoleStandby, domain.RoleOfficer) || gs.Anywhere(on, administrators...)
		if who.PushOnly || !may {
			return forbidden()
		}
		v, err := UnitAt(tx, in.Unit, on)
		if err == nil && v.Level != domain.UnitCommune {
			err = domain.E(domain.NotFound, "No such commune.", "Không tìm thấy xã này.")
		}
		if err != nil {
			return err
		}
		out = domain.Contact{Unit: in.Unit, Office: in.Office, Phone: in.Phone, By: who.Person, AtMs: tx.Now().UnixMilli()}
		old, ok, err := ContactOf(tx, in.Unit)
		if err != nil {
			return err
		}
		if ok && old.Office == out.Office && old.Phone == out.Phone {
			out = old // said before
			return nil
		}
		return putContact(tx, out, store.Cause{By: who.Person, Op: "contact"})
	})
	return out, err
}

func checkContact(in domain.Contact) error {
	fail := func(field, msg, vi string) error {
		return &domain.Error{Code: domain.Invalid, Field: field, Msg: msg, Vi: vi}
	}
	switch {
	case strings.TrimSpace(in.Office) != in.Office || in.Office == "" || utf8.RuneCountInString(in.Office) > maxOffice || !syncproto.IsNFC(in.Office) ||
		strings.ContainsFunc(in.Office, func(r rune) bool { return r < ' ' }):
		return fail("office", "Name the office, in at most 80 characters.", "Hãy ghi tên bộ phận, nhiều nhất 80 ký tự.")
	case !dialled.MatchString(in.Phone):
		return fail("phone", "A number has 3 to 15 digits, with single spaces between them if you like.", "Số điện thoại gồm 3 đến 15 chữ số, có thể cách nhau một dấu cách.")
	}
	return nil
}
