package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

var categories = []string{"DVC_NOP_HO_SO", "TUYEN_TRUYEN_LOA", "VNEID_KICH_HOAT"}

// act is one thing that a person does on the phone.
func (p *phone) act() {
	if p.who.role == domain.RoleChair {
		p.do("decide", p.decide)
		return
	}
	if p.who.role == domain.RoleLeader && p.dice.in(25) {
		p.do("receive", p.receive)
	}
	switch roll := p.dice.IntN(100); {
	case roll < 24:
		p.do("create", p.create)
	case roll < 44:
		p.do("edit", p.edit)
	case roll < 52:
		p.do("move", p.move)
	case roll < 60:
		p.do("evidence", p.evidence)
	case roll < 80:
		p.do("submit", p.submit)
	case roll < 83:
		p.do("withdraw", p.withdraw)
	case roll < 87:
		p.do("delete", p.drop)
	case roll < 90:
		p.do("re-create", p.recreate)
	case roll < 92:
		p.poison()
	case roll < 93:
		p.do("dispute", p.dispute)
	case p.who.role == domain.RoleLeader && roll < 96:
		p.do("report", p.report)
	case p.who.role == domain.RoleLeader:
		p.do("case", p.handleCase)
	}
}

// team is where the phone's owner works, sometimes another of his teams.
func (p *phone) team() syncproto.ID {
	if t := pick(p.dice, p.w.cast.teams); p.w.oracle.MayRead(string(p.who.id), "team:"+string(t.id)) {
		return t.id
	}
	return p.w.cast.teams[p.who.team].id
}

// day is one of the last weeks; seldom one to come.
func (p *phone) day() domain.Date {
	back := p.dice.IntN(20)
	switch {
	case p.dice.in(10):
		back += 25
	case p.dice.in(3):
		back = -40
	}
	return domain.DateOf(time.Now()).Add(-back)
}

func (p *phone) create() error {
	day := p.day()
	t := p.team()
	if p.dice.in(3) {
		t = pick(p.dice, p.w.cast.teams).id
	}
	set := syncproto.Doc{
		"team": syncproto.Str(string(t)), "done_on": syncproto.Str(string(day)),
		"category": syncproto.Str(pick(p.dice, categories)), "note": p.words(),
		"measures": syncproto.Doc{"ho": syncproto.Int(p.dice.Int64N(40))}.AppendCanonical(nil),
	}
	if p.dice.in(50) {
		set["start"], set["minutes"] = syncproto.Int(p.dice.Int64N(1400)), syncproto.Int(60)
	}
	add := syncproto.Sets{"participants": {string(p.who.id)}}
	if p.dice.in(60) {
		add["evidence"] = []string{"paper:" + p.tag()}
	}
	saved, err := p.eng.Create(syncproto.TypeActivity, "", set, add)
	if err == nil {
		p.mine = append(p.mine, client.Key{Type: syncproto.TypeActivity, ID: saved.ID})
		p.log("created %s of %s on %s", short(saved.ID[18:]), short(t), day)
	}
	return err
}

func (p *phone) words() []byte {
	return syncproto.Str(fmt.Sprintf("Ghi chú <%d> & \u2028 của tổ", p.dice.IntN(1000)))
}

func (p *phone) tag() string { return fmt.Sprintf("so-%d", p.dice.IntN(30)) }

// choose picks a record that the phone shows, of the wanted states; none given
// means any.
func (p *phone) choose(typ string, base syncproto.Scope, states ...domain.State) (client.Shown, bool) {
	var list []client.Shown
	for _, m := range []domain.Month{thisMonth(), thisMonth().Add(-1)} {
		got, err := p.eng.List(typ, base+syncproto.Scope("/"+m))
		if err != nil {
			return client.Shown{}, false
		}
		for _, s := range got {
			if len(states) == 0 || slices.Contains(states, domain.State(s.Doc.Str("state"))) {
				list = append(list, s)
			}
		}
	}
	if len(list) == 0 {
		return client.Shown{}, false
	}
	if own := slices.DeleteFunc(slices.Clone(list), p.foreign); len(own) > 0 && p.dice.in(80) {
		list = own
	}
	slices.SortFunc(list, func(a, b client.Shown) int {
		return cmp.Or(cmp.Compare(a.Rev, b.Rev), strings.Compare(timeless(a.ID), timeless(b.ID)))
	})
	return pick(p.dice, list), true
}

// foreign is what a member has no business with: the activity of somebody else.
func (p *phone) foreign(s client.Shown) bool {
	author := s.Doc.Str("author")
	return p.who.role == domain.RoleMember && author != "" && author != string(p.who.id)
}

// timeless is an id without the time in it, so that no choice depends on a
// phone's clock.
func timeless(id syncproto.ID) string { return string(id[10:]) }

// some picks an activity of the team: mostly one that can still change.
func (p *phone) some() (client.Shown, bool) {
	if p.dice.in(80) {
		return p.choose(syncproto.TypeActivity, syncproto.TeamScope(p.team()), "", domain.Received, domain.Returned, domain.Pending)
	}
	return p.choose(syncproto.TypeActivity, syncproto.TeamScope(p.team()))
}

