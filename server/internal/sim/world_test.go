package sim

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/syncproto"
)

// world is one history.
type world struct {
	t      *testing.T
	seed   uint64
	dice   dice // of the world's own choices; actors have theirs
	trace  *trace
	oracle *oracle.Oracle
	srv    *server
	cast   cast
	phones []*phone

	faults   bool      // the network and the phones misbehave
	until    time.Time // when the faults stop
	storm    time.Time // until then the server answers 503
	actors   sync.WaitGroup
	baton    sync.Mutex // held by the actor that runs
	lastSlot int
	arrivals int
	started  time.Time

	rightClocks bool // no phone's clock is wrong

	officeSlot int
	judging    int    // answers on their way to the oracle
	audits     int    // clients of the oracle so far
	lists      []list // that were drafted
	fundings   int    // numbers of funding decisions so far
	day        string // the day by which the oracle judges
}

// slot gives an actor its nanosecond: no two actors ever wake together.
func (w *world) slot() int {
	w.lastSlot++
	return w.lastSlot%998 + 1
}

// spawn starts an actor. Actors never run at the same moment, for each wakes
// in a nanosecond of its own; the baton says the same to the race detector.
func (w *world) spawn(live func()) {
	w.actors.Go(func() {
		w.baton.Lock()
		defer w.baton.Unlock()
		live()
	})
}

// apart does something that may block on the server without the baton.
func (w *world) apart(do func()) {
	w.baton.Unlock()
	defer w.baton.Lock()
	do()
}

// sleep waits about d and wakes in the actor's own nanosecond.
func (w *world) sleep(slot int, d time.Duration) {
	w.apart(func() { w.nap(slot, d) })
}

func (w *world) nap(slot int, d time.Duration) {
	now := time.Now()
	wake := now.Add(d).Truncate(time.Microsecond).Add(time.Duration(slot))
	if !wake.After(now) {
		wake = wake.Add(time.Microsecond)
	}
	time.Sleep(wake.Sub(now))
}

func (w *world) log(who, format string, args ...any) {
	w.trace.add(time.Now(), who, format, args...)
}

// broken tells whether an invariant is broken already: actors then stop.
func (w *world) broken() bool { return len(w.oracle.Findings()) > 0 }

func (w *world) over() bool { return !time.Now().Before(w.until) || w.broken() }

func today() string { return string(domain.DateOf(time.Now())) }

func thisMonth() domain.Month { return domain.MonthOf(time.Now()) }

// person is somebody in the history.
type person struct {
	id   syncproto.ID
	name string
	team int // index of cast.teams, -1: none
	role domain.Role
	unit int // index of cast.communes
}

// cast are the people and places, the same in every history.
type cast struct {
	communes []syncproto.ID
	teams    []team
	people   []person
	admin    syncproto.ID
	province syncproto.ID // who approves what chairs propose, and issues lists

	clerk       syncproto.ID   // of the province, who drafts them
	accountants []syncproto.ID // of each commune
}

type team struct {
	id      syncproto.ID
	commune int
}

// fixedID is an id of the cast.
func fixedID(kind string, n int) syncproto.ID {
	return syncproto.DerivedID("sim", syncproto.ID(kind), fmt.Sprint(n))
}

// newCast makes two communes, three teams and their people. The names are
// invented.
func newCast() cast {
	c := cast{admin: fixedID("person", 99), province: fixedID("person", 98), clerk: fixedID("person", 97)}
	for i := range 2 {
		c.communes = append(c.communes, fixedID("unit", i))
		c.accountants = append(c.accountants, fixedID("person", 90+i))
	}
	for i, commune := range []int{0, 0, 1} {
		c.teams = append(c.teams, team{fixedID("team", i), commune})
	}
	add := func(name string, team int, role domain.Role, unit int) {
		c.people = append(c.people, person{fixedID("person", len(c.people)), name, team, role, unit})
	}
	add("Chủ tịch Một", -1, domain.RoleChair, 0)
	add("Chủ tịch Hai", -1, domain.RoleChair, 1)
	add("Tổ trưởng An", 0, domain.RoleLeader, 0)
	add("Thành viên Bình", 0, domain.RoleMember, 0)
	add("Thành viên Chi", 0, domain.RoleMember, 0)
	add("Tổ trưởng Dũng", 1, domain.RoleLeader, 0)
	add("Thành viên Em", 1, domain.RoleMember, 0)
	add("Tổ trưởng Giang", 2, domain.RoleLeader, 1)
	return c
}

// chairOf is the index of the chair of a commune.
func (c cast) chairOf(commune int) int { return commune }

// scopesOf lists every scope a person might read, for readings from 0.
func (w *world) scopesOf(p person) []string {
	out := []string{"ref", "user:" + string(p.id)}
	months := w.span()
	add := func(base string) {
		out = append(out, base)
		for _, m := range months {
			out = append(out, base+"/"+m)
		}
	}
	for _, t := range w.cast.teams {
		if w.oracle.MayRead(string(p.id), "team:"+string(t.id)) {
			add("team:" + string(t.id))
		}
	}
	for _, c := range w.cast.communes {
		if w.oracle.MayRead(string(p.id), "commune:"+string(c)) {
			add("commune:" + string(c))
		}
	}
	return out
}

// span are the months that a history may touch.
func (w *world) span() (out []string) {
	m := domain.MonthOf(w.started).Add(-2)
	for range 5 {
		out = append(out, string(m))
		m = m.Add(1)
	}
	return out
}
