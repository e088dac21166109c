package syncsvc

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// changesOf collects the changes of one record in an answer, by scope.
func changesOf(resp *syncproto.Response, id syncproto.ID) map[syncproto.Scope]syncproto.Change {
	out := map[syncproto.Scope]syncproto.Change{}
	for _, page := range resp.Scopes {
		for _, c := range page.Changes {
			if c.ID == id {
				out[page.Scope] = c
			}
		}
	}
	return out
}

func TestPull_ScopesByThemselves(t *testing.T) {
	m := newMade(t)
	scopes := func(p *phone) (out []syncproto.Scope) {
		for sc := range p.cur {
			out = append(out, sc)
		}
		return out
	}
	m.chair.send()
	fresh := m.phone(m.world.member)
	fresh.send()
	has := func(p *phone, sc syncproto.Scope) bool { _, ok := p.cur[sc]; return ok }
	for _, sc := range []syncproto.Scope{syncproto.ScopeRef, syncproto.TeamScope(m.team), syncproto.TeamMonthScope(m.team, "2023-08")} {
		if !has(fresh, sc) {
			t.Errorf("member lacks %s: %v", sc, scopes(fresh))
		}
	}
	for _, sc := range []syncproto.Scope{syncproto.CommuneScope(m.commune), syncproto.CommuneMonthScope(m.commune, "2023-08")} {
		if !has(m.chair, sc) || has(fresh, sc) {
			t.Errorf("%s: chair %v, member %v", sc, has(m.chair, sc), has(fresh, sc))
		}
	}
	if resp := fresh.send(); len(resp.Scopes) != 0 {
		t.Errorf("nothing is new, and %d pages came", len(resp.Scopes))
	}
}

func TestPull_Ack(t *testing.T) {
	month := func(m *made) syncproto.Scope { return syncproto.TeamMonthScope(m.team, "2023-08") }
	tests := []struct {
		name string
		do   func(*made) *syncproto.Response
		want syncproto.ChangeOp
	}{
		{"own create", func(m *made) *syncproto.Response {
			m.id = m.world.id()
			return m.member.send(m.create(m.id, m.team, "2023-08-01"))
		}, syncproto.ChangeAck},
		{"own create, edit and submit together", func(m *made) *syncproto.Response {
			m.id = m.world.id()
			return m.member.send(m.create(m.id, m.team, "2023-08-01"), edit(m.id, doc("note", "x"), nil), on(syncproto.OpSubmit, m.id))
		}, syncproto.ChangeAck},
		{"own create and submit, and what waited for the record between them", func(m *made) *syncproto.Response {
			m.id = m.world.id()
			m.leader.send(edit(m.id, doc("note", "x"), nil))
			return m.member.send(m.create(m.id, m.team, "2023-08-01"), on(syncproto.OpSubmit, m.id))
		}, syncproto.ChangePut},
		{"own edit", func(m *made) *syncproto.Response { return m.member.send(edit(m.id, doc("note", "x"), nil)) }, syncproto.ChangeAck},
		{"somebody else's edit", func(m *made) *syncproto.Response {
			m.leader.send(edit(m.id, doc("note", "x"), nil))
			return m.member.send()
		}, syncproto.ChangePut},
		{"somebody else's edit between", func(m *made) *syncproto.Response {
			m.leader.send(edit(m.id, doc("note", "x"), nil))
			return m.member.send(edit(m.id, doc("place", "y"), nil))
		}, syncproto.ChangePut},
		{"own edit by another phone between", func(m *made) *syncproto.Response {
			m.phone(m.world.member).send(edit(m.id, doc("note", "x"), nil))
			return m.member.send(edit(m.id, doc("place", "y"), nil))
		}, syncproto.ChangePut},
		{"merged", func(m *made) *syncproto.Response {
			m.leader.send(edit(m.id, doc("note", "x"), nil))
			return m.member.send(edit(m.id, doc("note", "y"), nil))
		}, syncproto.ChangePut},
		{"answer lost: again in the answer that has the verdict", func(m *made) *syncproto.Response {
			m.member.sent = append(m.member.sent, m.member.encode(edit(m.id, doc("note", "x"), nil)))
			m.member.call(m.member.request(2))
			return m.member.call(m.member.request(2))
		}, syncproto.ChangeAck},
		{"without its verdict", func(m *made) *syncproto.Response {
			m.member.sent = append(m.member.sent, m.member.encode(edit(m.id, doc("note", "x"), nil)))
			m.member.call(m.member.request(2))
			return m.member.call(m.member.request(3))
		}, syncproto.ChangePut},
		{"into another month", func(m *made) *syncproto.Response {
			return m.member.send(edit(m.id, doc("done_on", "2023-07-01"), doc("done_on", "2023-08-09")))
		}, syncproto.ChangeLeave},
		{"a reading from 0", func(m *made) *syncproto.Response {
			delete(m.member.cur, syncproto.TeamMonthScope(m.team, "2023-08"))
			return m.member.send(edit(m.id, doc("note", "x"), nil))
		}, syncproto.ChangePut},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMade(t)
			m.member.send()
			resp := tt.do(m)
			c := changesOf(resp, m.id)[month(m)]
			if c.Op != tt.want {
				t.Fatalf("got %q, want %q", c.Op, tt.want)
			}
			rec, d := m.record(syncproto.TypeActivity, m.id)
			if c.Op == syncproto.ChangeAck {
				m.checkAck(c, rec, d)
			}
			if tt.want == syncproto.ChangeLeave {
				if next := changesOf(resp, m.id)[syncproto.TeamMonthScope(m.team, "2023-07")]; next.Op != syncproto.ChangePut {
					t.Errorf("in its new month: %q", next.Op)
				}
			}
		})
	}
}

