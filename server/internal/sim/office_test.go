package sim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// office is everything that happens at the server's end: follow-up, grants,
// closes, console work, and the host's bad days.
func (w *world) office(slot int, d dice) {
	for !w.over() {
		w.sleep(slot, d.between(time.Hour, 12*time.Hour))
		if w.over() {
			return
		}
		switch roll := d.IntN(100); {
		case roll < 27:
			w.followUp()
		case roll < 36:
			w.correct(slot, d)
		case roll < 42:
			w.changeGrant(d)
		case roll < 53:
			w.closeMonth(slot, d)
		case roll < 59:
			w.consoleReview(d)
		case roll < 63:
			w.storm = time.Now().Add(d.between(time.Minute, 10*time.Hour))
			w.log("office", "storm")
		case roll < 69:
			w.calm(slot)
			w.srv.back()
		case roll < 73:
			w.crash(slot, d)
		case roll < 76:
			w.disaster(slot, d)
		case roll < 82:
			w.stall(slot, d)
		case roll < 98:
			w.money(slot, d)
		}
	}
}

// followUp does what app's loop does after commits, and what the clock asks.
func (w *world) followUp() {
	w.srv.follow()
	w.noteCloses()
}

// calm waits until no answer is on its way to the oracle, so that what changes
// now is not used to judge what was answered before.
func (w *world) calm(slot int) {
	for wait := 2 * time.Millisecond; w.judging > 0; wait = min(2*wait, 10*time.Minute) {
		w.sleep(slot, wait)
	}
}

// changeGrant enters, ends or renews an office, or gives somebody a second one
// in another team.
func (w *world) changeGrant(d dice) {
	i := d.IntN(len(w.cast.people))
	p, id := w.cast.people[i], fixedID("grant", i)
	on := domain.Interval{From: "2023-01-01"}
	day := domain.DateOf(time.Now())
	switch d.IntN(5) {
	case 0:
		on.To = day.Add(-d.IntN(10) - 1)
	case 1:
		on.To = day.Add(d.IntN(3))
	case 2:
		on.From = day.Add(-d.IntN(15))
	case 3:
		if p.team >= 0 {
			p.team, p.role, id = d.IntN(len(w.cast.teams)), domain.RoleMember, fixedID("second grant", i)
			on.From = day.Add(-d.IntN(20))
		}
	}
	w.calm(w.officeSlot)
	w.putGrant(id, w.cast.grant(p, on))
}

func (w *world) putGrant(id syncproto.ID, g domain.Grant) {
	err := w.srv.store.Update(context.Background(), func(tx store.Tx) error {
		return roster.PutGrant(tx, id, g, store.Cause{By: w.cast.admin, Op: "grant"})
	})
	must(err)
	w.log("office", "grant %s %s from %s to %s", short(g.Person), g.Role, g.From, g.To)
	w.oracle.Granted(oracle.Grant{ID: string(id), Person: string(g.Person), Role: string(g.Role), Team: string(g.Team),
		Unit: string(g.Unit), From: string(g.From), To: string(g.To)})
}

// closeMonth is a chair who looks at a month and confirms it, sometimes much
// later, sometimes twice.
func (w *world) closeMonth(slot int, d dice) {
	t := pick(d, w.cast.teams)
	chair := w.cast.people[w.cast.chairOf(t.commune)]
	month := string(thisMonth().Add(-1 - d.IntN(2)))
	path := "/v1/teams/" + string(t.id) + "/months/" + month
	csum, ok := w.csum(chair, path)
	if !ok {
		return
	}
	if d.in(50) {
		w.sleep(slot, d.between(time.Minute, 20*time.Hour))
	}
	w.calm(slot)
	now, ok := w.csum(chair, path)
	if !ok || w.broken() {
		return
	}
	var body []byte
	if d.in(60) { // the chair takes what only assumed rules refuse
		body = []byte(`{"accept":true,"reason":"mất điện cả tháng"}`)
	}
	w.close(chair, t, month, path, csum, now, body)
	if d.in(50) {
		w.close(chair, t, month, path, now, now, nil)
	}
}

