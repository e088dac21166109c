package syncsvc

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// world is one province with two communes and three teams, on a real store.
type world struct {
	t    testing.TB
	now  time.Time
	db   store.Store
	svc  *Service
	path string
	rnd  *mathrand.ChaCha8 // of ids: the same in each run, so that fuzz inputs keep their meaning

	commune, commune2       domain.ID
	team, team2, far        domain.ID // team2 is in the same commune, far in the other
	leader, member, other   domain.ID // of team; other is a member of team2
	chair, chair2, stranger domain.ID
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2023, 8, 10, 9, 0, 0, 0, domain.Zone), path: filepath.Join(t.TempDir(), "shard.db"),
		rnd: mathrand.NewChaCha8([32]byte{1})}
	w.open()
	for _, id := range []*domain.ID{&w.commune, &w.commune2, &w.team, &w.team2, &w.far, &w.leader,
		&w.member, &w.other, &w.chair, &w.chair2, &w.stranger} {
		*id = w.id()
	}
	w.update(func(tx store.Tx) error {
		for team, commune := range map[domain.ID]domain.ID{w.team: w.commune, w.team2: w.commune, w.far: w.commune2} {
			if err := roster.PutTeam(tx, team, domain.Team{Name: "Tổ thử", Level: domain.LevelVillage, Commune: commune,
				Decision: "1/QĐ", EstablishedOn: "2022-01-01"}, store.Cause{}); err != nil {
				return err
			}
		}
		for _, code := range []string{"DVC_NOP_HO_SO", "TUYEN_TRUYEN_LOA"} {
			if _, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID("category", domain.ID(code), "")},
				Doc: syncproto.Doc{"code": syncproto.Str(code)}, Scopes: []syncproto.Scope{syncproto.ScopeRef}}); err != nil {
				return err
			}
		}
		return nil
	})
	w.grant(w.leader, domain.RoleLeader, w.team, "2023-01-01", "")
	w.grant(w.member, domain.RoleMember, w.team, "2023-01-01", "")
	w.grant(w.other, domain.RoleMember, w.team2, "2023-01-01", "")
	w.grant(w.chair, domain.RoleChair, w.commune, "2023-01-01", "")
	w.grant(w.chair2, domain.RoleViceChair, w.commune, "2023-01-01", "")
	w.clearDue()
	return w
}

func (w *world) open() {
	w.t.Helper()
	db, err := boltstore.Open(w.path, boltstore.Options{Now: func() time.Time { return w.now }, Rand: rand.Reader, Create: w.db == nil,
		OnCommit: func(c int64, touched []syncproto.Scope) {
			if w.svc != nil {
				w.svc.OnCommit(c, touched)
			}
		}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.db = db
	w.svc = New(Config{Store: db, Now: func() time.Time { return w.now }})
	w.t.Cleanup(func() { _ = db.Close() })
}

func (w *world) id() domain.ID { return syncproto.NewRecordID(w.rnd, w.now) }

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(fn func(store.Reader) error) {
	w.t.Helper()
	if err := w.db.View(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) grant(p domain.ID, role domain.Role, subject domain.ID, from, to domain.Date) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		g := domain.Grant{Person: p, Role: role, Name: "Người thử", Interval: domain.Interval{From: from, To: to}}
		switch role {
		case domain.RoleMember, domain.RoleLeader, domain.RoleDeputy:
			g.Team = subject
		default:
			g.Unit = subject
		}
		id := syncproto.DerivedID("grant", p, string(role)+string(subject)+string(from))
		return roster.PutGrant(tx, id, g, store.Cause{})
	})
}

