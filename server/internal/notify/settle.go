package notify

import (
	"context"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// settle writes down what became of a pass. An entry that was replaced or
// cancelled meanwhile stays gone.
func (s *Service) settle(ctx context.Context, jobs []job, now time.Time) error {
	return s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		if err := s.tellOfTrouble(tx); err != nil {
			return err
		}
		for i := range jobs {
			t := settling{s: s, tx: tx, now: now, j: jobs[i]}
			if err := t.run(); err != nil {
				return err
			}
		}
		return nil
	})
}

// settling is one job in the transaction that writes it down.
type settling struct {
	s   *Service
	tx  store.Tx
	now time.Time
	j   job // a copy: the closure may run again
	// What the shots came to.
	sent    bool
	refused bool
	wait    time.Time // earliest moment at which a device takes it again
}

func (t *settling) run() error {
	if _, ok, err := store.LoadCredential[entry](t.tx, kindEntry, t.j.key); err != nil {
		return err
	} else if !ok {
		return t.overtaken()
	}
	for _, d := range t.j.gone {
		if err := Forget(t.tx, t.j.To, d); err != nil {
			return err
		}
	}
	if t.j.state != "" {
		return t.end(t.j.state, t.j.why)
	}
	if err := t.shots(); err != nil {
		return err
	}
	if t.sent && len(t.j.Done) == 0 {
		if err := t.first(); err != nil {
			return err
		}
	}
	t.done()
	switch at := t.next(); {
	case at.IsZero() && (t.sent || len(t.j.Done) > 0):
		return drop(t.tx, t.j.key, &t.j.entry)
	case at.IsZero():
		return t.end(StateFailed, "no_device")
	case t.j.Tries >= maxTries:
		return t.park()
	default:
		return t.again(at)
	}
}

// overtaken: the entry was replaced or taken back while it left. What was
// learnt of the targets holds, and that it left.
func (t *settling) overtaken() error {
	if err := t.shots(); err != nil || !t.sent || len(t.j.Done) > 0 {
		return err
	}
	return t.first()
}

// shots takes in what became of each device.
func (t *settling) shots() error {
	for i := range t.j.shots {
		if err := t.shot(&t.j.shots[i]); err != nil {
			return err
		}
	}
	if t.refused {
		t.j.Tries++
	}
	return nil
}

func (t *settling) shot(sh *shot) error {
	key := targetKey(t.j.To, sh.device)
	cur, ok, err := store.LoadCredential[target](t.tx, kindTarget, key)
	if err != nil {
		return err
	}
	same := ok && cur.Address == sh.Address
	switch sh.out.Fate {
	case Sent:
		t.sent = true
		if same && (cur.Fails > 0 || t.now.UnixMilli()-cur.SeenMs > day.Milliseconds()) {
			cur.Fails, cur.WaitMs, cur.Why, cur.SeenMs = 0, 0, "", t.now.UnixMilli()
			return store.SaveCredential(t.tx, kindTarget, key, cur)
		}
	case Gone:
		if same {
			if err := count(t.tx, t.now.UnixMilli(), sh.Channel, "gone"); err != nil {
				return err
			}
			return Forget(t.tx, t.j.To, sh.device)
		}
	case Refused, Later:
		t.refused, t.j.Why = true, sh.out.Why
		if sh.chosen {
			t.waitFor(t.now.Add(backOff(t.j.Tries+1, sh.out.After)))
		}
		if !same {
			return nil
		}
		cur.Fails++
		cur.Why = sh.out.Why
		wait := t.now.Add(backOff(cur.Fails, sh.out.After))
		if sh.out.Fate == Refused { // another message may pass
			wait = t.now.Add(backOff(t.j.Tries+1, 0))
		} else {
			cur.WaitMs = wait.UnixMilli()
		}
		t.waitFor(wait)
		return store.SaveCredential(t.tx, kindTarget, key, cur)
	case Down:
		t.j.Why = sh.out.Why
		t.waitFor(t.s.pauseOf(sh.Channel).until)
	}
	return nil
}

func (t *settling) waitFor(at time.Time) {
	if at.Before(t.now) {
		at = t.now.Add(backOff(1, 0))
	}
	if t.wait.IsZero() || at.Before(t.wait) {
		t.wait = at
	}
}

// first notes that a message left for the first of its devices.
func (t *settling) first() error {
	today := dayOf(t.now.UnixMilli())
	d, _, err := store.LoadCredential[pushDay](t.tx, kindDay, string(t.j.To))
	if err != nil {
		return err
	}
	if d.Day != today {
		d = pushDay{Day: today}
	}
	d.N++
	if err := store.SaveCredential(t.tx, kindDay, string(t.j.To), d); err != nil {
		return err
	}
	channel := ""
	for i := range t.j.shots {
		if t.j.shots[i].out.Fate == Sent && channel == "" {
			channel = t.j.shots[i].Channel
		}
	}
	return finish(t.tx, &t.j.entry, StateSent, "", channel)
}

// done remembers the devices that have it.
func (t *settling) done() {
	list := append([]domain.ID(nil), t.j.Done...)
	for i := range t.j.shots {
		if t.j.shots[i].out.Fate == Sent {
			list = append(list, t.j.shots[i].device)
		}
	}
	t.j.Done = list
}

// next is when the entry is due again; zero if no device is left for it.
func (t *settling) next() time.Time {
	at := t.wait
	if !t.j.later.IsZero() && (at.IsZero() || t.j.later.Before(at)) {
		at = t.j.later
	}
	return at
}

// again writes the entry under its new time.
func (t *settling) again(at time.Time) error {
	if err := t.tx.DeleteCredential(kindEntry, t.j.key); err != nil {
		return err
	}
	return put(t.tx, &t.j.entry, t.j.ev.Urgency, at)
}

// end takes the entry out of the outbox for good.
func (t *settling) end(s State, why string) error {
	if err := drop(t.tx, t.j.key, &t.j.entry); err != nil {
		return err
	}
	if t.j.tally && t.j.Kind != Digest {
		if err := Tally(t.tx, t.j.To, t.j.Kind); err != nil {
			return err
		}
	}
	return finish(t.tx, &t.j.entry, s, why, "")
}

// park sets a message aside that is refused again and again.
func (t *settling) park() error {
	if err := drop(t.tx, t.j.key, &t.j.entry); err != nil {
		return err
	}
	if err := store.SaveCredential(t.tx, kindParked, string(t.j.ID), t.j.entry); err != nil {
		return err
	}
	t.s.cfg.Log.Warn("a notification was refused too often and is parked", "kind", string(t.j.Kind), "id", string(t.j.ID), "why", t.j.Why)
	if len(t.j.Done) > 0 {
		return nil // a device of the person has it
	}
	return finish(t.tx, &t.j.entry, StateParked, t.j.Why, "")
}

// tellOfTrouble tells the operators, once a day, of a channel that refuses the
// server's credentials: that does not mend itself, as an outage does.
func (s *Service) tellOfTrouble(tx store.Tx) error {
	for _, p := range s.pausedNow() {
		if p.Why != WhyCredentials {
			continue
		}
		if err := TellOperators(tx, PushTrouble, "push_trouble/"+p.Channel+"/"+dayOf(tx.Now().UnixMilli()), map[string]string{"channel": p.Channel}); err != nil {
			return err
		}
	}
	return nil
}
