package boltstore

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	bolt "go.etcd.io/bbolt"
)

const (
	benchClients = 64
	benchRecords = 10 // a push
)

// benchPush is what one phone sends: ten activities of some 760 bytes.
type benchPush struct {
	person, client syncproto.ID
	team           syncproto.Scope
	puts           [benchRecords]store.Put
	bodies         [benchRecords][]byte // of puts
	size           int
}

func benchDoc(i int) syncproto.Doc {
	return syncproto.Doc{
		"team": syncproto.Str(string(testID())), "author": syncproto.Str(string(testID())),
		"unit": syncproto.Str(string(testID())), "done_on": syncproto.Str("2023-06-12"), "month": syncproto.Str("2023-06"),
		"category": syncproto.Str("DVC_NOP_HO_SO"), "state": syncproto.Str("received"), "received": syncproto.Int(1793100000123),
		"measures":     []byte(`{"ho_so":12,"luot":34,"nguoi":7}`),
		"participants": syncproto.Strs([]string{string(testID()), string(testID()), string(testID())}),
		"evidence":     syncproto.Strs([]string{"paper:BB-" + fmt.Sprint(i)}),
		"start":        syncproto.Int(480), "minutes": syncproto.Int(90), "place": syncproto.Str("Nhà văn hóa thôn Bản Mới"),
		"note": syncproto.Str("Hướng dẫn bà con nộp hồ sơ trực tuyến. " + strings.Repeat("Ghi chú thêm. ", 5+i%19)),
		"c":    syncproto.Str(string(testID())),
	}
}

func newBenchPush(person, client syncproto.ID, g, i int) *benchPush {
	p := &benchPush{person: person, client: client}
	team := syncproto.TeamMonthScope(person, "2023-06")
	commune := syncproto.Scope(fmt.Sprintf("commune:%022d/2023-06", g/8))
	for k := range p.puts {
		doc := benchDoc(i*benchRecords + k)
		p.bodies[k] = doc.AppendCanonical(nil)
		p.size += len(p.bodies[k])
		p.puts[k] = store.Put{Key: store.Key{Type: syncproto.TypeActivity, ID: testID()}, Doc: doc,
			Scopes: []syncproto.Scope{commune, team},
			Cause: store.Cause{By: person, Op: "create", FP: syncproto.Fingerprint([]byte(testID())),
				Bounds: store.Bounds{NotAfterMs: time.Now().UnixMilli(), NotBeforeMs: time.Now().UnixMilli() - 86_400_000}}}
	}
	return p
}

func (p *benchPush) write(n int64, chain syncproto.Chain) func(store.Tx) error {
	return func(tx store.Tx) error {
		for i := range p.puts {
			fp := p.puts[i].FP
			if _, err := tx.Verdict(p.person, fp); err == nil {
				return fmt.Errorf("verdict exists")
			}
			rec, err := tx.Put(p.puts[i])
			if err != nil {
				return err
			}
			v := syncproto.Verdict{N: n + int64(i), V: syncproto.Applied, ID: rec.ID, Rev: rec.Rev}
			if err := tx.PutVerdict(p.person, fp, v); err != nil {
				return err
			}
			chain = syncproto.NextChain(chain, fp)
		}
		if err := tx.Count("activities/"+string(p.team), benchRecords); err != nil {
			return err
		}
		if err := tx.MarkDue("progress", string(p.person)+"/2023-06"); err != nil {
			return err
		}
		return tx.PutClient(p.person, p.client, store.Client{Last: n + benchRecords - 1, Chain: chain})
	}
}

// rawCommitter is the canary: bbolt with the same group commit, writing the
// same document bytes under keys in order of time.
type rawCommitter struct {
	db    *bolt.DB
	queue chan rawJob
}

type rawJob struct {
	p    *benchPush
	done chan error
}

