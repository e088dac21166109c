package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
)

// table is a CSV file of a known kind, its fields trimmed and in form NFC.
type table struct {
	kind Kind
	rows []row
}

// row is a line of a table.
type row struct {
	line   int
	ref    string // natural key, as shown in reports
	fields map[string]string
	err    error // the row could not be read
}

// readTable reads a file: UTF-8 with or without byte order mark, comma or
// semicolon between the fields (spreadsheets set to Vietnamese write
// semicolons), the header exactly as tabled, in any order.
func readTable(kind Kind, file io.Reader) (*table, error) {
	spec, ok := columns[kind]
	if !ok {
		return nil, badFile(domain.NotFound, "There is no such kind of import.", "Không có loại tệp nhập này.")
	}
	b, err := io.ReadAll(io.LimitReader(file, MaxImportBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxImportBytes {
		return nil, badFile(domain.TooLarge, "The file is larger than 8 MiB.", "Tệp lớn hơn 8 MiB.")
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, badFile(domain.Invalid, "The file is not UTF-8 text. Save it as “CSV UTF-8”.",
			"Tệp không phải văn bản UTF-8. Hãy lưu ở dạng “CSV UTF-8”.")
	}
	return parseTable(kind, spec, b)
}

func parseTable(kind Kind, spec columnSpec, b []byte) (*table, error) {
	head, _, _ := bytes.Cut(b, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(b))
	if bytes.Contains(head, []byte(";")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	names, err := r.Read()
	if err != nil || !sameSet(names, spec.names) {
		want := strings.Join(spec.names, ",")
		return nil, badFile(domain.Invalid, "The first line must name these columns: "+want+".",
			"Dòng đầu phải ghi đúng các cột: "+want+".")
	}
	tbl := &table{kind: kind}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return tbl, nil
		}
		if len(tbl.rows) == MaxImportRows {
			return nil, badFile(domain.TooLarge, "The file has more than 15,000 rows: split it.", "Tệp có hơn 15.000 dòng: hãy tách thành nhiều tệp.")
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) { // what follows cannot be trusted either
			return nil, badFile(domain.Invalid, "A quotation mark in line "+itoa(syntax.Line)+" is wrong.",
				"Dấu ngoặc kép ở dòng "+itoa(syntax.Line)+" không đúng.")
		}
		if err != nil {
			return nil, err
		}
		tbl.rows = append(tbl.rows, newRow(r, spec, names, fields))
	}
}

// newRow cleans the fields and finds what makes a row unreadable.
func newRow(r *csv.Reader, spec columnSpec, names, fields []string) row {
	out := row{fields: map[string]string{}}
	if len(fields) > 0 {
		out.line, _ = r.FieldPos(0)
	}
	if len(fields) != len(names) {
		out.err = badRow("", "The row has "+itoa(len(fields))+" fields, the header "+itoa(len(names))+".",
			"Dòng có "+itoa(len(fields))+" ô, tiêu đề có "+itoa(len(names))+" ô.")
		return out
	}
	for i, f := range fields {
		f = norm.NFC.String(strings.TrimSpace(f))
		out.fields[strings.TrimSpace(names[i])] = f
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

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	for i := range a {
		a[i] = strings.TrimSpace(a[i])
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func badFile(code domain.Code, en, vi string) error { return domain.E(code, en, vi) }

func badRow(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}

func itoa(n int) string { return strconv.Itoa(n) }
