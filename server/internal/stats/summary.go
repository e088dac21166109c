package stats

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Lens says by which units figures are grouped.
type Lens string

const (
	LensThen  Lens = "then"  // the units that reviewed the work (the default)
	LensToday Lens = "today" // restated to today's units, where a merger was whole
)

// maxMonths of one query: a few years.
const maxMonths = 60

// Query chooses figures. An empty Unit means all that the caller may read; a
// district or province means its communes on the last day of To.
type Query struct {
	Unit     domain.ID
	From, To domain.Month // both included
	Lens     Lens
}

// Year is the query for a whole year.
func Year(y int) Query {
	return Query{From: domain.Month(fmt.Sprintf("%04d-01", y)), To: domain.Month(fmt.Sprintf("%04d-12", y))}
}

// Summary is the answer. Version changes whenever any figure may have.
type Summary struct {
	From    domain.Month `json:"from"`
	To      domain.Month `json:"to"`
	Lens    Lens         `json:"lens"`
	Units   []Figures    `json:"units"` // by id
	Total   Figures      `json:"total"`
	Version string       `json:"version"`
}

// Figures of a commune, or of all.
type Figures struct {
	Unit       domain.ID              `json:"unit,omitzero"`
	Name       string                 `json:"name,omitzero"`
	Parent     domain.ID              `json:"parent,omitzero"`
	States     map[domain.State]int64 `json:"states"`     // activities
	Categories []Category             `json:"categories"` // of approved ones, by code
	TeamMonths TeamMonths             `json:"team_months"`
}

// Category are the approved activities of one category.
type Category struct {
	Code       string    `json:"category"`
	Activities int64     `json:"activities"`
	Measures   []Measure `json:"measures"` // by name; never added to one another
}

// Measure is one measured count of a category.
type Measure struct {
	Name  string `json:"measure"`
	Sum   int64  `json:"sum"`
	Given int64  `json:"given"` // activities that gave it
}

// Service answers for one shard.
type Service struct {
	Store store.Store
	Now   func() time.Time
	// Contacts yields when each signed-in device was last here, whose it is and
	// which version its app named; nil: nothing is known of phones.
	Contacts func(ctx context.Context, yield func(person domain.ID, at time.Time, app string)) error
	// Touch has a progress record written again; Recount needs it.
	Touch func(tx store.Tx, team domain.ID, month domain.Month) error

	watchman watchman
	boards   boards
	units    units
}

// Summary reads counters only: its cost grows with communes × months, not
// with what they did.
func (s *Service) Summary(ctx context.Context, who domain.Caller, q Query) (Summary, error) {
	if err := q.check(); err != nil {
		return Summary{}, err
	}
	var out Summary
	err := s.Store.View(ctx, func(r store.Reader) error {
		out = Summary{From: q.From, To: q.To, Lens: q.Lens}
		if out.Lens == "" {
			out.Lens = LensThen
		}
		v, err := s.view(r, who, q)
		if err != nil {
			return err
		}
		if out.Version, err = version(r, v); err != nil {
			return err
		}
		if v.reg, err = s.registry(r); err != nil {
			return err
		}
		t := tables{}
		for m := q.From; m <= q.To; m = m.Add(1) {
			if err := t.read(r, m, v); err != nil {
				return err
			}
		}
		out.Units, out.Total = t.figures(v)
		return nil
	})
	return out, err
}

// Version is the Version that Summary would answer: a poll that finds it
// unchanged needs no more.
func (s *Service) Version(ctx context.Context, who domain.Caller, q Query) (out string, err error) {
	if err := q.check(); err != nil {
		return "", err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		v, err := s.view(r, who, q)
		if err != nil {
			return err
		}
		out, err = version(r, v)
		return err
	})
	return out, err
}

func (q Query) check() error {
	_, errFrom := domain.ParseMonth(string(q.From))
	_, errTo := domain.ParseMonth(string(q.To))
	switch {
	case errFrom != nil || errTo != nil || q.To < q.From || domain.MonthsBetween(q.From, q.To) > maxMonths:
		e := domain.E(domain.Invalid, "From and to must be months in order, at most 60.", "Từ tháng, đến tháng chưa đúng hoặc quá 60 tháng.")
		e.Field = "from"
		return e
	case q.Lens != "" && q.Lens != LensThen && q.Lens != LensToday:
		e := domain.E(domain.Invalid, "The lens must be then or today.", "Cách xem phải là then hoặc today.")
		e.Field = "lens"
		return e
	}
	return nil
}

// version: figures depend on the counters, on the units and on who asks what.
func version(r store.Reader, v *view) (string, error) {
	n := int64(0)
	if err := r.Counters(keyVersion, func(_ string, c int64) bool { n = c; return false }); err != nil {
		return "", err
	}
	units, err := r.Scope(roster.ScopeUnits)
	if err != nil {
		return "", err
	}
	h := syncproto.HashDoc(syncproto.Doc{
		"q": syncproto.Str(strings.Join([]string{string(v.q.Unit), string(v.q.From), string(v.q.To), string(v.q.Lens)}, "|")),
		"c": syncproto.Strs(v.own), "all": syncproto.Bool(v.all), "d": syncproto.Str(string(v.today)),
		"e": syncproto.Str(r.Head().Epoch), "n": syncproto.Int(n), "u": syncproto.Int(units.Last),
	})
	return h.String(), nil
}

// figures sorts what was read.
func (t tables) figures(v *view) (units []Figures, total Figures) {
	all := newTable()
	units = []Figures{}
	for unit, tab := range t {
		f := tab.figures()
		f.Unit = unit
		if u, ok := v.names(unit); ok {
			f.Name, f.Parent = u.Name, u.Parent
		}
		units = append(units, f)
		all.merge(tab)
	}
	slices.SortFunc(units, func(a, b Figures) int { return strings.Compare(string(a.Unit), string(b.Unit)) })
	return units, all.figures()
}
