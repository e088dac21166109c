package roster

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// KindUnitChange is the kind of decisions that change units: key and body as in
// domain.UnitChange.
const KindUnitChange = "unit_change"

// What becomes of a unit.
const (
	UnitBegins  = "begins"
	UnitEnds    = "ends"
	UnitChanges = "changes"
	UnitFollows = "follows" // lies under another unit from the day on
	UnitGives   = "gives"   // a part of its ground
)

// UnitEffect is what a change does to a unit.
type UnitEffect struct {
	Unit   domain.ID `json:"unit"`
	Code   string    `json:"code"`
	Name   string    `json:"name"`
	Effect string    `json:"effect"`
}

// TeamEffect is a team whose commune changes; To is empty while somebody must
// choose it.
type TeamEffect struct {
	Team    domain.ID `json:"team"`
	Name    string    `json:"name"`
	Village string    `json:"village,omitzero"`
	From    domain.ID `json:"from"`
	To      domain.ID `json:"to,omitzero"`
}

// UnitImpact is what a change does or would do.
type UnitImpact struct {
	Change        domain.UnitChange     `json:"change"`
	Units         []UnitEffect          `json:"units"`
	Teams         []TeamEffect          `json:"teams"`
	Registrations []domain.Registration `json:"registrations"` // of that year, which the teams inherit
	OpenMonths    int                   `json:"open_months"`   // of these teams: the new chair reviews them
	Officers      int                   `json:"officers"`      // roles on units that end: nobody has one of the new units by this
	Problems      []Obstacle            `json:"problems"`      // why it can't be recorded
	Recorded      bool                  `json:"recorded"`
}

// MonthsOf counts a team's open months, and those closed from a month on.
type MonthsOf func(r store.Reader, team domain.ID, from domain.Month) (open, closed int, err error)

// CheckChange says what a change of units would do; nothing is written.
func (s *Service) CheckChange(ctx context.Context, who domain.Caller, c domain.UnitChange) (out *UnitImpact, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		p, err := s.planChange(r, who, c)
		if err == nil {
			out = p.out
		}
		return err
	})
	return out, err
}

// Change records that units change on a day. Whatever contradicts it refuses
// the whole. Teams go to their new commune with it, or on the day if that is to
// come. The same key twice is one change.
func (s *Service) Change(ctx context.Context, who domain.Caller, c domain.UnitChange) (out *UnitImpact, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		if old, err := tx.Decision(KindUnitChange, string(c.Key)); err == nil {
			out, err = s.sameChange(tx, who, c, &old)
			return err
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		p, err := s.planChange(tx, who, c)
		if err != nil {
			return err
		}
		if len(p.out.Problems) > 0 {
			o := p.out.Problems[0]
			return domain.E(domain.Unprocessable, o.Ref+": "+o.En, o.Ref+": "+o.Vi)
		}
		out = p.out
		return p.record(tx)
	})
	return out, err
}

// sameChange answers a change that is recorded already.
func (s *Service) sameChange(r store.Reader, who domain.Caller, c domain.UnitChange, d *store.Decision) (*UnitImpact, error) {
	if err := s.mayChange(r, who); err != nil {
		return nil, err
	}
	var old domain.UnitChange
	if err := json.Unmarshal(d.Body, &old); err != nil {
		return nil, err
	}
	name(&c, who)
	if !sameAs(c, old) {
		return nil, domain.E(domain.Conflict, "Another change is recorded under this key.", "Khóa này đã dùng cho một thay đổi khác.")
	}
	return &UnitImpact{Change: old, Units: []UnitEffect{}, Teams: []TeamEffect{}, Registrations: []domain.Registration{}, Problems: []Obstacle{}, Recorded: true}, nil
}

// sameAs reports whether a change, as it is sent, is one that was recorded: with
// what it left to the server filled in.
func sameAs(c, old domain.UnitChange) bool {
	left := func(sent, kept string) bool { return sent == "" || sent == kept }
	return c.By == old.By && c.Kind == old.Kind && c.Level == old.Level && c.On == old.On && c.Basis == old.Basis &&
		slices.Equal(c.From, old.From) && slices.Equal(c.Part, old.Part) &&
		slices.EqualFunc(c.To, old.To, func(a, was domain.UnitAfter) bool {
			return a.Unit == was.Unit && left(a.Code, was.Code) && left(a.Kind, was.Kind) && left(a.Name, was.Name) && left(string(a.Parent), string(was.Parent)) &&
				!slices.ContainsFunc(a.Aliases, func(s string) bool { return !slices.Contains(was.Aliases, s) })
		}) &&
		!slices.ContainsFunc(c.Moves, func(m domain.TeamMove) bool {
			i := slices.IndexFunc(old.Moves, func(o domain.TeamMove) bool { return o.Team == m.Team })
			if i < 0 { // who stays is not recorded
				return m.To != "" && !slices.Contains(c.From, m.To)
			}
			return !left(string(m.To), string(old.Moves[i].To))
		})
}

// mayChange: the province and the system's administrator.
func (s *Service) mayChange(r store.Reader, who domain.Caller) error {
	gs, err := GrantsOf(r, who.Person)
	if err == nil && (who.PushOnly || !gs.Anywhere(s.today(), administrators...)) {
		err = forbidden()
	}
	return err
}

// name gives the new units of a change their ids: the same ones each time it is
// sent.
func name(c *domain.UnitChange, who domain.Caller) {
	c.By = who.Person
	for i := range c.To {
		if c.To[i].Unit == "" {
			c.To[i].Unit = syncproto.DerivedID("unit", c.Key, itoa(i))
		}
	}
}

// record writes what was planned.
func (p *plan) record(tx store.Tx) error {
	cause := store.Cause{By: p.c.By, Op: "change_units"}
	for _, w := range p.writes {
		if err := PutUnitVersion(tx, w.id, w.UnitVersion, cause); err != nil {
			return err
		}
	}
	if err := PutUnitEvent(tx, changeEventID(p.c.Key), eventOf(p.c), cause); err != nil {
		return err
	}
	doc, err := syncproto.DocOf(p.c)
	if err != nil {
		return err
	}
	if _, err := tx.Append(KindUnitChange, string(p.c.Key), doc.AppendCanonical(nil)); err != nil {
		return err
	}
	p.out.Recorded = true
	if p.c.On > domain.DateOf(tx.Now()) {
		return tx.MarkDue(dueMove, string(p.c.On)+"/"+string(p.c.Key))
	}
	return moveTeams(tx, p.c)
}

func changeEventID(key domain.ID) domain.ID {
	return syncproto.DerivedID(TypeUnitEvent, key, "")
}

// eventOf is the link between units that a change makes.
func eventOf(c *domain.UnitChange) domain.UnitEvent {
	e := domain.UnitEvent{Kind: c.Kind, On: c.On, From: c.From, Part: c.Part, Basis: c.Basis, To: []domain.ID{}}
	for _, a := range c.To {
		e.To = append(e.To, a.Unit)
	}
	return e
}

// UnitEvents lists how units changed, newest first, to anybody with a grant.
func (s *Service) UnitEvents(ctx context.Context, who domain.Caller) (out []domain.UnitEvent, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Active(s.today()) {
			return forbidden()
		}
		out = []domain.UnitEvent{}
		return members(r, ScopeUnits, TypeUnitEvent, func(_ domain.ID, e domain.UnitEvent) bool {
			out = append(out, e)
			return true
		})
	})
	sortBy(out, func(e domain.UnitEvent) int64 { return -e.On.Start().Unix() })
	return out, err
}
