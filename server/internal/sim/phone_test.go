package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// phone is one device: a local database, the process on it, a wrong clock.
type phone struct {
	w      *world
	name   string
	who    person
	dice   dice
	link   *link
	slot   int
	skew   time.Duration // of its clock
	boots  uint64
	stream uint64

	disk  client.Local // survives the process
	local *flaky
	eng   *client.Engine
	old   client.Local // an older copy of the disk

	noted   map[syncproto.FP]bool      // mutations that the oracle knows of
	checked map[syncproto.Scope]string // what checkHeld saw last

	mine    []client.Key // records made here
	deleted []client.Key
}

func (w *world) addPhone(who person, disk client.Local) *phone {
	stream := uint64(len(w.phones) + 1)
	d := newDice(w.seed, stream)
	p := &phone{w: w, name: fmt.Sprintf("%s#%d", short(who.id), stream), who: who, dice: d, stream: stream,
		slot: w.slot(), disk: disk, noted: map[syncproto.FP]bool{}, checked: map[syncproto.Scope]string{}}
	p.link = &link{w: w, name: p.name, person: who.id, dice: newDice(w.seed, stream+1000), slot: p.slot}
	if w.faults {
		p.skew = wrongClock(d)
	}
	w.phones = append(w.phones, p)
	p.boot()
	return p
}

func short(id syncproto.ID) string { return string(id[:4]) }

// wrongClock is off by years for some phones.
func wrongClock(d dice) time.Duration {
	switch d.IntN(4) {
	case 0:
		return d.between(-20*365*24*time.Hour, 20*365*24*time.Hour)
	case 1:
		return d.between(-48*time.Hour, 48*time.Hour)
	}
	return d.between(-time.Minute, time.Minute)
}

// boot starts the process on the phone.
func (p *phone) boot() {
	p.boots++
	p.local = &flaky{Local: p.disk, left: -1}
	p.eng = p.engine(p.local, p.link)
}

func (p *phone) engine(l client.Local, t client.Transport) *client.Engine {
	e, err := client.New(client.Config{Local: l, Transport: t, Now: p.clock, Person: p.who.id, App: "sim",
		Rand: newEntropy(p.w.seed, p.stream<<32|p.boots), Limits: p.limits()})
	must(err)
	return e
}

// limits make small pages, so that paging happens at all.
func (p *phone) limits() client.Limits {
	if p.stream%3 == 0 {
		return client.Limits{Changes: 5, Mutations: 3}
	}
	return client.Limits{Changes: 50}
}

func (p *phone) clock() time.Time {
	if p.w.rightClocks {
		return time.Now()
	}
	return time.Now().Add(p.skew)
}

// live is the actor: it does things until the faults stop.
func (p *phone) live() {
	// The first contact comes soon, so that there is something to work on.
	p.w.sleep(p.slot, p.dice.between(time.Minute, 8*time.Hour))
	p.sync()
	for !p.w.over() {
		p.w.sleep(p.slot, p.dice.between(time.Hour, 40*time.Hour))
		if p.w.over() {
			return
		}
		p.step()
	}
}

func (p *phone) step() {
	switch roll := p.dice.IntN(100); {
	case roll < 3:
		p.armKill()
	case roll < 5:
		p.old = copyLocal(p.disk)
		p.log("copied")
	case roll < 7 && p.old != nil:
		p.restore()
	case roll < 8:
		p.w.clone(p)
	case roll < 9:
		p.skew = wrongClock(p.dice)
	case roll < 11:
		p.secondTab()
	case roll < 14:
		p.doubt()
	case roll < 15 && p.who.team >= 0:
		p.do("ask for an old month", func() error {
			return p.eng.AddScope(syncproto.TeamMonthScope(p.team(), p.w.span()[0]))
		})
	}
	for range p.dice.IntN(4) {
		p.act()
	}
	if p.dice.in(30) {
		p.checkShown()
	}
	if p.dice.in(70) {
		p.sync()
	}
}

func (p *phone) log(format string, args ...any) { p.w.log(p.name, format, args...) }

// armKill makes the process die at one of its next local transactions.
func (p *phone) armKill() {
	p.local.left, p.local.after = p.dice.IntN(6), p.dice.in(50)
	p.log("will die after %d, %v", p.local.left, p.local.after)
}

