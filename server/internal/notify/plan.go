package notify

import (
	"errors"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// job is an entry of one pass of Deliver and what is to happen to it.
type job struct {
	due
	ev    *Event
	state State     // of an entry that ends without being sent; "" if it goes on
	why   string    // of state
	later time.Time // of an entry that waits on
	shots []shot
	gone  []domain.ID // devices that are signed out
	waits bool        // a device has to wait longer than this pass
	tally bool        // beyond the cap: told with the digest
}

// shot is one message to one device and what became of it.
type shot struct {
	target
	msg Message
	out Outcome
}

// planner looks at the entries of one pass in one snapshot.
type planner struct {
	s     *Service
	r     store.Reader
	now   time.Time
	spent map[domain.ID]int // pushes of today, those of this pass included
}

// plan looks at an entry again: what was right when it was written may not be
// any more.
func (p *planner) plan(d due) (j job, err error) {
	j = job{due: d}
	ev, ok := EventOf(d.Kind)
	if !ok {
		j.state, j.why = StateDropped, "unknown"
		return j, nil
	}
	j.ev = ev
	if j.why, err = p.dropped(&d.entry, ev); err != nil || j.why != "" {
		j.state = StateDropped
		return j, err
	}
	prefs, err := prefsOf(p.r, d.To)
	if err != nil {
		return j, err
	}
	if prefs.hides(ev) || prefs.silences(ev) {
		j.state, j.why = StateDropped, "silenced"
		return j, nil
	}
	if end := prefs.quietUntil(p.now); ev.Urgency != Now && end.After(p.now) {
		j.later = end
		return j, nil
	}
	spent, err := p.spentBy(d.To)
	if err != nil {
		return j, err
	}
	if spent >= maxLastFew || spent >= maxPerDay && ev.Urgency != Now {
		j.state, j.why, j.tally = StateDropped, "cap", true
		return j, nil
	}
	if err := p.aim(&j, &prefs); err != nil {
		return j, err
	}
	if len(j.shots) > 0 && d.Tries == 0 && len(d.Done) == 0 {
		p.spent[d.To]++
	}
	return j, nil
}

// dropped says why an entry is not sent any more, "" if it is.
func (p *planner) dropped(e *entry, ev *Event) (string, error) {
	if e.UntilMs <= p.now.UnixMilli() {
		return "expired", nil
	}
	rec, err := p.r.Record(store.Key{Type: syncproto.TypeInbox, ID: e.ID})
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return "withdrawn", nil
	}
	if err != nil {
		return "", err
	}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	switch {
	case err != nil:
		return "", err
	case doc.Bool("read") || doc.Bool("opened"):
		return "read", nil
	}
	may, err := mayHear(p.r, e.To, doc, domain.DateOf(p.now), ev)
	if err != nil || !may {
		return "no_right", err
	}
	if ev.While == "" {
		return "", nil
	}
	about, err := p.r.Record(store.Key{Type: doc.Str("type"), ID: domain.ID(doc.Str("id"))})
	if errors.Is(err, store.ErrNotFound) || err == nil && about.Deleted {
		return "withdrawn", nil
	}
	if err != nil {
		return "", err
	}
	state, err := syncproto.SplitCanonical(about.Doc)
	if err == nil && state.Str("state") != ev.While {
		return "settled", nil
	}
	return "", err
}

// mayHear reports whether a person still has the right under which a note was
// written: a role in its team, an office of its commune, or any at all.
func mayHear(r store.Reader, to domain.ID, doc syncproto.Doc, on domain.Date, ev *Event) (bool, error) {
	if ev.Group == Security {
		return true, nil
	}
	gs, err := roster.GrantsOf(r, to)
	if err != nil || !gs.Active(on) {
		return false, err
	}
	if gs.Anywhere(on, domain.RoleProvince, domain.RoleViewer, domain.RoleSystem) {
		return true, nil
	}
	if ev.Group == Operation {
		return false, nil
	}
	unit := domain.ID(doc.Str("unit"))
	if team := domain.ID(doc.Str("team")); team != "" {
		if gs.TeamRole(team, on) != "" {
			return true, nil
		}
		t, err := roster.Team(r, team)
		if domain.CodeOf(err) == domain.NotFound {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		unit = t.Commune
	}
	if unit == "" {
		return true, nil
	}
	return gs.Has(unit, on, domain.RoleChair, domain.RoleViceChair, domain.RoleStandby, domain.RoleAccountant, domain.RoleOfficer), nil
}

// spentBy counts a person's pushes of today.
func (p *planner) spentBy(person domain.ID) (int, error) {
	if n, ok := p.spent[person]; ok {
		return n, nil
	}
	d, _, err := store.LoadCredential[pushDay](p.r, kindDay, string(person))
	n := 0
	if d.Day == dayOf(p.now.UnixMilli()) {
		n = d.N
	}
	p.spent[person] = n
	return n, err
}

// pushDay counts the pushes that a person got on a day.
type pushDay struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

// aim picks the devices that don't have the message and may get it now.
func (p *planner) aim(j *job, prefs *Prefs) error {
	list, err := targetsOf(p.r, j.To)
	if err != nil {
		return err
	}
	if prefs.SMS != "" && j.ev.Urgency == Now {
		list = append(list, numberOf(prefs))
	}
	for _, t := range list {
		if slices.Contains(j.Done, t.device) {
			continue
		}
		in := t.chosen
		if !in {
			if in, err = p.s.cfg.Sessions.SignedIn(p.r, j.To, t.device); err != nil {
				return err
			}
		}
		if !in || p.s.channel(t.Channel) == nil {
			if !in {
				j.gone = append(j.gone, t.device)
			}
			continue
		}
		until := max(t.WaitMs, p.s.pauseOf(t.Channel).until.UnixMilli())
		if until > p.now.UnixMilli() {
			j.waits = true
			if at := time.UnixMilli(until); j.later.IsZero() || at.Before(j.later) {
				j.later = at
			}
			continue
		}
		j.shots = append(j.shots, shot{target: t, msg: Message{Kind: j.Kind, ID: j.ID, Tag: j.Tag, Urgency: j.ev.Urgency,
			Life: time.UnixMilli(j.UntilMs).Sub(p.now), Target: t.Address}})
	}
	if len(j.shots) == 0 && !j.waits {
		j.state, j.why = StateFailed, "no_device"
		if len(j.Done) > 0 {
			j.state, j.why = StateSent, ""
		}
	}
	return nil
}