func (w *world) clearDue() {
	w.t.Helper()
	for {
		more, err := w.svc.RedecideDue(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func (w *world) close(team domain.ID, month string) {
	w.update(func(tx store.Tx) error { return tx.SetClosed(syncproto.TeamMonthScope(team, month), true) })
}

// record returns a record and its document; nil if there is none.
func (w *world) record(typ string, id syncproto.ID) (*store.Record, syncproto.Doc) {
	w.t.Helper()
	var rec *store.Record
	var doc syncproto.Doc
	w.view(func(r store.Reader) error {
		st := newState(r, w.now, nil)
		rec = st.record(store.Key{Type: typ, ID: id})
		doc = st.doc(rec)
		return st.err
	})
	return rec, doc
}

func (w *world) state(id syncproto.ID) domain.State {
	_, d := w.record(syncproto.TypeActivity, id)
	return domain.State(d.Str("state"))
}

func (w *world) c(typ string, id syncproto.ID) syncproto.Hash {
	rec, _ := w.record(typ, id)
	return rec.C
}

// phone is one client: it numbers, chains and keeps what it sent.
type phone struct {
	w      *world
	person domain.ID
	client syncproto.ID
	sent   []syncproto.RawMutation
	t      int64
	push   bool
	cur    map[syncproto.Scope]int64
	seen   *syncproto.Seen
}

func (w *world) phone(p domain.ID) *phone {
	return &phone{w: w, person: p, client: syncproto.NewRandomID(w.rnd), cur: map[syncproto.Scope]int64{}}
}

func (p *phone) encode(m syncproto.Mutation) syncproto.RawMutation {
	p.t++
	m.T = p.t
	if m.By == "" {
		m.By = p.person
	}
	raw, err := syncproto.EncodeMutation(&m)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return raw
}

func (p *phone) chain(n int) (c syncproto.Chain) {
	for _, raw := range p.sent[:n] {
		c = syncproto.NextChain(c, syncproto.Fingerprint(raw))
	}
	return c
}

// request builds a sync that sends the mutations from index first on.
func (p *phone) request(first int) *syncproto.Request {
	r := &syncproto.Request{Proto: 1, Schema: 1, App: "test", Client: p.client, Seen: p.seen, Top: int64(len(p.sent)),
		Push: syncproto.Push{First: int64(first) + 1, Prev: p.chain(first), List: p.sent[first:]}}
	for sc, cur := range p.cur {
		r.Pull = append(r.Pull, syncproto.Pull{Scope: sc, Cur: cur})
	}
	return r
}

func (p *phone) call(r *syncproto.Request) *syncproto.Response {
	p.w.t.Helper()
	resp, err := p.w.svc.Sync(context.Background(), domain.Caller{Person: p.person, PushOnly: p.push}, r)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return resp
}

// send pushes mutations as new ones and returns the answer.
func (p *phone) send(ms ...syncproto.Mutation) *syncproto.Response {
	p.w.t.Helper()
	first := len(p.sent)
	for _, m := range ms {
		p.sent = append(p.sent, p.encode(m))
	}
	resp := p.call(p.request(first))
	if resp.State != syncproto.StateOK || len(resp.Verdicts) != len(ms) {
		p.w.t.Fatalf("state %q, %d verdicts for %d mutations", resp.State, len(resp.Verdicts), len(ms))
	}
	p.take(resp)
	return resp
}

// take moves the cursors as a phone would.
func (p *phone) take(resp *syncproto.Response) {
	p.seen = &syncproto.Seen{Epoch: resp.Epoch, Commit: resp.Commit}
	for _, page := range resp.Scopes {
		p.cur[page.Scope] = page.To
	}
}

// do sends one mutation and returns its verdict.
func (p *phone) do(m syncproto.Mutation) syncproto.Verdict {
	p.w.t.Helper()
	return p.send(m).Verdicts[0]
}

// want sends one mutation and checks kind and code of its verdict.
func (p *phone) want(m syncproto.Mutation, v syncproto.V, code syncproto.Code) syncproto.Verdict {
	p.w.t.Helper()
	got := p.do(m)
	if got.V != v || got.Code != code {
		p.w.t.Fatalf("%s %s: got %s %q, want %s %q", m.Op, m.Type, got.V, got.Code, v, code)
	}
	return got
}

func (w *world) create(id syncproto.ID, team domain.ID, day string, more ...any) syncproto.Mutation {
	m := syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeActivity, ID: id,
		Set: doc("team", string(team), "done_on", day, "category", "DVC_NOP_HO_SO", "measures", raw(`{"so_ho_so":3}`))}
	for k, v := range doc(more...) {
		m.Set[k] = v
	}
	return m
}

func on(op syncproto.Op, id syncproto.ID) syncproto.Mutation {
	return syncproto.Mutation{Op: op, Type: syncproto.TypeActivity, ID: id}
}

func edit(id syncproto.ID, set, was syncproto.Doc) syncproto.Mutation {
	return syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeActivity, ID: id, Set: set, Was: was}
}

func decision(id syncproto.ID, c syncproto.Hash, choice, reason string) syncproto.Mutation {
	m := on(syncproto.OpReview, id)
	m.Seen, m.Args = c, doc("decision", choice)
	if reason != "" {
		m.Args["reason"] = syncproto.Str(reason)
	}
	return m
}

type raw string

// doc makes a document of pairs.
func doc(kv ...any) syncproto.Doc {
	d := syncproto.Doc{}
	for i := 0; i < len(kv); i += 2 {
		switch v := kv[i+1].(type) {
		case string:
			d[kv[i].(string)] = syncproto.Str(v)
		case int:
			d[kv[i].(string)] = syncproto.Int(int64(v))
		case bool:
			d[kv[i].(string)] = syncproto.Bool(v)
		case raw:
			d[kv[i].(string)] = []byte(v)
		default:
			panic(fmt.Sprintf("no value %T", v))
		}
	}
	return d
}
