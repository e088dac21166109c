package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// heal lets the faults stop and brings everybody together.
func (w *world) heal() {
	w.faults = false
	w.log("world", "the faults stop")
	w.calm(w.officeSlot)
	w.passMidnight()
	for i := range w.cast.communes { // somebody has to be able to see everything
		chair := w.cast.people[w.cast.chairOf(i)]
		w.putGrant(fixedID("grant", i), w.cast.grant(chair, domain.Interval{From: "2023-01-01"}))
	}
	settle := newDice(w.seed, 501)
	if settle.in(50) {
		w.settleMoney(settle)
	}
	for round := range 20 {
		w.sleep(w.officeSlot, time.Minute)
		w.followUp()
		busy, decided := false, w.oracle.Stats().Verdicts
		for _, p := range w.phones {
			p.local.left = -1
			if round > 0 && round < 3 && p.who.role == domain.RoleLeader {
				p.do("receive", p.receive)
			}
			p.sync()
			busy = busy || p.unsettled()
			if w.broken() {
				return
			}
		}
		// A round in which somebody pushed is news for those before him, and what the
		// clock has made due meanwhile is news for all.
		if !busy && decided == w.oracle.Stats().Verdicts && !w.passMidnight() && !w.moreDue() {
			return
		}
	}
	for _, p := range w.phones {
		if p.unsettled() {
			s, _ := p.eng.Status()
			w.oracle.Fail(oracle.Converged, "%s has %d unsent, agrees %v, problems %v", p.name, s.Unsent, s.Agree, s.Problems)
		}
	}
}

// moreDue does the follow-up work and tells whether there was any.
func (w *world) moreDue() bool {
	before := w.head()
	w.followUp()
	return w.head() != before
}

// passMidnight waits for the day to end, in UTC+7, if it is about to, and tells
// whether it did: the clock alone makes work due then, and what it changes must
// not fall between two readings that are compared.
func (w *world) passMidnight() bool {
	now := time.Now().In(domain.Zone)
	y, m, d := now.Date()
	left := time.Date(y, m, d+1, 0, 0, 0, 0, domain.Zone).Sub(now)
	if left >= time.Hour {
		return false
	}
	w.sleep(w.officeSlot, left+time.Minute)
	return true
}

func (p *phone) unsettled() bool {
	s, err := p.eng.Status()
	must(err)
	for _, sc := range s.Scopes {
		if sc.More || sc.Bad || sc.Revoked {
			return true
		}
	}
	return s.Unsent > 0
}

// judge compares everything with everything, after healing.
func (w *world) judge() {
	w.oracle.Missing()
	before := w.chairs()
	for _, p := range w.cast.people {
		if w.broken() {
			return
		}
		must(w.oracle.Replay(w.ask, string(p.id), w.auditClient()))
	}
	w.srv.follow()
	for i, rd := range w.chairs() {
		oracle.SameRevs(w.oracle, before[i], rd)
	}
	after := w.readAll()
	if w.broken() {
		return
	}
	w.noteDecisions(w.head())
	w.oracle.Money(after)
	w.judgeLists()
	w.judgeFigures()
	w.oracle.Fold(after)
	w.oracle.Cases(after)
	w.losers(after)
	for c := range w.cast.communes {
		w.audit(c)
	}
	for _, p := range w.phones {
		w.comparePhone(p, after)
	}
	w.checkFile()
}

func (w *world) comparePhone(p *phone, all []*oracle.Reading) {
	var held []oracle.Held
	var scopes []string
	must(p.disk.View(func(r client.LocalReader) error {
		return r.Scopes(func(s client.ScopeState) bool {
			if s.Archived {
				return true
			}
			scopes = append(scopes, string(s.Scope))
			_ = r.Members(s.Scope, "", func(rec *client.Record) bool {
				held = append(held, oracle.Held{Scope: string(s.Scope), Type: rec.Type, ID: string(rec.ID), Doc: string(rec.Doc)})
				return true
			})
			return true
		})
	}))
	for _, rd := range all {
		if rd.Person == string(p.who.id) {
			w.oracle.ComparePhone(p.name, rd, held, scopes, w.ownScopes(p.who))
		}
	}
}

