package syncsvc

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// faulty wraps a store: its transactions run, and some of them fail.
type faulty struct {
	store.Store
	put     func(store.Put) error // before a write
	commit  error                 // instead of a commit
	updates int
}

func (f *faulty) Update(ctx context.Context, fn func(store.Tx) error) error {
	f.updates++
	if f.commit != nil {
		return f.commit
	}
	return f.Store.Update(ctx, func(tx store.Tx) error { return fn(&faultyTx{Tx: tx, f: f}) })
}

type faultyTx struct {
	store.Tx
	f *faulty
}

func (t *faultyTx) Put(p store.Put) (store.Record, error) {
	if t.f.put != nil {
		if err := t.f.put(p); err != nil {
			return store.Record{}, err
		}
	}
	return t.Tx.Put(p)
}

func (m *made) faulty() *faulty {
	f := &faulty{Store: m.db}
	m.svc = New(Config{Store: f, Now: m.svc.cfg.Now})
	return f
}

func TestPush_BrokenDecisionIsInternal(t *testing.T) {
	for _, how := range []string{"error", "panic", "closed"} {
		t.Run(how, func(t *testing.T) {
			m := newMade(t)
			f := m.faulty()
			poison, good := m.world.id(), m.world.id()
			want := syncproto.CodeInternal
			f.put = func(p store.Put) error {
				switch {
				case p.ID != poison:
				case how == "panic":
					panic("poison")
				case how == "closed":
					want = syncproto.CodeMonthClosed
					return store.ErrScopeClosed
				default:
					return errors.New("poison")
				}
				return nil
			}
			resp := m.member.send(m.create(poison, m.team, "2023-08-01"), m.create(good, m.team, "2023-08-02"))
			v := resp.Verdicts
			if v[0].V != syncproto.Aside || v[0].Code != want || v[1].V != syncproto.Applied || resp.Ack != 4 {
				t.Fatalf("verdicts %v, ack %d", v, resp.Ack)
			}
			m.checkCase(m.member, v[1])
			if how == "closed" {
				return
			}
			f.put = nil // mended: the leader lets it in
			m.leader.want(closeCase(syncproto.OpAdopt, v[0].Case, doc("h", "")), syncproto.Applied, "")
			if m.state(poison) != domain.Received {
				t.Errorf("state %q", m.state(poison))
			}
		})
	}
}

func TestPush_BrokenWaitingCaseDelaysNothing(t *testing.T) {
	m := newMade(t)
	f := m.faulty()
	id := m.world.id()
	v := m.leader.want(edit(id, doc("note", "độc"), nil), syncproto.Waiting, syncproto.CodeParentUnknown)
	w := m.leader.want(edit(id, doc("place", "nhà văn hóa"), nil), syncproto.Waiting, syncproto.CodeParentUnknown)
	f.put = func(p store.Put) error {
		if p.Type == syncproto.TypeActivity && p.Doc.Str("note") == "độc" {
			panic("poison")
		}
		return nil
	}
	m.member.want(m.create(id, m.team, "2023-08-01"), syncproto.Applied, "")
	got := m.leader.call(m.leader.request(0)).Verdicts
	if got[0].V != syncproto.Aside || got[0].Code != syncproto.CodeInternal || got[0].Case != v.Case {
		t.Errorf("poison: %v", got[0])
	}
	if got[1].V != syncproto.Applied || got[1].Case != w.Case {
		t.Errorf("behind it: %v", got[1])
	}
}

func TestSync_TroubleThatPasses(t *testing.T) {
	m := newMade(t)
	f := m.faulty()
	m.member.sent = append(m.member.sent, m.member.encode(m.create(m.world.id(), m.team, "2023-08-01")))
	f.commit = store.ErrBusy
	resp := m.member.call(m.member.request(2))
	if resp.State != syncproto.StateBusy || resp.Ack != 2 || len(resp.Verdicts) != 0 || resp.Hint.NextS > 2*busyNextS {
		t.Errorf("busy: %+v", resp)
	}
	for err, want := range map[error]domain.Code{store.ErrFull: domain.Full, store.ErrStopped: domain.Unavailable} {
		f.commit = err
		_, got := m.svc.Sync(context.Background(), domain.Caller{Person: m.world.member}, m.member.request(2))
		if domain.CodeOf(got) != want {
			t.Errorf("%v: %v", err, got)
		}
	}
	f.commit = nil
	if resp := m.member.call(m.member.request(2)); resp.State != syncproto.StateOK || resp.Ack != 3 {
		t.Errorf("after it passed: %+v", resp)
	}
}

func TestSync_NothingToWriteWritesNothing(t *testing.T) {
	m := newMade(t)
	f := m.faulty()
	m.member.send()
	m.member.call(m.member.request(0)) // all of it is known
	if f.updates != 0 {
		t.Errorf("%d write transactions", f.updates)
	}
}

// TestPush_RunsTwice: a closure that the store runs again does the same.
func TestPush_RunsTwice(t *testing.T) {
	m := newMade(t)
	twice := &rerun{Store: m.db}
	m.svc = New(Config{Store: twice, Now: m.svc.cfg.Now})
	id := m.world.id()
	resp := m.member.send(m.create(id, m.team, "2023-08-01"), edit(id, doc("note", "x"), nil), edit(id, doc("note", "y"), nil))
	var got []syncproto.V
	for _, v := range resp.Verdicts {
		got = append(got, v.V)
	}
	if !cmp.Equal(got, []syncproto.V{syncproto.Applied, syncproto.Applied, syncproto.Merged}) || resp.Ack != 5 {
		t.Errorf("verdicts %v, ack %d", got, resp.Ack)
	}
}

// rerun runs each closure once for nothing.
type rerun struct{ store.Store }

var errUndo = errors.New("undo")

func (r *rerun) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := r.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errUndo
	}); !errors.Is(err, errUndo) {
		return err
	}
	return r.Store.Update(ctx, fn)
}
