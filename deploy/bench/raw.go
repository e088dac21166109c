package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/banso/banso/deploy/load"
)

// rawResult is what a yardstick of raw bbolt came to.
type rawResult struct {
	perSecond float64       // records
	cpu       time.Duration // per record
	commits   int64
}

// raw writes batches of records from closed-loop clients into one bucket in
// order of time, all waiting batches in one transaction, each acknowledged
// after its commit: the least that any server on bbolt has to do.
func raw(dir string, clients, perPush, recordBytes int, d time.Duration) (rawResult, error) {
	path := filepath.Join(dir, "raw.db")
	defer os.Remove(path)
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 30, NoFreelistSync: true})
	if err != nil {
		return rawResult{}, err
	}
	defer db.Close()

	type push struct{ done chan error }
	queue := make(chan push, clients)
	body := make([]byte, recordBytes)
	for i := range body {
		body[i] = byte('a' + i%23)
	}
	var commits int64
	var seq uint64
	committer := make(chan error, 1)
	go func() {
		for first := range queue {
			group := []push{first}
			for more := true; more; {
				select {
				case p, ok := <-queue:
					if ok {
						group = append(group, p)
					}
					more = ok
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				b, err := tx.CreateBucketIfNotExists([]byte("records"))
				if err != nil {
					return err
				}
				b.FillPercent = 0.9
				for range len(group) * perPush {
					seq++
					if err := b.Put(binary.BigEndian.AppendUint64(nil, seq), body); err != nil {
						return err
					}
				}
				return nil
			})
			commits++
			for _, p := range group {
				p.done <- err
			}
		}
		committer <- nil
	}()

	before, start := load.SelfCPU(), time.Now()
	var records atomic.Int64
	var wg sync.WaitGroup
	var failed atomic.Value
	for range clients {
		wg.Go(func() {
			p := push{done: make(chan error, 1)}
			for time.Since(start) < d {
				queue <- p
				if err := <-p.done; err != nil {
					failed.Store(err)
					return
				}
				records.Add(int64(perPush))
			}
		})
	}
	wg.Wait()
	elapsed, used := time.Since(start), load.SelfCPU()-before
	close(queue)
	<-committer
	if err, ok := failed.Load().(error); ok {
		return rawResult{}, err
	}
	n := records.Load()
	if n == 0 {
		return rawResult{}, fmt.Errorf("raw bbolt wrote nothing in %v", d)
	}
	return rawResult{float64(n) / elapsed.Seconds(), used / time.Duration(n), commits}, nil
}
