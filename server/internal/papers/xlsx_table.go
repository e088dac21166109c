package papers

import (
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// table writes the head, the rows and the total.
func (p *page) table() error {
	head := p.row
	if err := p.head(); err != nil {
		return err
	}
	titles := fmt.Sprintf("'%s'!$%d:$%d", p.name, head, p.row-1)
	if err := p.b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: p.name}); err != nil {
		return err
	}
	first := p.row
	for _, row := range p.tb.rows {
		cells := make([]any, p.cols)
		lines := 1
		for i, v := range row {
			c, err := p.cell(row, i, v)
			if err != nil {
				return err
			}
			cells[i] = c
			lines = max(lines, linesOf(v.s, p.widths[i]))
		}
		if err := p.put(cells, max(15*float64(lines)+3, 18)); err != nil {
			return err
		}
	}
	if p.tb.total == "" {
		return nil
	}
	return p.total(first)
}

// cell is one typed cell.
func (p *page) cell(row []cell, i int, v cell) (excelize.Cell, error) {
	c := p.tb.cols[i]
	out := excelize.Cell{StyleID: p.b.st["text"]}
	switch {
	case c.numeric():
		out.StyleID = p.b.st["number"]
		if c.centre {
			out.StyleID = p.b.st["numberMid"]
		}
		if v.set {
			out.Value = v.n
		}
		if p.tb.computed(row, i) {
			out.Formula = cellName(c.product[0]+1, p.row) + "*" + cellName(c.product[1]+1, p.row)
		}
	case c.kind == date:
		out.StyleID = p.b.st["date"]
		if v.set {
			serial, err := serialDay(v.s)
			if err != nil {
				return out, err
			}
			out.Value = serial
		}
	default:
		if c.centre {
			out.StyleID = p.b.st["textMid"]
		}
		if v.s != "" {
			out.Value = v.s
		}
	}
	return out, nil
}

// head writes the names of the columns, groups merged above theirs.
func (p *page) head() error {
	rows := p.headRows()
	style := p.b.st["head"]
	above, below := make([]any, p.cols), make([]any, p.cols)
	lines := 1
	for i, c := range p.tb.cols {
		below[i] = excelize.Cell{StyleID: style, Value: c.head}
		lines = max(lines, linesOf(c.head, p.widths[i]*0.85))
		if rows == 1 {
			continue
		}
		above[i] = excelize.Cell{StyleID: style, Value: c.group}
		if c.group == "" {
			above[i], below[i] = below[i], excelize.Cell{StyleID: style}
			if err := p.sw.MergeCell(cellName(i+1, p.row), cellName(i+1, p.row+1)); err != nil {
				return err
			}
		}
	}
	if rows == 1 {
		return p.put(below, 16*float64(lines))
	}
	if err := p.mergeGroups(above); err != nil {
		return err
	}
	if err := p.put(above, 18); err != nil {
		return err
	}
	return p.put(below, 16*float64(lines))
}

func (p *page) mergeGroups(above []any) error {
	cols := p.tb.cols
	for i := 0; i < len(cols); {
		j := i + 1
		for j < len(cols) && cols[i].group != "" && cols[j].group == cols[i].group {
			above[j] = excelize.Cell{StyleID: p.b.st["head"]}
			j++
		}
		if j > i+1 {
			if err := p.sw.MergeCell(cellName(i+1, p.row), cellName(j, p.row)); err != nil {
				return err
			}
		}
		i = j
	}
	return nil
}

// total writes the sums: formulas, with the value that was checked.
func (p *page) total(first int) error {
	cells := make([]any, p.cols)
	sums, span := p.tb.sums(), p.tb.labelSpan()
	for i, c := range p.tb.cols {
		cells[i] = excelize.Cell{StyleID: p.b.st["total"]}
		if !c.sum {
			continue
		}
		sum := excelize.Cell{StyleID: p.b.st["totalNumber"], Value: sums[i]}
		if c.centre {
			sum.StyleID = p.b.st["totalMid"]
		}
		if p.row > first {
			sum.Formula = fmt.Sprintf("SUM(%s:%s)", cellName(i+1, first), cellName(i+1, p.row-1))
		}
		cells[i] = sum
	}
	cells[0] = excelize.Cell{StyleID: p.b.st["total"], Value: p.tb.total}
	if span > 1 {
		if err := p.sw.MergeCell(cellName(1, p.row), cellName(span, p.row)); err != nil {
			return err
		}
	}
	return p.put(cells, 20)
}

// signatures writes the blocks of those who sign, in one row so that no page
// break goes through them, and nơi nhận below.
func (p *page) signatures() error {
	signers := p.b.s.head.Signers
	if len(signers) > 0 {
		if err := p.line(nil); err != nil {
			return err
		}
		most := 0
		for _, s := range signers {
			most = max(most, strings.Count(s.roles(), "\n"))
		}
		list := make([]merged, 0, len(signers))
		for i, at := range p.thirds(len(signers)) {
			roles := signers[i].roles()
			gap := strings.Repeat("\n", most-strings.Count(roles, "\n")+6)
			list = append(list, merged{at[0], at[1], roles + "\n" + p.b.s.signHint + gap + signers[i].Name, "sign"})
		}
		if err := p.line(list); err != nil {
			return err
		}
	}
	for i, c := range p.b.s.head.Copies {
		if i == 0 {
			if err := p.line([]merged{{1, p.cols, "Nơi nhận:", "strong"}}); err != nil {
				return err
			}
		}
		if err := p.line([]merged{{1, p.cols, "- " + c, "plain"}}); err != nil {
			return err
		}
	}
	return nil
}

// roles are the lines above a signature.
func (s Signer) roles() string { return join("\n", s.For, s.By, s.Role) }

// thirds gives each signer columns; a single one stands on the right.
func (p *page) thirds(n int) [][2]int {
	if n == 1 {
		return [][2]int{{p.half() + 1, p.cols}}
	}
	var list [][2]int
	for i := range n {
		list = append(list, [2]int{i*p.cols/n + 1, (i + 1) * p.cols / n})
	}
	return list
}

// serialDay is a day as a spreadsheet counts it: days since 30/12/1899.
func serialDay(s string) (int64, error) {
	on, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, err
	}
	return int64(on.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24), nil
}
