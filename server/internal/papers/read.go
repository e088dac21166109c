package papers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Cell is what one cell of a file says. Formula is of workbooks alone.
type Cell struct {
	At      string // "Danh sách chi trả!C12", or "line 3, column 2" of a CSV file
	Value   string
	Formula string
}

// Difference is a cell that two files fill differently.
type Difference struct {
	At        string
	Want, Got string
}

// Limits of a file that is read back: the largest paper is far below.
const (
	maxFile  = 16 << 20 // bytes as they come
	maxUnzip = 64 << 20
	maxCells = 1_000_000
)

var errFile = errors.New("this is no workbook and no CSV file of ours")

// Read returns the filled cells of a workbook or a CSV file, from top to
// bottom. The file may come from anywhere.
func Read(file []byte) ([]Cell, error) {
	switch {
	case len(file) > maxFile:
		return nil, fmt.Errorf("%w: it is too large", errFile)
	case bytes.HasPrefix(file, []byte("PK")):
		return readXLSX(file)
	}
	return readCSV(file)
}

func readXLSX(file []byte) (out []Cell, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errFile, err)
	}
	defer f.Close()
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errFile, err)
		}
		for y, row := range rows {
			for x, v := range row {
				at := cellName(x+1, y+1)
				formula, err := f.GetCellFormula(name, at)
				if err != nil {
					return nil, fmt.Errorf("%w: %w", errFile, err)
				}
				if v != "" || formula != "" {
					out = append(out, Cell{At: name + "!" + at, Value: v, Formula: strings.TrimPrefix(formula, "=")})
				}
			}
			if len(out) > maxCells {
				return nil, fmt.Errorf("%w: it has too many cells", errFile)
			}
		}
	}
	return out, nil
}

func readCSV(file []byte) (out []Cell, err error) {
	text, _ := bytes.CutPrefix(file, []byte("\ufeff"))
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = -1
	if first, _, _ := bytes.Cut(text, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		in.Comma = ';' // as a Vietnamese spreadsheet saves it
	}
	rows, err := in.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errFile, err)
	}
	for y, row := range rows {
		for x, v := range row {
			if v != "" {
				out = append(out, Cell{At: fmt.Sprintf("line %d, column %d", y+1, x+1), Value: v})
			}
		}
	}
	return out, nil
}

// Differences compares two files cell by cell, in the order of the first.
func Differences(want, got []Cell) (out []Difference) {
	had := make(map[string]Cell, len(got))
	for _, c := range got {
		had[c.At] = c
	}
	for _, c := range want {
		g := had[c.At]
		delete(had, c.At)
		if g.Value != c.Value || g.Formula != c.Formula {
			out = append(out, Difference{At: c.At, Want: c.said(), Got: g.said()})
		}
	}
	for _, c := range got {
		if _, left := had[c.At]; left {
			out = append(out, Difference{At: c.At, Got: c.said()})
			delete(had, c.At)
		}
	}
	return out
}

// said is a cell in a sentence: a formula with the value that it shows.
func (c Cell) said() string {
	if c.Formula != "" {
		return "=" + c.Formula + " → " + c.Value
	}
	return c.Value
}
