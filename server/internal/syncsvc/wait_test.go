package syncsvc

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// waits runs a wait and does something once it is registered.
func (m *made) waits(p *phone, commit int64, meanwhile func()) (out *Woken, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		out, err = m.svc.Wait(context.Background(), domain.Caller{Person: p.person}, p.seen.Epoch, commit)
	}()
	for len(m.svc.hub.scopes()) == 0 { // until it is registered
		select {
		case <-done:
			return out, err
		case <-time.After(time.Millisecond):
		}
	}
	meanwhile()
	<-done
	return out, err
}

func (h *hub) scopes() (out []syncproto.Scope) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for sc := range h.byKey {
		out = append(out, sc)
	}
	return out
}

func TestWait(t *testing.T) {
	m := newMade(t)
	m.leader.send()
	month := syncproto.TeamMonthScope(m.team, "2023-08")
	t.Run("a commit wakes", func(t *testing.T) {
		out, err := m.waits(m.leader, m.leader.seen.Commit, func() { m.member.do(edit(m.id, doc("note", "x"), nil)) })
		if err != nil || !slices.Contains(out.Scopes, month) || out.Commit <= m.leader.seen.Commit {
			t.Errorf("%+v %v", out, err)
		}
	})
	t.Run("news from before are told at once", func(t *testing.T) {
		out, err := m.svc.Wait(context.Background(), domain.Caller{Person: m.world.leader}, m.leader.seen.Epoch, m.leader.seen.Commit)
		if err != nil || !slices.Equal(out.Scopes, []syncproto.Scope{month}) {
			t.Errorf("%+v %v", out, err)
		}
	})
	t.Run("another epoch is told at once", func(t *testing.T) {
		out, err := m.svc.Wait(context.Background(), domain.Caller{Person: m.world.leader}, "before", 1<<50)
		if err != nil || out.Epoch == "before" {
			t.Errorf("%+v %v", out, err)
		}
	})
	t.Run("a new grant wakes", func(t *testing.T) {
		m.other.send()
		out, err := m.waits(m.other, m.other.seen.Commit, func() { m.grant(m.world.other, domain.RoleMember, m.team, "2023-08-01", "") })
		if err != nil || !slices.Contains(out.Scopes, month) {
			t.Errorf("%+v %v", out, err)
		}
	})
	t.Run("a device that may only push", func(t *testing.T) {
		_, err := m.svc.Wait(context.Background(), domain.Caller{Person: m.world.leader, PushOnly: true}, "", 0)
		if domain.CodeOf(err) != domain.Forbidden {
			t.Error(err)
		}
	})
	t.Run("the caller goes away", func(t *testing.T) {
		m.leader.send()
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(5*time.Millisecond, cancel)
		if _, err := m.svc.Wait(ctx, domain.Caller{Person: m.world.leader}, m.leader.seen.Epoch, m.leader.seen.Commit); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if left := m.svc.hub.scopes(); len(left) > 0 {
		t.Errorf("waiters stay registered: %v", left)
	}
}

func TestWait_EndsAfter50s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMade(t)
		m.leader.send()
		start := time.Now()
		out, err := m.svc.Wait(context.Background(), domain.Caller{Person: m.world.leader}, m.leader.seen.Epoch, m.leader.seen.Commit)
		if err != nil || len(out.Scopes) != 0 || time.Since(start) != maxWait {
			t.Errorf("after %v: %+v %v", time.Since(start), out, err)
		}
	})
}
