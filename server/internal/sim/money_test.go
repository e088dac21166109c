package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/syncproto"
)

const policyInForce = "yb-nq60-team"

// list is a list for payment that somebody drafted; what became of it the
// server says.
type list struct {
	id      syncproto.ID
	commune int // -1: of the province
	by      syncproto.ID
}

// money is what offices do about what closed months are worth: they fund,
// draft, issue, replace and confirm, in any order, and often twice.
func (w *world) money(slot int, d dice) {
	if d.in(60) {
		w.moneyRound(slot, d)
	}
	for range 1 + d.IntN(4) {
		w.calm(slot)
		if w.broken() {
			return
		}
		switch roll := d.IntN(100); {
		case roll < 18:
			w.fund(d)
		case roll < 48 || len(w.lists) == 0:
			w.draft(d)
		case roll < 74:
			w.issue(d, w.someList(d), w.someList(d))
		case roll < 83:
			w.replace(d)
		case roll < 97:
			w.pay(d)
		default:
			l := w.someList(d)
			w.post(l.by, "/v1/lists/"+string(l.id)+"/discard", map[string]any{})
		}
		w.noteDecisions(0) // money reopens nothing
		if d.in(25) {
			w.sleep(slot, d.between(time.Second, 4*time.Hour))
		}
	}
}

// moneyRound takes the next step on the straight way from a month to a paid
// list, and those after it.
func (w *world) moneyRound(slot int, d dice) {
	if stands := w.oracle.Stands(); !slices.ContainsFunc(stands, func(s oracle.Stand) bool { return s.Due > s.Listed }) {
		w.closeMonth(slot, d)
	}
	for _, s := range w.oracle.Stands() {
		if s.Due > s.Listed && !s.Funded && d.in(70) {
			w.fund(d)
			break
		}
	}
	w.noteDecisions(0)
	if w.calm(slot); w.broken() {
		return
	}
	if made := w.draft(d); len(made) > 0 {
		if d.in(25) {
			w.sleep(slot, d.between(time.Second, 20*time.Hour))
			w.calm(slot)
		}
		w.issue(d, made...)
		w.noteDecisions(0)
		if d.in(60) {
			w.pay(d)
			w.noteDecisions(0)
		}
	}
}

// someList is mostly one of the newest.
func (w *world) someList(d dice) list {
	return w.lists[len(w.lists)-1-d.IntN(min(len(w.lists), 4))]
}

// fund grants money for some months of some teams, also of months that were
// closed long before, and of some that another decision funds already.
func (w *world) fund(d dice) {
	from := domain.MonthOf(w.started).Add(d.IntN(3) - 2)
	n := 1 + d.IntN(2)
	var teams []syncproto.ID
	for _, t := range w.cast.teams {
		if d.in(80) {
			teams = append(teams, t.id)
		}
	}
	if !d.in(15) || w.fundings == 0 {
		w.fundings++ // else a number that is taken
	}
	ask := map[string]any{"policy": policyInForce, "decision": fmt.Sprintf("%d/QĐ-UBND", w.fundings), "on": today(), "from": from,
		"to": from.Add(n - 1), "teams": append([]syncproto.ID{}, teams...), "months": n, "total": len(teams) * n * 500_000, "origin": "A"}
	for range 1 + d.IntN(2) {
		code, _ := w.post(w.cast.province, "/v1/fundings", ask)
		w.log("office", "fund %v of %d teams from %s: %d", ask["decision"], len(teams), from, code)
	}
}

// draft asks for a list of a commune, or of the province, of some months:
// mostly one that has something to hold.
func (w *world) draft(d dice) []list {
	commune, kind := d.IntN(len(w.cast.communes)), pick(d, []string{"payment", "correction"})
	if moves := slices.DeleteFunc(w.oracle.Stands(), func(s oracle.Stand) bool { return !s.Moves }); len(moves) > 0 && d.in(90) {
		s := pick(d, moves)
		commune, kind = w.teamOf(s.Team).commune, "correction"
		if s.Listed == 0 && d.in(75) {
			kind = "payment"
		}
	} else if d.in(70) {
		return nil
	}
	by, units := w.cast.accountants[commune], []syncproto.ID{w.cast.communes[commune]}
	switch roll := d.IntN(10); {
	case roll < 2:
		by = w.cast.people[w.cast.chairOf(commune)].id
	case roll < 4:
		by = w.cast.clerk
	case roll < 6:
		by, commune, units = w.cast.clerk, -1, []syncproto.ID{}
	}
	ask := map[string]any{"key": w.newKey(d), "kind": kind, "policy": policyInForce,
		"units": units, "months": w.span()[:3+d.IntN(3)], "split": commune < 0 && d.in(50)}
	made := w.drafted(by, commune, "/v1/lists", ask)
	if d.in(30) {
		w.drafted(by, commune, "/v1/lists", ask)
	}
	return made
}

// drafted posts what makes drafts and remembers them.
func (w *world) drafted(by syncproto.ID, commune int, path string, ask map[string]any) (made []list) {
	code, body := w.post(by, path, ask)
	type head struct {
		ID    syncproto.ID
		Units []syncproto.ID
	}
	var got struct {
		head
		Lists []head
	}
	w.log("office", "draft %v: %d", ask["kind"], code)
	if code != http.StatusOK || json.Unmarshal(body, &got) != nil {
		return nil
	}
	if got.ID != "" {
		got.Lists = []head{got.head}
	}
	for _, h := range got.Lists {
		l := list{h.ID, commune, by}
		if len(h.Units) == 1 {
			l.commune = slices.Index(w.cast.communes, h.Units[0])
		}
		made = append(made, l)
		if !slices.ContainsFunc(w.lists, func(o list) bool { return o.id == l.id }) {
			w.lists = append(w.lists, l)
		}
	}
	return made
}

