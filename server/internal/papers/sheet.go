package papers

import (
	"fmt"

	"github.com/banso/banso/server/internal/domain"
)

// sheet is a paper laid out once, for all three writers.
type sheet struct {
	head      Head
	title     []string // printed bold and centred, the first one larger
	landscape bool
	blocks    []block
	signHint  string // under each role: "(Ký, ghi rõ họ tên)"
}

// block is either a line of text or a table.
type block struct {
	text  string
	style style
	table *table
}

type style int

const (
	plain   style = iota
	strong        // bold
	quiet         // italic, smaller
	heading       // bold, with room above
	centred       // under the title
)

func line(st style, format string, args ...any) block {
	return block{style: st, text: fmt.Sprintf(format, args...)}
}

// table has typed columns. Its total line is computed from the rows.
type table struct {
	name  string // of its sheet in a workbook and its block in a CSV
	cols  []column
	rows  [][]cell
	total string // label of the total line; empty: none
}

type kind int

const (
	text   kind = iota
	number      // a count
	money       // đồng
	date
	blank // room to write by hand
)

type column struct {
	head    string
	group   string  // printed once over neighbours with the same group
	width   float64 // share of the width of the page
	kind    kind
	centre  bool
	sum     bool
	product [2]int // columns whose product this one is, if product[0] > 0
}

// cell is a value of its column's kind. A number that isn't set prints empty:
// nothing known is not 0.
type cell struct {
	s   string
	n   int64
	set bool
}

func txt(s string) cell       { return cell{s: s, set: s != ""} }
func num(v int64) cell        { return cell{n: v, set: true} }
func vnd(v domain.Money) cell { return cell{n: int64(v), set: true} }
func day(v domain.Date) cell  { return cell{s: string(v), set: v != ""} }

// known is an amount that 0 leaves empty.
func known(v domain.Money) cell { return cell{n: int64(v), set: v != 0} }

func (c column) numeric() bool    { return c.kind == number || c.kind == money }
func (tb *table) add(row ...cell) { tb.rows = append(tb.rows, row) }

// limit of an amount: a spreadsheet keeps 15 digits.
const limit = 1_000_000_000_000_000

// layOut makes the sheet of a paper and checks it: dates, sums, the shape of
// its rows. All text is cleaned here, once.
func layOut(doc Doc) (sheet, error) {
	s, err := doc.sheet()
	if err != nil {
		return sheet{}, err
	}
	if err := s.head.check(); err != nil {
		return sheet{}, err
	}
	s.head = s.head.clean()
	cleanAll(s.title)
	for i := range s.blocks {
		b := &s.blocks[i]
		b.text = clean(b.text)
		if b.table == nil {
			continue
		}
		if err := b.table.finish(); err != nil {
			return sheet{}, fmt.Errorf("table %s: %w", b.table.name, err)
		}
	}
	return s, nil
}

// finish cleans a table's text and checks its numbers.
func (tb *table) finish() error {
	for i := range tb.cols {
		tb.cols[i].head, tb.cols[i].group = clean(tb.cols[i].head), clean(tb.cols[i].group)
	}
	sums := make([]int64, len(tb.cols))
	for _, row := range tb.rows {
		if len(row) != len(tb.cols) {
			return fmt.Errorf("a row has %d cells for %d columns", len(row), len(tb.cols))
		}
		for i := range row {
			c := &row[i]
			switch tb.cols[i].kind {
			case text:
				c.s = clean(c.s)
			case date:
				if err := checkDate(domain.Date(c.s)); err != nil {
					return err
				}
			case number, money:
				sums[i] += c.n
				if max(c.n, -c.n, sums[i], -sums[i]) >= limit || c.n == -c.n && c.n != 0 {
					return fmt.Errorf("%d is too large for a paper", c.n)
				}
			}
		}
	}
	return nil
}

// sums are the totals of the columns that have one.
func (tb *table) sums() []int64 {
	sums := make([]int64, len(tb.cols))
	for _, row := range tb.rows {
		for i, c := range row {
			if tb.cols[i].sum {
				sums[i] += c.n
			}
		}
	}
	return sums
}

// labelSpan is how many columns the label of the total line may take.
func (tb *table) labelSpan() int {
	for i, c := range tb.cols {
		if c.sum {
			return max(i, 1)
		}
	}
	return len(tb.cols)
}

// computed reports whether a cell is the product of two others of its row.
func (tb *table) computed(row []cell, i int) bool {
	p := tb.cols[i].product
	if p[0] == 0 || !row[i].set || !row[p[0]].set || !row[p[1]].set {
		return false
	}
	return row[p[0]].n*row[p[1]].n == row[i].n
}

func (h Head) check() error {
	if len(h.Signers) > 3 {
		return fmt.Errorf("%d signers, at most 3", len(h.Signers))
	}
	if h.On == "" {
		return fmt.Errorf("the paper has no day")
	}
	for _, on := range []domain.Date{h.On, h.Reprinted, h.Replaces.On, h.Replaced.On} {
		if err := checkDate(on); err != nil {
			return err
		}
	}
	return nil
}

func checkDate(on domain.Date) error {
	if on == "" {
		return nil
	}
	_, err := domain.ParseDate(string(on))
	return err
}

func checkMonths(months ...domain.Month) error {
	if len(months) == 0 {
		return fmt.Errorf("the paper has no month")
	}
	for _, m := range months {
		if _, err := domain.ParseMonth(string(m)); err != nil {
			return err
		}
	}
	return nil
}

// checkTotal compares what the caller says with what the rows give.
func checkTotal(want, got domain.Money) error {
	if want != got {
		return fmt.Errorf("%w: total %s, rows give %s", ErrTotal, want.Figures(), got.Figures())
	}
	return nil
}

// checkProduct compares a row's amount with months × rate.
func checkProduct(row int, months int64, rate, amount domain.Money) error {
	if rate == 0 {
		return nil
	}
	if months < 0 || months > 1200 || rate >= limit || rate <= -limit || domain.Money(months)*rate != amount {
		return fmt.Errorf("%w: row %d, %d × %s is not %s", ErrTotal, row+1, months, rate.Figures(), amount.Figures())
	}
	return nil
}
