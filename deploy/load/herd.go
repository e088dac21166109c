package load

import (
	"fmt"
	"sync"
	"time"
)

// Herd is what became of phones that came back together.
type Herd struct {
	Failed int           // phones that were neither served nor told when to come again
	Told   int64         // times that a phone was told to come again
	Took   time.Duration // until the last one was served
	Before int64         // bytes of the server's own memory before
	Own    int64         // the same, the most that was seen
	Peak   int64         // with the mapped pages of the data file, which the kernel may take back
}

// ComeBack lets phones connect anew, evenly over a window, and push each so many
// times so many records. It returns the first error of a phone with the rest.
func ComeBack(s *Server, phones []*Phone, window time.Duration, pushes, size int, day string) (h Herd, first error) {
	quiet, err := Use(s.Pid)
	if err != nil {
		return h, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	own := watchAnon(s.Pid)
	start := time.Now()
	for i, p := range phones {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * window / time.Duration(len(phones)))
			told, err := p.comeBack(s.Addr, i, pushes, size, day)
			mu.Lock()
			defer mu.Unlock()
			if h.Told += told; err != nil {
				h.Failed++
				if first == nil {
					first = err
				}
			}
		})
	}
	wg.Wait()
	h.Took, h.Before, h.Own = time.Since(start), quiet.Anon, own()
	after, err := Use(s.Pid)
	if first == nil {
		first = err
	}
	h.Peak = after.Peak
	return h, first
}

func (p *Phone) comeBack(addr string, k, pushes, size int, day string) (told int64, err error) {
	if err := p.Reconnect(addr, k); err != nil {
		return 0, err
	}
	defer p.Conn.Close()
	for range pushes {
		p.Prepare(size, day)
		n, err := p.pushPatiently()
		told += n
		if err != nil {
			return told, err
		}
	}
	return told, nil
}

// pushPatiently is one push with as many tries as the server asks for.
func (p *Phone) pushPatiently() (told int64, err error) {
	for {
		a, _, err := p.Sync(true)
		if err != nil {
			return told, err
		}
		switch a.Status {
		case 200:
			return told, nil
		case 429, 503:
			if a.RetryAfter < 1 {
				return told, fmt.Errorf("status %d without Retry-After", a.Status)
			}
			told++
			time.Sleep(time.Duration(a.RetryAfter) * time.Second)
		default:
			return told, fmt.Errorf("status %d: %.200s", a.Status, a.Body)
		}
	}
}

// watchAnon samples a process's own memory until the function that it returns
// is called, which tells the most that was seen, in bytes.
func watchAnon(pid int) (stop func() int64) {
	quit, most := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		for {
			if u, err := Use(pid); err == nil {
				peak = max(peak, u.Anon)
			}
			select {
			case <-quit:
				most <- peak
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(quit); return <-most }
}
