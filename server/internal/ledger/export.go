package ledger

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// ExportAsk is what a large export is asked for.
type ExportAsk struct {
	Kind   ExportKind   `json:"kind"`
	Unit   domain.ID    `json:"unit,omitzero"` // a commune; empty: all
	From   domain.Month `json:"from"`
	To     domain.Month `json:"to"`
	Policy string       `json:"policy,omitzero"` // province
	Format Format       `json:"format"`
}

// ExportKind is what is exported.
type ExportKind string

const (
	// ExportActivities is the raw table of activities. A commune's own office
	// gets it with people and notes; of the whole province it has figures only.
	ExportActivities ExportKind = "activities"
	// ExportLists is every issued list of the months, each as its paper, in one
	// archive.
	ExportLists ExportKind = "lists"
	// ExportProvince is the summary of the province by communes.
	ExportProvince ExportKind = "province"
)

// maxExportRows bounds the raw table: a spreadsheet with more is of no use.
const maxExportRows = 200_000

// maxArchive bounds what is held of an archive while its papers are drawn.
const maxArchive = 32 << 20

// MayExport refuses what can't be exported, or not to the caller.
func (s *Service) MayExport(ctx context.Context, who domain.Caller, e ExportAsk) error {
	_, err1 := domain.ParseMonth(string(e.From))
	_, err2 := domain.ParseMonth(string(e.To))
	formats := map[ExportKind][]Format{ExportActivities: {XLSX, CSV}, ExportLists: {PDF, XLSX, CSV}, ExportProvince: {PDF, XLSX, CSV}}[e.Kind]
	switch {
	case formats == nil:
		return refuse("kind", "The kind is activities, lists or province.", "Loại phải là activities (hoạt động), lists (danh sách) hoặc province (tổng hợp tỉnh).")
	case err1 != nil || err2 != nil || e.To < e.From || domain.MonthsBetween(e.From, e.To) > maxColumns:
		return refuse("from", "Name 1 to 12 months in order.", "Cần từ 1 đến 12 tháng theo thứ tự.")
	case !slices.Contains(formats, e.Format):
		return refuse("format", "This can't be had in that format.", "Loại này không xuất được ở định dạng đã chọn.")
	case e.Kind == ExportProvince && (e.Unit != "" || e.Policy == ""):
		return refuse("policy", "A summary of the province is of one policy.", "Bảng tổng hợp tỉnh cần chọn một chính sách.")
	}
	return s.Store.View(ctx, func(r store.Reader) error {
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		own := e.Unit != "" && g.Has(e.Unit, g.today, office...)
		if !map[ExportKind]bool{ExportActivities: own || e.Unit == "" && g.figures(), ExportLists: own || g.province(), ExportProvince: g.figures()}[e.Kind] {
			return forbidden()
		}
		if e.Kind == ExportProvince {
			_, err = s.policyHead(r, e.Policy)
		}
		return err
	})
}

// Export makes a large export. tick hears how far it is and may end it.
func (s *Service) Export(ctx context.Context, who domain.Caller, e ExportAsk, tick func(done, of int) error) (Paper, error) {
	if err := s.MayExport(ctx, who, e); err != nil {
		return Paper{}, err
	}
	switch e.Kind {
	case ExportActivities:
		return s.exportActivities(ctx, e, tick)
	case ExportLists:
		return s.exportLists(ctx, who, e, tick)
	}
	return s.provincePaper(ctx, who, e.Policy, e.From, e.To, e.Format, tick)
}

