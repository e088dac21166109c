package client

import (
	"github.com/banso/banso/syncproto"
)

// answer applies one response in one local transaction (rule C2).
type answer struct {
	e    *Engine
	tx   LocalTx
	meta Meta
	req  *request
	resp *syncproto.Response
	out  *Outcome
	own  map[Key][]ownWrite
	lag  []*Item // acked with an effect
}

// ownWrite is a mutation that this answer acks as applied or merged, and the
// rev that it gave its record.
type ownWrite struct {
	item *Item
	rev  int64
}

// apply lays a response down. An answer to a request that is not the newest
// one of this database is dropped (rule C5).
func (e *Engine) apply(req *request, resp *syncproto.Response, out *Outcome) error {
	blank := *out
	local := e.cfg.Now().UnixMilli()
	return e.local.Update(func(tx LocalTx) error {
		*out = blank
		meta, err := tx.Meta()
		if err != nil {
			return err
		}
		if meta.Request != req.id {
			out.Kind = Stale
			return nil
		}
		a := &answer{e: e, tx: tx, meta: meta, req: req, resp: resp, out: out, own: map[Key][]ownWrite{}}
		a.meta.Request = ""
		a.meta.OffsetMs, a.meta.ServerMs, a.meta.LastMs = resp.Now-local, resp.Now, local
		a.meta.Upgrade = resp.Hint.Upgrade
		if err := a.byState(); err != nil {
			return err
		}
		return tx.SetMeta(a.meta)
	})
}

func (a *answer) byState() error {
	switch a.resp.State {
	case syncproto.StateRotate, syncproto.StateLost:
		a.out.Kind, a.out.More = Rotated, true
		if a.resp.State == syncproto.StateLost {
			a.out.Kind = Lost
		}
		return a.rotate(a.resp.State == syncproto.StateLost)
	case syncproto.StateOK:
		a.out.Kind = OK
	case syncproto.StateBusy:
		a.out.Kind = Busy
	default:
		a.out.Kind = Garbled
		return nil
	}
	a.out.Next = seconds(a.resp.Hint.NextS)
	if err := a.verdicts(); err != nil {
		return err
	}
	if err := a.pull(); err != nil {
		return err
	}
	a.meta.Seen = &syncproto.Seen{Epoch: a.resp.Epoch, Commit: a.resp.Commit}
	return a.forget()
}

// verdicts moves what has a verdict from outbox to sent.
func (a *answer) verdicts() error {
	last := a.req.msg.Push.First + int64(len(a.req.msg.Push.List)) - 1
	ack := min(a.resp.Ack, last)
	if ack <= a.meta.Ack {
		return nil
	}
	by := make(map[int64]*syncproto.Verdict, len(a.resp.Verdicts))
	for i := range a.resp.Verdicts {
		by[a.resp.Verdicts[i].N] = &a.resp.Verdicts[i]
	}
	var moved []*Item
	err := a.tx.Outbox(a.meta.Ack+1, func(it *Item) bool {
		if it.N <= ack {
			moved = append(moved, it)
		}
		return it.N < ack
	})
	if err != nil {
		return err
	}
	for _, it := range moved {
		if err := a.accept(it, by[it.N]); err != nil {
			return err
		}
	}
	a.out.Acked = len(moved)
	return nil
}

func (a *answer) accept(old *Item, v *syncproto.Verdict) error {
	it := *old
	it.Stamp, it.Lag = a.resp.Commit, false
	if v != nil {
		a.out.Verdicts = append(a.out.Verdicts, *v)
		if worthLogging(v) && v.V != old.V {
			err := a.tx.AddLog(&LogEntry{ServerMs: a.resp.Now, FP: it.FP, Op: it.Op, Type: it.Type, Verdict: *v})
			if err != nil {
				return err
			}
		}
		it.V = v.V
		if v.V == syncproto.Applied || v.V == syncproto.Merged {
			a.own[it.Key] = append(a.own[it.Key], ownWrite{&it, v.Rev})
			a.lag = append(a.lag, &it)
		}
	}
	a.meta.Ack = it.N
	a.meta.Chain = syncproto.NextChain(a.meta.Chain, it.FP)
	if err := a.tx.DeleteOutbox(it.N); err != nil {
		return err
	}
	return a.tx.PutSent(&it)
}

// worthLogging reports whether a person should see a verdict.
func worthLogging(v *syncproto.Verdict) bool {
	return v.V != syncproto.Applied && v.V != syncproto.Noop || v.Code != ""
}

// pull applies scopes and revocations and keeps visible what was acked but
// does not stand in base yet, because the answer is not the last page.
func (a *answer) pull() error {
	p := &pages{base: newBase(a.tx), resp: a.resp, own: a.own, asked: map[syncproto.Scope]bool{}}
	for _, q := range a.req.msg.Pull {
		p.asked[q.Scope] = q.Bad
	}
	if err := p.apply(); err != nil {
		return err
	}
	if err := a.revoke(p.base); err != nil {
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	a.out.Changes = p.count
	progress := p.moved || p.count > 0 || a.out.Acked > 0
	left := a.meta.Top > a.meta.Ack
	a.out.More = a.out.Kind == OK && (p.again || left && progress)
	if a.meta.Lagging || p.again {
		return a.settleLag(p)
	}
	return nil
}