// checkAck: the server's fields and the phone's own make the document of h.
func (m *made) checkAck(c syncproto.Change, rec *store.Record, d syncproto.Doc) {
	m.t.Helper()
	srv, err := syncproto.DecodeDoc(c.Srv)
	if err != nil || c.Doc != nil || c.H != rec.H || c.Rev != rec.Rev {
		m.t.Fatalf("ack %+v: %v", c, err)
	}
	for f, v := range d {
		own := syncproto.ClassOf(syncproto.TypeActivity, f) != syncproto.Server
		if _, told := srv[f]; told == own || told && string(srv[f]) != string(v) {
			m.t.Errorf("field %s: told %v", f, told)
		}
	}
}

func TestPull_PagesUnderALimit(t *testing.T) {
	m := newMade(t)
	var ms []syncproto.Mutation
	for range 25 {
		ms = append(ms, m.create(m.world.id(), m.team, "2023-08-03"))
	}
	m.member.send(ms...)
	p := m.phone(m.world.leader)
	scope := syncproto.TeamMonthScope(m.team, "2023-08")
	base, since := map[syncproto.ID]bool{}, int64(0)
	for n := 0; ; n++ {
		req := &syncproto.Request{Proto: 1, Schema: 1, Client: p.client, Push: syncproto.Push{First: 1}, Limit: 10,
			Pull: []syncproto.Pull{{Scope: scope, Cur: p.cur[scope], Since: since}}}
		page := p.call(req).Scopes[0]
		if page.From != p.cur[scope] || page.To < page.From || len(page.Changes) > 10 || page.Reset != (n == 0) {
			t.Fatalf("page %d: %d..%d with %d, reset %v", n, page.From, page.To, len(page.Changes), page.Reset)
		}
		if n == 0 {
			since = page.To
			m.member.want(m.deletion(m.seen()), syncproto.Applied, "") // between two pages
		}
		for _, c := range page.Changes {
			if c.Op == syncproto.ChangePut {
				base[c.ID] = true
			} else {
				delete(base, c.ID)
			}
		}
		p.cur[scope] = page.To
		if !page.More {
			if int64(len(base)) != page.Count || page.Count != 25 {
				t.Errorf("base has %d, count is %d", len(base), page.Count)
			}
			break
		}
		if page.Count != 0 || !page.Sum.IsZero() {
			t.Error("count and sum belong to the last page")
		}
	}
}

func TestPull_SumAndReset(t *testing.T) {
	m := newMade(t)
	scope := syncproto.TeamMonthScope(m.team, "2023-08")
	m.leader.send()
	ask := func(p syncproto.Pull) []syncproto.ScopePage {
		p.Scope = scope
		req := &syncproto.Request{Proto: 1, Schema: 1, Client: m.leader.client, Push: syncproto.Push{First: 1}, Pull: []syncproto.Pull{p}}
		var out []syncproto.ScopePage
		for _, page := range m.leader.call(req).Scopes {
			if page.Scope == scope {
				out = append(out, page)
			}
		}
		return out
	}
	cur := m.leader.cur[scope]
	if got := ask(syncproto.Pull{Cur: cur}); len(got) != 0 {
		t.Errorf("nothing new: %v", got)
	}
	for name, p := range map[string]syncproto.Pull{"bad": {Cur: cur, Bad: true}, "above the head": {Cur: cur + 1e6}} {
		got := ask(p)
		if len(got) != 1 || !got[0].Reset || got[0].From != 0 || len(got[0].Changes) != 1 {
			t.Fatalf("%s: %+v", name, got)
		}
		rec, _ := m.record("activity", m.id)
		want := syncproto.Addend(scope, "activity", m.id, rec.Rev, rec.H)
		if got[0].Sum != want || got[0].Count != 1 {
			t.Errorf("%s: count %d, sum %v, want %v", name, got[0].Count, got[0].Sum, want)
		}
	}
}

