package ledger

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// ListView is a list with its id; Lines and the rest only where one is read.
type ListView struct {
	ID domain.ID `json:"id"`
	List
	Lines []LineView `json:"lines,omitzero"`
}

// LineView is a line with what became of it.
type LineView struct {
	Line
	Name     string      `json:"name"` // of the team, officer or unit
	Voucher  string      `json:"voucher,omitzero"`
	PaidOn   domain.Date `json:"paid_on,omitzero"`
	Received domain.Date `json:"received_on,omitzero"`
}

// listOf returns a list to those who may read it.
func listOf(r store.Reader, g rights, id domain.ID) (List, error) {
	l, ok, err := read[List](r, syncproto.TypeList, id)
	if err != nil {
		return l, err
	}
	if !ok && g.province() {
		return l, domain.E(domain.NotFound, "There is no such list.", "Không tìm thấy danh sách này.")
	}
	if !ok || !g.reads(l.Units) {
		return List{}, forbidden() // who may not read a list is not told which exist
	}
	return l, nil
}

// issuedOf returns an issued list as the chain of decisions keeps it.
func issuedOf(r store.Reader, number string) (Issued, error) {
	body, ok, err := decided[Issued](r, KindList, number)
	if err == nil && !ok {
		err = domain.E(domain.NotFound, "There is no such list.", "Không tìm thấy danh sách này.")
	}
	return body, err
}

// linesFor returns the lines of a list: of the draft as it was worked out, of
// an issued one as it was decided.
func linesFor(r store.Reader, id domain.ID, l *List) ([]Line, error) {
	if l.Number != "" {
		body, err := issuedOf(r, l.Number)
		return body.Lines, err
	}
	d, _, err := read[draftLines](r, typeDraft, id)
	return d.Lines, err
}

// Show returns a list with its lines.
func (s *Service) Show(ctx context.Context, who domain.Caller, id domain.ID) (out ListView, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = ListView{ID: id, Lines: []LineView{}}
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if out.List, err = listOf(r, g, id); err != nil {
			return err
		}
		lines, err := linesFor(r, id, &out.List)
		if err != nil {
			return err
		}
		names := namer{r: r}
		for _, l := range lines {
			v := LineView{Line: l, Name: names.of(l.Subject)}
			p, err := Payment(r, out.Policy, l.Subject, l.Period)
			if err != nil {
				return err
			}
			for _, pl := range p.Lines {
				if pl.List == out.Number && out.Number != "" {
					v.Voucher, v.PaidOn, v.Received = pl.Voucher, pl.PaidOn, pl.Received
				}
			}
			out.Lines = append(out.Lines, v)
		}
		return names.err
	})
	return out, err
}

// Filter narrows a list of lists; zero fields do not narrow.
type Filter struct {
	Unit  domain.ID
	Month domain.Month
	State State
	Kind  Kind
}

// Lists returns the heads of lists, newest first: of a commune to its office,
// of all to the province.
func (s *Service) Lists(ctx context.Context, who domain.Caller, f Filter) (out []ListView, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = []ListView{}
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		scope := scopeLists
		if f.Unit != "" {
			scope = syncproto.CommuneScope(f.Unit)
		}
		if !g.figures() && (f.Unit == "" || !g.Has(f.Unit, g.today, office...)) {
			return forbidden()
		}
		var bad error
		err = r.Members(scope, syncproto.TypeList, func(rec *store.Record) bool {
			v := ListView{ID: rec.ID}
			bad = json.Unmarshal(rec.Doc, &v.List)
			if bad == nil && f.has(&v.List) {
				out = append(out, v)
			}
			return bad == nil
		})
		if err == nil {
			err = bad
		}
		slices.Reverse(out)
		return err
	})
	return out, err
}

func (f *Filter) has(l *List) bool {
	return (f.Month == "" || slices.Contains(l.Months, f.Month)) && (f.State == "" || l.State == f.State) && (f.Kind == "" || l.Kind == f.Kind)
}
