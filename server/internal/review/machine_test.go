package review

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

var c1, c2 = syncproto.Hash{1}, syncproto.Hash{2}

func TestDecide(t *testing.T) {
	own, others := true, false
	decided := func(s domain.State, own bool) At {
		return At{State: s, C: c1, Seen: c1, ReviewedC: c1, Own: own}
	}
	tests := []struct {
		name string
		at   At
		c    Choice
		want domain.State
		step Step
	}{
		{"approve what waits", At{State: domain.Pending, C: c1, Seen: c1}, Approve, domain.Approved, Go},
		{"return what waits", At{State: domain.Pending, C: c1, Seen: c1}, Return, domain.Returned, Go},
		{"reject what waits", At{State: domain.Pending, C: c1, Seen: c1}, Reject, domain.Rejected, Go},
		{"revoke what waits", At{State: domain.Pending, C: c1, Seen: c1}, Revoke, domain.Pending, Stale},
		{"other content", At{State: domain.Pending, C: c2, Seen: c1}, Approve, domain.Pending, Stale},
		{"submitted again after a return, other content", At{State: domain.Pending, C: c2, Seen: c1, ReviewedC: c1, Own: own}, Approve, domain.Pending, Stale},
		{"not submitted", At{State: domain.Received, C: c1, Seen: c1}, Approve, domain.Received, Stale},
		{"withdrawn", At{State: domain.Withdrawn, C: c1, Seen: c1}, Approve, domain.Withdrawn, Stale},
		{"approve twice", decided(domain.Approved, own), Approve, domain.Approved, Nothing},
		{"approve after another's approval", decided(domain.Approved, others), Approve, domain.Approved, Nothing},
		{"return after another's approval", decided(domain.Approved, others), Return, domain.Approved, Stale},
		{"return after the own approval", decided(domain.Approved, own), Return, domain.Returned, Go},
		{"revoke another's approval", decided(domain.Approved, others), Revoke, domain.Returned, Go},
		{"approve after the own return", decided(domain.Returned, own), Approve, domain.Approved, Go},
		{"approve after another's return", decided(domain.Returned, others), Approve, domain.Returned, Stale},
		{"approve after the own return, edited since", At{State: domain.Returned, C: c2, Seen: c2, ReviewedC: c1, Own: own}, Approve, domain.Returned, Stale},
		{"return again on the content that was returned", At{State: domain.Returned, C: c2, Seen: c1, ReviewedC: c1}, Return, domain.Returned, Nothing},
		{"a rejection is final", decided(domain.Rejected, own), Approve, domain.Rejected, Stale},
		{"reject twice", decided(domain.Rejected, others), Reject, domain.Rejected, Nothing},
		{"no choice", At{State: domain.Pending, C: c1, Seen: c1}, "maybe", domain.Pending, Stale},
	}
	for _, tt := range tests {
		if got, step := Decide(tt.at, tt.c); got != tt.want || step != tt.step {
			t.Errorf("%s: %s %d, want %s %d", tt.name, got, step, tt.want, tt.step)
		}
	}
}

func TestSubmitWithdrawEdit(t *testing.T) {
	tests := []struct {
		from             domain.State
		submit, withdraw domain.State
		sub, wd, edit    Step
	}{
		{domain.Received, domain.Pending, domain.Withdrawn, Go, Go, Go},
		{domain.Pending, domain.Pending, domain.Withdrawn, Nothing, Go, Go},
		{domain.Returned, domain.Pending, domain.Withdrawn, Go, Go, Go},
		{domain.Withdrawn, domain.Pending, domain.Withdrawn, Go, Nothing, Go},
		{domain.Approved, domain.Approved, domain.Approved, Nothing, Locked, Locked},
		{domain.Rejected, domain.Rejected, domain.Rejected, Nothing, Locked, Locked},
	}
	for _, tt := range tests {
		if s, step := Submit(tt.from); s != tt.submit || step != tt.sub {
			t.Errorf("submit of %s: %s %d", tt.from, s, step)
		}
		if s, step := Withdraw(tt.from); s != tt.withdraw || step != tt.wd {
			t.Errorf("withdraw of %s: %s %d", tt.from, s, step)
		}
		if step := Edit(tt.from); step != tt.edit {
			t.Errorf("edit of %s: %d", tt.from, step)
		}
	}
}
