package ledger

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/store"
)

// ListPaper renders a list: a draft says so on each page. A list of
// corrections has two papers, "back_payment" and "recovery", one of officers
// "recovery" beside what it pays; an empty kind takes the one that has lines.
func (s *Service) ListPaper(ctx context.Context, who domain.Caller, id domain.ID, kind string, f Format) (Paper, error) {
	var doc papers.Doc
	name := ""
	err := s.Store.View(ctx, func(r store.Reader) error {
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		l, err := listOf(r, g, id)
		if err != nil {
			return err
		}
		if l.State == Discarded {
			return conflict("The draft was discarded.", "Dự thảo này đã bị hủy.")
		}
		lines, err := linesFor(r, id, &l)
		if err != nil {
			return err
		}
		b, err := s.lister(r, l, lines)
		if err != nil {
			return err
		}
		name = l.Number
		if l.Number == "" {
			b.on, name = g.today, "du-thao-"+string(l.Kind)
		}
		doc, err = b.doc(kind)
		return cmp.Or(err, b.names.err)
	})
	if err != nil {
		return Paper{}, err
	}
	return draw(doc, name, f)
}

// lister makes the papers of one list.
type lister struct {
	s     *Service
	r     store.Reader
	names *namer
	list  List
	lines []Line
	on    domain.Date
}

// lister draws a list with the names of the moment when it was issued.
func (s *Service) lister(r store.Reader, l List, lines []Line) (*lister, error) {
	at, err := atIssue(r, &l)
	return &lister{s: s, r: at, names: &namer{r: at}, list: l, lines: lines, on: l.On}, err
}

func (b *lister) doc(kind string) (papers.Doc, error) {
	head, err := b.head()
	if err != nil {
		return nil, err
	}
	pol, err := b.policy()
	if err != nil {
		return nil, err
	}
	switch b.list.Kind {
	case ListPayment:
		doc := papers.PaymentList{Head: head, Commune: b.commune(), Months: b.list.Months, Policy: pol, Rows: b.rows(), Total: b.list.Total}
		return doc, b.topUps(&doc)
	case ListCorrection:
		return b.corrections(head, pol, kind)
	case ListOfficers:
		return b.officers(head, pol, kind)
	case ListPeople:
		return b.people(head, pol, kind)
	}
	return b.awards(head, pol)
}

func (b *lister) commune() string {
	if len(b.list.Units) == 1 {
		return b.names.unit(b.list.Units[0], b.on)
	}
	return ""
}

func (b *lister) head() (papers.Head, error) {
	l := &b.list
	unit := domain.ID("")
	if len(l.Units) == 1 {
		unit = l.Units[0]
	}
	h := b.s.headOf(b.names, unit, b.on)
	h.Draft, h.Print = l.State == Draft, l.Print
	h.Number, h.Symbol, _ = strings.Cut(l.Number, "/")
	for _, other := range []struct {
		number string
		ref    *papers.Ref
	}{{l.Before, &h.Replaces}, {l.Next, &h.Replaced}} {
		if other.number == "" {
			continue
		}
		body, err := issuedOf(b.r, other.number)
		if err != nil {
			return h, err
		}
		*other.ref = papers.Ref{Number: body.Number, On: body.On}
	}
	if l.Reason != "" {
		h.Notes = append(h.Notes, "Lý do thay thế: "+l.Reason)
	}
	return h, nil
}

func (b *lister) policy() (papers.Policy, error) {
	pol, err := b.s.policyHead(b.r, b.list.Policy)
	if err != nil {
		return pol, err
	}
	if f := sums(b.lines); len(f) == 1 {
		pol.Decision.Number = f[0].Decision
		if w, ok, err := fundingOf(b.r, f[0].Decision); err != nil {
			return pol, err
		} else if ok {
			pol.Decision.On = w
		}
	}
	return pol, nil
}

// policyHead is what a paper says about a policy.
func (s *Service) policyHead(r store.Reader, id string) (papers.Policy, error) {
	p, err := s.Months.Policy(r, id)
	if err != nil {
		return papers.Policy{}, err
	}
	return papers.Policy{Name: p.Title.Vi, Instrument: p.Instrument, Issued: p.Issued, Rate: p.Rate, Per: perOf[string(p.Subject)], Origin: domain.Sourced}, nil
}

// perOf says per what a rate is, by the subject of a policy.
var perOf = map[string]string{"team_village": "tổ/tháng", "team_commune": "tổ/tháng", "officer": "người/tháng"}

