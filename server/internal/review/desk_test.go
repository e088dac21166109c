package review

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// desk is one commune with a chair and activities that are put as records.
type desk struct {
	t              *testing.T
	svc            *Service
	got            []syncproto.RawMutation
	commune, chair domain.ID
	team, author   domain.ID
	caller         domain.Caller
	now            time.Time
	n              int
}

// Submit records what it is given, in place of syncsvc.
func (d *desk) Submit(_ context.Context, _ domain.Caller, raws []syncproto.RawMutation) ([]syncproto.Verdict, error) {
	d.got = append(d.got, raws...)
	return make([]syncproto.Verdict, len(raws)), nil
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, now: time.Date(2023, 8, 20, 9, 0, 0, 0, domain.Zone)}
	now := func() time.Time { return d.now }
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "s.db"), boltstore.Options{Now: now, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d.svc = &Service{Store: db, Submitter: d, Now: now}
	for _, id := range []*domain.ID{&d.commune, &d.chair, &d.team, &d.author} {
		*id = syncproto.NewRandomID(rand.Reader)
	}
	d.caller = domain.Caller{Person: d.chair}
	d.update(func(tx store.Tx) error {
		return roster.PutGrant(tx, syncproto.NewRandomID(rand.Reader), domain.Grant{Person: d.chair, Role: domain.RoleChair, Unit: d.commune, Name: "Người thử"}, store.Cause{})
	})
	return d
}

func (d *desk) update(fn func(store.Tx) error) {
	d.t.Helper()
	if err := d.svc.Store.Update(context.Background(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// add puts an activity of August that waits and has nothing odd, but for what
// change does to it.
func (d *desk) add(change func(*domain.Activity)) domain.ID {
	d.t.Helper()
	d.n++
	a := domain.Activity{Team: d.team, Author: d.author, DoneOn: domain.Date(fmt.Sprintf("2023-08-%02d", 1+d.n%20)), Category: "LOA",
		Measures: map[string]int64{"so_tin_phat": int64(30 + d.n)}, Evidence: []string{"paper:1"}, State: domain.Pending, Submitted: int64(d.n)}
	a.Received = a.DoneOn.Add(1).Start().UnixMilli()
	if change != nil {
		change(&a)
	}
	id := syncproto.NewRecordID(rand.Reader, d.now.Add(time.Duration(d.n)*time.Hour))
	doc := syncproto.Doc{
		"unit": syncproto.Str(string(d.commune)), "month": syncproto.Str("2023-08"), "team": syncproto.Str(string(a.Team)), "author": syncproto.Str(string(a.Author)), "done_on": syncproto.Str(string(a.DoneOn)),
		"category": syncproto.Str(a.Category), "state": syncproto.Str(string(a.State)), "submitted": syncproto.Int(a.Submitted),
		"received": syncproto.Int(a.Received), "reviewed_c": syncproto.Str(a.ReviewedC),
		"evidence": syncproto.Strs(a.Evidence), "flags": syncproto.Strs(a.Flags),
		"measures": []byte(fmt.Sprintf(`{"so_tin_phat":%d}`, a.Measures["so_tin_phat"])),
	}
	d.update(func(tx store.Tx) error {
		_, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeActivity, ID: id}, Doc: doc,
			Scopes: []syncproto.Scope{syncproto.CommuneMonthScope(d.commune, "2023-08"), syncproto.TeamMonthScope(d.team, "2023-08")}})
		return err
	})
	return id
}

func (d *desk) queue(cursor string, limit int) Queue {
	d.t.Helper()
	q, err := d.svc.Queue(context.Background(), d.caller, Ask{Commune: d.commune, Month: "2023-08", Cursor: cursor, Limit: limit})
	if err != nil {
		d.t.Fatal(err)
	}
	return q
}

