package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/store"
)

// Comparison is what a file differs in from the list that it claims to be.
type Comparison struct {
	Number      string
	N           int64 // of the list's decision
	Total       domain.Money
	Fingerprint string
	Replaced    string // number of the list that replaced it, if one has
	Cells       int    // that the list fills
	Differences []papers.Difference
}

// CompareList holds a list as an accountant keeps it, CSV or workbook, against
// the decision that issued it: the list is drawn again from the decision and
// compared cell by cell. number is the list's, or a file name made of it;
// empty: what the file says of itself.
//
// The names, which no decision holds, are those of the rosters at the moment of
// issue; whether the list was replaced when the file was made is not known. The
// drawing that is nearest counts.
func (s *Service) CompareList(r store.Reader, number string, file []byte) (c Comparison, err error) {
	got, err := papers.Read(file)
	if err != nil {
		return c, err
	}
	l, next, err := findList(r, number, got)
	if err != nil {
		return c, err
	}
	format := CSV
	if bytes.HasPrefix(file, []byte("PK")) {
		format = XLSX
	}
	c = Comparison{Number: l.Number, N: l.N, Total: l.Total, Fingerprint: l.Print, Replaced: next}
	best := -1
	for _, v := range s.variants(l, next) {
		want, err := v.cells(r, format)
		if err != nil {
			return c, err
		}
		diff := papers.Differences(want, got)
		if best < 0 || len(diff) < best {
			best, c.Cells, c.Differences = len(diff), len(want), diff
		}
	}
	return c, nil
}

// variant is one way in which a list may have been drawn.
type variant struct {
	s    Service
	list List
	kind string
}

// variants are all ways: of both papers of a list that may take back, before and after the
// list was replaced, with and without the mark of invented data.
func (s *Service) variants(l List, next string) (out []variant) {
	kinds := []string{""}
	switch l.Kind {
	case ListCorrection:
		kinds = []string{string(papers.BackPayment), string(papers.Recovery)}
	case ListOfficers, ListPeople:
		kinds = append(kinds, string(papers.Recovery))
	}
	for _, kind := range kinds {
		for _, invented := range []bool{false, true} {
			v := variant{s: Service{Store: s.Store, Months: s.Months, Now: s.Now, Invented: invented}, list: l, kind: kind}
			out = append(out, v)
			if next != "" {
				v.list.Next = next
				out = append(out, v)
			}
		}
	}
	return out
}

func (v *variant) cells(r store.Reader, f Format) ([]papers.Cell, error) {
	lines, err := linesFor(r, "", &v.list)
	if err != nil {
		return nil, err
	}
	b, err := v.s.lister(r, v.list, lines)
	if err != nil {
		return nil, err
	}
	doc, err := b.doc(v.kind)
	if err == nil {
		err = b.names.err
	}
	if err != nil {
		return nil, err
	}
	p, err := draw(doc, v.list.Number, f)
	if err != nil {
		return nil, err
	}
	return papers.Read(p.Bytes)
}

// findList is the issued list, as its decision has it, and the number of the
// one that replaced it.
func findList(r store.Reader, number string, got []papers.Cell) (l List, next string, err error) {
	found := false
	var bad error
	err = r.Decisions(1, func(d *store.Decision) bool {
		if d.Kind != KindList {
			return true
		}
		var body Issued
		if bad = json.Unmarshal(d.Body, &body, json.RejectUnknownMembers(true)); bad != nil {
			bad = fmt.Errorf("decision %d: %w", d.N, bad)
			return false
		}
		switch {
		case found && body.Replaces == l.Number:
			next = body.Number
		case !found && isList(body.Number, number, got):
			found = true
			l = List{Kind: body.Kind, Policy: body.Policy, Units: body.Units, Months: body.Months, State: IssuedNow, Number: body.Number,
				On: body.On, N: d.N, Print: body.Checkpoint.Fingerprint, Total: body.Total, Reason: body.Reason, Before: body.Replaces}
		}
		return true
	})
	if err = errors.Join(err, bad); err == nil && !found {
		err = errors.New("no issued list has this number: name it, as it stands on the paper")
	}
	return l, next, err
}

// isList reports whether a list is the one that is named, or that the cells
// name in their head.
func isList(number, named string, cells []papers.Cell) bool {
	if named != "" {
		base, _, _ := strings.Cut(named, ".")
		return number == named || safeName(number) == base
	}
	for _, c := range cells {
		if c.Value == "Số: "+number {
			return true
		}
	}
	return false
}
