package ledger

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// work is what papers tell of activities and reports: of a commune's months,
// by team, and by category.
type work struct {
	teams map[domain.ID]*teamWork
	by    map[string]*categoryWork
}

type teamWork struct {
	received, approved, waiting, reports, photos int64
	days                                         map[domain.Date]bool
	people                                       map[domain.ID]bool
	report                                       domain.Report // of the last month
}

type categoryWork struct {
	activities int64
	days       map[string]bool // of a team
	measures   map[string]int64
}

func newWork() *work { return &work{teams: map[domain.ID]*teamWork{}, by: map[string]*categoryWork{}} }

// of is the work of one team, empty at first.
func (w *work) of(team domain.ID) *teamWork {
	t := w.teams[team]
	if t == nil {
		t = &teamWork{days: map[domain.Date]bool{}, people: map[domain.ID]bool{}}
		w.teams[team] = t
	}
	return t
}

// read takes in a scope of a month.
func (w *work) read(r store.Reader, scope syncproto.Scope) error {
	var bad error
	err := r.Members(scope, "", func(rec *store.Record) bool {
		switch rec.Type {
		case syncproto.TypeActivity:
			var a domain.Activity
			if bad = json.Unmarshal(rec.Doc, &a); bad == nil {
				w.activity(&a)
			}
		case syncproto.TypeReport:
			var rp domain.Report
			if bad = json.Unmarshal(rec.Doc, &rp); bad == nil {
				t := w.of(rp.Team)
				t.report = rp
				if rp.State == domain.Approved {
					t.reports++
				}
			}
		}
		return bad == nil
	})
	return cmp.Or(err, bad)
}

func (w *work) activity(a *domain.Activity) {
	t := w.of(a.Team)
	t.received++
	switch a.State {
	case domain.Pending, domain.Returned:
		t.waiting++
	case domain.Approved:
		t.approved++
		t.days[a.DoneOn] = true
		for _, p := range append(slices.Clone(a.Participants), a.Author) {
			t.people[p] = true
		}
		for _, e := range a.Evidence {
			if len(e) > len(domain.EvidencePhoto) && e[:len(domain.EvidencePhoto)] == domain.EvidencePhoto {
				t.photos++
			}
		}
		w.category(a)
	}
}

func (w *work) category(a *domain.Activity) {
	c := w.by[a.Category]
	if c == nil {
		c = &categoryWork{days: map[string]bool{}, measures: map[string]int64{}}
		w.by[a.Category] = c
	}
	c.activities++
	c.days[string(a.Team)+string(a.DoneOn)] = true
	for k, n := range a.Measures {
		c.measures[k] += n
	}
}

// figures are the categories with their measures, by name.
func (w *work) figures(r store.Reader) (out []papers.Figure, err error) {
	err = categories(r, func(c category) {
		did := w.by[c.Code]
		if did == nil {
			return
		}
		n := len(out)
		base := papers.Figure{Category: c.Name, Activities: did.activities, Days: int64(len(did.days))}
		for _, m := range c.Measures {
			if v, ok := did.measures[m.Key]; ok {
				f := base
				f.Measure, f.Unit, f.Value = m.Name, m.Unit, v
				out = append(out, f)
			}
		}
		if len(out) == n {
			out = append(out, base)
		}
	})
	slices.SortStableFunc(out, func(a, b papers.Figure) int { return cmp.Compare(a.Category, b.Category) })
	return out, err
}

// category is a kind of activity of the catalogue, with what it counts.
type category struct {
	Code, Name string
	Measures   []struct{ Key, Name, Unit string }
}

// categories streams the catalogue.
func categories(r store.Reader, yield func(category)) error {
	var bad error
	err := r.Members(syncproto.ScopeRef, syncproto.TypeCategory, func(rec *store.Record) bool {
		var c category
		if bad = json.Unmarshal(rec.Doc, &c, json.MatchCaseInsensitiveNames(true)); bad == nil {
			yield(c)
		}
		return bad == nil
	})
	return cmp.Or(err, bad)
}
