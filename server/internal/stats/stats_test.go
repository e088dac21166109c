package stats_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// world is a province with a district and some communes on a real store.
type world struct {
	t        testing.TB
	now      time.Time
	db       *boltstore.Store
	svc      *stats.Service
	province domain.ID
	district domain.ID
	communes []domain.ID // the first two are of the district
	viewer   domain.Caller
	chair    domain.Caller // of communes[0]
	officer  domain.Caller // of the district
}

func newWorld(t testing.TB, communes int) *world {
	t.Helper()
	w := &world{t: t, now: domain.Date("2023-08-10").Start()}
	clock := func() time.Time { return w.now }
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "shard.db"), boltstore.Options{Now: clock, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w.db, w.svc = db, &stats.Service{Store: db, Now: clock}
	w.province, w.district = w.id(), w.id()
	w.viewer.Person, w.chair.Person, w.officer.Person = w.id(), w.id(), w.id()
	w.update(func(tx store.Tx) error {
		for i := range communes {
			parent := w.province
			if i < 2 {
				parent = w.district
			}
			u := w.id()
			w.communes = append(w.communes, u)
			if err := roster.PutUnitVersion(tx, w.id(), domain.UnitVersion{Unit: u, Level: domain.UnitCommune, Code: fmt.Sprintf("%05d", i),
				Kind: "xa", Name: fmt.Sprintf("Xã thử %d", i), Parent: parent, Interval: domain.Interval{To: "2025-06-30"}}, store.Cause{}); err != nil {
				return err
			}
		}
		for _, g := range []domain.Grant{{Person: w.viewer.Person, Role: domain.RoleViewer}, {Person: w.chair.Person, Role: domain.RoleChair, Unit: w.communes[0]},
			{Person: w.officer.Person, Role: domain.RoleDistrict, Unit: w.district}} {
			if err := roster.PutGrant(tx, w.id(), g, store.Cause{}); err != nil {
				return err
			}
		}
		return roster.PutUnitVersion(tx, w.id(), domain.UnitVersion{Unit: w.district, Level: domain.UnitDistrict, Code: "132",
			Kind: "huyen", Name: "Huyện thử", Parent: w.province}, store.Cause{})
	})
	return w
}

func (w *world) id() domain.ID { return syncproto.NewRecordID(rand.Reader, w.now) }

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// put writes an activity and counts it, as the sync service does; nil deletes.
func put(tx store.Tx, id domain.ID, a *domain.Activity) error {
	k := store.Key{Type: syncproto.TypeActivity, ID: id}
	var before syncproto.Doc
	if old, err := tx.Record(k); err == nil && !old.Deleted {
		if before, err = syncproto.SplitCanonical(old.Doc); err != nil {
			return err
		}
	}
	if a == nil {
		if _, err := tx.Delete(k, store.Cause{}); err != nil {
			return err
		}
		return stats.Apply(tx, before, nil)
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: k, Doc: doc, Scopes: []syncproto.Scope{syncproto.CommuneMonthScope(a.Unit, string(a.Month))}})
	if err != nil {
		return err
	}
	return stats.Apply(tx, before, doc)
}

