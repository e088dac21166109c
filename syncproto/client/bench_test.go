package client_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// canned answers every request in constant time: it acks what comes and
// changes one record.
type canned struct {
	b    *testing.B
	seq  int64
	rec  syncproto.Doc
	sums map[syncproto.ID]syncproto.Sum
	sum  syncproto.Sum
	n    int64
}

func (c *canned) Sync(_ context.Context, body []byte) (*client.Reply, error) {
	req, err := syncproto.DecodeRequest(body)
	if err != nil {
		return nil, err
	}
	resp := &syncproto.Response{Epoch: "e", Now: 1, State: syncproto.StateOK, Hint: syncproto.Hint{NextS: 900}}
	page := syncproto.ScopePage{Scope: month2}
	for _, p := range req.Pull {
		if p.Scope == month2 {
			page.From = p.Cur
		}
	}
	put := func(id syncproto.ID) {
		c.seq++
		c.rec["note"] = syncproto.Str(fmt.Sprint("lần ", c.seq))
		raw := c.rec.AppendCanonical(nil)
		h := syncproto.Fingerprint(raw)
		if old, ok := c.sums[id]; ok {
			c.sum = syncproto.SubSum(c.sum, old)
		} else {
			c.n++
		}
		c.sums[id] = syncproto.Addend(month2, "activity", id, c.seq, h)
		c.sum = syncproto.AddSum(c.sum, c.sums[id])
		page.Changes = append(page.Changes, syncproto.Change{Op: syncproto.ChangePut, Type: "activity", ID: id, Rev: c.seq, H: h, Doc: raw})
	}
	for i, raw := range req.Push.List {
		m, err := syncproto.DecodeMutation(raw)
		if err != nil {
			return nil, err
		}
		put(m.ID)
		resp.Verdicts = append(resp.Verdicts, syncproto.Verdict{N: req.Push.First + int64(i), V: syncproto.Applied, ID: m.ID, Rev: c.seq})
	}
	put(testID("shared"))
	resp.Ack = req.Push.First + int64(len(req.Push.List)) - 1
	resp.Commit, page.To, page.Count, page.Sum = c.seq, c.seq, c.n, c.sum
	resp.Durable = c.seq
	resp.Scopes = []syncproto.ScopePage{page}
	out, err := syncproto.Encode(resp)
	return &client.Reply{Status: 200, Body: out}, err
}

// BenchmarkSync is one small sync of a phone of the given number of records,
// the cost of the answering side included.
func BenchmarkSync(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := newServer(nil, anna)
			c := &canned{b: b, rec: text("team="+string(teamID), "done_on=2026-11-02", "category=DVC_NOP_HO_SO", "place=Nhà văn hoá"),
				sums: map[syncproto.ID]syncproto.Sum{}}
			local := memlocal.New()
			e, err := client.New(client.Config{Local: local, Transport: c, Rand: newRand(), Person: anna, App: "1.0.0",
				Now: func() time.Time { return time.UnixMilli(s.now) }})
			if err != nil {
				b.Fatal(err)
			}
			step := func(i int) {
				if _, err := e.Create("activity", "", c.rec, nil); err != nil {
					b.Fatal(err)
				}
				out, err := e.Sync(context.Background())
				if err != nil || out.Kind != client.OK || out.Trips != 1 {
					b.Fatalf("%+v, %v", out, err)
				}
			}
			for i := range size / 100 {
				for range 99 {
					if _, err := e.Create("activity", "", c.rec, nil); err != nil {
						b.Fatal(err)
					}
				}
				step(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				step(i)
			}
		})
	}
}
