package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Trace is one message from its cause to the screen. It names its person by id
// only.
type Trace struct {
	ID domain.ID `json:"id"`
	delivery
}

// Trace returns what is known of one message; for the province and operators.
func (s *Service) Trace(ctx context.Context, who domain.Caller, id domain.ID) (out Trace, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		if err := s.mayOversee(r, who); err != nil {
			return err
		}
		d, err := deliveryOf(r, id)
		out = Trace{ID: id, delivery: d}
		return err
	})
	return out, err
}

// mayOversee lets the province and the operators look at deliveries.
func (s *Service) mayOversee(r store.Reader, who domain.Caller) error {
	if who.PushOnly {
		return forbidden()
	}
	gs, err := roster.GrantsOf(r, who.Person)
	if err == nil && !gs.Anywhere(domain.DateOf(s.cfg.Now()), domain.RoleProvince, domain.RoleViewer, domain.RoleSystem) {
		err = forbidden()
	}
	return err
}

// deliveryOf finds a delivery by the day of its inbox record.
func deliveryOf(r store.Reader, id domain.ID) (delivery, error) {
	at, err := inboxAt(r, id)
	if err != nil {
		return delivery{}, err
	}
	d, ok, err := store.LoadCredential[delivery](r, kindDelivery, deliveryKey(at, id))
	if err == nil && !ok {
		err = domain.E(domain.NotFound, "No such message, or none was pushed.", "Không có tin này, hoặc tin không gửi thông báo.")
	}
	return d, err
}

func inboxAt(r store.Reader, id domain.ID) (int64, error) {
	rec, err := r.Record(store.Key{Type: syncproto.TypeInbox, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		return 0, domain.E(domain.NotFound, "No such message.", "Không có tin này.")
	}
	if err != nil {
		return 0, err
	}
	if rec.Deleted { // its day is not known any more
		return 0, domain.E(domain.NotFound, "The message was withdrawn.", "Tin đã bị thu lại.")
	}
	d, err := syncproto.SplitCanonical(rec.Doc)
	at, _ := d.Int("at")
	return at, err
}

// Figures are the delivery of some days, for the page of the operator.
type Figures struct {
	On      []string     `json:"on"` // channels that pushes leave by
	Paused  []PausedNow  `json:"paused"`
	Days    []DayFigures `json:"days"`
	Targets []TargetSum  `json:"targets"`
	Waiting int64        `json:"waiting"` // in the outbox now
	Parked  []Trace      `json:"parked"`  // the first 100
	Units   []Reach      `json:"units"`   // communes with members whom no push reaches
}

// PausedNow is a channel that is down.
type PausedNow struct {
	Channel string `json:"channel"`
	Why     string `json:"why"`
	UntilMs int64  `json:"until_ms"`
}

// DayFigures are the messages queued on a day, by channel and how they ended.
type DayFigures struct {
	Day     domain.Date `json:"day"`
	Channel string      `json:"channel"` // "all": queued; "none": none took it
	State   State       `json:"state"`
	N       int64       `json:"n"`
}

// TargetSum counts the devices of a channel.
type TargetSum struct {
	Channel string `json:"channel"`
	Devices int64  `json:"devices"`
	Failing int64  `json:"failing"` // the last push to them failed
	Silent  int64  `json:"silent"`  // not reached or registered for 30 days
}

// Reach is how many of a commune's team members have a device for pushes.
type Reach struct {
	Unit    domain.ID `json:"unit"`
	Members int64     `json:"members"`
	Without int64     `json:"without"`
}

const (
	maxDays   = 92
	maxParked = 100
)

// Deliveries returns the figures of the days from the first to the last, for
// the province and operators.
func (s *Service) Deliveries(ctx context.Context, who domain.Caller, from, to domain.Date) (f Figures, err error) {
	if from > to || from.Add(maxDays) < to {
		return f, &domain.Error{Code: domain.Invalid, Field: "from", Msg: "Ask for 1 to 92 days.", Vi: "Chọn từ 1 đến 92 ngày."}
	}
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		f = Figures{On: s.On(), Paused: s.pausedNow(), Days: []DayFigures{}, Targets: []TargetSum{}, Parked: []Trace{}, Units: []Reach{}}
		if err := s.mayOversee(r, who); err != nil {
			return err
		}
		if err := f.days(r, from, to); err != nil {
			return err
		}
		has, err := f.targets(r, s.cfg.Now().UnixMilli())
		if err != nil {
			return err
		}
		if err := f.outbox(r); err != nil {
			return err
		}
		return f.reach(r, domain.DateOf(s.cfg.Now()), has)
	})
	return f, err
}

