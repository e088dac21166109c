package httpapi

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestLobby: who finds all places taken gets one that is given back in time,
// in the order they came; those beyond the lobby, and reads, are sent away at
// once, and who waits too long or hangs up too.
func TestLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &API{lobby: make(chan struct{}, 2)}
		a.gates[push], a.gates[pull] = make(chan struct{}, 1), make(chan struct{}, 1)
		ctx := t.Context()
		if !a.enter(ctx, push) || !a.enter(ctx, pull) {
			t.Fatal("an empty house sends people away")
		}
		if a.enter(ctx, pull) {
			t.Error("two reads in one place")
		}
		got := make(chan int, 2)
		for i := range 2 {
			go func() {
				if a.enter(ctx, push) {
					got <- i
				}
			}()
			synctest.Wait()
		}
		start := time.Now()
		if a.enter(ctx, push) || time.Since(start) > 0 {
			t.Error("the lobby is full and took one more, or let him wait")
		}
		time.Sleep(lobbyTime / 2)
		<-a.gates[push]
		if first := <-got; first != 0 {
			t.Errorf("%d was before 0", first)
		}
		time.Sleep(lobbyTime)
		synctest.Wait()
		if len(got) > 0 || len(a.lobby) != 0 {
			t.Errorf("%d got in, %d still wait", len(got), len(a.lobby))
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if start := time.Now(); a.enter(gone, push) || time.Since(start) > 0 {
			t.Error("who hung up was waited for")
		}
	})
}
