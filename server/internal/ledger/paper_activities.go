package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// activities is the raw table: a line for each activity, a column for each
// measure that one of them has.
func (b *monthBook) activities() (papers.Doc, error) {
	kinds, measures, err := catalogue(b.r)
	if err != nil {
		return nil, err
	}
	doc := papers.ActivityTable{Head: b.head(), Commune: b.names.unit(b.commune, b.on), Month: b.month, Names: measures}
	doc.Rows, err = activityRows(b.r, b.names.of, kinds, b.commune, b.month)
	return doc, err
}

// catalogue names kinds of work and measures.
func catalogue(r store.Reader) (kinds, measures map[string]string, err error) {
	kinds, measures = map[string]string{}, map[string]string{}
	err = categories(r, func(c category) {
		kinds[c.Code] = c.Name
		for _, m := range c.Measures {
			measures[m.Key] = m.Name
		}
	})
	return kinds, measures, err
}

// activityRows are those of a commune's month, by day.
func activityRows(r store.Reader, name func(domain.ID) string, kinds map[string]string, commune domain.ID, month domain.Month) (rows []papers.ActivityRow, err error) {
	var bad error
	err = r.Members(syncproto.CommuneMonthScope(commune, string(month)), syncproto.TypeActivity, func(rec *store.Record) bool {
		var a domain.Activity
		if bad = json.Unmarshal(rec.Doc, &a); bad != nil {
			return false
		}
		row := papers.ActivityRow{ID: string(rec.ID), On: a.DoneOn, Team: name(a.Team), Author: name(a.Author),
			Kind: cmp.Or(kinds[a.Category], a.Category), Measures: maps.Clone(a.Measures), Place: a.Place, Note: a.Note, State: a.State,
			Reviewer: name(a.Reviewer), Reason: a.Reason, Waiver: a.Waiver}
		for _, e := range a.Evidence {
			if paper, ok := strings.CutPrefix(e, domain.EvidencePaper); ok {
				row.Papers = append(row.Papers, paper)
			} else {
				row.Photos++
			}
		}
		rows = append(rows, row)
		return true
	})
	slices.SortStableFunc(rows, func(x, y papers.ActivityRow) int {
		return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(x.Team, y.Team), cmp.Compare(x.ID, y.ID))
	})
	return rows, cmp.Or(err, bad)
}