// ownScopes are those that every phone of a person gets by itself.
func (w *world) ownScopes(p person) (out []string) {
	may := func(s string) bool { return w.oracle.MayRead(string(p.id), s) }
	add := func(base string) {
		if !may(base) {
			return
		}
		out = append(out, base)
		for i := range 3 {
			out = append(out, base+"/"+string(thisMonth().Add(-i)))
		}
	}
	for _, s := range []string{"ref", "user:" + string(p.id)} {
		if may(s) {
			out = append(out, s)
		}
	}
	for _, t := range w.cast.teams {
		add("team:" + string(t.id))
	}
	for _, c := range w.cast.communes {
		add("commune:" + string(c))
	}
	return out
}

// losers looks for each overwritten value in the history of its activity.
func (w *world) losers(all []*oracle.Reading) {
	for _, v := range w.oracle.Losers() {
		for c := range w.cast.communes {
			chair := w.cast.people[w.cast.chairOf(c)]
			if oracle.Shows(all, string(chair.id), "activity/"+v.ID) {
				w.findLoser(chair, v)
			}
		}
	}
}

func (w *world) findLoser(chair person, v oracle.Verdict) {
	out := w.srv.serve(http.MethodGet, "/v1/activities/"+v.ID, chair.id, nil, false, nil)
	var got struct {
		History []struct {
			Rev    int64
			Before map[string]any
		}
	}
	if out.Code != http.StatusOK || json.Unmarshal(out.Body.Bytes(), &got) != nil {
		w.oracle.Fail(oracle.MergeRules, "history of %s: %d %.200s", v.ID, out.Code, out.Body)
		return
	}
	for _, h := range got.History {
		if h.Rev != v.Rev {
			continue
		}
		for _, field := range v.Lost {
			if h.Before[field] == nil {
				w.oracle.Fail(oracle.MergeRules, "%s was overwritten in %s at rev %d and is not in its history", field, v.ID, v.Rev)
			}
		}
		return
	}
	w.oracle.Fail(oracle.MergeRules, "rev %d of %s is not in its history", v.Rev, v.ID)
}

// checkFile lets the engine's own check look at the file, too.
func (w *world) checkFile() {
	path := filepath.Join(w.srv.dir, "final.db")
	copySparse(app.StorePath(w.srv.data), path)
	rep, err := boltstore.Check(path)
	if err != nil || len(rep.Problems) > 0 {
		w.oracle.Fail(oracle.SumRecomputed, "the file: %v %v", err, rep.Problems)
	}
}

// chairs reads what the chairs see: every activity and report.
func (w *world) chairs() (out []*oracle.Reading) {
	for c := range w.cast.communes {
		out = append(out, w.read(w.cast.people[w.cast.chairOf(c)]))
	}
	return out
}

func (w *world) readAll() (out []*oracle.Reading) {
	for _, p := range w.cast.people {
		if rd := w.read(p); rd != nil {
			out = append(out, rd)
		}
	}
	return out
}

// read is everything that a person may read, from 0.
func (w *world) read(p person) *oracle.Reading {
	w.day = today()
	if !w.oracle.MayRead(string(p.id), "user:"+string(p.id)) {
		return nil
	}
	limit := 100
	if w.seed%4 == 0 {
		limit = 7
	}
	rd, err := w.oracle.Read(w.ask, string(p.id), w.auditClient(), w.scopesOf(p), limit)
	if err != nil {
		w.oracle.Fail(oracle.Converged, "reading of %s: %v", short(p.id), err)
		return nil
	}
	return rd
}

// ask is the oracle's own line to the server: nothing gets lost on it.
func (w *world) ask(who string, body []byte) ([]byte, error) {
	out := w.srv.serve(http.MethodPost, "/v1/sync", syncproto.ID(who), body, false, nil)
	if out.Code != http.StatusOK {
		return nil, fmt.Errorf("status %d: %.200s", out.Code, out.Body)
	}
	return out.Body.Bytes(), nil
}

func (w *world) auditClient() string {
	w.audits++
	return string(syncproto.DerivedID("audit", syncproto.ID(domain.DateOf(w.started)), fmt.Sprint(w.audits)))
}
