package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// correct is what an office does about months that are closed: it proposes,
// and somebody else, sometimes the same person, decides; days are moved,
// disputes answered.
func (w *world) correct(slot int, d dice) {
	w.calm(slot)
	if w.broken() {
		return
	}
	switch roll := d.IntN(100); {
	case roll < 55:
		w.propose(d)
	case roll < 75:
		w.decideOpen(d)
	case roll < 88:
		w.answerDispute(d)
	default:
		w.extend(d)
	}
}

func (w *world) post(who syncproto.ID, path string, in any) (int, []byte) {
	body, err := json.Marshal(in)
	must(err)
	out := w.srv.serve(http.MethodPost, path, who, body, false, nil)
	if out.Code >= 500 && w.srv.up && !w.stormy() {
		w.oracle.Fail(oracle.Unblocked, "%s: %d %s", path, out.Code, out.Body)
	}
	return out.Code, out.Body.Bytes()
}

func (w *world) stormy() bool { return time.Now().Before(w.storm) }

func (w *world) teamOf(id string) team {
	return w.cast.teams[slices.IndexFunc(w.cast.teams, func(t team) bool { return string(t.id) == id })]
}

// propose proposes something about a closed month, and mostly decides it.
func (w *world) propose(d dice) {
	closed := w.oracle.Stands()
	if len(closed) == 0 {
		return
	}
	if listed := slices.DeleteFunc(slices.Clone(closed), func(s oracle.Stand) bool { return s.Listed == 0 }); len(listed) > 0 && d.in(60) {
		closed = listed
	}
	at := pick(d, closed)
	t, month, n := w.teamOf(at.Team), at.Month, w.oracle.NewestClose(at.Team, at.Month)
	by := w.cast.people[w.cast.chairOf(t.commune)].id
	if d.in(30) {
		by = w.cast.province
	}
	kinds := []string{"recovery", "recovery", "withhold", "release", "reopen"}
	if at.Due == 0 {
		kinds = []string{"back_payment", "back_payment", "back_payment", "release", "reopen"}
	} else if at.Due < 500_000 {
		kinds = append(kinds, "back_payment", "back_payment")
	}
	kind := pick(d, kinds)
	ask := map[string]any{"key": w.newKey(d), "kind": kind, "team": t.id, "month": month, "close": n, "reason": "đối chiếu lại"}
	if kind == "recovery" || kind == "back_payment" {
		ask["amount"] = 100_000 * (1 + d.IntN(5))
	}
	if d.in(10) {
		ask["close"] = n + 1 // a screen that is not what it was
	}
	code, body := w.post(by, "/v1/proposals", ask)
	var p struct{ ID syncproto.ID }
	_ = json.Unmarshal(body, &p)
	w.log("office", "propose %s %s %s: %d", kind, short(t.id), month, code)
	if code == http.StatusOK && ask["close"] != n {
		w.oracle.Fail(oracle.CloseIfMatch, "a proposal about close %v was taken, the newest is %d", ask["close"], n)
	}
	if code == http.StatusOK && d.in(80) {
		w.decideProposal(d, t, p.ID, by)
	}
}

func (w *world) newKey(d dice) syncproto.ID {
	return syncproto.NewRandomID(newEntropy(w.seed, d.Uint64()))
}

// decideProposal approves as the other of chair and province; sometimes the
// proposer tries first, and must be refused.
func (w *world) decideProposal(d dice, t team, id, by syncproto.ID) {
	other := w.cast.province
	if by == other {
		other = w.cast.people[w.cast.chairOf(t.commune)].id
	}
	before := w.head()
	path := "/v1/proposals/" + string(id) + "/decision"
	if d.in(25) {
		if code, body := w.post(by, path, map[string]any{"decision": "approve"}); code == http.StatusOK {
			w.oracle.Fail(oracle.TwoPeople, "who proposed has approved: %s", body)
		}
	}
	choice := map[string]any{"decision": "approve"}
	if d.in(15) {
		choice = map[string]any{"decision": "refuse", "note": "chưa đủ căn cứ"}
	}
	for range 1 + d.IntN(2) {
		code, _ := w.post(other, path, choice)
		w.log("office", "%s: %d", choice["decision"], code)
	}
	w.noteDecisions(before)
}

