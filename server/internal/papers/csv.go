package papers

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// writeCSV writes the tables of a paper: a line of heads and the rows, without
// titles and totals. Several tables have an empty line and their name between
// them.
func writeCSV(w io.Writer, s sheet) error {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	tables := s.tables()
	for i, tb := range tables {
		if i > 0 {
			if err := out.Write([]string{""}); err != nil {
				return err
			}
		}
		if len(tables) > 1 {
			if err := out.Write([]string{guard(tb.name)}); err != nil {
				return err
			}
		}
		if err := tb.writeCSV(out); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (tb *table) writeCSV(out *csv.Writer) error {
	heads := make([]string, 0, len(tb.cols))
	for _, c := range tb.cols {
		heads = append(heads, guard(c.full()))
	}
	if err := out.Write(heads); err != nil {
		return err
	}
	for _, row := range tb.rows {
		fields := make([]string, len(row))
		for i, c := range row {
			fields[i] = tb.cols[i].csv(c)
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	return nil
}

// full is the head with its group before it, where there is only one line.
func (c column) full() string {
	if c.group == "" {
		return c.head
	}
	return c.group + ": " + c.head
}

func (c column) csv(v cell) string {
	switch {
	case !v.set:
		return ""
	case c.numeric():
		return strconv.FormatInt(v.n, 10)
	case c.kind == date:
		return domain.Date(v.s).Vi()
	}
	return guard(v.s)
}

// guard puts an apostrophe before text that a spreadsheet would take for a
// formula, also if spaces stand before it.
func guard(s string) string {
	trimmed := strings.TrimLeft(s, " \n\t\r")
	if trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@|%") || strings.HasPrefix(trimmed, "＝") ||
		strings.HasPrefix(trimmed, "＋") || strings.HasPrefix(trimmed, "－") || strings.HasPrefix(trimmed, "＠") {
		return "'" + s
	}
	return s
}

func (s sheet) tables() []*table {
	var list []*table
	for _, b := range s.blocks {
		if b.table != nil {
			list = append(list, b.table)
		}
	}
	return list
}
