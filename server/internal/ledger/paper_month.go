package ledger

import (
	"cmp"
	"context"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Papers of a commune's month.
const (
	PaperEligibility = "eligibility"
	PaperSummary     = "summary"
	PaperActivities  = "activities" // every one as it stands, for a spreadsheet
)

// Papers of a team's month.
const (
	PaperReport      = "report"
	PaperExplanation = "explanation"
)

// CommunePaper renders a commune's month: who is eligible and why not, what
// was done, or every activity. These have notes on them, so only who reviews
// or checks them in the commune gets that table.
func (s *Service) CommunePaper(ctx context.Context, who domain.Caller, commune domain.ID, month domain.Month, kind string, f Format) (Paper, error) {
	if kind != PaperEligibility && kind != PaperSummary && kind != PaperActivities {
		return Paper{}, refuse("kind", "The kind is eligibility, summary or activities.", "Loại phải là eligibility (điều kiện), summary (tổng hợp) hoặc activities (hoạt động).")
	}
	if kind == PaperActivities && f == PDF {
		return Paper{}, refuse("format", "This table is a workbook: xlsx or csv.", "Bảng này là bảng tính: chọn xlsx hoặc csv.")
	}
	if _, err := domain.ParseMonth(string(month)); err != nil {
		return Paper{}, refuse("month", "The month is not yyyy-mm.", "Tháng phải có dạng năm-tháng, ví dụ 2023-06.")
	}
	var doc papers.Doc
	err := s.Store.View(ctx, func(r store.Reader) error {
		now := s.Now()
		g, err := rightsOf(r, who, now)
		if err != nil {
			return err
		}
		if !g.reads([]domain.ID{commune}) || kind == PaperActivities && !g.all([]domain.ID{commune}, office...) {
			return forbidden()
		}
		b, err := s.communeMonth(r, commune, month, now)
		if err != nil {
			return err
		}
		switch kind {
		case PaperSummary:
			doc, err = b.summary()
		case PaperActivities:
			doc, err = b.activities()
		default:
			doc, err = b.eligibility()
		}
		return cmp.Or(err, b.names.err)
	})
	if err != nil {
		return Paper{}, err
	}
	return draw(doc, kind+"-"+string(month), f)
}

// monthBook is a commune's month, read once.
type monthBook struct {
	s       *Service
	r       store.Reader
	names   *namer
	commune domain.ID
	month   domain.Month
	now     time.Time
	on      domain.Date
	work    *work
	teams   []domain.ID
}

func (s *Service) communeMonth(r store.Reader, commune domain.ID, month domain.Month, now time.Time) (*monthBook, error) {
	b := &monthBook{s: s, r: r, names: &namer{r: r}, commune: commune, month: month, now: now, on: month.Last(), work: newWork()}
	all, err := teamsOf(r, commune)
	if err != nil {
		return nil, err
	}
	for _, id := range all {
		t, err := roster.Team(r, id)
		if err != nil {
			return nil, err
		}
		if t.EstablishedOn <= month.Last() && (t.DissolvedOn == "" || month.First() < t.DissolvedOn) {
			b.teams = append(b.teams, id)
		}
	}
	return b, b.work.read(r, syncproto.CommuneMonthScope(commune, string(month)))
}

// head is dated today: the paper tells the state of the day it is made.
func (b *monthBook) head() papers.Head {
	h := b.s.headOf(b.names, b.commune, domain.DateOf(b.now))
	h.Draft = true // no number of the office's register is on it
	return h
}

func (b *monthBook) summary() (papers.Doc, error) {
	doc := papers.CommuneSummary{Head: b.head(), Commune: b.names.unit(b.commune, b.on), Months: []domain.Month{b.month}}
	for _, t := range b.teams {
		v, err := b.s.Months.Verdict(b.r, t, b.month, b.now)
		if err != nil {
			return nil, err
		}
		w := b.work.of(t)
		row := papers.SummaryRow{Team: b.names.team(t, b.on), Received: w.received, Approved: w.approved, Waiting: w.waiting,
			Days: int64(len(w.days)), Reports: w.reports, Members: b.members(t)}
		if v.Result == domain.Eligible {
			row.Eligible = 1
		}
		doc.Rows = append(doc.Rows, row)
	}
	var err error
	doc.Figures, err = b.work.figures(b.r)
	return doc, err
}

func (b *monthBook) members(team domain.ID) (n int64) {
	seen := map[domain.ID]bool{}
	b.names.keep(roster.TeamGrants(b.r, team, func(g domain.Grant) bool {
		if g.Has(b.on) && !seen[g.Person] {
			seen[g.Person] = true
			n++
		}
		return true
	}))
	return n
}

func (b *monthBook) eligibility() (papers.Doc, error) {
	doc := papers.EligibilityList{Head: b.head(), Commune: b.names.unit(b.commune, b.on), Month: b.month}
	for _, t := range b.teams {
		v, err := b.s.Months.Verdict(b.r, t, b.month, b.now)
		if err != nil {
			return nil, err
		}
		if doc.Policy.Name == "" {
			if doc.Policy, err = b.s.policyHead(b.r, v.Policy); err != nil {
				return nil, err
			}
			doc.Policy.Decision.Number = v.Funding
		}
		w := b.work.of(t)
		doc.Rows = append(doc.Rows, papers.EligibilityRow{Team: b.names.team(t, b.on), Result: v.Result, Approved: w.approved,
			Days: int64(len(w.days)), Members: int64(len(w.people)), Amount: v.Amount, Reasons: reasons(&v.TeamMonth)})
	}
	return doc, nil
}

// reasons are the rules that fail, as the verdict words them.
func reasons(v *domain.TeamMonth) (out []papers.Reason) {
	for _, r := range v.Rules {
		if r.Pass || r.Advisory && v.Result == domain.Eligible {
			continue
		}
		text := r.Vi
		if r.Have != "" || r.Need != "" {
			text += " (có: " + r.Have + "; cần: " + r.Need + ")"
		}
		out = append(out, papers.Reason{Rule: r.Rule, Text: text, Origin: r.Origin})
	}
	return out
}

// TeamPaper renders a team's month: its report, or why it is paid or not.
func (s *Service) TeamPaper(ctx context.Context, who domain.Caller, team domain.ID, month domain.Month, kind string, f Format) (Paper, error) {
	if kind != PaperReport && kind != PaperExplanation {
		return Paper{}, refuse("kind", "The kind is report or explanation.", "Loại phải là report (báo cáo) hoặc explanation (giải thích).")
	}
	view, err := s.Months.TeamMonth(ctx, who, team, month) // asks for the right, too
	if err != nil {
		return Paper{}, err
	}
	var doc papers.Doc
	err = s.Store.View(ctx, func(r store.Reader) error {
		now := s.Now()
		g, err := rightsOf(r, who, now)
		if err != nil {
			return err
		}
		t, err := roster.Team(r, team)
		if err != nil {
			return err
		}
		if g.TeamRole(team, g.today) == "" && !g.reads([]domain.ID{t.Commune}) {
			return forbidden() // names stand on it
		}
		b := &monthBook{s: s, r: r, names: &namer{r: r}, commune: t.CommuneOn(month.Last()), month: month, now: now, on: month.Last(), work: newWork()}
		if err := b.work.read(r, syncproto.TeamMonthScope(team, string(month))); err != nil {
			return err
		}
		if kind == PaperReport {
			doc, err = b.report(team)
		} else {
			doc, err = b.explanation(team, &view.Progress)
		}
		return cmp.Or(err, b.names.err)
	})
	if err != nil {
		return Paper{}, err
	}
	return draw(doc, kind+"-"+string(month), f)
}

func (b *monthBook) report(team domain.ID) (papers.Doc, error) {
	w := b.work.of(team)
	figures, err := b.work.figures(b.r)
	doc := papers.TeamReport{Head: b.head(), Team: b.names.team(team, b.on), Commune: b.names.unit(b.commune, b.on), Month: b.month,
		Members: b.members(team), Active: int64(len(w.people)), Activities: w.approved, Days: int64(len(w.days)), Photos: w.photos,
		Figures: figures, Summary: w.report.Summary, Difficulties: w.report.Difficulties, Proposals: w.report.Proposals}
	doc.Head.Signers = []papers.Signer{{Role: "TỔ TRƯỞNG", Name: doc.Team.Leader}}
	if w.report.State == domain.Approved {
		doc.Head.Draft, doc.ApprovedBy = false, b.names.of(w.report.Reviewer)
	}
	return doc, err
}
