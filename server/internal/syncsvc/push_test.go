package syncsvc

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

func TestPush_CreateEditSubmitReview(t *testing.T) {
	w := newWorld(t)
	p, chair := w.phone(w.member), w.phone(w.chair)
	id := w.id()
	p.want(w.create(id, w.team, "2023-08-09"), syncproto.Applied, "")
	p.want(edit(id, doc("note", "Giúp bà con"), nil), syncproto.Applied, "")
	attach := on(syncproto.OpAttach, id)
	attach.Add = syncproto.Sets{"evidence": {"paper:01/BB"}}
	p.want(attach, syncproto.Applied, "")
	p.want(on(syncproto.OpSubmit, id), syncproto.Applied, "")
	chair.want(decision(id, w.c("activity", id), "return", "Thiếu số hộ"), syncproto.Applied, "")
	p.want(edit(id, doc("measures", raw(`{"so_ho_so":4}`)), doc("measures", raw(`{"so_ho_so":3}`))), syncproto.Applied, "")
	p.want(on(syncproto.OpSubmit, id), syncproto.Applied, "")
	chair.want(decision(id, w.c("activity", id), "approve", ""), syncproto.Applied, "")
	rec, d := w.record("activity", id)
	if d.Str("state") != "approved" || d.Str("reviewed_c") != rec.C.String() || d.Str("c") != rec.C.String() {
		t.Errorf("after approval: %s", d.AppendCanonical(nil))
	}
	want := []syncproto.Scope{syncproto.CommuneMonthScope(w.commune, "2023-08"), syncproto.TeamMonthScope(w.team, "2023-08")}
	if diff := cmp.Diff(want, rec.Scopes); diff != "" {
		t.Error(diff)
	}
}

func TestPush_DuplicateMutation(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	id := w.id()
	first := p.send(w.create(id, w.team, "2023-08-09"), on(syncproto.OpSubmit, id))
	before, _ := w.record("activity", id)
	again := p.call(p.request(0)) // the answer was lost
	if diff := cmp.Diff(first.Verdicts, again.Verdicts); diff != "" {
		t.Errorf("replayed verdicts differ: %s", diff)
	}
	if after, _ := w.record("activity", id); after.Rev != before.Rev || again.Ack != 2 {
		t.Errorf("rev %d -> %d, ack %d", before.Rev, after.Rev, again.Ack)
	}

	// A rotated phone sends the same bytes under a new client: same verdicts,
	// counted there.
	q := w.phone(w.member)
	q.sent = p.sent
	r := q.call(q.request(0))
	if diff := cmp.Diff(first.Verdicts, r.Verdicts); diff != "" || r.Ack != 2 {
		t.Errorf("after rotation: ack %d %s", r.Ack, diff)
	}
}

func TestPush_Rotate(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	p.send(w.create(w.id(), w.team, "2023-08-01"), w.create(w.id(), w.team, "2023-08-02"))
	fork := func(change func(*phone, *syncproto.Request)) *syncproto.Response {
		q := *p
		q.sent = append([]syncproto.RawMutation(nil), p.sent...)
		r := q.request(2)
		change(&q, r)
		return q.call(r)
	}
	tests := []struct {
		name   string
		change func(*phone, *syncproto.Request)
		want   syncproto.State
	}{
		{"as it should", func(*phone, *syncproto.Request) {}, syncproto.StateOK},
		{"gap", func(_ *phone, r *syncproto.Request) { r.Push.First, r.Top = 4, 3 }, syncproto.StateRotate},
		{"restored phone: top below", func(_ *phone, r *syncproto.Request) { r.Top = 1 }, syncproto.StateRotate},
		{"other chain", func(_ *phone, r *syncproto.Request) { r.Push.Prev = syncproto.Chain{1} }, syncproto.StateRotate},
		{"unknown mutation at a counted number", func(q *phone, r *syncproto.Request) {
			r.Push.First, r.Push.Prev = 2, q.chain(1)
			r.Push.List = []syncproto.RawMutation{q.encode(w.create(w.id(), w.team, "2023-08-03"))}
		}, syncproto.StateRotate},
		{"unknown client with history", func(_ *phone, r *syncproto.Request) { r.Client = w.id() }, syncproto.StateRotate},
		{"unknown epoch", func(_ *phone, r *syncproto.Request) { r.Seen = &syncproto.Seen{Epoch: "nowhere", Commit: 1} }, syncproto.StateLost},
		{"commit above the head", func(_ *phone, r *syncproto.Request) {
			r.Seen = &syncproto.Seen{Epoch: p.seen.Epoch, Commit: p.seen.Commit + 1}
		}, syncproto.StateLost},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fork(tt.change)
			if got.State != tt.want {
				t.Errorf("state %q, want %q", got.State, tt.want)
			}
			if tt.want != syncproto.StateOK && len(got.Scopes)+len(got.Verdicts) > 0 {
				t.Error("a refused sync delivers nothing")
			}
		})
	}
}

func TestPush_BrokenMutationDelaysNothing(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	a, b := w.id(), w.id()
	p.sent = []syncproto.RawMutation{
		p.encode(w.create(a, w.team, "2023-08-01")),
		[]byte(`{"op":"create","op":"edit"}`),
		[]byte(`{"op":"create","type":"activity","id":"` + string(w.id()) + `","by":"` + string(p.person) + `","t":1,"at":"","set":{"x":1.5}}`),
		p.encode(w.create(b, w.team, "2023-08-02", "note", string(make19k()))),
		p.encode(w.create(w.id(), w.team, "2023-08-03")),
	}
	resp := p.call(p.request(0))
	var got []syncproto.Code
	for _, v := range resp.Verdicts {
		got = append(got, v.Code)
		if v.V == syncproto.Aside {
			rec, _ := w.record("own_case", v.Case)
			if rec == nil || rec.Scopes[0] != syncproto.UserScope(w.member) {
				t.Errorf("n %d: no case for its author", v.N)
			}
			if team, _ := w.record("case", v.Case); team == nil || !cmp.Equal(team.Scopes, []syncproto.Scope{syncproto.CommuneScope(w.commune), syncproto.TeamScope(w.team)}) {
				t.Errorf("n %d: no case for the team: %v", v.N, team)
			}
		}
	}
	want := []syncproto.Code{"", syncproto.CodeInvalid, syncproto.CodeInvalid, syncproto.CodeTooLarge, ""}
	if diff := cmp.Diff(want, got); diff != "" || resp.Ack != 5 {
		t.Errorf("ack %d %s", resp.Ack, diff)
	}
}

func make19k() []byte {
	b := make([]byte, 19<<10)
	for i := range b {
		b[i] = 'a'
	}
	return b
}

func TestSubmit_SameBytesSameVerdict(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	id := w.id()
	p.send(w.create(id, w.team, "2023-08-09"), on(syncproto.OpSubmit, id))
	raws := []syncproto.RawMutation{w.phone(w.chair).encode(decision(id, w.c("activity", id), "approve", ""))}
	caller := domain.Caller{Person: w.chair}
	one, err := w.svc.Submit(context.Background(), caller, raws)
	if err != nil {
		t.Fatal(err)
	}
	two, err := w.svc.Submit(context.Background(), caller, raws)
	if diff := cmp.Diff(one, two); diff != "" || err != nil || one[0].V != syncproto.Applied {
		t.Errorf("%v %v", diff, err)
	}
}
