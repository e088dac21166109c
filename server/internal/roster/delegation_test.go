package roster_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// staffed is few with an officer, an accountant and one who stands by.
func staffed(t *testing.T) (*world, map[string]domain.ID) {
	w, ids := few(t)
	for i, r := range w.load(roster.ImportOfficers, "ref,name,role,unit_level,unit_code,from,to\n"+
		"O1,Công chức A,commune_officer,commune,04249,2023-01-01,\n"+
		"A1,Kế toán A,commune_accountant,commune,04249,2023-01-01,\n"+
		"C2,Chủ tịch B,commune_chair,commune,04270,2023-01-01,\n").Rows {
		ids[[]string{"O1", "A1", "C2"}[i]] = r.ID
	}
	return w, ids
}

func (w *world) reviews(person, commune domain.ID) (yes bool) {
	w.Helper()
	w.view(func(r store.Reader) error {
		gs, err := roster.GrantsOf(r, person)
		yes = gs.MayReview(commune, domain.DateOf(w.now))
		return err
	})
	return yes
}

// TestDelegate: a delegation gives the chair's rights within its days and no
// others, and ends when it is taken back.
func TestDelegate(t *testing.T) {
	w, ids := staffed(t)
	unit, chair, key := ids["04249"], caller(ids["C1"]), syncproto.NewRandomID(rand.Reader)
	span := domain.Interval{From: "2023-06-03", To: "2023-06-05"}
	d, err := w.svc.Delegate(t.Context(), chair, unit, key, ids["O1"], span)
	if err != nil || d.Name != "Công chức A" {
		t.Fatalf("%+v %v", d, err)
	}
	if again, err := w.svc.Delegate(t.Context(), chair, unit, key, ids["O1"], span); err != nil || again.ID != d.ID {
		t.Errorf("sent again: %+v %v", again, err)
	}
	for _, at := range []struct {
		day domain.Date
		may bool
	}{{"2023-06-01", false}, {"2023-06-03", true}, {"2023-06-05", true}, {"2023-06-06", false}} {
		w.now = at.day.Start().Add(9 * time.Hour)
		if got := w.reviews(ids["O1"], unit); got != at.may {
			t.Errorf("on %s: %v, want %v", at.day, got, at.may)
		}
	}
	w.now = domain.Date("2023-06-04").Start().Add(9 * time.Hour)
	list, err := w.svc.Delegations(t.Context(), caller(ids["A1"]), unit)
	if err != nil || len(list.List) != 1 || list.List[0].ByName != "Chủ tịch A" || len(list.Candidates) != 0 {
		t.Errorf("as the accountant sees it: %+v %v", list, err)
	}
	if err := w.svc.EndDelegation(t.Context(), chair, d.ID); err != nil || w.reviews(ids["O1"], unit) {
		t.Errorf("ended, and decides still: %v", err)
	}
	if err := w.svc.EndDelegation(t.Context(), chair, d.ID); err != nil {
		t.Errorf("ended twice: %v", err)
	}
	second := syncproto.NewRandomID(rand.Reader)
	next, err := w.svc.Delegate(t.Context(), chair, unit, second, ids["O1"], domain.Interval{From: "2023-06-04", To: "2023-06-04"})
	if err != nil || !w.reviews(ids["O1"], unit) {
		t.Fatalf("given again: %v", err)
	}
	if err := w.svc.EndDelegation(t.Context(), chair, next.ID); err != nil || w.reviews(ids["O1"], unit) {
		t.Errorf("ended on its first day, and decides still: %v", err)
	}
	if _, err := w.svc.Delegate(t.Context(), chair, unit, second, ids["O1"], next.Interval); domain.CodeOf(err) != domain.Conflict || w.reviews(ids["O1"], unit) {
		t.Errorf("sent again after it was ended: %v", err)
	}
}