func (w *world) close(chair person, t team, month, path, csum, now string, body []byte) {
	out := w.srv.serve(http.MethodPost, path+"/close", chair.id, body, false, map[string]string{"If-Match": `"` + csum + `"`})
	var got struct{ Closed bool }
	_ = json.Unmarshal(out.Body.Bytes(), &got)
	w.log("office", "close %s %s: %d %v fresh %v", short(t.id), month, out.Code, got.Closed, csum == now)
	switch {
	case out.Code == http.StatusOK && got.Closed:
		w.noteClose(t, month, csum == now)
	case out.Code >= 500:
		w.oracle.Fail(oracle.Unblocked, "close: %d %s", out.Code, out.Body)
	case out.Code == http.StatusPreconditionFailed && csum == now:
		w.oracle.Fail(oracle.CloseIfMatch, "a close with the newest csum was refused: %s", out.Body)
	}
}

func (w *world) csum(chair person, path string) (string, bool) {
	out := w.srv.serve(http.MethodGet, path, chair.id, nil, false, nil)
	var tm struct{ Csum string }
	if out.Code != http.StatusOK || json.Unmarshal(out.Body.Bytes(), &tm) != nil {
		if out.Code >= 500 {
			w.oracle.Fail(oracle.Unblocked, "%s: %d %s", path, out.Code, out.Body)
		}
		return "", false
	}
	return tm.Csum, true
}

// noteCloses tells the oracle what the clock closed.
func (w *world) noteCloses() {
	w.noteDecisions(0) // followUp reopens nothing
	for _, t := range w.cast.teams {
		for _, m := range w.span() {
			w.noteClose(t, m, true)
		}
	}
}