func (p *phone) edit() error {
	s, ok := p.some()
	if !ok {
		return nil
	}
	set := syncproto.Doc{}
	switch p.dice.IntN(5) {
	case 0:
		set["category"] = syncproto.Str(pick(p.dice, categories))
	case 1:
		set["measures"] = syncproto.Doc{"ho": syncproto.Int(p.dice.Int64N(40))}.AppendCanonical(nil)
	case 2:
		set["place"] = syncproto.Str(fmt.Sprintf("Nhà văn hóa %d", p.dice.IntN(20)))
		set["note"] = p.words()
	case 3:
		set["note"] = []byte("null")
	default:
		set["note"] = p.words()
	}
	p.log("edit %s", short(s.ID[18:]))
	_, err := p.eng.Edit(s.Key, set, nil, nil)
	return err
}

// move changes the day, sometimes into another month.
func (p *phone) move() error {
	s, ok := p.some()
	if !ok {
		return nil
	}
	day := p.day()
	p.log("move %s to %s", short(s.ID[18:]), day)
	_, err := p.eng.Edit(s.Key, syncproto.Doc{"done_on": syncproto.Str(string(day))}, nil, nil)
	return err
}

func (p *phone) evidence() error {
	s, ok := p.some()
	if !ok {
		return nil
	}
	has := s.Doc.Strs("evidence")
	switch {
	case len(has) > 0 && p.dice.in(40):
		_, err := p.eng.Detach(s.Key, pick(p.dice, has))
		return err
	case p.dice.in(40):
		other := pick(p.dice, p.w.cast.people)
		_, err := p.eng.Edit(s.Key, nil, syncproto.Sets{"participants": {string(other.id)}}, nil)
		return err
	}
	_, err := p.eng.Attach(s.Key, "paper:"+p.tag())
	return err
}

func (p *phone) submit() error {
	if s, ok := p.choose(syncproto.TypeActivity, syncproto.TeamScope(p.team()), "", domain.Received, domain.Returned); ok {
		p.log("submit %s", short(s.ID[18:]))
		_, err := p.eng.Submit(s.Key)
		return err
	}
	return nil
}

func (p *phone) withdraw() error {
	if s, ok := p.some(); ok {
		_, err := p.eng.Withdraw(s.Key)
		return err
	}
	return nil
}

func (p *phone) drop() error {
	s, ok := p.some()
	if !ok {
		return nil
	}
	p.deleted = append(p.deleted, s.Key)
	p.log("delete %s", short(s.ID[18:]))
	_, err := p.eng.Delete(s.Key)
	return err
}

// recreate makes a record again under an id that was used: deleted, or not.
func (p *phone) recreate() error {
	from := p.deleted
	if len(from) == 0 || p.dice.in(20) {
		from = p.mine
	}
	if len(from) == 0 {
		return nil
	}
	k := pick(p.dice, from)
	p.log("re-create %s", short(k.ID[18:]))
	_, err := p.eng.Create(k.Type, k.ID, syncproto.Doc{"team": syncproto.Str(string(p.team())),
		"done_on": syncproto.Str(string(p.day())), "category": syncproto.Str(categories[0])}, nil)
	return err
}

func (p *phone) report() error {
	month := thisMonth().Add(-p.dice.IntN(2))
	k := client.Key{Type: syncproto.TypeReport, ID: syncproto.DerivedID(syncproto.TypeReport, p.team(), string(month))}
	s, err := p.eng.View(k)
	p.log("report %s %s", month, s.Doc.Str("state"))
	switch {
	case err != nil:
		_, err = p.eng.Create(k.Type, k.ID, syncproto.Doc{"team": syncproto.Str(string(p.team())),
			"month": syncproto.Str(string(month)), "summary": p.words()}, nil)
	case p.dice.in(60):
		_, err = p.eng.Submit(k)
	default:
		_, err = p.eng.Edit(k, syncproto.Doc{"summary": p.words()}, nil, nil)
	}
	return err
}

// poison puts bytes into the outbox that no server can apply, as an older or
// a broken app would.
func (p *phone) poison() {
	broken := []string{
		`{"op":"create","type":"activity"`,
		`{"op":"explode","type":"activity","id":"%s","by":"%s","t":%d,"at":""}`,
		`{"op":"edit","type":"activity","id":"%s","by":"%s","t":%d,"at":"","set":{"note":1.5}}`,
		`{"op":"create","type":"activity","id":"%s","by":"%s","t":%d,"at":"","set":{"state":"approved","team":"x"}}`,
		`{"op":"edit","type":"grant","id":"%s","by":"%s","t":%d,"at":"","set":{"role":"province_admin"}}`,
	}
	i := p.dice.IntN(len(broken))
	raw := broken[i]
	id := syncproto.NewRecordID(newEntropy(p.w.seed, p.dice.Uint64()), p.clock())
	if i > 0 {
		raw = fmt.Sprintf(raw, id, p.who.id, p.clock().UnixMilli())
	} else {
		raw = `"` + string(id) + ` not a mutation"`
	}
	must(p.disk.Update(func(tx client.LocalTx) error {
		meta, err := tx.Meta()
		if err != nil {
			return err
		}
		meta.Top++
		it := &client.Item{N: meta.Top, FP: syncproto.Fingerprint([]byte(raw)), Op: syncproto.OpEdit,
			Key: client.Key{Type: "activity", ID: id}, T: p.clock().UnixMilli(), Raw: []byte(raw)}
		if err := tx.PutOutbox(it); err != nil {
			return err
		}
		return tx.SetMeta(meta)
	}))
	p.log("poison %d", i)
	p.w.oracle.Typed(string(p.who.id), []byte(raw), true)
}