func TestPull_Floor(t *testing.T) {
	m := newMade(t)
	gone := m.world.id()
	m.member.send(m.create(gone, m.team, "2023-08-02"))
	m.leader.send()
	scope := syncproto.TeamMonthScope(m.team, "2023-08")
	old := m.leader.cur[scope]
	d := on(syncproto.OpDelete, gone)
	d.Seen = m.c("activity", gone)
	m.member.want(d, syncproto.Applied, "")
	purge, ok := m.db.(interface {
		Purge(ctx context.Context, before time.Time) (int, error)
	})
	if !ok {
		t.Fatal("the store can't purge")
	}
	m.now = m.now.AddDate(2, 0, 0)
	if n, err := purge.Purge(t.Context(), m.now.AddDate(0, 0, -syncproto.TombstoneDays)); err != nil || n == 0 {
		t.Fatalf("purged %d: %v", n, err)
	}
	m.leader.cur[scope] = old
	for _, page := range m.leader.send().Scopes {
		if page.Scope == scope && (!page.Reset || page.Count != 1) {
			t.Errorf("below the floor: %+v", page)
		}
	}
}

func TestPull_Revoked(t *testing.T) {
	m := newMade(t)
	p := m.member
	p.send()
	foreign := []syncproto.Scope{syncproto.TeamScope(m.far), syncproto.UserScope(m.world.leader), "sys:people", "nonsense", syncproto.CommuneScope(m.commune)}
	for _, sc := range foreign {
		p.cur[sc] = 0
	}
	resp := p.send()
	got := map[syncproto.Scope]string{}
	for _, r := range resp.Revoked {
		got[r.Scope] = r.Action
	}
	want := map[syncproto.Scope]string{}
	for _, sc := range foreign {
		want[sc] = "purge"
		delete(p.cur, sc)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	// He leaves the team: its scopes go, his own stays for 90 days, and what
	// he did before he left is still taken.
	m.grant(m.world.member, domain.RoleMember, m.team, "2023-01-01", "2023-08-10")
	m.now = m.now.AddDate(0, 0, 30)
	resp = p.send(m.create(m.world.id(), m.team, "2023-08-10"))
	if resp.Verdicts[0].V != syncproto.Applied {
		t.Errorf("work of his time: %v", resp.Verdicts[0])
	}
	for _, r := range resp.Revoked {
		if ps, _ := r.Scope.Parse(); ps.Kind == syncproto.KindUser {
			t.Error("his own scope is gone")
		}
	}
	if len(resp.Revoked) < 2 || len(changesOf(resp, m.id)) > 0 {
		t.Errorf("revoked %v", resp.Revoked)
	}
	p.want(m.create(m.world.id(), m.team, "2023-08-11"), syncproto.Waiting, syncproto.CodeNotMember)
	m.now = m.now.AddDate(0, 0, 90)
	gone := false
	for _, r := range p.send().Revoked {
		gone = gone || r.Scope == syncproto.UserScope(m.world.member)
	}
	if !gone {
		t.Error("his own scope stays for ever")
	}
}

func TestPush_RevokedDeviceOnlyIntoCases(t *testing.T) {
	m := newMade(t)
	p := m.phone(m.world.member)
	p.push = true
	p.cur[syncproto.TeamScope(m.team)] = 0
	id := m.world.id()
	resp := p.send(m.create(id, m.team, "2023-08-09"))
	v := resp.Verdicts[0]
	if v.V != syncproto.Aside || v.Code != syncproto.CodeNotMember || len(resp.Scopes) != 0 || len(resp.Revoked) != 1 {
		t.Fatalf("%v, %d pages, revoked %v", v, len(resp.Scopes), resp.Revoked)
	}
	m.chair.want(closeCase(syncproto.OpAdopt, v.Case, doc("h", "")), syncproto.Applied, "")
	if m.state(id) != domain.Received {
		t.Errorf("state %q", m.state(id))
	}
}

func TestPull_JoiningATeamDeliversItFrom0(t *testing.T) {
	m := newMade(t)
	m.other.send()
	m.grant(m.world.other, domain.RoleMember, m.team, "2023-08-01", "")
	c := changesOf(m.other.send(), m.id)[syncproto.TeamMonthScope(m.team, "2023-08")]
	if c.Op != syncproto.ChangePut {
		t.Errorf("got %q", c.Op)
	}
}
