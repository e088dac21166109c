package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// Clock is the time that server and players share.
type Clock interface {
	Now() time.Time
	// Jump moves it forward; a time that has passed is ignored.
	Jump(to time.Time)
}

// Config of a run.
type Config struct {
	Base      string // of the server, "http://127.0.0.1:8080"
	SetupCode string // that the server made at its first start
	Clock     Clock
	Province  *Province
	Policies  [][]byte              // policy files to publish where the server has none of that id
	Out       string                // folder for papers; empty: none
	Push      Pushes                // nil: phones take no pushes
	Workers   int                   // officers at a time; 0: DefaultWorkers
	Say       func(vi, en string)   // progress for people; nil: silence
	Month     func(api.MonthTotals) // told when a month was closed; nil: nobody listens
}

// DefaultWorkers keeps two cores and the group commit busy.
const DefaultWorkers = 48

// zone is Vietnam's.
var zone = time.FixedZone("UTC+7", 7*3600)

// at is an hour of a day in UTC+7. Days come from the plan.
func at(day string, hour int) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		panic("demo: day of the plan: " + err.Error())
	}
	return t.Add(time.Duration(hour) * time.Hour)
}

// after is a day of the month that follows.
func after(month string, day int) string {
	t := at(month+"-01", 0)
	return t.AddDate(0, 1, day-1).Format(time.DateOnly)
}

func lastDay(month string) int { return at(month+"-01", 0).AddDate(0, 1, -1).Day() }

// world is everybody who plays.
type world struct {
	cfg    Config
	works  *Works
	spread bool // each client has a source address of its own
	zip    client.Zip
	shared *memlocal.Shared

	admin, province, viewer *desk
	signer, accountant      *desk          // who issues lists; the showcase commune's accountant
	chairs                  []*desk        // of Province.Communes
	units                   []syncproto.ID // of Province.Communes
	teams                   []syncproto.ID // of Province.Teams
	people                  map[string]syncproto.ID
	phones                  [][2]*phone // of Province.Teams
	plans                   plans
	tally                   tally
}

// desk is an officer at a computer.
type desk struct {
	api             *api.Client
	wire            *wire
	person          syncproto.ID
	login, password string
}

// plans says what a chair will do with a submission, and who mends it.
type plans struct {
	mu sync.Mutex
	m  map[syncproto.ID]plan
}

type plan struct {
	phone  *phone
	fate   Fate
	seen   bool // was sent back once
	report bool
}

func (p *plans) put(id syncproto.ID, v plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m[id] = v
}

func (p *plans) get(id syncproto.ID) plan {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.m[id]
}

// tally counts what phones and chairs saw.
type tally struct {
	mu                         sync.Mutex
	acked, aside, visits, lost int
	trips, rotated             int
	codes                      map[syncproto.Code]int
}

func (t *tally) add(out *client.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.acked += out.Acked
	t.trips += out.Trips
	if out.Kind == client.Rotated || out.Kind == client.Lost {
		t.rotated++
	}
	for _, v := range out.Verdicts {
		if v.V == syncproto.Aside {
			t.aside++
		}
		if v.Code != "" {
			t.codes[v.Code]++
		}
	}
}

func (t *tally) visit(net *lossy) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.visits++
	t.lost += net.lost
	net.lost = 0
}

// each runs fn for 0 … n-1 with the world's number of workers and returns the
// first error; the others are cancelled.
func (w *world) each(ctx context.Context, n int, fn func(context.Context, int) error) error {
	return share(ctx, w.cfg.Workers, n, fn)
}

// share is each with a number of workers of its own.
func share(ctx context.Context, workers, n int, fn func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(workers, n) {
		wg.Go(func() {
			for i := range next {
				if err := fn(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
feed:
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

func (w *world) say(vi, en string) {
	if w.cfg.Say != nil {
		w.cfg.Say(vi, en)
	}
}

// jump moves the clock to an hour of a day.
func (w *world) jump(day string, hour int) { w.cfg.Clock.Jump(at(day, hour)) }

func need(what string, got, want int) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s: %d, expected %d", what, got, want)
}
