package app

import (
	"context"
	"crypto/rand"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
)

// BenchmarkPush pushes 10 records at a time from 64 phones over loopback into
// a server in this process, for a profile (-cpuprofile) of the whole path. An
// operation is one push. What it costs against a yardstick is deploy/bench's.
func BenchmarkPush(b *testing.B) {
	ctx := context.Background()
	a, err := New(ctx, Config{Data: b.TempDir(), Now: time.Now, Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close(ctx)
	code, err := a.SetupCode(ctx)
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := a.Server()
	go srv.Serve(l)
	defer srv.Close()
	const clients = 64
	_, phones, err := load.Accounts(ctx, &load.Server{Addr: l.Addr().String(), SetupCode: code}, clients*8)
	if err != nil {
		b.Fatal(err)
	}
	day := string(domain.DateOf(time.Now()))
	var wg sync.WaitGroup
	jobs := make(chan struct{})
	for i := range clients {
		mine := phones[i*8 : i*8+8]
		wg.Go(func() {
			k := 0
			for range jobs {
				p := mine[k%len(mine)]
				k++
				p.Prepare(10, day)
				if _, _, err := p.Sync(false); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ResetTimer()
	for range b.N {
		jobs <- struct{}{}
	}
	close(jobs)
	wg.Wait()
	b.StopTimer()
}
