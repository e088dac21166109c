package roster

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/sheet"
)

// headWithin is how far down the line with the columns' names may stand:
// titles are above it.
const headWithin = 10

// Table is a file of a known kind, its fields trimmed and in form NFC.
type Table struct {
	kind Kind
	read string // how: see sheet.Table
	rows []row
}

// row is a line of a table.
type row struct {
	line   int
	ref    string // natural key, as shown in reports
	fields map[string]string
	err    error // the row could not be read
}

// Len is how many rows there are, without the header.
func (t *Table) Len() int { return len(t.rows) }

// BadLines are where rows stand that a report names as bad.
func (rep *ImportReport) BadLines() (lines []int) {
	for _, r := range rep.Rows {
		if r.Status == Bad {
			lines = append(lines, r.Line)
		}
	}
	return lines
}

// Read reads a file: the columns by their names or Vietnamese labels, in any
// order.
func Read(kind Kind, file io.Reader) (*Table, error) {
	spec, ok := columns[kind]
	if !ok {
		return nil, badFile(domain.NotFound, "There is no such kind of import.", "Không có loại tệp nhập này.")
	}
	b, err := io.ReadAll(io.LimitReader(file, MaxImportBytes+1))
	if err != nil {
		return nil, err
	}
	found, err := sheet.Read(b, sheet.Limits{Bytes: MaxImportBytes, Rows: MaxImportRows + headWithin})
	if err != nil {
		return nil, err
	}
	for i, r := range found.Rows[:min(headWithin, len(found.Rows))] {
		names := spec.head(r.Cells)
		if names == nil {
			continue
		}
		rows := found.Rows[i+1:]
		if len(rows) > MaxImportRows {
			return nil, badFile(domain.TooLarge, "The file has more than 50,000 rows: split it.", "Tệp có hơn 50.000 dòng: hãy tách thành nhiều tệp.")
		}
		tbl := &Table{kind: kind, read: found.Read}
		for _, r := range rows {
			tbl.rows = append(tbl.rows, newRow(r, spec, names, found.Read == sheet.XLSX))
		}
		return tbl, nil
	}
	want := strings.Join(spec.names, ",")
	return nil, badFile(domain.Invalid, "No line at the top names these columns: "+want+".", "Không thấy dòng tiêu đề ghi đủ các cột: "+want+".")
}

// head reads a line as the names of the columns; nil if it isn't.
func (spec columnSpec) head(cells []string) []string {
	names := make([]string, 0, len(cells))
	for _, c := range cells {
		names = append(names, columnNamed(spec.names, c))
	}
	for len(names) > 0 && names[len(names)-1] == "" { // of a sheet
		names = names[:len(names)-1]
	}
	if a, b := slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(spec.names)); !slices.Equal(a, b) {
		return nil
	}
	return names
}

// newRow cleans the fields and finds what makes a row unreadable. A sheet's
// rows end with their last full cell.
func newRow(r sheet.Row, spec columnSpec, names []string, ragged bool) row {
	out := row{line: r.Line, fields: map[string]string{}}
	cells := r.Cells
	for ragged && len(cells) < len(names) {
		cells = append(cells, "")
	}
	for ragged && len(cells) > len(names) && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != len(names) {
		out.err = badRow("", "The row has "+itoa(len(cells))+" fields, the header "+itoa(len(names))+".",
			"Dòng có "+itoa(len(cells))+" ô, tiêu đề có "+itoa(len(names))+" ô.")
		return out
	}
	for i, f := range cells {
		f = norm.NFC.String(strings.TrimSpace(f))
		out.fields[names[i]] = f
		if len(f) > maxFieldBytes || strings.ContainsFunc(f, unicode.IsControl) {
			out.err = badRow(names[i], "The field is too long or has control characters.", "Ô quá dài hoặc có ký tự điều khiển.")
		}
		if formula(f) {
			out.err = badRow(names[i], "The field begins like a formula of a spreadsheet (= + - @).", "Ô bắt đầu như một công thức bảng tính (= + - @).")
		}
	}
	for _, c := range spec.required {
		if out.fields[c] == "" && out.err == nil {
			out.err = badRow(c, "The field is empty.", "Ô này để trống.")
		}
	}
	var key []string
	for _, c := range spec.key {
		key = append(key, out.fields[c])
	}
	out.ref = strings.TrimSpace(strings.Join(key, " "))
	return out
}

// formula reports whether a spreadsheet would calculate a field that is later
// written to a sheet. No name, code or day begins so.
func formula(f string) bool { return len(f) > 1 && strings.IndexByte("=+-@", f[0]) >= 0 }

func badFile(code domain.Code, en, vi string) error { return domain.E(code, en, vi) }

func badRow(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}

func itoa(n int) string { return strconv.Itoa(n) }