// noteClose reads the newest close of a team-month from the chain of
// decisions.
func (w *world) noteClose(t team, month string, matched bool) {
	var dec store.Decision
	var head store.Head
	err := w.srv.store.View(context.Background(), func(r store.Reader) (err error) {
		head = r.Head()
		dec, err = r.Decision("close", string(t.id)+"/"+month)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return
	}
	must(err)
	if w.oracle.NewestClose(string(t.id), month) == 0 && dec.N <= w.oracle.LastClose(string(t.id), month) {
		return // open again
	}
	w.noteDecisions(0)
	known := w.oracle.IsClosed(string(t.id), month)
	body := strings.Join([]string{string(dec.Body), string(dec.Hash[:])}, " ")
	w.oracle.Closed(oracle.Closing{Team: string(t.id), Month: month, Body: body, Commit: head.Commit}, matched)
	if !known {
		w.log("office", "%s %s is closed by decision %d", short(t.id), month, dec.N)
		w.audit(t.commune)
	}
}

// audit reads a commune's months from 0 and compares closed ones.
func (w *world) audit(commune int) {
	chair := w.cast.people[w.cast.chairOf(commune)]
	rd := w.read(chair)
	if rd == nil {
		return
	}
	for _, t := range w.cast.teams {
		if t.commune != commune {
			continue
		}
		for _, m := range w.span() {
			if content, ok := rd.MonthContent(string(w.cast.communes[commune]), string(t.id), m); ok {
				w.oracle.Content(string(t.id), m, content)
			}
		}
	}
}

type queued struct {
	Type, ID, C string
	Rev         int64
}

// consoleReview is a chair at the console; the same key is the same decision.
func (w *world) consoleReview(d dice) {
	commune := d.IntN(len(w.cast.communes))
	chair := w.cast.people[w.cast.chairOf(commune)]
	w.calm(w.officeSlot)
	out := w.srv.serve(http.MethodGet, "/v1/review/queue?commune="+string(w.cast.communes[commune])+
		"&month="+string(thisMonth().Add(-d.IntN(2)))+"&limit=20", chair.id, nil, false, nil)
	var q struct{ Items []queued }
	w.day = today()
	if may := w.oracle.MayRead(string(chair.id), "commune:"+string(w.cast.communes[commune])); may != (out.Code == http.StatusOK) {
		w.oracle.Fail(oracle.ReadRights, "queue: %d for somebody who may read it: %v", out.Code, may)
		return
	} else if !may {
		return
	}
	if json.Unmarshal(out.Body.Bytes(), &q) != nil {
		w.oracle.Fail(oracle.Unblocked, "queue: %d %s", out.Code, out.Body)
		return
	}
	if len(q.Items) == 0 {
		return
	}
	slices.SortFunc(q.Items, func(a, b queued) int { return cmp.Compare(a.Rev, b.Rev) })
	it := pick(d, q.Items)
	key := syncproto.NewRandomID(newEntropy(w.seed, d.Uint64()))
	decision, reason := "approve", ""
	if d.in(30) {
		decision, reason = "return", "thiếu minh chứng"
	}
	seen := it.C
	if d.in(20) {
		seen = it.C[1:] + it.C[:1] // a screen that is not what it was
		seen = seen[:21] + "A"
	}
	body, err := json.Marshal(map[string]any{"decisions": []any{map[string]any{"key": key, "type": it.Type, "id": it.ID,
		"seen": seen, "decision": decision, "reason": reason}}})
	must(err)
	for range 1 + d.IntN(2) {
		w.consoleOnce(chair, string(key), body, oracle.ConsoleReview{Type: it.Type, ID: it.ID, Seen: seen, Decision: decision})
	}
}

func (w *world) consoleOnce(chair person, key string, body []byte, rv oracle.ConsoleReview) {
	out := w.srv.serve(http.MethodPost, "/v1/review/decisions", chair.id, body, false, nil)
	var got struct{ Verdicts []oracle.Verdict }
	if out.Code != http.StatusOK || json.Unmarshal(out.Body.Bytes(), &got) != nil || len(got.Verdicts) != 1 {
		w.oracle.Fail(oracle.Unblocked, "decisions: %d %s", out.Code, out.Body)
		return
	}
	w.log("office", "console %s %s: %s", rv.Decision, short(syncproto.ID(rv.ID[18:])), got.Verdicts[0])
	w.oracle.Console(string(chair.id), key, rv, got.Verdicts[0])
}

// crash kills the process and starts it again on what was committed.
func (w *world) crash(slot int, d dice) {
	w.srv.kill()
	w.sleep(slot, d.between(time.Second, 3*time.Hour))
	w.srv.start(w.srv.data)
}

// disaster loses the disk: the newest or second-newest backup takes its place.
func (w *world) disaster(slot int, d dice) {
	w.calm(slot)
	if w.srv.restore(d.in(50)) {
		w.lostLists()
	}
}

// stall keeps a write transaction open that has written already: phones read
// meanwhile, and what they push shares the next commit. Sometimes the process
// dies of it. Nothing else of the office happens, so that what is committed
// when doesn't depend on luck.
func (w *world) stall(slot int, d dice) {
	long := d.between(time.Minute, 8*time.Hour)
	st, mine := w.srv.store, w.slot()
	w.log("office", "stall %v", long)
	if d.in(25) {
		killer, after := w.slot(), d.between(time.Second, long)
		w.spawn(func() {
			w.sleep(killer, after)
			w.srv.kill()
		})
	}
	i := d.IntN(len(categories))
	name := fmt.Sprintf("Việc %s, lần %d", categories[i], d.IntN(1000))
	var err error
	w.apart(func() {
		err = st.Update(context.Background(), func(tx store.Tx) error {
			if err := putCategory(tx, i, name, store.Cause{By: w.cast.admin, Op: "sim"}); err != nil {
				return err
			}
			w.nap(mine, long)
			return nil
		})
	})
	if err != nil && !errors.Is(err, store.ErrStopped) {
		must(err)
	}
	if !w.srv.up {
		w.srv.start(w.srv.data)
	}
}
