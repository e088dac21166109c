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
	kinds, measures := map[string]string{}, map[string]string{}
	if err := categories(b.r, func(c category) {
		kinds[c.Code] = c.Name
		for _, m := range c.Measures {
			measures[m.Key] = m.Name
		}
	}); err != nil {
		return nil, err
	}
	doc := papers.ActivityTable{Head: b.head(), Commune: b.names.unit(b.commune, b.on), Month: b.month, Names: measures}
	var bad error
	err := b.r.Members(syncproto.CommuneMonthScope(b.commune, string(b.month)), syncproto.TypeActivity, func(rec *store.Record) bool {
		var a domain.Activity
		if bad = json.Unmarshal(rec.Doc, &a); bad != nil {
			return false
		}
		row := papers.ActivityRow{ID: string(rec.ID), On: a.DoneOn, Team: b.names.of(a.Team), Author: b.names.of(a.Author),
			Kind: cmp.Or(kinds[a.Category], a.Category), Measures: maps.Clone(a.Measures), Place: a.Place, Note: a.Note, State: a.State,
			Reviewer: b.names.of(a.Reviewer), Reason: a.Reason, Waiver: a.Waiver}
		for _, e := range a.Evidence {
			if paper, ok := strings.CutPrefix(e, domain.EvidencePaper); ok {
				row.Papers = append(row.Papers, paper)
			} else {
				row.Photos++
			}
		}
		doc.Rows = append(doc.Rows, row)
		return true
	})
	slices.SortStableFunc(doc.Rows, func(x, y papers.ActivityRow) int {
		return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(x.Team, y.Team), cmp.Compare(x.ID, y.ID))
	})
	return doc, cmp.Or(err, bad)
}
