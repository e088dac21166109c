package jobs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// crowd is a file of so many members, of some dozens a team.
func (w *world) crowd(n int) (rows [][]any) {
	w.Helper()
	w.load(roster.ImportUnits, units)
	var t strings.Builder
	t.WriteString("ref,name,level,commune_code,village,decision,established_on,dissolved_on\n")
	for i := range n/50 + 1 {
		fmt.Fprintf(&t, "K%d,Tổ Số %d,village,A1,Thôn %d,1/QĐ,2023-01-01,\n", i, i, i)
	}
	w.load(roster.ImportTeams, t.String())
	rows = append(rows, []any{"ref", "name", "role", "team_ref", "from", "to"})
	for i := range n {
		rows = append(rows, []any{fmt.Sprintf("M%d", i), fmt.Sprintf("Người Số %d", i), "member", fmt.Sprintf("K%d", i/50), "2023-01-01", ""})
	}
	return rows
}

func csvOf(rows [][]any) string {
	var b strings.Builder
	for _, r := range rows {
		for i, c := range r {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(&b, c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func xlsxOf(t *testing.T, rows [][]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = s.SetRow(cell, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// held is how many records a scope has.
func (w *world) held(scope syncproto.Scope) (n int64) {
	w.Helper()
	w.must(w.store.View(w.Context(), func(r store.Reader) error {
		sc, err := r.Scope(scope)
		n = sc.Count
		return err
	}))
	return n
}

// loud reports whether this is one of the louder tiers.
func loud() bool { return os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak" }

// TestLong_FiftyThousand takes in a file of 50,000 rows (fewer in a quick run),
// CSV and XLSX, while somebody else writes all the time; the server is stopped
// in the middle of it and in the middle of its undo, which leaves what was
// there before.
func TestLong_FiftyThousand(t *testing.T) {
	n := 4000
	if loud() {
		n = roster.MaxImportRows
	}
	w := newWorld(t)
	rows := w.crowd(n)
	before := w.held(roster.ScopePeople)
	start := time.Now()
	waits := w.beside(func() {
		j := w.start(roster.ImportMembers, csvOf(rows), false)
		w.stopAfter(n/64 + 15)
		w.restart()
		if got := w.held(roster.ScopePeople) - before; got <= 0 || got >= int64(n) {
			t.Errorf("stopped in the middle: %d of %d are there", got, n)
		}
		if j = w.done(j.ID); j.State != jobs.Done || j.Report.Created != n || w.held(roster.ScopePeople)-before != int64(n) {
			t.Fatalf("%+v", j)
		}
	})
	t.Logf("%d rows of CSV in %s, stopped once; who wrote beside it waited %s (median), %s (p99), %s at most, %d times; %d MiB of heap",
		n, time.Since(start).Round(time.Millisecond), waits[len(waits)/2], waits[len(waits)*99/100], waits[len(waits)-1], len(waits), heap())
	start = time.Now()
	if j := w.done(w.start(roster.ImportMembers, xlsxOf(t, rows), false).ID); j.State != jobs.Done || j.Report.Unchanged != n || j.Report.Read != "xlsx" {
		t.Fatalf("%+v", j)
	}
	t.Logf("the same as XLSX, nothing new: %s; %d MiB of heap", time.Since(start).Round(time.Millisecond), heap())
	w.undoStopped(t, before)
}

// undoStopped takes the oldest import of members back, and is stopped on its
// way.
func (w *world) undoStopped(t *testing.T, before int64) {
	t.Helper()
	list, err := w.svc.Jobs(t.Context(), w.admin)
	w.must(err)
	at := slices.IndexFunc(list, func(j jobs.Job) bool { return j.What == "members" && j.Report.Created > 0 })
	start := time.Now()
	u, err := w.svc.StartUndo(t.Context(), w.admin, list[at].ID)
	w.must(err)
	w.stopAfter(20)
	w.restart()
	if _, err := w.svc.Cancel(t.Context(), w.admin, u.ID); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("an undo on its way is cancelled: %v", err)
	}
	if u = w.done(u.ID); u.State != jobs.Done || len(u.Stands) > 0 || w.held(roster.ScopePeople) != before {
		t.Fatalf("%+v, %d people", u, w.held(roster.ScopePeople)-before)
	}
	t.Logf("taken back in %s", time.Since(start).Round(time.Millisecond))
	w.must(w.store.Close())
	if rep, err := boltstore.Check(w.path); err != nil || len(rep.Problems) > 0 {
		t.Errorf("the file: %+v, %v", rep, err)
	}
	w.open(false)
}

// stopAfter works until a context ended that was asked so many times.
func (w *world) stopAfter(asked int) {
	w.Helper()
	if _, err := w.svc.Work(&dying{Context: w.Context(), after: asked}); !errors.Is(err, context.Canceled) {
		w.Fatalf("stopped in the middle: %v", err)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys >> 20
}

// beside runs do while small writes come, and returns how long these took.
func (w *world) beside(do func()) (waits []time.Duration) {
	w.Helper()
	stop, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			start := time.Now()
			if err := w.store.Update(context.Background(), func(tx store.Tx) error { return tx.Count("beside", 1) }); err == nil {
				waits = append(waits, time.Since(start))
			}
		}
	}()
	do()
	close(stop)
	<-over
	slices.Sort(waits)
	return waits
}

// TestLong_StoppedAnywhere: wherever the server stops, a long import comes to
// the same end, and one that is cancelled leaves nothing. A quick run stops it
// at every fifth place.
func TestLong_StoppedAnywhere(t *testing.T) {
	const n = 1100
	step := 5 // odd: every second stop is followed by a cancel
	if loud() {
		step = 1
	}
	w := newWorld(t)
	file := csvOf(w.crowd(n))
	before := w.content()
	for after := n / 64; ; after += step {
		j := w.start(roster.ImportMembers, file, false)
		if _, err := w.svc.Work(&dying{Context: t.Context(), after: after}); err == nil {
			w.undo(j.ID)
			break
		}
		w.restart()
		written := w.content() != before
		if after%2 == 0 {
			if j, err := w.svc.Cancel(t.Context(), w.admin, j.ID); err != nil || written != (j.State == jobs.Running) {
				t.Fatalf("after %d: %+v, %v", after, j, err)
			}
			if j = w.done(j.ID); j.State != jobs.Cancelled || w.content() != before {
				t.Fatalf("after %d, cancelled: %+v", after, j)
			}
			if _, err := w.svc.StartUndo(t.Context(), w.admin, j.ID); domain.CodeOf(err) != domain.Conflict {
				t.Errorf("undo of what was cancelled: %v", err)
			}
			continue
		}
		if j = w.done(j.ID); j.State != jobs.Done || j.Report.Created != n {
			t.Fatalf("after %d: %+v", after, j)
		}
		if u := w.undo(j.ID); u.State != jobs.Done || w.content() != before {
			t.Fatalf("after %d, undo: %+v", after, u)
		}
	}
	if w.content() != before {
		t.Error("something is left")
	}
}

// TestLong_BadRows: bad rows keep a long file out before anything of it is
// written, or are skipped; what became bad since it was tried sends it back.
func TestLong_BadRows(t *testing.T) {
	const n = 1500
	w := newWorld(t)
	rows := w.crowd(n)
	rows[1400][3] = "K999"
	before := w.content()
	if j := w.done(w.start(roster.ImportMembers, csvOf(rows), false).ID); j.State != jobs.Failed || j.Report.Bad != 1 || w.content() != before {
		t.Fatalf("%+v", j)
	}
	if j := w.done(w.start(roster.ImportMembers, csvOf(rows), true).ID); j.State != jobs.Done || j.Report.Bad != 1 || j.Report.Created != n-1 || len(j.Report.Rows) != 1 {
		t.Fatalf("%+v", j)
	} else if w.undo(j.ID); w.content() != before {
		t.Error("something is left")
	}
	clerk, grant := syncproto.NewRandomID(rand.Reader), syncproto.NewRandomID(rand.Reader)
	may := domain.Grant{Person: clerk, Role: domain.RoleProvince, Name: "Văn Thư (thử)"}
	give := func() {
		w.must(w.store.Update(t.Context(), func(tx store.Tx) error { return roster.PutGrant(tx, grant, may, store.Cause{}) }))
	}
	give()
	rows[1400][3] = "K1"
	j, err := w.svc.StartImport(t.Context(), domain.Caller{Person: clerk}, jobs.File{Kind: roster.ImportMembers, Bytes: []byte(csvOf(rows))})
	w.must(err)
	w.stopAfter(n/64 + 8)
	if w.content() == before {
		t.Error("nothing was written yet")
	}
	may.To = "2023-05-31"
	give()
	if j = w.done(j.ID); j.State != jobs.Failed || len(j.Stands) > 0 || w.content() != before {
		t.Errorf("who may no more: %+v", j)
	}
}