func TestQueue_Risks(t *testing.T) {
	tests := []struct {
		name   string
		change func(*desk, *domain.Activity)
		want   []Risk
	}{
		{"nothing odd", func(*desk, *domain.Activity) {}, nil},
		{"no evidence", func(_ *desk, a *domain.Activity) { a.Evidence = nil }, []Risk{RiskNoEvidence}},
		{"flagged", func(_ *desk, a *domain.Activity) { a.Flags = []string{"duplicate_of:x"} }, []Risk{RiskDuplicate}},
		{"far outside the habit", func(_ *desk, a *domain.Activity) { a.Measures["so_tin_phat"] = 900 }, []Risk{RiskOutlier}},
		{"late", func(_ *desk, a *domain.Activity) { a.Received = a.DoneOn.Add(9).Start().UnixMilli() }, []Risk{RiskLate}},
		{"first of its author", func(d *desk, a *domain.Activity) { a.Author = d.team }, []Risk{RiskFirst}},
		{"the reader's own", func(d *desk, a *domain.Activity) { a.Author = d.chair }, []Risk{RiskFirst, RiskOwn}},
		{"several", func(_ *desk, a *domain.Activity) { a.Evidence, a.Flags = nil, []string{"duplicate_of:x"} }, []Risk{RiskDuplicate, RiskNoEvidence}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			for range 6 { // the habit
				d.add(func(a *domain.Activity) { a.State = domain.Approved })
			}
			plain := d.add(nil)
			id := d.add(func(a *domain.Activity) { tt.change(d, a) })
			q := d.queue("", 0)
			i := slices.IndexFunc(q.Items, func(it Item) bool { return it.ID == id })
			if q.Total != 2 || i < 0 {
				t.Fatalf("queue %+v", q)
			}
			if got := q.Items[i].Risks; len(got)+len(tt.want) > 0 && !cmp.Equal(got, tt.want) {
				t.Errorf("risks %v, want %v", got, tt.want)
			}
			if len(tt.want) > 0 && (q.Items[0].ID != id || q.Items[1].ID != plain) {
				t.Error("the riskiest is not first")
			}
		})
	}
}

func TestQueue_BurstAndSameContent(t *testing.T) {
	h := newHabit()
	a := &domain.Activity{Team: "t", Author: "a", DoneOn: "2023-08-01", Category: "X", Measures: map[string]int64{"m": 1}, Evidence: []string{"paper:1"}}
	now := time.Date(2023, 8, 2, 9, 0, 5, 0, time.UTC)
	id := syncproto.NewRecordID(rand.Reader, now)
	h.add(id, a)
	if got := h.risks(id, a, ""); slices.Contains(got, RiskBurst) || slices.Contains(got, RiskDuplicate) {
		t.Errorf("one alone: %v", got)
	}
	for i := range burstCount - 1 {
		h.add(syncproto.NewRecordID(rand.Reader, now.Add(time.Duration(i)*time.Second)), a)
	}
	if got := h.risks(id, a, ""); !slices.Contains(got, RiskBurst) || !slices.Contains(got, RiskDuplicate) {
		t.Errorf("five in one minute: %v", got)
	}
}

