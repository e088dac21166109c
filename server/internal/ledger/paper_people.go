package ledger

import (
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

var personVi = map[string]string{"member": "Thành viên tổ", "mobilised": "Người được huy động", "village_officer": "Chức danh ở thôn"}

// people is the list of people who were called up, a row for each month: what is
// paid, or what comes back.
func (b *lister) people(head papers.Head, pol papers.Policy, kind string) (papers.Doc, error) {
	back, err := b.recovers(kind, "people", "người được huy động")
	if err != nil {
		return nil, err
	}
	doc := papers.PeopleList{Head: head, Months: b.list.Months, Policy: pol}
	if back {
		doc.Kind = papers.Recovery
	}
	for _, l := range b.lines {
		if (l.Amount < 0) != back {
			continue
		}
		row, err := personRow(b.r, l)
		if err != nil {
			return nil, err
		}
		row.Name = b.names.of(l.Subject)
		doc.Rows, doc.Total = append(doc.Rows, row), doc.Total+row.Amount
	}
	return doc, nil
}

// personRow says what a line stands on, as its decision keeps it.
func personRow(r store.Reader, l Line) (row papers.PersonRow, err error) {
	row = papers.PersonRow{Month: domain.Month(l.Period), Amount: max(l.Amount, -l.Amount)}
	var bad error
	err = r.Decisions(l.Close, func(d *store.Decision) bool {
		var sp Support
		var f policy.SupportFacts
		if bad = json.Unmarshal(d.Body, &sp); bad == nil {
			bad = json.Unmarshal(sp.Facts, &f)
		}
		row.Kind, row.Order = personVi[f.Person.Kind], f.Order.Decision
		if how := sp.Verdict.How; how != nil && len(how.Lines) == 1 && how.Lines[0].Amount == row.Amount {
			row.Times, row.Rate = how.Lines[0].Quantity, how.Lines[0].Rate
		}
		return false
	})
	return row, errors.Join(err, bad)
}
