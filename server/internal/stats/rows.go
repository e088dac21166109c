package stats

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// pageRows is after how many rows a page ends; it may have those of one more
// commune's month.
const pageRows = 1000

// Choice narrows a Query to some of the records that its figures count; empty
// fields don't.
type Choice struct {
	State    domain.State
	Category string
	Result   domain.Result     // of team-months
	Money    domain.MoneyState // of team-months
	After    string            // Next of the page before
}

// ActivityRow is what a figure counts, as far as those who see figures may see
// it: no note, photo or person.
type ActivityRow struct {
	ID       domain.ID        `json:"id"`
	Team     domain.ID        `json:"team"`
	Unit     domain.ID        `json:"unit"`
	DoneOn   domain.Date      `json:"done_on"`
	Category string           `json:"category"`
	State    domain.State     `json:"state"`
	Measures map[string]int64 `json:"measures,omitzero"`
}

// TeamMonthRow is a counted team-month.
type TeamMonthRow struct {
	Team     domain.ID         `json:"team"`
	Name     string            `json:"name"`
	Unit     domain.ID         `json:"unit"`
	Month    domain.Month      `json:"month"`
	Stage    domain.Stage      `json:"stage"`
	Result   domain.Result     `json:"result"`
	Money    domain.MoneyState `json:"money"`
	Received int64             `json:"received"`
	Approved int64             `json:"approved"`
	Pending  int64             `json:"pending"`
	domain.Amounts
}

// Activities lists the activities behind the figures of a query, by month,
// commune and day. next is "" on the last page.
func (s *Service) Activities(ctx context.Context, who domain.Caller, q Query, c Choice) (rows []ActivityRow, next string, err error) {
	if err := q.check(); err != nil {
		return nil, "", err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		rows, next = []ActivityRow{}, ""
		v, err := s.view(r, who, q)
		if err != nil {
			return err
		}
		if v.reg, err = s.registry(r); err != nil {
			return err
		}
		communes := communesOf(v.reg)
		for m := q.From; m <= q.To; m = m.Add(1) {
			for _, commune := range communes {
				at := string(m) + "/" + string(commune)
				if _, ok := v.group(commune, m); !ok || at <= c.After {
					continue
				}
				if len(rows) >= pageRows {
					return nil
				}
				if rows, err = c.activities(r, commune, m, rows); err != nil {
					return err
				}
				next = at
			}
		}
		next = ""
		return nil
	})
	return rows, next, err
}

func communesOf(reg *domain.Registry) (list []domain.ID) {
	for _, v := range reg.Versions {
		if v.Level == domain.UnitCommune {
			list = append(list, v.Unit)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (c *Choice) activities(r store.Reader, commune domain.ID, m domain.Month, rows []ActivityRow) ([]ActivityRow, error) {
	from := len(rows)
	var bad error
	err := r.Members(syncproto.CommuneMonthScope(commune, string(m)), syncproto.TypeActivity, func(rec *store.Record) bool {
		var a ActivityRow
		if bad = json.Unmarshal(rec.Doc, &a); bad != nil {
			return false
		}
		if (c.State == "" || a.State == c.State) && (c.Category == "" || a.Category == c.Category) {
			a.ID = rec.ID
			rows = append(rows, a)
		}
		return true
	})
	slices.SortFunc(rows[from:], func(a, b ActivityRow) int {
		return cmp.Or(cmp.Compare(a.DoneOn, b.DoneOn), cmp.Compare(a.ID, b.ID))
	})
	return rows, errors.Join(err, bad)
}

// TeamMonths lists the team-months behind the figures of a query, by month and
// team.
func (s *Service) TeamMonths(ctx context.Context, who domain.Caller, q Query, c Choice) (rows []TeamMonthRow, next string, err error) {
	if err := q.check(); err != nil {
		return nil, "", err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		rows, next = []TeamMonthRow{}, ""
		v, err := s.view(r, who, q)
		if err != nil {
			return err
		}
		if v.reg, err = s.registry(r); err != nil {
			return err
		}
		var teams []TeamMonthRow
		if err := roster.Teams(r, func(id domain.ID, t domain.Team) bool {
			teams = append(teams, TeamMonthRow{Team: id, Name: t.Name})
			return true
		}); err != nil {
			return err
		}
		slices.SortFunc(teams, func(a, b TeamMonthRow) int { return strings.Compare(string(a.Team), string(b.Team)) })
		for m := q.From; m <= q.To; m = m.Add(1) {
			for _, t := range teams {
				at := string(m) + "/" + string(t.Team)
				if at <= c.After {
					continue
				}
				if len(rows) == pageRows {
					return nil
				}
				ok, err := c.teamMonth(r, v, &t, m)
				if err != nil {
					return err
				}
				if ok {
					rows = append(rows, t)
				}
				next = at
			}
		}
		next = ""
		return nil
	})
	return rows, next, err
}

// teamMonth fills a row; false if there is none, or it is not asked for.
func (c *Choice) teamMonth(r store.Reader, v *view, row *TeamMonthRow, m domain.Month) (bool, error) {
	rec, err := r.Record(progressKey(row.Team, m))
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(rec.Doc, row); err != nil {
		return false, err
	}
	_, ok := v.group(row.Unit, m)
	closed := row.Stage == domain.StageClosed || row.Stage == domain.StageFinalised
	return ok && row.Unit != "" && (c.Result == "" || closed && row.Result == c.Result) && (c.Money == "" || closed && row.Money == c.Money), nil
}
