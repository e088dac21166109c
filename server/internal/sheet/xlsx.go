package sheet

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/banso/banso/server/internal/domain"
)

// What an XLSX file may unpack to: a small one can hold a bomb.
const (
	maxUnzip  = 128 << 20
	maxSheet  = 64 << 20
	maxCols   = 64 // more is no roster
	maxMerges = 5000
)

// readXLSX reads the first sheet that has anything. A merged cell counts as if
// its text stood in each cell it covers; a day is written yyyy-mm-dd.
func readXLSX(file []byte, lim Limits) (*Table, error) {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxSheet, RawCellValue: true})
	if err != nil {
		return nil, damaged(err)
	}
	defer f.Close()
	for _, name := range f.GetSheetList() {
		tbl, err := oneSheet(f, name, lim)
		if err != nil || len(tbl.Rows) > 0 {
			return tbl, err
		}
	}
	return &Table{Read: XLSX}, nil
}

func oneSheet(f *excelize.File, name string, lim Limits) (*Table, error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, damaged(err)
	}
	defer rows.Close()
	b := book{f: f, sheet: name, days: map[int]bool{}}
	tbl := &Table{Read: XLSX}
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, damaged(err)
		}
		if len(cells) > maxCols {
			return nil, domain.E(domain.TooLarge, "The sheet has more than 64 columns.", "Bảng có hơn 64 cột.")
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		if len(tbl.Rows) == lim.Rows {
			return nil, tooLong(lim.Rows)
		}
		for i := range cells {
			if cells[i], err = b.day(i, line, cells[i]); err != nil {
				return nil, damaged(err)
			}
		}
		tbl.Rows = append(tbl.Rows, Row{Line: line, Cells: cells})
	}
	if err := rows.Error(); err != nil {
		return nil, damaged(err)
	}
	return tbl, spread(f, name, tbl)
}

// spread writes a merged cell's text into each cell that it covers.
func spread(f *excelize.File, name string, tbl *Table) error {
	merged, err := f.GetMergeCells(name)
	if err != nil {
		return damaged(err)
	}
	if len(merged) > maxMerges {
		return domain.E(domain.TooLarge, "The sheet has too many merged cells.", "Bảng có quá nhiều ô gộp.")
	}
	for _, m := range merged {
		x0, y0, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			return damaged(err)
		}
		x1, y1, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			return damaged(err)
		}
		from, _ := slices.BinarySearchFunc(tbl.Rows, y0, func(r Row, y int) int { return r.Line - y })
		if from == len(tbl.Rows) || tbl.Rows[from].Line != y0 || len(tbl.Rows[from].Cells) < x0 {
			continue // an empty one
		}
		text := tbl.Rows[from].Cells[x0-1]
		for i := from; i < len(tbl.Rows) && tbl.Rows[i].Line <= y1; i++ {
			r := &tbl.Rows[i]
			for x := x0; x <= min(x1, maxCols); x++ {
				for len(r.Cells) < x {
					r.Cells = append(r.Cells, "")
				}
				r.Cells[x-1] = text
			}
		}
	}
	return nil
}

// book knows which styles of a sheet show days.
type book struct {
	f     *excelize.File
	sheet string
	days  map[int]bool
}

// day turns the number of a cell that shows a day into yyyy-mm-dd.
func (b *book) day(col, line int, raw string) (string, error) {
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || n < 1 || n > 110_000 { // up to the year 2201
		return raw, nil
	}
	cell, err := excelize.CoordinatesToCellName(col+1, line)
	if err != nil {
		return "", err
	}
	style, err := b.f.GetCellStyle(b.sheet, cell)
	if err != nil {
		return "", err
	}
	is, known := b.days[style]
	if !known {
		if is, err = b.showsDays(style); err != nil {
			return "", err
		}
		b.days[style] = is
	}
	if !is {
		return raw, nil
	}
	t, err := excelize.ExcelDateToTime(n, false)
	return t.Format("2006-01-02"), err
}

func (b *book) showsDays(style int) (bool, error) {
	s, err := b.f.GetStyle(style)
	if err != nil {
		return false, err
	}
	if s.CustomNumFmt != nil {
		format := strings.ToLower(*s.CustomNumFmt)
		return strings.Contains(format, "d") && strings.Contains(format, "y") || strings.Contains(format, "dd/mm"), nil
	}
	return s.NumFmt >= 14 && s.NumFmt <= 17 || s.NumFmt == 22 || s.NumFmt >= 27 && s.NumFmt <= 36 || s.NumFmt >= 50 && s.NumFmt <= 58, nil
}

func damaged(err error) error {
	var told *domain.Error
	if errors.As(err, &told) {
		return err
	}
	return &domain.Error{Code: domain.Invalid, Err: err, Msg: "This XLSX file can't be read: damaged, too large inside, or locked with a password.",
		Vi: "Không đọc được tệp XLSX này: tệp hỏng, quá lớn hoặc có mật khẩu."}
}