// restore puts an older copy of the disk back: what was only on it is gone.
func (p *phone) restore() {
	lost := unsure(p.disk, true)
	p.disk = copyLocal(p.old)
	p.boot()
	p.log("restored from a copy")
	p.w.destroyed(p.who.id, lost)
}

// destroyed tells the oracle which mutations have no copy left on any phone.
func (w *world) destroyed(who syncproto.ID, lost [][]byte) {
	alive := map[string]bool{}
	for _, q := range w.phones {
		if q.who.id == who {
			for _, raw := range unsure(q.disk, true) {
				alive[string(raw)] = true
			}
		}
	}
	for _, raw := range lost {
		if !alive[string(raw)] {
			w.oracle.Destroyed(string(who), raw)
		}
	}
}

const maxPhones = 12

// clone makes a second phone from the first one's disk, as a transfer app
// does: both go on under the same client id.
func (w *world) clone(p *phone) {
	if len(w.phones) >= maxPhones {
		return
	}
	q := w.addPhone(p.who, copyLocal(p.disk))
	p.log("cloned as %s", q.name)
	w.spawn(q.live)
}

// do runs something on the engine and starts the process again if it died.
func (p *phone) do(what string, fn func() error) {
	err := fn()
	var refused *client.RefusedError
	switch {
	case errors.Is(err, errKilled):
		p.log("died at %s", what)
		p.boot()
		p.checkShown()
	case errors.As(err, &refused):
		p.log("%s refused: %s", what, refused.Code)
	case err != nil && !errors.Is(err, client.ErrNotFound):
		p.w.oracle.Fail(oracle.ShownIsBase, "%s: %s: %v", p.name, what, err)
	}
	p.noteTyped()
}

// noteTyped tells the oracle what lies in the outbox.
func (p *phone) noteTyped() {
	must(p.disk.View(func(r client.LocalReader) error {
		return r.Outbox(0, func(it *client.Item) bool {
			if !p.noted[it.FP] {
				p.noted[it.FP] = true
				p.w.oracle.Typed(string(p.who.id), it.Raw, false)
			}
			return true
		})
	}))
}

// sync makes round trips until there is nothing more to do now.
func (p *phone) sync() {
	p.do("sync", func() error {
		for range 12 {
			out, err := p.eng.SyncOnce(context.Background())
			if err != nil {
				return err
			}
			p.log("sync %s pushed %d acked %d changes %d", out.Kind, out.Pushed, out.Acked, out.Changes)
			p.checkHeld()
			if !out.More || p.w.broken() {
				return nil
			}
		}
		return nil
	})
}

// secondTab lets another process work on the same disk at the same time.
func (p *phone) secondTab() {
	disk := p.disk
	other := &link{w: p.w, name: p.name + "t", person: p.who.id, dice: newDice(p.w.seed, p.stream<<20|p.dice.Uint64N(1<<16)),
		slot: p.w.slot()}
	p.boots++
	eng := p.engine(&flaky{Local: disk, left: -1}, other)
	wait := p.dice.between(time.Millisecond, time.Hour) // drawn here: dice belong to one actor
	p.w.spawn(func() {
		p.w.sleep(other.slot, wait)
		if disk != p.disk {
			return // the phone was restored meanwhile
		}
		out, err := eng.SyncOnce(context.Background())
		p.w.log(other.name, "second tab: %s %v", out.Kind, err)
	})
}

// checkHeld compares what the phone holds with the marks of its scopes.
func (p *phone) checkHeld() {
	must(p.disk.View(func(r client.LocalReader) error {
		return r.Scopes(func(s client.ScopeState) bool {
			mark := fmt.Sprint(s.Cur, s.Gen, s.Count, s.Sum)
			if s.More || s.Reading || s.Bad || s.Revoked || p.checked[s.Scope] == mark {
				return true
			}
			p.checked[s.Scope] = mark
			var held []oracle.HeldRev
			_ = r.Members(s.Scope, "", func(rec *client.Record) bool {
				held = append(held, oracle.HeldRev{Type: rec.Type, ID: string(rec.ID), Rev: rec.Rev, Doc: rec.Doc})
				return true
			})
			p.w.oracle.PageHeld(p.name, string(s.Scope), held, s.Count, s.Sum.String())
			if s.Differs {
				p.w.oracle.Fail(oracle.PageComplete, "%s: %s stays different", p.name, s.Scope)
			}
			return true
		})
	}))
}