// rows are the teams of a payment list, each with its months together.
func (b *lister) rows() (rows []papers.PaymentRow) {
	for i := 0; i < len(b.lines); {
		j := i
		row := papers.PaymentRow{Team: b.names.team(b.lines[i].Subject, b.on), Rate: b.lines[i].Amount}
		var of []domain.Month
		for ; j < len(b.lines) && b.lines[j].Subject == b.lines[i].Subject; j++ {
			row.Months, row.Amount = row.Months+1, row.Amount+b.lines[j].Amount
			if b.lines[j].Amount != row.Rate {
				row.Rate = 0
			}
			of = append(of, domain.Month(b.lines[j].Period))
		}
		if len(b.list.Units) != 1 {
			row.Village = strings.TrimPrefix(row.Village+", "+b.names.unit(b.lines[i].Commune, b.on), ", ")
		}
		if !slices.Equal(of, b.list.Months) {
			row.Note = monthsVi(of)
		}
		rows = append(rows, row)
		i = j
	}
	return rows
}

// topUps adds what communes give from their own budgets beside each row, as the
// closes say that the lines stand on. It is no money of the list.
func (b *lister) topUps(doc *papers.PaymentList) error {
	p, err := b.s.Months.Policy(b.r, b.list.Policy)
	if err != nil || p.TopUp == nil {
		return err
	}
	row := -1
	for i, l := range b.lines {
		if i == 0 || b.lines[i-1].Subject != l.Subject {
			row++
		}
		add, err := months.Added(b.r, l.Close, b.list.Policy)
		if err != nil {
			return err
		}
		if add.Amount == 0 {
			continue
		}
		doc.Rows[row].TopUp += add.Amount
		doc.TopUp.Total += add.Amount
		if by := "QĐ " + add.Decision; !slices.Contains(doc.TopUp.By, by) {
			doc.TopUp.By = append(doc.TopUp.By, by)
		}
	}
	return nil
}

// monthsVi is "tháng 6, 7, 9/2023", with a year for each run of it.
func monthsVi(list []domain.Month) string {
	var b strings.Builder
	for i, m := range list {
		if i == 0 {
			b.WriteString("tháng ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(int(m.Start().Month())))
		if i == len(list)-1 || list[i+1].Year() != m.Year() {
			b.WriteString("/" + strconv.Itoa(m.Year()))
		}
	}
	return b.String()
}

// recovers reports whether a list of persons is what comes back; without a kind
// it is that if it pays nobody.
func (b *lister) recovers(kind, whomEn, whomVi string) (bool, error) {
	switch kind {
	case "":
		return !b.pays(), nil
	case string(papers.Recovery):
		return true, nil
	}
	return false, refuse("kind", "Of a list of "+whomEn+" the kind is recovery or none.", "Danh sách "+whomVi+": loại là recovery (thu hồi) hoặc để trống.")
}

// pays reports whether a line of the list pays something.
func (b *lister) pays() bool {
	return slices.ContainsFunc(b.lines, func(l Line) bool { return l.Amount > 0 })
}

func (b *lister) corrections(head papers.Head, pol papers.Policy, kind string) (papers.Doc, error) {
	if kind == "" {
		kind = string(papers.Recovery)
		if b.pays() {
			kind = string(papers.BackPayment)
		}
	}
	doc := papers.AdjustmentList{Head: head, Kind: papers.AdjustmentKind(kind), Commune: b.commune(), Month: b.on.Month(), Policy: pol}
	if doc.Kind != papers.BackPayment && doc.Kind != papers.Recovery {
		return nil, refuse("kind", "The kind is back_payment or recovery.", "Loại phải là back_payment (truy lĩnh) hoặc recovery (thu hồi).")
	}
	for _, l := range b.lines {
		if (l.Amount > 0) != (doc.Kind == papers.BackPayment) {
			continue
		}
		row := papers.AdjustmentRow{Team: b.names.team(l.Subject, b.on), Month: domain.Month(l.Period), Was: l.Due - l.Amount, Now: l.Due,
			Amount: max(l.Amount, -l.Amount), Reason: "Chốt lại tháng sau khi mở lại"}
		if err := b.reason(&row, l); err != nil {
			return nil, err
		}
		doc.Rows, doc.Total = append(doc.Rows, row), doc.Total+row.Amount
	}
	return doc, nil
}

// reason says why a line corrects: by its last adjustment, if there is one.
func (b *lister) reason(row *papers.AdjustmentRow, l Line) error {
	if len(l.Adjusts) == 0 {
		return nil
	}
	var bad error
	err := b.r.Decisions(l.Adjusts[len(l.Adjusts)-1], func(d *store.Decision) bool {
		var a domain.Adjustment
		if bad = json.Unmarshal(d.Body, &a); bad == nil {
			row.Reason, row.Ref.Number = a.Reason, d.Key
			row.Proposed, row.Approved = b.names.of(a.ProposedBy), b.names.of(a.ApprovedBy)
		}
		return false
	})
	return cmp.Or(err, bad)
}