func TestQueue_Pages(t *testing.T) {
	d := newDesk(t)
	for i := range 7 {
		d.add(func(a *domain.Activity) {
			if i%3 == 0 {
				a.Evidence = nil
			}
		})
	}
	whole := d.queue("", 0)
	var got []domain.ID
	for cursor := ""; ; {
		q := d.queue(cursor, 3)
		for _, it := range q.Items {
			got = append(got, it.ID)
		}
		if cursor = q.Next; cursor == "" {
			break
		}
	}
	var want []domain.ID
	for _, it := range whole.Items {
		want = append(want, it.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 7 {
		t.Error(diff)
	}
	for _, bad := range []string{"x", "1.2", "a.b.c"} {
		if _, err := d.svc.Queue(context.Background(), d.caller, Ask{Commune: d.commune, Month: "2023-08", Cursor: bad}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}

func TestQueue_Rights(t *testing.T) {
	d := newDesk(t)
	ask := func(c domain.Caller, commune domain.ID) error {
		_, err := d.svc.Queue(context.Background(), c, Ask{Commune: commune, Month: "2023-08"})
		return err
	}
	if err := ask(d.caller, d.team); domain.CodeOf(err) != domain.Forbidden {
		t.Error("another commune:", err)
	}
	if err := ask(domain.Caller{Person: d.author}, d.commune); domain.CodeOf(err) != domain.Forbidden {
		t.Error("no role:", err)
	}
	if err := ask(domain.Caller{Person: d.chair, PushOnly: true}, d.commune); domain.CodeOf(err) != domain.Forbidden {
		t.Error("revoked device:", err)
	}
}

func TestQueue_Changed(t *testing.T) {
	d := newDesk(t)
	again := d.add(func(a *domain.Activity) { a.ReviewedC = syncproto.Hash{9}.String() })
	dropped, plain := d.add(nil), d.add(nil)
	mark := func(stale bool) {
		d.update(func(tx store.Tx) error {
			have, err := StaleMarks(tx, d.chair)
			if err != nil {
				return err
			}
			return MarkStale(tx, d.chair, store.Key{Type: syncproto.TypeActivity, ID: dropped}, have, stale)
		})
	}
	changed := func() map[domain.ID]bool {
		out := map[domain.ID]bool{}
		for _, it := range d.queue("", 0).Items {
			out[it.ID] = it.Changed
		}
		return out
	}
	mark(true)
	mark(true)
	if diff := cmp.Diff(map[domain.ID]bool{again: true, dropped: true, plain: false}, changed()); diff != "" {
		t.Error(diff)
	}
	mark(false)
	if changed()[dropped] {
		t.Error("the mark stays")
	}
}

func TestDecideList(t *testing.T) {
	d := newDesk(t)
	key, id := syncproto.NewRandomID(rand.Reader), syncproto.NewRandomID(rand.Reader)
	good := Decision{Key: key, Type: syncproto.TypeActivity, ID: id, Seen: c1, Decision: Return, Reason: "Thiếu minh chứng"}
	for range 2 {
		if _, err := d.svc.Decide(context.Background(), d.caller, []Decision{good}); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.got) != 2 || string(d.got[0]) != string(d.got[1]) {
		t.Error("the same decision is not the same mutation")
	}
	m, err := syncproto.DecodeMutation(d.got[0])
	if err != nil || m.Op != syncproto.OpReview || m.By != d.chair || m.Seen != c1 || m.Args.Str("decision") != "return" {
		t.Errorf("%+v %v", m, err)
	}
	for field, change := range map[string]func(*Decision){
		"key":      func(d *Decision) { d.Key = "x" },
		"id":       func(d *Decision) { d.ID = "" },
		"type":     func(d *Decision) { d.Type = "grant" },
		"decision": func(d *Decision) { d.Decision = "maybe" },
		"reason":   func(d *Decision) { d.Reason = "" },
	} {
		bad := good
		change(&bad)
		if _, err := d.svc.Decide(context.Background(), d.caller, []Decision{good, bad}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", field, err)
		}
	}
	if len(d.got) != 2 {
		t.Error("part of a list with an error was decided")
	}
	if _, err := d.svc.Decide(context.Background(), d.caller, make([]Decision, syncproto.MaxMutationsPerPush+1)); domain.CodeOf(err) != domain.TooLarge {
		t.Error(err)
	}
}

// TestQueue_Decided: what was approved can be found again, and nothing else
// with it.
func TestQueue_Decided(t *testing.T) {
	d := newDesk(t)
	d.add(nil)
	id := d.add(func(a *domain.Activity) { a.State, a.ReviewedC = domain.Approved, "x" })
	q, err := d.svc.Queue(t.Context(), d.caller, Ask{Commune: d.commune, Month: "2023-08", State: domain.Approved})
	if err != nil || q.Total != 1 || q.Items[0].ID != id {
		t.Errorf("approved: %+v %v", q, err)
	}
	if _, err := d.svc.Queue(t.Context(), d.caller, Ask{Commune: d.commune, Month: "2023-08", State: domain.Received}); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("what was never handed in: %v", err)
	}
}
