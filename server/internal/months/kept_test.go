package months_test

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// TestKept: a verdict is remembered while others work, and judged anew after
// anything that it depends on; what it then says is compared in w.verdict.
func TestKept(t *testing.T) {
	w := newWorld(t)
	const month = domain.Month("2023-06")
	team := w.teams[0]
	keeps := func() (ok bool) {
		w.view(func(r store.Reader) error { ok = w.svc.Keeps(r, team, month); return nil })
		return ok
	}
	w.work(team, month)
	w.verdict(team, month)
	for name, c := range map[string]struct {
		do    func()
		keeps bool
	}{
		"work of another team":  {func() { w.work(w.teams[1], month) }, true},
		"work of another month": {func() { w.work(team, "2023-07") }, true},
		"an activity":           {func() { w.activity(team, "2023-06-20", nil) }, false},
		"the team's grants":     {func() { w.grant(w.id(), domain.RoleMember, team) }, false},
		"a new day":             {func() { w.now = w.now.AddDate(0, 0, 1) }, false},
		"a policy":              {func() { w.publish("dongnai-draft-team") }, false},
	} {
		w.verdict(team, month)
		if !keeps() {
			t.Fatal("nothing is remembered")
		}
		c.do()
		if keeps() != c.keeps {
			t.Errorf("%s: remembered %v, want %v", name, !c.keeps, c.keeps)
		}
		w.verdict(team, month)
	}
}