func (w *world) summary(who domain.Caller, q stats.Query) stats.Summary {
	w.t.Helper()
	s, err := w.svc.Summary(context.Background(), who, q)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// lines flattens figures for comparing: one line per figure, sorted.
func lines(units []stats.Figures) (out []string) {
	for _, u := range units {
		for st, n := range u.States {
			out = append(out, fmt.Sprint(u.Unit, " ", st, " ", n))
		}
		for _, c := range u.Categories {
			out = append(out, fmt.Sprint(u.Unit, " ", c.Code, " ", c.Activities))
			for _, m := range c.Measures {
				out = append(out, fmt.Sprint(u.Unit, " ", c.Code, ".", m.Name, " ", m.Sum, " of ", m.Given))
			}
		}
	}
	slices.Sort(out)
	return out
}

// recount computes the same lines from the records alone.
func (w *world) recount(communes []domain.ID, ms []domain.Month) (out []string) {
	w.t.Helper()
	n := map[string]int64{}
	given := map[string]int64{}
	err := w.db.View(context.Background(), func(r store.Reader) error {
		for _, c := range communes {
			for _, m := range ms {
				if err := r.Members(syncproto.CommuneMonthScope(c, string(m)), syncproto.TypeActivity, func(rec *store.Record) bool {
					var a domain.Activity
					if err := json.Unmarshal(rec.Doc, &a); err != nil {
						w.t.Error(err)
					}
					n[fmt.Sprint(c, " ", a.State)]++
					if a.State == domain.Approved {
						n[fmt.Sprint(c, " ", a.Category)]++
						for k, v := range a.Measures {
							given[fmt.Sprint(c, " ", a.Category, ".", k)]++
							n[fmt.Sprint(c, " ", a.Category, ".", k)] += v
						}
					}
					return true
				}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range n {
		if g, ok := given[k]; ok {
			out = append(out, fmt.Sprint(k, " ", v, " of ", g))
		} else {
			out = append(out, fmt.Sprint(k, " ", v))
		}
	}
	slices.Sort(out)
	return out
}

// A random life of activities: created, moved, edited, decided, deleted. The
// counters must equal a recount from the records.
func TestApply_EqualsRecount(t *testing.T) {
	w := newWorld(t, 4)
	rnd := mrand.New(mrand.NewPCG(1, 2))
	states := []domain.State{domain.Received, domain.Pending, domain.Approved, domain.Approved, domain.Returned, domain.Rejected, domain.Withdrawn}
	ms := []domain.Month{"2023-06", "2023-07"}
	ids := make([]domain.ID, 60)
	dead := map[domain.ID]bool{}
	for i := range ids {
		ids[i] = w.id()
	}
	for range 10 {
		w.update(func(tx store.Tx) error {
			for range 80 {
				id := ids[rnd.IntN(len(ids))]
				if dead[id] {
					continue
				}
				_, err := tx.Record(store.Key{Type: syncproto.TypeActivity, ID: id})
				if err == nil && rnd.IntN(20) == 0 {
					dead[id] = true
					if err := put(tx, id, nil); err != nil {
						return err
					}
					continue
				}
				m := ms[rnd.IntN(2)]
				a := &domain.Activity{Unit: w.communes[rnd.IntN(4)], Month: m, DoneOn: m.First(), State: states[rnd.IntN(len(states))],
					Category: []string{"VNEID", "LOP/KY NANG", "KHAC"}[rnd.IntN(3)], Measures: map[string]int64{}}
				for _, k := range []string{"so_nguoi", "so_luot", "so_ho"} {
					if v := rnd.Int64N(4); v > 0 {
						a.Measures[k] = v - 1 // a given 0 is not a missing one
					}
				}
				if err := put(tx, id, a); err != nil {
					return err
				}
			}
			return nil
		})
		got := w.summary(w.viewer, stats.Query{From: "2023-06", To: "2023-07"})
		if d := cmp.Diff(w.recount(w.communes, ms), lines(got.Units)); d != "" {
			t.Fatal(d)
		}
	}
	year := w.summary(w.viewer, stats.Year(2023))
	if d := cmp.Diff(w.recount(w.communes, ms), lines(year.Units)); d != "" {
		t.Error(d)
	}
	var sum int64
	for _, u := range year.Units {
		for _, n := range u.States {
			sum += n
		}
	}
	for _, n := range year.Total.States {
		sum -= n
	}
	if sum != 0 || len(year.Units) != 4 || !strings.HasPrefix(year.Units[0].Name, "Xã thử") {
		t.Errorf("total differs by %d, %d units, first is %q", sum, len(year.Units), year.Units[0].Name)
	}
}

func TestSummary_RightsAndVersion(t *testing.T) {
	w := newWorld(t, 3)
	id := w.id()
	for i, c := range w.communes {
		act := id
		if i > 0 {
			act = w.id()
		}
		w.update(func(tx store.Tx) error {
			return put(tx, act, &domain.Activity{Unit: c, Month: "2023-06", State: domain.Pending})
		})
	}
	june := stats.Query{From: "2023-06", To: "2023-06"}
	for _, c := range []struct {
		name string
		who  domain.Caller
		unit domain.ID
		want int
	}{
		{"viewer", w.viewer, "", 3}, {"viewer of a district", w.viewer, w.district, 2}, {"viewer of a commune", w.viewer, w.communes[2], 1},
		{"chair", w.chair, "", 1}, {"chair of another", w.chair, w.communes[1], 0}, {"district", w.officer, "", 2},
	} {
		q := june
		q.Unit = c.unit
		if s := w.summary(c.who, q); len(s.Units) != c.want || s.Total.States[domain.Pending] != int64(c.want) {
			t.Errorf("%s: %d units, %v", c.name, len(s.Units), s.Total.States)
		}
	}
	ctx := context.Background()
	if _, err := w.svc.Summary(ctx, domain.Caller{Person: w.id()}, june); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("stranger: %v", err)
	}
	if _, err := w.svc.Summary(ctx, w.viewer, stats.Query{From: "2023-07", To: "2023-06"}); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("months out of order: %v", err)
	}
	before := w.summary(w.viewer, june).Version
	if v, err := w.svc.Version(ctx, w.viewer, june); err != nil || v != before {
		t.Errorf("version %s, %v; want %s", v, err, before)
	}
	if v, err := w.svc.Version(ctx, w.chair, june); err != nil || v == before {
		t.Errorf("a chair's version is the viewer's: %v", err)
	}
	w.update(func(tx store.Tx) error {
		return put(tx, id, &domain.Activity{Unit: w.communes[0], Month: "2023-06", State: domain.Approved})
	})
	if w.summary(w.viewer, june).Version == before {
		t.Error("a new figure has the old version")
	}
}

func TestSummary_TodaysLens(t *testing.T) {
	w := newWorld(t, 3)
	merged := w.id()
	w.update(func(tx store.Tx) error {
		for _, c := range w.communes {
			if err := put(tx, w.id(), &domain.Activity{Unit: c, Month: "2025-06", State: domain.Approved, Category: "VNEID"}); err != nil {
				return err
			}
		}
		if err := roster.PutUnitEvent(tx, w.id(), domain.UnitEvent{Kind: domain.UnitMerge, On: "2025-07-01",
			From: w.communes[:2], To: []domain.ID{merged}, Basis: "1673/NQ-UBTVQH15"}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutUnitVersion(tx, w.id(), domain.UnitVersion{Unit: merged, Level: domain.UnitCommune, Code: "99999", Kind: "xa",
			Name: "Xã mới", Parent: w.province, Interval: domain.Interval{From: "2025-07-01"}}, store.Cause{})
	})
	w.now = domain.Date("2025-08-01").Start()
	then := w.summary(w.viewer, stats.Query{From: "2025-06", To: "2025-06"})
	today := w.summary(w.viewer, stats.Query{From: "2025-06", To: "2025-06", Lens: stats.LensToday})
	if len(then.Units) != 3 || len(today.Units) != 2 {
		t.Fatalf("%d units then, %d today", len(then.Units), len(today.Units))
	}
	i := slices.IndexFunc(today.Units, func(f stats.Figures) bool { return f.Unit == merged })
	if i < 0 || today.Units[i].States[domain.Approved] != 2 || today.Units[i].Name != "Xã mới" {
		t.Errorf("%+v", today.Units)
	}
	if cmp.Diff(then.Total, today.Total) != "" {
		t.Error("the lens changes the total")
	}
}

// The cost must not grow with the records behind the counters.
func BenchmarkSummary(b *testing.B) {
	for _, n := range []int{1, 50} {
		b.Run(fmt.Sprintf("activities=%d", n*173), func(b *testing.B) {
			w := newWorld(b, 173)
			for range n {
				w.update(func(tx store.Tx) error {
					for _, c := range w.communes {
						if err := put(tx, w.id(), &domain.Activity{Unit: c, Month: "2023-06", State: domain.Approved, Category: "VNEID",
							Measures: map[string]int64{"so_nguoi": 3}}); err != nil {
							return err
						}
					}
					return nil
				})
			}
			for b.Loop() {
				w.summary(w.viewer, stats.Query{From: "2023-06", To: "2023-06"})
			}
		})
	}
}
