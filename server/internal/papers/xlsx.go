package papers

import (
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// writeXLSX writes a paper as a workbook: one sheet for each table, the first
// with the letterhead, the last with the notes and signatures. Numbers are
// numbers, dates dates, text never a formula. Totals are formulas and carry
// their value for viewers that don't calculate.
func writeXLSX(w io.Writer, s sheet) error {
	f := excelize.NewFile().SetZipWriter(newSortedZip)
	defer f.Close()
	b := &book{f: f, s: s}
	if err := b.styles(); err != nil {
		return err
	}
	parts := s.parts()
	for i, part := range parts {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", part.name); err != nil {
				return err
			}
		} else if _, err := f.NewSheet(part.name); err != nil {
			return err
		}
		if err := b.write(part, i == 0, i == len(parts)-1); err != nil {
			return err
		}
	}
	on := s.head.On.Start().UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Created: on, Modified: on, Creator: "Bản Số", LastModifiedBy: "Bản Số",
		Title: join(" – ", s.title...), Language: "vi-VN"}); err != nil {
		return err
	}
	return f.Write(w)
}

// part is what goes on one sheet of a workbook.
type part struct {
	name   string
	before []block
	table  *table
	after  []block
}

// parts cuts a paper behind its tables: the lines before a table are on its
// sheet, those after the last table too.
func (s sheet) parts() []part {
	var list []part
	var lines []block
	for _, b := range s.blocks {
		if b.table == nil {
			lines = append(lines, b)
			continue
		}
		list, lines = append(list, part{name: b.table.name, before: lines, table: b.table}), nil
	}
	if len(list) == 0 {
		return []part{{name: "Văn bản", before: lines}}
	}
	list[len(list)-1].after = lines
	return list
}

// book is a workbook being written.
type book struct {
	f  *excelize.File
	s  sheet
	st map[string]int
}

// styles registers the styles in a fixed order, so that their numbers are the
// same in each run.
func (b *book) styles() error {
	b.st = make(map[string]int)
	border := []excelize.Border{{Type: "left", Color: "000000", Style: 1}, {Type: "right", Color: "000000", Style: 1},
		{Type: "top", Color: "000000", Style: 1}, {Type: "bottom", Color: "000000", Style: 1}}
	align := func(h string) *excelize.Alignment {
		return &excelize.Alignment{Horizontal: h, Vertical: "center", WrapText: true}
	}
	font := func(bold, italic bool, size float64) *excelize.Font {
		return &excelize.Font{Family: "Times New Roman", Size: size, Bold: bold, Italic: italic}
	}
	numbers, dates := "#,##0", "dd/mm/yyyy"
	for _, st := range []struct {
		name  string
		style excelize.Style
	}{
		{"plain", excelize.Style{Font: font(false, false, 12), Alignment: align("left")}},
		{"strong", excelize.Style{Font: font(true, false, 12), Alignment: align("left")}},
		{"quiet", excelize.Style{Font: font(false, true, 11), Alignment: align("left")}},
		{"mid", excelize.Style{Font: font(false, false, 12), Alignment: align("center")}},
		{"midStrong", excelize.Style{Font: font(true, false, 12), Alignment: align("center")}},
		{"midItalic", excelize.Style{Font: font(false, true, 12), Alignment: align("center")}},
		{"title", excelize.Style{Font: font(true, false, 14), Alignment: align("center")}},
		{"head", excelize.Style{Font: font(true, false, 11), Alignment: align("center"), Border: border,
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7E6E6"}}}},
		{"text", excelize.Style{Font: font(false, false, 11), Alignment: align("left"), Border: border}},
		{"textMid", excelize.Style{Font: font(false, false, 11), Alignment: align("center"), Border: border}},
		{"number", excelize.Style{Font: font(false, false, 11), Alignment: align("right"), Border: border, CustomNumFmt: &numbers}},
		{"numberMid", excelize.Style{Font: font(false, false, 11), Alignment: align("center"), Border: border, CustomNumFmt: &numbers}},
		{"date", excelize.Style{Font: font(false, false, 11), Alignment: align("center"), Border: border, CustomNumFmt: &dates}},
		{"total", excelize.Style{Font: font(true, false, 11), Alignment: align("center"), Border: border}},
		{"totalMid", excelize.Style{Font: font(true, false, 11), Alignment: align("center"), Border: border, CustomNumFmt: &numbers}},
		{"sign", excelize.Style{Font: font(true, false, 12), Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "top", WrapText: true}}},
		{"totalNumber", excelize.Style{Font: font(true, false, 11), Alignment: align("right"), Border: border, CustomNumFmt: &numbers}},
	} {
		id, err := b.f.NewStyle(&st.style)
		if err != nil {
			return err
		}
		b.st[st.name] = id
	}
	return nil
}
