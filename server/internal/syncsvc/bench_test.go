package syncsvc

import (
	"context"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// BenchmarkPush10 is one phone that pushes 10 new activities a sync.
func BenchmarkPush10(b *testing.B) {
	w := newWorld(b)
	p := w.phone(w.member)
	p.send()
	reqs := make([]*syncproto.Request, b.N)
	var chain syncproto.Chain
	for i := range reqs {
		var list []syncproto.RawMutation
		prev := chain
		for k := range 10 {
			raw := p.encode(w.create(w.id(), w.team, "2023-0"+string(rune('1'+(i+k)%8))+"-09", "start", 7*(i+k)%1440, "place", "Nhà văn hóa thôn",
				"note", "Hướng dẫn bà con nộp hồ sơ trực tuyến, có sự tham gia của đoàn thanh niên"))
			list = append(list, raw)
			chain = syncproto.NextChain(chain, syncproto.Fingerprint(raw))
		}
		reqs[i] = &syncproto.Request{Proto: 1, Schema: 1, Client: p.client, Top: int64(10 * (i + 1)),
			Push: syncproto.Push{First: int64(10*i + 1), Prev: prev, List: list}}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range reqs {
		for sc, cur := range p.cur {
			r.Pull = append(r.Pull, syncproto.Pull{Scope: sc, Cur: cur})
		}
		resp, err := w.svc.Sync(context.Background(), domain.Caller{Person: w.member}, r)
		if err != nil || resp.State != syncproto.StateOK {
			b.Fatal(err, resp)
		}
		p.take(resp)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(10*b.N), "µs/record")
}

// BenchmarkNothingNew is a sync that brings nothing either way.
func BenchmarkNothingNew(b *testing.B) {
	m := newMade(b)
	m.member.send()
	r := m.member.request(len(m.member.sent))
	b.ReportAllocs()
	for b.Loop() {
		if resp := m.member.call(r); len(resp.Scopes) != 0 {
			b.Fatal(resp.Scopes)
		}
	}
}
