package sim

import (
	"cmp"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// decide is what a chair does on a phone.
func (p *phone) decide() error {
	if p.dice.in(20) {
		return p.handleCase()
	}
	base := syncproto.CommuneScope(p.w.cast.communes[p.who.unit])
	typ := syncproto.TypeActivity
	if p.dice.in(25) {
		typ = syncproto.TypeReport
	}
	states := []domain.State{domain.Pending}
	if p.dice.in(12) {
		states = []domain.State{domain.Pending, domain.Approved, domain.Returned, domain.Rejected, domain.Received}
	}
	s, ok := p.choose(typ, base, states...)
	if !ok {
		return nil
	}
	decision, reason := "approve", ""
	if s.Doc.Str("state") == string(domain.Approved) {
		decision, reason = "revoke", "xem lại"
	}
	switch roll := p.dice.IntN(100); {
	case roll < 20:
		decision, reason = "return", "bổ sung số liệu"
	case roll < 28:
		decision, reason = "reject", "không phải việc của tổ"
	}
	waive := decision == "approve" && p.dice.in(15)
	if waive {
		reason = "có biên bản tại xã"
	}
	p.log("%s %s %s", decision, typ, short(s.ID[18:]))
	_, err := p.eng.Review(s.Key, decision, reason, waive)
	return err
}

// handleCase adopts or dismisses a case that the phone shows.
func (p *phone) handleCase() error {
	base := syncproto.CommuneScope(p.w.cast.communes[p.who.unit])
	if p.who.team >= 0 {
		base = syncproto.TeamScope(p.team())
	}
	list, err := p.eng.List(syncproto.TypeCase, base)
	if err != nil || len(list) == 0 {
		return err
	}
	// By rev: a case's id comes from the bytes of a mutation, and those hold the
	// phone's clock.
	slices.SortFunc(list, func(a, b client.Shown) int { return cmp.Compare(a.Rev, b.Rev) })
	if p.dice.in(60) { // where a wrong adoption does most harm
		if locked := slices.DeleteFunc(slices.Clone(list), p.undecided); len(locked) > 0 {
			list = locked
		}
	}
	c := pick(p.dice, list)
	if p.dice.in(30) {
		p.log("dismiss %d %s", c.Rev, c.Doc.Str("code"))
		_, err = p.eng.Dismiss(c.Key, "đã xử lý bằng cách khác")
		return err
	}
	p.log("adopt %d %s", c.Rev, c.Doc.Str("code"))
	_, err = p.eng.Adopt(c.Key, recordOf(c))
	return err
}

// undecided reports whether no review has decided what a case is about, as far
// as the phone knows.
func (p *phone) undecided(c client.Shown) bool {
	s, err := p.eng.View(recordOf(c))
	return err != nil || !domain.State(s.Doc.Str("state")).Decided()
}

// recordOf is the record that a case is about.
func recordOf(c client.Shown) client.Key {
	return client.Key{Type: c.Doc.Str("rtype"), ID: syncproto.ID(c.Doc.Str("record"))}
}
