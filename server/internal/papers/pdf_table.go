package papers

import (
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

const (
	cellPad   = 1.1 // mm left and right of text in a cell
	cellRoom  = 0.9 // mm above and below
	signRow   = 9.0 // mm at least, where somebody signs
	signWidth = 20.0
)

// grid is a table with its widths settled.
type grid struct {
	p     *printer
	tb    *table
	size  float64
	x, w  []float64 // left edge and width of each column
	least float64   // height of a row
}

// table adds a table: a head that is repeated on each page, rows that are
// never cut, and the total.
func (p *printer) table(tb *table) {
	g := p.grid(tb)
	p.gap(1.5)
	head := g.head()
	head.keep = true
	p.add(head)
	for i, row := range tb.rows {
		for _, a := range g.row(row) {
			a.head, a.solid, a.keep = &head, true, i == len(tb.rows)-1 && tb.total != ""
			p.add(a)
		}
	}
	if tb.total != "" {
		a := g.total()
		a.head = &head
		p.add(a)
	}
	p.gap(1.5)
}

// grid finds the widths: the shares of the columns, but never less than what
// cannot be broken, and if possible no less than what is read with ease. Where
// that is too much for the page, the text becomes smaller.
func (p *printer) grid(tb *table) *grid {
	g := &grid{p: p, tb: tb}
	for _, c := range tb.cols {
		if c.kind == blank {
			g.least = signRow
		}
	}
	for _, try := range []struct {
		size float64
		easy bool
	}{{9.5, true}, {9, true}, {8.5, true}, {8, true}, {7.5, true}, {7, true}, {6.5, true}, {8, false}, {7, false}, {6, false}} {
		g.size = try.size
		least, sum := make([]float64, len(tb.cols)), 0.0
		for i := range tb.cols {
			least[i] = g.unbreakable(i)
			if try.easy && tb.cols[i].kind == text {
				least[i] = max(least[i], g.easy(i))
			}
			least[i] += 2*cellPad + 0.2
			sum += least[i]
		}
		if sum <= p.inner() || try.size == 6 {
			g.spread(least)
			break
		}
	}
	return g
}

// easy is the width at which nine of ten texts of a column take at most two
// lines, and short ones only one.
func (g *grid) easy(i int) float64 {
	widths := make([]float64, 0, len(g.tb.rows))
	for _, row := range g.tb.rows {
		widths = append(widths, g.p.width("", g.size, row[i].s))
	}
	if len(widths) == 0 {
		return 0
	}
	slices.Sort(widths)
	most := widths[len(widths)*9/10]
	if g.tb.cols[i].centre {
		return min(most, 14)
	}
	return min(max(most*0.62, min(most, 14)), 45)
}

// spread shares the width out.
func (g *grid) spread(least []float64) {
	rest, share := g.p.inner(), 0.0
	for _, c := range g.tb.cols {
		share += c.width
	}
	g.w = make([]float64, len(least))
	for again := true; again; {
		again = false
		for i, c := range g.tb.cols {
			if g.w[i] == 0 && share > 0 && rest*c.width/share < least[i] {
				g.w[i] = least[i]
				rest, share, again = rest-least[i], share-c.width, true
			}
		}
	}
	g.x = make([]float64, len(least))
	x := marginLeft
	for i, c := range g.tb.cols {
		if g.w[i] == 0 {
			g.w[i] = rest * c.width / share
		}
		g.x[i] = x
		x += g.w[i]
	}
}

// unbreakable is the width of the widest number or date of a column, or of the
// longest word of its head; long words of text may be broken.
func (g *grid) unbreakable(i int) float64 {
	c, widest := g.tb.cols[i], 0.0
	if c.kind == blank {
		widest = signWidth
	}
	for word := range strings.FieldsSeq(c.head) {
		widest = max(widest, g.p.width("B", g.size, word))
	}
	if c.numeric() && c.sum {
		widest = max(widest, g.p.width("B", g.size, c.print(num(g.tb.sums()[i]))))
	}
	for _, row := range g.tb.rows {
		if c.numeric() || c.kind == date {
			widest = max(widest, g.p.width("", g.size, c.print(row[i])))
			continue
		}
		for word := range strings.FieldsSeq(row[i].s) {
			widest = max(widest, min(g.p.width("", g.size, word), 18))
		}
	}
	return widest
}

// print is a cell as it stands on paper.
func (c column) print(v cell) string {
	switch {
	case !v.set:
		return ""
	case c.numeric():
		return domain.Money(v.n).Figures()
	case c.kind == date:
		return domain.Date(v.s).Vi()
	}
	return v.s
}

func (c column) align() string {
	switch {
	case c.centre:
		return "C"
	case c.numeric():
		return "R"
	}
	return "L"
}

// row gives the atoms of one row: one, unless it is higher than a page.
func (g *grid) row(row []cell) []atom {
	lines := make([][]string, len(row))
	most := 1
	for i, c := range row {
		lines[i] = g.p.wrap("", g.size, g.w[i]-2*cellPad, g.tb.cols[i].print(c))
		most = max(most, len(lines[i]))
	}
	lh := lineHeight(g.size)
	perPage := int((g.p.room() - 60) / lh)
	var list []atom
	for from := 0; from < most; from += perPage {
		part := make([][]string, len(lines))
		high := 1
		for i, l := range lines {
			part[i] = l[min(from, len(l)):min(from+perPage, len(l))]
			high = max(high, len(part[i]))
		}
		h := max(float64(high)*lh+2*cellRoom, g.least)
		list = append(list, atom{h: h, draw: func(y float64) {
			for i := range part {
				g.cell("", g.x[i], y, g.w[i], h, g.tb.cols[i].align(), part[i])
			}
		}})
	}
	return list
}

// cell draws a box with its lines in the middle of its height.
func (g *grid) cell(style string, x, y, w, h float64, align string, lines []string) {
	g.p.f.SetLineWidth(0.2)
	g.p.f.Rect(x, y, w, h, "D")
	lh := lineHeight(g.size)
	ty := y + (h-float64(len(lines))*lh)/2
	for _, l := range lines {
		g.p.put(style, g.size, x+cellPad, ty, w-2*cellPad, align, l)
		ty += lh
	}
}

func (g *grid) total() atom {
	sums, span := g.tb.sums(), g.tb.labelSpan()
	h := max(lineHeight(g.size)+2*cellRoom, 7)
	return atom{h: h, draw: func(y float64) {
		width := 0.0
		for i := range span {
			width += g.w[i]
		}
		g.cell("B", g.x[0], y, width, h, "C", []string{g.tb.total})
		for i := span; i < len(sums); i++ {
			c := g.tb.cols[i]
			var l []string
			if c.sum {
				l = []string{c.print(num(sums[i]))}
			}
			g.cell("B", g.x[i], y, g.w[i], h, c.align(), l)
		}
	}}
}

// head draws the names of the columns, those of groups above them.
func (g *grid) head() atom {
	lh := lineHeight(g.size)
	lines := make([][]string, len(g.tb.cols))
	most, groups := 1, 0.0
	for i, c := range g.tb.cols {
		lines[i] = g.p.wrap("B", g.size, g.w[i]-2*cellPad, c.head)
		if c.group != "" {
			groups = lh + 2*cellRoom
		}
	}
	spans := g.groups()
	for _, s := range spans {
		groups = max(groups, float64(len(s.lines))*lh+2*cellRoom)
	}
	for i, c := range g.tb.cols {
		n := len(lines[i])
		if c.group == "" && groups > 0 {
			n -= int(groups / lh)
		}
		most = max(most, n)
	}
	below := float64(most)*lh + 2*cellRoom
	h := groups + below
	return atom{h: h, draw: func(y float64) {
		for _, s := range spans {
			g.cell("B", s.x, y, s.w, groups, "C", s.lines)
		}
		for i, c := range g.tb.cols {
			if c.group == "" {
				g.cell("B", g.x[i], y, g.w[i], h, "C", lines[i])
			} else {
				g.cell("B", g.x[i], y+groups, g.w[i], below, "C", lines[i])
			}
		}
	}}
}

// span is a group of columns.
type span struct {
	x, w  float64
	lines []string
}

func (g *grid) groups() []span {
	var list []span
	for i := 0; i < len(g.tb.cols); {
		j, w := i, 0.0
		for j < len(g.tb.cols) && g.tb.cols[j].group == g.tb.cols[i].group {
			w, j = w+g.w[j], j+1
		}
		if name := g.tb.cols[i].group; name != "" {
			list = append(list, span{g.x[i], w, g.p.wrap("B", g.size, w-2*cellPad, name)})
		}
		i = j
	}
	return list
}