func (r *rawCommitter) loop() {
	for j := range r.queue {
		jobs := []rawJob{j}
		for len(r.queue) > 0 {
			jobs = append(jobs, <-r.queue)
		}
		err := r.db.Update(func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte("b"))
			b.FillPercent = 0.9
			for _, j := range jobs {
				for i := range j.p.puts {
					seq, _ := b.NextSequence()
					if err := b.Put(be64(int64(seq)), j.p.bodies[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for _, j := range jobs {
			j.done <- err
		}
	}
}

// benchLoad runs pushes in a closed loop of 64 clients.
func benchLoad(pushes [][]*benchPush, do func(g, i int, p *benchPush) error) (time.Duration, error) {
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	start := time.Now()
	for g, list := range pushes {
		wg.Go(func() {
			for i, p := range list {
				if err := do(g, i, p); err != nil {
					failed.Store(&err)
					return
				}
			}
		})
	}
	wg.Wait()
	if e := failed.Load(); e != nil {
		return 0, *e
	}
	return time.Since(start), nil
}

// written is what this process has sent to block devices or the page cache.
func written(b *testing.B) int64 {
	p, err := os.ReadFile("/proc/self/io")
	if err != nil {
		b.Skipf("bytes written cannot be measured here: %v", err)
	}
	var n int64
	for line := range strings.Lines(string(p)) {
		if _, err := fmt.Sscanf(line, "wchar: %d", &n); err == nil {
			return n
		}
	}
	b.Fatal("no wchar")
	return 0
}

// BenchmarkPush64 compares durable pushes with raw bbolt in interleaved
// rounds on the same disk; one op is one push of ten records.
func BenchmarkPush64(b *testing.B) {
	dir := b.TempDir()
	s := openAt(b, filepath.Join(dir, "store.db"), testOptions())
	db, err := bolt.Open(filepath.Join(dir, "raw.db"), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, InitialMmapSize: DefaultMapSize, NoStatistics: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.AllocSize = allocSize
	if err := db.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("b")); return err }); err != nil {
		b.Fatal(err)
	}
	raw := &rawCommitter{db: db, queue: make(chan rawJob, 1024)}
	go raw.loop()
	defer close(raw.queue)

	const rounds = 5
	per := max(1, b.N/(benchClients*rounds))
	var people [benchClients][2]syncproto.ID
	for g := range people {
		people[g] = [2]syncproto.ID{testID(), syncproto.NewRandomID(rand.Reader)}
	}
	var json, bytes int64
	var ratios, rates []float64
	b.ResetTimer()
	for round := range rounds {
		b.StopTimer()
		pushes := make([][]*benchPush, benchClients)
		for i := range per {
			for g := range pushes {
				p := newBenchPush(people[g][0], people[g][1], g, i)
				p.team = syncproto.TeamMonthScope(p.person, "2023-06")
				pushes[g] = append(pushes[g], p)
				json += int64(p.size)
			}
		}
		b.StartTimer()
		before := written(b)
		mine, err := benchLoad(pushes, func(_, i int, p *benchPush) error {
			n := int64(round*per+i)*benchRecords + 1
			return s.Update(b.Context(), p.write(n, syncproto.Chain{}))
		})
		if err != nil {
			b.Fatal(err)
		}
		bytes += written(b) - before
		theirs, err := benchLoad(pushes, func(_, _ int, p *benchPush) error {
			j := rawJob{p, make(chan error, 1)}
			raw.queue <- j
			return <-j.done
		})
		if err != nil {
			b.Fatal(err)
		}
		ratios = append(ratios, float64(theirs)/float64(mine))
		rates = append(rates, float64(per*benchClients*benchRecords)/mine.Seconds())
	}
	b.StopTimer()
	records := float64(rounds * per * benchClients * benchRecords)
	b.ReportMetric(median(ratios)*100, "%raw")
	b.ReportMetric(median(rates), "rec/s")
	b.ReportMetric(float64(bytes)/records, "B/rec")
	b.ReportMetric(float64(json)/records, "jsonB/rec")
	fi, err := os.Stat(s.Path())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(fi.Size())/float64(json), "file/JSON")
}

func median(v []float64) float64 {
	v = append([]float64(nil), v...)
	for i := range v {
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
	return v[len(v)/2]
}