// issue issues drafts, some long after they were made. Sometimes the one who
// drafted tries, and must be refused.
func (w *world) issue(d dice, lists ...list) {
	by := w.cast.province
	if c := lists[0].commune; c >= 0 && d.in(40) {
		by = w.cast.people[w.cast.chairOf(c)].id
	}
	if d.in(10) {
		by = lists[0].by
	}
	ids := []syncproto.ID{lists[0].id}
	if len(lists) > 1 && lists[1].id != lists[0].id && d.in(30) {
		ids = append(ids, lists[1].id)
	}
	for range 1 + d.IntN(2) {
		w.issueOnce(by, ids)
	}
}

func (w *world) issueOnce(by syncproto.ID, ids []syncproto.ID) {
	before := w.srv.mark()
	code, body := w.post(by, "/v1/lists/issue", map[string]any{"lists": ids})
	w.srv.noteHeld(before)
	var got struct {
		Results []struct {
			Issued bool
			Code   string
			List   struct{ Number string }
		}
	}
	_ = json.Unmarshal(body, &got)
	for _, r := range got.Results {
		w.log("office", "issue: %v %s %s", r.Issued, r.List.Number, r.Code)
	}
	if code != http.StatusOK {
		w.log("office", "issue: %d", code)
	}
}

// replace drafts the successor of a list and mostly issues it.
func (w *world) replace(d dice) {
	old := w.someList(d)
	by := w.cast.clerk
	if old.commune >= 0 && d.in(50) {
		by = w.cast.accountants[old.commune]
	}
	made := w.drafted(by, old.commune, "/v1/lists/"+string(old.id)+"/replace", map[string]any{"key": w.newKey(d), "reason": "sai tên tổ"})
	if len(made) > 0 && d.in(80) {
		w.issue(d, made[0])
	}
}

// pay confirms a voucher over all or some lines of a list.
func (w *world) pay(d dice) {
	l := w.someList(d)
	by := w.cast.clerk
	if l.commune >= 0 {
		by = w.cast.accountants[l.commune]
	}
	if d.in(10) {
		by = w.cast.province // who issues most lists
	}
	ask := map[string]any{"voucher": fmt.Sprintf("PC %d", d.IntN(4)), "on": today()}
	if v, ok := w.show(l.id); ok && d.in(40) && len(v.Lines) > 0 {
		ask["lines"] = v.Lines[:1+d.IntN(len(v.Lines))]
	}
	for range 1 + d.IntN(2) {
		code, _ := w.post(by, "/v1/lists/"+string(l.id)+"/payments", ask)
		w.log("office", "pay %v: %d", ask["voucher"], code)
	}
}

type shownList struct {
	State, Kind string
	Lines       []struct {
		Subject string `json:"subject"`
		Period  string `json:"period"`
	}
	raw []byte
}

// show reads a list as the province does.
func (w *world) show(id syncproto.ID) (v shownList, ok bool) {
	out := w.srv.serve(http.MethodGet, "/v1/lists/"+string(id), w.cast.province, nil, false, nil)
	if out.Code >= 500 {
		w.oracle.Fail(oracle.Unblocked, "list: %d %s", out.Code, out.Body)
	}
	v.raw = slices.Clone(out.Body.Bytes())
	return v, out.Code == http.StatusOK && json.Unmarshal(v.raw, &v) == nil
}

// settleMoney lists everything that is due and funded, or to be recovered.
func (w *world) settleMoney(d dice) {
	w.noteDecisions(0)
	for _, kind := range []string{"correction", "payment"} {
		made := w.drafted(w.cast.clerk, -1, "/v1/lists", map[string]any{"key": w.newKey(d), "kind": kind, "policy": policyInForce,
			"months": w.span()})
		for _, l := range made {
			w.issueOnce(w.cast.province, []syncproto.ID{l.id})
		}
		w.noteDecisions(0)
	}
	w.oracle.Settled()
	for range 3 {
		if len(w.lists) > 0 {
			w.pay(d)
		}
	}
	w.noteDecisions(0)
}

// lists compares every list, and its paper, with the books.
func (w *world) judgeLists() {
	for _, l := range w.lists {
		v, ok := w.show(l.id)
		if !ok || v.State != "issued" && v.State != "replaced" {
			continue
		}
		kinds := map[string][]string{"payment": {""}, "correction": {"back_payment", "recovery"}}[v.Kind]
		papers := map[string]string{}
		for _, kind := range kinds {
			out := w.srv.serve(http.MethodGet, "/v1/lists/"+string(l.id)+"/paper?format=csv&kind="+kind, w.cast.province, nil, false, nil)
			if out.Code != http.StatusOK {
				w.oracle.Fail(oracle.Unblocked, "paper: %d %s", out.Code, out.Body)
			}
			papers[kind] = out.Body.String()
		}
		w.oracle.Listing(v.raw, papers)
	}
}

// lostLists looks for the lists that a restore took back: each must stand as
// the draft that it was.
func (w *world) lostLists() {
	for _, l := range w.oracle.Lost() {
		v, _ := w.show(syncproto.ID(l.Draft))
		w.log("office", "list %s was lost, its draft is %s", l.Number, v.State)
		w.oracle.StillDrafted(l, v.raw)
	}
}
