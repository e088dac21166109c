package months_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// TestHistory_OwnWorkOnly: who has left a team reads what they did there,
// nothing of others, nothing of other times, and not for ever.
func TestHistory_OwnWorkOnly(t *testing.T) {
	w := newWorld(t)
	w.now = at("2023-08-01")
	me := domain.Caller{Person: w.id()}
	member := func(team domain.ID, from, to domain.Date) {
		w.update(func(tx store.Tx) error {
			return roster.PutGrant(tx, w.id(), domain.Grant{Person: me.Person, Role: domain.RoleMember, Team: team, Name: "Người thử",
				Interval: domain.Interval{From: from, To: to}}, store.Cause{})
		})
	}
	mine := func(team domain.ID, on domain.Date, note string) {
		w.activity(team, on, func(a *domain.Activity) { a.Author, a.Note, a.Participants = me.Person, note, []domain.ID{w.leader} })
	}
	member(w.teams[0], "2023-01-01", "2023-06-30")
	member(w.teams[1], "2023-07-01", "")
	mine(w.teams[0], "2023-05-04", "tháng 5")
	mine(w.teams[0], "2023-06-07", "tháng 6")
	mine(w.teams[0], "2023-07-02", "sau khi rời") // of another's time: not read by this right
	mine(w.teams[1], "2023-07-09", "tổ mới")
	w.activity(w.teams[0], "2023-06-08", func(a *domain.Activity) { a.Note = "của người khác" })

	got, err := w.svc.History(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range got {
		if m.ReasonVi == "" || m.ReasonEn == "" || m.Name == "" {
			t.Errorf("a month without its verdict: %+v", m)
		}
		for _, a := range m.Activities {
			told = append(told, string(m.Month)+" "+a.Note+" "+string(a.State))
		}
	}
	if d := cmp.Diff([]string{"2023-06 tháng 6 approved", "2023-05 tháng 5 approved"}, told); d != "" {
		t.Error(d)
	}
	for name, who := range map[string]domain.Caller{"a stranger": {Person: w.id()}, "a revoked device": {Person: me.Person, PushOnly: true}} {
		if _, err := w.svc.History(t.Context(), who); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHistory_EndsWithTheOwnScope: without any team left it is read as long as
// the own scope is.
func TestHistory_EndsWithTheOwnScope(t *testing.T) {
	w := newWorld(t)
	me := domain.Caller{Person: w.id()}
	w.update(func(tx store.Tx) error {
		return roster.PutGrant(tx, w.id(), domain.Grant{Person: me.Person, Role: domain.RoleMember, Team: w.teams[0], Name: "Người thử",
			Interval: domain.Interval{From: "2023-01-01", To: "2023-06-30"}}, store.Cause{})
	})
	w.activity(w.teams[0], "2023-06-07", func(a *domain.Activity) { a.Author = me.Person })
	for day, want := range map[string]domain.Code{"2023-07-01": "", "2023-09-28": "", "2023-09-29": domain.Forbidden} {
		w.now = at(day)
		got, err := w.svc.History(t.Context(), me)
		if domain.CodeOf(err) != want || err == nil && (len(got) != 1 || got[0].Month != "2023-06") {
			t.Errorf("%s: %v %+v", day, err, got)
		}
	}
}