func (s *Service) pausedNow() []PausedNow {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []PausedNow{}
	for name, p := range s.paused {
		list = append(list, PausedNow{name, p.why, p.until.UnixMilli()})
	}
	slices.SortFunc(list, func(a, b PausedNow) int { return strings.Compare(a.Channel, b.Channel) })
	return list
}

func (f *Figures) days(r store.Reader, from, to domain.Date) error {
	for d := from; d <= to; d = d.Add(1) {
		prefix := "push/" + compact(d) + "/"
		if err := r.Counters(prefix, func(key string, n int64) bool {
			channel, state, _ := strings.Cut(key[len(prefix):], "/")
			f.Days = append(f.Days, DayFigures{d, channel, State(state), n})
			return true
		}); err != nil {
			return err
		}
	}
	return nil
}

// targets counts the devices and returns who has one.
func (f *Figures) targets(r store.Reader, nowMs int64) (map[domain.ID]bool, error) {
	has := map[domain.ID]bool{}
	err := each(r, kindTarget, "", func(id string, t target) bool {
		person, _, _ := strings.Cut(id, "/")
		has[domain.ID(person)] = true
		i := slices.IndexFunc(f.Targets, func(s TargetSum) bool { return s.Channel == t.Channel })
		if i < 0 {
			i = len(f.Targets)
			f.Targets = append(f.Targets, TargetSum{Channel: t.Channel})
		}
		f.Targets[i].Devices++
		if t.Fails > 0 {
			f.Targets[i].Failing++
		}
		if nowMs-t.SeenMs > 30*day.Milliseconds() {
			f.Targets[i].Silent++
		}
		return true
	})
	return has, err
}

func (f *Figures) outbox(r store.Reader) error {
	if err := r.Credentials(kindEntry, "", func(string, jsontext.Value) bool { f.Waiting++; return true }); err != nil {
		return err
	}
	return each(r, kindParked, "", func(id string, e entry) bool {
		f.Parked = append(f.Parked, Trace{ID: domain.ID(id), delivery: delivery{To: e.To, Kind: e.Kind, AtMs: e.AtMs,
			State: StateParked, Why: e.Why, Tries: e.Tries}})
		return len(f.Parked) < maxParked
	})
}

// reach counts, by commune, the members of teams whom no push reaches.
func (f *Figures) reach(r store.Reader, on domain.Date, has map[domain.ID]bool) error {
	by := map[domain.ID]*Reach{}
	type unitTeam struct{ team, unit domain.ID }
	var teams []unitTeam
	if err := roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		if t.Active(on) {
			teams = append(teams, unitTeam{id, t.Commune})
		}
		return true
	}); err != nil {
		return err
	}
	for _, t := range teams {
		people, err := peopleOf(r, t.team, on, true)
		if err != nil {
			return err
		}
		u := by[t.unit]
		if u == nil {
			u = &Reach{Unit: t.unit}
			by[t.unit] = u
		}
		for _, p := range people {
			u.Members++
			if !has[p] {
				u.Without++
			}
		}
	}
	for _, u := range by {
		if u.Without > 0 {
			f.Units = append(f.Units, *u)
		}
	}
	slices.SortFunc(f.Units, func(a, b Reach) int {
		return cmp.Or(cmp.Compare(b.Without, a.Without), cmp.Compare(a.Unit, b.Unit))
	})
	return nil
}