// exportActivities reads a commune's month in a snapshot each.
func (s *Service) exportActivities(ctx context.Context, e ExportAsk, tick func(done, of int) error) (Paper, error) {
	var units []domain.ID
	var kinds map[string]string
	doc := papers.ActivityTable{Month: e.From, To: e.To, Places: e.Unit == "", Bare: e.Unit == ""}
	if err := s.Store.View(ctx, func(r store.Reader) (err error) {
		names := &namer{r: r}
		doc.Head = s.headOf(names, e.Unit, domain.DateOf(s.Now()))
		doc.Head.Draft = true // no number of the office's register is on it
		if doc.Commune = names.unit(e.Unit, e.To.Last()); e.Unit == "" {
			doc.Commune = names.ownProvince(e.To.Last())
		}
		if kinds, doc.Names, err = catalogue(r); err == nil {
			units, err = reviewed(r, e.Unit)
		}
		return cmp.Or(err, names.err)
	}); err != nil {
		return Paper{}, err
	}
	called := map[domain.ID]string{}
	step, of := 0, len(units)*int(domain.MonthsBetween(e.From, e.To))
	for _, u := range units {
		for m := e.From; m <= e.To; m = m.Add(1) {
			if err := tick(step, of); err != nil {
				return Paper{}, err
			}
			step++
			rows, err := s.rowsOf(ctx, &doc, kinds, called, u, m)
			if err != nil {
				return Paper{}, err
			}
			if doc.Rows = append(doc.Rows, rows...); len(doc.Rows) > maxExportRows {
				return Paper{}, domain.E(domain.TooLarge, "More than 200,000 activities: ask for fewer months.", "Có hơn 200.000 hoạt động: hãy chọn ít tháng hơn.")
			}
		}
	}
	return draw(doc, "hoat-dong-"+string(e.From)+"-"+string(e.To), e.Format)
}

// rowsOf reads a commune's month. called keeps names from one to the next.
func (s *Service) rowsOf(ctx context.Context, doc *papers.ActivityTable, kinds map[string]string, called map[domain.ID]string, unit domain.ID, m domain.Month) (rows []papers.ActivityRow, err error) {
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		names := &namer{r: r}
		rows, err = activityRows(r, func(id domain.ID) string {
			name, known := called[id]
			if !known && id != "" {
				name = names.of(id)
				called[id] = name
			}
			return name
		}, kinds, unit, m)
		place := names.unit(unit, m.Last())
		for i := range rows {
			rows[i].Commune = place
			if doc.Bare {
				rows[i].Author, rows[i].Reviewer, rows[i].Note, rows[i].Place, rows[i].Reason, rows[i].Waiver, rows[i].Papers = "", "", "", "", "", "", nil
			}
		}
		return cmp.Or(err, names.err)
	})
	return rows, err
}

// reviewed are the communes that have or had teams, or the named one.
func reviewed(r store.Reader, unit domain.ID) (all []domain.ID, err error) {
	if unit != "" {
		return []domain.ID{unit}, nil
	}
	err = roster.Teams(r, func(_ domain.ID, t domain.Team) bool {
		all = append(all, t.Commune)
		for _, f := range t.Former {
			all = append(all, f.Commune)
		}
		return true
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// exportLists draws each issued list of the months into one archive.
func (s *Service) exportLists(ctx context.Context, who domain.Caller, e ExportAsk, tick func(done, of int) error) (Paper, error) {
	all, err := s.Lists(ctx, who, Filter{Unit: e.Unit, State: IssuedNow})
	if err != nil {
		return Paper{}, err
	}
	all = slices.DeleteFunc(all, func(l ListView) bool {
		return !slices.ContainsFunc(l.Months, func(m domain.Month) bool { return e.From <= m && m <= e.To })
	})
	if len(all) == 0 {
		return Paper{}, domain.E(domain.Unprocessable, "No list of these months was issued.", "Chưa ban hành danh sách nào của các tháng này.")
	}
	slices.SortFunc(all, func(a, b ListView) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Number, b.Number)) })
	packed, err := archive(len(all), maxArchive, func(i int) (Paper, error) {
		if err := tick(i, len(all)); err != nil {
			return Paper{}, err
		}
		return s.ListPaper(ctx, who, all[i].ID, "", e.Format)
	})
	return Paper{Name: "danh-sach-" + string(e.From) + "-" + string(e.To) + ".zip", MIME: "application/zip", Bytes: packed}, err
}

// archive packs papers that are drawn one by one, into at most so many bytes.
func archive(n, most int, draw func(i int) (Paper, error)) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		p, err := draw(i)
		if err != nil {
			return nil, err
		}
		w, err := z.Create(pad(i+1) + "-" + p.Name)
		if err == nil {
			_, err = w.Write(p.Bytes)
		}
		if err == nil {
			err = z.Flush()
		}
		if err != nil {
			return nil, err
		}
		if out.Len() > most {
			return nil, domain.E(domain.TooLarge, "The archive is larger than 32 MiB: ask for fewer months or one commune.",
				"Tệp nén lớn hơn 32 MiB: hãy chọn ít tháng hơn hoặc một xã.")
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

func pad(n int) string { return strconv.Itoa(10000 + n)[1:] }