// decideOpen decides a proposal that stands open, such as one that a chair's
// adoption of late work made.
func (w *world) decideOpen(d dice) {
	out := w.srv.serve(http.MethodGet, "/v1/proposals?state=proposed", w.cast.province, nil, false, nil)
	var list struct {
		Proposals []struct{ ID, By, Team syncproto.ID }
	}
	if out.Code != http.StatusOK || json.Unmarshal(out.Body.Bytes(), &list) != nil || len(list.Proposals) == 0 {
		return
	}
	p := pick(d, list.Proposals)
	for _, t := range w.cast.teams {
		if t.id == p.Team {
			w.decideProposal(d, t, p.ID, p.By)
		}
	}
}

func (w *world) answerDispute(d dice) {
	out := w.srv.serve(http.MethodGet, "/v1/disputes?state=open", w.cast.province, nil, false, nil)
	var list struct {
		Disputes []struct {
			ID, Team syncproto.ID
			Month    string
		}
	}
	if out.Code != http.StatusOK || json.Unmarshal(out.Body.Bytes(), &list) != nil || len(list.Disputes) == 0 {
		return
	}
	v := pick(d, list.Disputes)
	in := map[string]any{"decision": "explained", "text": "Tháng chưa đủ điều kiện"}
	if d.in(50) {
		in = map[string]any{"decision": "upheld", "text": "Xã sót", "amount": 500_000, "close": w.oracle.NewestClose(string(v.Team), v.Month)}
	}
	code, _ := w.post(w.cast.province, "/v1/disputes/"+string(v.ID)+"/answer", in)
	w.log("office", "dispute %s: %d", in["decision"], code)
}

func (w *world) extend(d dice) {
	month := string(thisMonth().Add(-d.IntN(2)))
	in := map[string]any{"kind": "storm", "from": month, "to": month, "days": 1 + d.IntN(6), "reason": fmt.Sprintf("Bão số %d", 1+d.IntN(9))}
	if d.in(60) {
		in["team"] = pick(d, w.cast.teams).id
	}
	code, _ := w.post(w.cast.province, "/v1/extensions", in)
	w.log("office", "extend %s by %d: %d", month, in["days"], code)
}

func (w *world) head() (commit int64) {
	must(w.srv.store.View(context.Background(), func(r store.Reader) error {
		commit = r.Head().Commit
		return nil
	}))
	return commit
}

// noteDecisions shows the oracle the whole chain. before is a commit that is
// not after any reopening that it has not seen.
func (w *world) noteDecisions(before int64) {
	var list []oracle.Decision
	must(w.srv.store.View(context.Background(), func(r store.Reader) error {
		list = nil
		return r.Decisions(1, func(d *store.Decision) bool {
			list = append(list, oracle.Decision{N: d.N, Kind: d.Kind, Key: d.Key, Body: string(d.Body), Hash: string(d.Hash[:])})
			return true
		})
	}))
	for _, d := range list {
		w.oracle.Decided(d, before)
	}
}

// dispute asks from a phone why a month is not paid.
func (p *phone) dispute() error {
	month := thisMonth().Add(-p.dice.IntN(3))
	id := syncproto.NewRecordID(newEntropy(p.w.seed, p.dice.Uint64()), p.clock())
	p.log("dispute %s", month)
	_, err := p.eng.Create(syncproto.TypeDispute, id, syncproto.Doc{"team": syncproto.Str(string(p.team())),
		"month": syncproto.Str(string(month)), "question": syncproto.Str("Vì sao tháng này chưa được chi?")}, nil)
	return err
}
