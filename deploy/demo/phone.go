package demo

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// phone is a member's phone: the project's own sync engine on a database in
// memory, a clock that is wrong, and a network that loses answers. One
// goroutine at a time uses it.
type phone struct {
	w      *world
	n      int // of all phones
	team   *Team
	index  int // 0 the leader's, 1 the deputy's
	person syncproto.ID
	wire   *wire
	api    *api.Client
	eng    *client.Engine
	net    *lossy
	skew   time.Duration
	clock  time.Time // what the phone shows, but for skew
}

func (w *world) newPhone(t *Team, index int) *phone {
	n := 2*t.N + index
	rnd := rand.New(rand.NewPCG(w.cfg.Province.Seed, uint64(n)|1<<40))
	ph := &phone{w: w, n: n, team: t, index: index, person: w.people[t.Members[index].Ref], wire: &wire{from: w.address(n + 1000)}}
	ph.api = api.New(w.cfg.Base, api.Options{HTTP: &http.Client{Transport: ph.wire}})
	switch x := rnd.IntN(50); { // most clocks are nearly right, some wrong by years
	case x == 0:
		ph.skew = -4 * 365 * 24 * time.Hour
	case x == 1:
		ph.skew = 2 * 365 * 24 * time.Hour
	default:
		ph.skew = time.Duration(rnd.IntN(600)-300) * time.Second
	}
	ph.net = &lossy{rnd: rnd, share: lostAnswers, Transport: &client.HTTP{Base: w.cfg.Base,
		Client: &http.Client{Transport: ph.wire}, Tokens: tokens{ph.api}, Agent: "banso-demo", Zip: &w.zip}}
	return ph
}

// activate signs the phone in with a code and opens its database.
func (ph *phone) activate(ctx context.Context, code string) error {
	defer ph.wire.hangUp()
	s, err := ph.api.Activate(ctx, api.Activate{Code: code, Install: syncproto.NewRandomID(crand.Reader), DeviceName: "Điện thoại (mẫu)"})
	if err != nil {
		return fmt.Errorf("activate a phone: %w", err)
	}
	return ph.open(s, memlocal.New(memlocal.WithShared(ph.w.shared)))
}

// open opens the phone's database for who has signed in.
func (ph *phone) open(s api.Session, local client.Local) (err error) {
	ph.eng, err = client.New(client.Config{Local: local, Transport: ph.net,
		Now: func() time.Time { return ph.clock.Add(ph.skew) }, Rand: crand.Reader, Person: s.Person, App: "demo"})
	return err
}

// log notes activities of the phone's own share, each in the evening of its day.
func (ph *phone) log(list []Activity, mine func(*Activity) bool) error {
	for i := range list {
		a := &list[i]
		if a.Phone != ph.index || !mine(a) {
			continue
		}
		ph.clock = evening(a.DoneOn)
		if err := ph.logOne(a); err != nil {
			return err
		}
	}
	return nil
}

func (ph *phone) logOne(a *Activity) error {
	people := make([]string, 0, len(a.Participants))
	for _, m := range a.Participants {
		people = append(people, string(ph.w.people[ph.team.Members[m].Ref]))
	}
	measures := syncproto.Doc{}
	for name, n := range a.Measures {
		measures[name] = syncproto.Int(n)
	}
	set := syncproto.Doc{"team": syncproto.Str(string(ph.w.teams[ph.team.N])), "done_on": syncproto.Str(a.DoneOn),
		"category": syncproto.Str(a.Category), "measures": measures.AppendCanonical(nil), "place": syncproto.Str(a.Place)}
	if a.Note != "" {
		set["note"] = syncproto.Str(a.Note)
	}
	add := syncproto.Sets{"participants": people}
	if a.Paper != "" {
		add["evidence"] = []string{"paper:" + a.Paper}
	}
	s, err := ph.eng.Create(syncproto.TypeActivity, "", set, add)
	if err != nil {
		return err
	}
	k := client.Key{Type: syncproto.TypeActivity, ID: s.ID}
	ph.w.plans.put(s.ID, plan{phone: ph, fate: a.Fate})
	if a.Edited {
		if _, err := ph.eng.Edit(k, syncproto.Doc{"note": syncproto.Str("Đã bổ sung địa điểm.")}, nil, nil); err != nil {
			return err
		}
	}
	_, err = ph.eng.Submit(k)
	return err
}

// report writes and submits the report of a month.
func (ph *phone) report(month string, fate Fate) error {
	team := ph.w.teams[ph.team.N]
	id := syncproto.DerivedID(syncproto.TypeReport, team, month)
	_, err := ph.eng.Create(syncproto.TypeReport, id, syncproto.Doc{"team": syncproto.Str(string(team)), "month": syncproto.Str(month),
		"summary": syncproto.Str("Tổ đã hướng dẫn bà con theo kế hoạch tháng."), "difficulties": syncproto.Str("Sóng yếu ở một số hộ.")}, nil)
	if err != nil {
		return err
	}
	ph.w.plans.put(id, plan{phone: ph, fate: fate, report: true})
	_, err = ph.eng.Submit(client.Key{Type: syncproto.TypeReport, ID: id})
	return err
}

// mend corrects what the chair sent back and hands it in again.
func (ph *phone) mend(ctx context.Context, k client.Key) error {
	shown, err := ph.eng.View(k)
	if err != nil {
		return fmt.Errorf("mend what was sent back: %w", err)
	}
	if st := shown.Doc.Str("state"); st != "returned" {
		return fmt.Errorf("the phone shows %q where the chair sent back", st)
	}
	set := syncproto.Doc{"note": syncproto.Str("Đã sửa theo góp ý của xã.")}
	if k.Type == syncproto.TypeReport {
		set = syncproto.Doc{"proposals": syncproto.Str("Đề nghị xã hỗ trợ thêm điểm Wi-Fi.")}
	}
	if _, err := ph.eng.Edit(k, set, nil, nil); err != nil {
		return err
	}
	_, err = ph.eng.Submit(k)
	return err
}

// sync is one visit to the network: again and again until nothing is left.
func (ph *phone) sync(ctx context.Context) error {
	defer ph.wire.hangUp()
	ph.clock = ph.w.cfg.Clock.Now()
	// The app asks for new access when it is opened after days, instead of
	// sending everything once for nothing.
	if _, err := ph.api.Refresh(ctx); err != nil {
		return fmt.Errorf("refresh the session: %w", err)
	}
	var out client.Outcome
	var err error
	for range maxTries {
		if out, err = ph.eng.Sync(ctx); err != nil {
			return err
		}
		ph.w.tally.add(&out)
		switch {
		case out.Kind == client.OK && !out.More:
			ph.w.tally.visit(ph.net)
			return nil
		case out.Kind == client.Offline && out.Cause != errLost:
			return fmt.Errorf("sync: %w", out.Cause)
		case out.Kind == client.Busy: // told to come later: the only wait by the wall clock
			if err := rest(ctx, min(out.Next, time.Second)); err != nil {
				return err
			}
		case out.Kind == client.SignIn || out.Kind == client.Refused || out.Kind == client.Garbled:
			return fmt.Errorf("sync ended %q with status %d: %v", out.Kind, out.Status, out.Cause)
		}
	}
	return fmt.Errorf("sync: no success in %d tries, the last was %q", maxTries, out.Kind)
}

// maxTries is enough for any luck at 10 % of lost answers.
const maxTries = 40

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func evening(day string) time.Time { return at(day, 19) }
