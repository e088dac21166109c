package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"github.com/banso/banso/server/internal/domain"
)

// readCSV reads text with the separator that its first line has most of.
func readCSV(text []byte, lim Limits) (*Table, error) {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	for _, sep := range ";\t" { // a spreadsheet set to Vietnamese writes semicolons; "Unicode text" has tabs
		if bytes.Count(head, []byte(string(sep))) > bytes.Count(head, []byte(string(r.Comma))) {
			r.Comma = sep
		}
	}
	r.FieldsPerRecord = -1
	tbl := &Table{}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return tbl, nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) { // what follows cannot be trusted either
			line := strconv.Itoa(syntax.Line)
			return nil, domain.E(domain.Invalid, "A quotation mark in line "+line+" is wrong.", "Dấu ngoặc kép ở dòng "+line+" không đúng.")
		}
		if err != nil {
			return nil, err
		}
		if len(tbl.Rows) == lim.Rows {
			return nil, tooLong(lim.Rows)
		}
		line, _ := r.FieldPos(0)
		tbl.Rows = append(tbl.Rows, Row{Line: line, Cells: fields})
	}
}
