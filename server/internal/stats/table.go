package stats

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// tables hold the figures per unit while they are read.
type tables map[domain.ID]*table

type table struct {
	states map[domain.State]int64
	acts   map[string]int64    // by category
	sums   map[[2]string]int64 // by category and measure
	given  map[[2]string]int64
	months TeamMonths
}

func newTable() *table {
	return &table{map[domain.State]int64{}, map[string]int64{}, map[[2]string]int64{}, map[[2]string]int64{}, newTeamMonths()}
}

// read adds the counters of one month.
func (t tables) read(r store.Reader, m domain.Month, v *view) error {
	base := prefix + string(m) + "/"
	var commune string
	var tab *table
	return r.Counters(base, func(key string, n int64) bool {
		p := strings.SplitN(strings.TrimPrefix(key, base), "/", 4) // commune, part, name, measure
		if len(p) < 3 {
			return true
		}
		if p[0] != commune { // keys come sorted: one look-up per commune
			commune, tab = p[0], nil
			if unit, ok := v.group(domain.ID(commune), m); ok {
				if t[unit] == nil {
					t[unit] = newTable()
				}
				tab = t[unit]
			}
		}
		if tab != nil {
			tab.add(p[1:], n, v.today)
		}
		return true
	})
}

func (t *table) add(p []string, n int64, today domain.Date) {
	name, measure := unescape(p[1]), ""
	if len(p) == 3 {
		measure = unescape(p[2])
	}
	switch p[0] {
	case partState:
		t.states[domain.State(name)] += n
	case partActs:
		t.acts[name] += n
	case partMeasure:
		t.sums[[2]string{name, measure}] += n
	case partGiven:
		t.given[[2]string{name, measure}] += n
	default:
		t.months.add(p[0], name, n, today)
	}
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

func (t *table) merge(o *table) {
	for k, n := range o.states {
		t.states[k] += n
	}
	for k, n := range o.acts {
		t.acts[k] += n
	}
	for k, n := range o.sums {
		t.sums[k] += n
	}
	for k, n := range o.given {
		t.given[k] += n
	}
	t.months.merge(&o.months)
}

// figures orders a table. A measure is there if somebody gave it, though its
// sum be 0: nothing given and a given 0 are not the same.
func (t *table) figures() Figures {
	f := Figures{States: t.states, Categories: []Category{}, TeamMonths: t.months}
	for _, code := range slices.Sorted(maps.Keys(t.acts)) {
		c := Category{Code: code, Activities: t.acts[code], Measures: []Measure{}}
		for k, n := range t.given {
			if k[0] == code {
				c.Measures = append(c.Measures, Measure{Name: k[1], Sum: t.sums[k], Given: n})
			}
		}
		slices.SortFunc(c.Measures, func(a, b Measure) int { return strings.Compare(a.Name, b.Name) })
		f.Categories = append(f.Categories, c)
	}
	return f
}
