package papers

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// page writes the rows of one sheet from above.
type page struct {
	b      *book
	sw     *excelize.StreamWriter
	name   string
	row    int // next row, from 1
	cols   int
	widths []float64 // in characters
	tb     *table
}

// write writes one part to its sheet.
func (b *book) write(part part, first, last bool) error {
	fit := true // a stream writes this first
	if err := b.f.SetSheetProps(part.name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	sw, err := b.f.NewStreamWriter(part.name)
	if err != nil {
		return err
	}
	p := &page{b: b, sw: sw, name: part.name, row: 1, tb: part.table}
	p.measure()
	top := p.top(first, part.before)
	if err := p.prepare(len(top)); err != nil {
		return err
	}
	for _, l := range top {
		if err := p.line(l); err != nil {
			return err
		}
	}
	if p.tb != nil {
		if err := p.table(); err != nil {
			return err
		}
	}
	bottom := part.after
	if last {
		for _, s := range footnotes(b.s.head) {
			bottom = append(bottom, block{style: quiet, text: s})
		}
		if b.s.head.Print != "" {
			bottom = append(bottom, line(quiet, "Mã đối chiếu của sổ quyết định: %s", b.s.head.Print))
		}
	}
	for _, bl := range bottom {
		if err := p.line([]merged{{from: 1, to: p.cols, text: bl.text, style: xlsxStyle(bl.style)}}); err != nil {
			return err
		}
	}
	if last {
		if err := p.signatures(); err != nil {
			return err
		}
	}
	if err := p.finish(); err != nil {
		return err
	}
	return sw.Flush()
}

// merged is text in the columns from–to, joined into one.
type merged struct {
	from, to int
	text     string
	style    string
}

func xlsxStyle(st style) string {
	switch st {
	case strong, heading:
		return "strong"
	case quiet:
		return "quiet"
	case centred:
		return "mid"
	}
	return "plain"
}

// measure settles the columns. A sheet is as wide as its table, at least six
// columns so that the letterhead has room.
func (p *page) measure() {
	total := 0.0
	if p.tb != nil {
		for _, c := range p.tb.cols {
			total += c.width
		}
		for i, c := range p.tb.cols {
			w := c.width / total * 130
			for _, row := range p.tb.rows {
				if c.numeric() || c.kind == date {
					w = max(w, float64(utf8.RuneCountInString(c.print(row[i])))+2)
				}
			}
			if c.sum {
				w = max(w, float64(len(c.print(num(p.tb.sums()[i]))))+3)
			}
			p.widths = append(p.widths, w)
		}
	}
	for len(p.widths) < 6 {
		p.widths = append(p.widths, 16)
	}
	p.cols = len(p.widths)
}

// top is everything above the table, as rows of pieces.
func (p *page) top(first bool, before []block) [][]merged {
	var rows [][]merged
	h, half := p.b.s.head, p.half()
	if first {
		rows = append(rows,
			[]merged{{1, half, h.superior(), "mid"}, {half + 1, p.cols, country, "midStrong"}},
			[]merged{{1, half, h.Issuer, "midStrong"}, {half + 1, p.cols, motto, "midStrong"}},
			[]merged{{1, half, h.number(), "mid"}, {half + 1, p.cols, h.placeDate(), "midItalic"}})
	}
	for i, s := range p.b.s.title {
		if s == "" || !first && i > 1 {
			continue
		}
		rows = append(rows, []merged{{1, p.cols, s, []string{"title", "midStrong"}[min(i, 1)]}})
	}
	if h.Draft {
		rows = append(rows, []merged{{1, p.cols, draft, "midStrong"}})
	}
	for _, n := range replaced(h) {
		rows = append(rows, []merged{{1, p.cols, n, "mid"}})
	}
	for _, b := range before {
		rows = append(rows, []merged{{1, p.cols, b.text, xlsxStyle(b.style)}})
	}
	return rows
}

// half is the last column of the left half by width.
func (p *page) half() int {
	total, sum := 0.0, 0.0
	for _, w := range p.widths {
		total += w
	}
	for i, w := range p.widths {
		if sum += w; sum >= total*0.45 {
			return min(i+1, p.cols-1)
		}
	}
	return p.cols / 2
}

// prepare sets what a stream needs before its rows: widths and the frozen head.
func (p *page) prepare(above int) error {
	for i, w := range p.widths {
		if err := p.sw.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	if p.tb == nil {
		return nil
	}
	rows := above + p.headRows()
	return p.sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: rows, TopLeftCell: fmt.Sprintf("A%d", rows+1), ActivePane: "bottomLeft"})
}

func (p *page) headRows() int {
	for _, c := range p.tb.cols {
		if c.group != "" {
			return 2
		}
	}
	return 1
}

// line writes one row of merged texts, high enough for its longest one.
func (p *page) line(pieces []merged) error {
	cells := make([]any, p.cols)
	lines := 1
	for _, pc := range pieces {
		cells[pc.from-1] = excelize.Cell{StyleID: p.b.st[pc.style], Value: pc.text}
		width := 0.0
		for _, w := range p.widths[pc.from-1 : pc.to] {
			width += w
		}
		lines = max(lines, linesOf(pc.text, width))
		if pc.to > pc.from {
			if err := p.sw.MergeCell(cellName(pc.from, p.row), cellName(pc.to, p.row)); err != nil {
				return err
			}
		}
	}
	return p.put(cells, 17*float64(lines))
}

func (p *page) put(cells []any, height float64) error {
	err := p.sw.SetRow(cellName(1, p.row), cells, excelize.RowOpts{Height: min(height, 400)})
	p.row++
	return err
}

// linesOf guesses how many lines a text takes in a width of characters: a
// workbook has no way to ask for a fitting height of merged cells.
func linesOf(s string, width float64) int {
	n := 0
	for par := range strings.SplitSeq(s, "\n") {
		n += 1 + int(float64(utf8.RuneCountInString(par))*0.98/max(width, 1))
	}
	return n
}

func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil { // columns and rows are counted here and within the limits
		return "A1"
	}
	return name
}

// finish sets the page: A4, margins, titles on each page, what is printed.
func (p *page) finish() error {
	orientation, a4, wide, high := "portrait", 9, 1, 0
	if p.b.s.landscape {
		orientation = "landscape"
	}
	if err := p.b.f.SetPageLayout(p.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	in := func(mm float64) *float64 { v := mm / 25.4; return &v }
	if err := p.b.f.SetPageMargins(p.name, &excelize.PageLayoutMarginsOptions{Top: in(marginTop), Bottom: in(marginBottom), Left: in(marginLeft),
		Right: in(marginRight), Header: in(10), Footer: in(10)}); err != nil {
		return err
	}
	if err := p.b.f.SetHeaderFooter(p.name, &excelize.HeaderFooterOptions{DifferentFirst: true, OddHeader: "&C&P"}); err != nil {
		return err
	}
	area := fmt.Sprintf("'%s'!$A$1:$%s$%d", p.name, strings.TrimRight(cellName(p.cols, 1), "1"), p.row-1)
	return p.b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: p.name})
}