func TestDelegate_Refused(t *testing.T) {
	w, ids := staffed(t)
	unit := ids["04249"]
	week := domain.Interval{From: "2023-06-01", To: "2023-06-07"}
	if _, err := w.svc.Delegate(t.Context(), w.admin, unit, syncproto.NewRandomID(rand.Reader), ids["O1"], week); err != nil {
		t.Fatal("an administrator:", err)
	}
	for name, tt := range map[string]struct {
		by     domain.ID
		person domain.ID
		span   domain.Interval
		want   domain.Code
	}{
		"another commune's chair":     {ids["C2"], ids["O1"], week, domain.Forbidden},
		"the accountant":              {ids["A1"], ids["O1"], week, domain.Forbidden},
		"who is delegated himself":    {ids["O1"], ids["A1"], week, domain.Forbidden},
		"a team's leader":             {ids["P1"], ids["O1"], week, domain.Forbidden},
		"to himself":                  {ids["C1"], ids["C1"], week, domain.Invalid},
		"to the accountant":           {ids["C1"], ids["A1"], week, domain.Invalid},
		"to a member":                 {ids["C1"], ids["P1"], week, domain.Invalid},
		"to another commune's":        {ids["C1"], ids["C2"], week, domain.Invalid},
		"twice in the same days":      {ids["C1"], ids["O1"], domain.Interval{From: "2023-06-07", To: "2023-06-09"}, domain.Conflict},
		"from yesterday":              {ids["C1"], ids["O1"], domain.Interval{From: "2023-05-31", To: "2023-06-07"}, domain.Invalid},
		"without an end":              {ids["C1"], ids["O1"], domain.Interval{From: "2023-06-10"}, domain.Invalid},
		"ending before it begins":     {ids["C1"], ids["O1"], domain.Interval{From: "2023-06-10", To: "2023-06-09"}, domain.Invalid},
		"for longer than half a year": {ids["C1"], ids["O1"], domain.Interval{From: "2023-06-10", To: "2023-12-31"}, domain.Invalid},
	} {
		if _, err := w.svc.Delegate(t.Context(), caller(tt.by), unit, syncproto.NewRandomID(rand.Reader), tt.person, tt.span); domain.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	list, err := w.svc.Delegations(t.Context(), caller(ids["C1"]), unit)
	if err != nil || len(list.List) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	for name, by := range map[string]domain.ID{"another commune's chair": ids["C2"], "who has it": ids["O1"]} {
		if err := w.svc.EndDelegation(t.Context(), caller(by), list.List[0].ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("ended by %s: %v", name, err)
		}
	}
	if err := w.svc.EndDelegation(t.Context(), w.admin, syncproto.NewRandomID(rand.Reader)); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("none that is there: %v", err)
	}
}

// TestDelegate_Deidentified: who stood in once and was de-identified since is
// not offered and gets no role.
func TestDelegate_Deidentified(t *testing.T) {
	w, ids := staffed(t)
	unit, chair := ids["04249"], caller(ids["C1"])
	if _, err := w.svc.Delegate(t.Context(), chair, unit, key(), ids["O1"], domain.Interval{From: "2023-06-01", To: "2023-06-02"}); err != nil {
		t.Fatal(err)
	}
	w.now = domain.Date("2023-07-04").Start()
	offered := func() int {
		t.Helper()
		list, err := w.svc.Delegations(t.Context(), chair, unit)
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Candidates)
	}
	before := offered()
	if err := w.store.Update(t.Context(), func(tx store.Tx) error {
		v, err := roster.NewVeil(tx, ids["O1"], store.Cause{}, nil)
		if err != nil {
			return err
		}
		return roster.PutVeil(tx, v, "")
	}); err != nil {
		t.Fatal(err)
	}
	if before != 1 || offered() != 0 {
		t.Errorf("%d were offered before, %d after", before, offered())
	}
	if d, err := w.svc.Delegate(t.Context(), chair, unit, key(), ids["O1"], domain.Interval{From: "2023-07-04", To: "2023-07-05"}); domain.CodeOf(err) == "" {
		t.Errorf("delegated: %+v", d)
	}
}
