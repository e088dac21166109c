package papers

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Reading papers back, without the code that wrote them.

type drawn struct {
	x, y float64 // mm from the upper left corner
	text string
}

type readPage []drawn

func (p readPage) has(s string) bool {
	for _, d := range p {
		if d.text == s {
			return true
		}
	}
	return false
}

func (p readPage) all() string {
	var b strings.Builder
	for _, d := range p {
		b.WriteString(d.text)
		b.WriteByte(' ')
	}
	return b.String()
}

var (
	streams  = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	mediaBox = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)
	textAt   = regexp.MustCompile(`(?s)BT ([0-9.-]+) ([0-9.-]+) Td \((.*?[^\\]|)\) Tj ET`)
)

// textPDF reads the text of each page: the content streams are deflated, the
// text in them is UTF-16.
func textPDF(t testing.TB, pdf []byte) []readPage {
	t.Helper()
	box := mediaBox.FindSubmatch(pdf)
	if box == nil {
		t.Fatal("no page size in the PDF")
	}
	height, err := strconv.ParseFloat(string(box[2]), 64)
	if err != nil {
		t.Fatal(err)
	}
	var pages []readPage
	for _, m := range streams.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a font or its table
		}
		content, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(content, []byte(" Tj ET")) {
			continue
		}
		var page readPage
		for _, l := range textAt.FindAllSubmatch(content, -1) {
			x, _ := strconv.ParseFloat(string(l[1]), 64)
			y, _ := strconv.ParseFloat(string(l[2]), 64)
			if s := utf16Text(l[3]); !bytes.Contains(l[0], []byte(" cm ")) && s != "ĐÃ THAY THẾ" {
				page = append(page, drawn{x * 25.4 / 72, (height - y) * 25.4 / 72, s})
			}
		}
		// A watermark is drawn first and turned; it is no line of the paper.
		if len(page) > 0 && bytes.Contains(content, []byte("0.81915")) {
			page = page[1:]
		}
		pages = append(pages, page)
	}
	return pages
}

func utf16Text(escaped []byte) string {
	var raw []byte
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '\\' && i+1 < len(escaped) {
			i++
			if escaped[i] == 'r' {
				raw = append(raw, '\r')
				continue
			}
		}
		raw = append(raw, escaped[i])
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units))
}

func dumpPDF(t testing.TB, pdf []byte) string {
	var b strings.Builder
	for i, page := range textPDF(t, pdf) {
		fmt.Fprintf(&b, "page %d\n", i+1)
		for _, d := range page {
			fmt.Fprintf(&b, "%5.1f %5.1f %s\n", d.x, d.y, d.text)
		}
	}
	return b.String()
}

// dumpXLSX lists the cells of a workbook with their types, formulas and what
// is set for printing.
func dumpXLSX(t testing.TB, data []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		panes, err := f.GetPanes(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "sheet %s, %d rows frozen\n", name, panes.YSplit)
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			for c := range rows[r] {
				dumpCell(t, &b, f, name, c+1, r+1)
			}
		}
	}
	for _, n := range f.GetDefinedName() {
		fmt.Fprintf(&b, "name %s %s\n", n.Name, n.RefersTo)
	}
	return b.String()
}

func dumpCell(t testing.TB, b *strings.Builder, f *excelize.File, sheet string, col, row int) {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		t.Fatal(err)
	}
	raw, err1 := f.GetCellValue(sheet, name, excelize.Options{RawCellValue: true})
	shown, err2 := f.GetCellValue(sheet, name)
	formula, err3 := f.GetCellFormula(sheet, name)
	kind, err4 := f.GetCellType(sheet, name)
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		t.Fatal(name, err1, err2, err3, err4)
	}
	if raw == "" && formula == "" {
		return
	}
	fmt.Fprintf(b, "%s ", name)
	if kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		fmt.Fprintf(b, "text %s\n", strings.ReplaceAll(raw, "\n", " / "))
		return
	}
	fmt.Fprintf(b, "number %s, shown %s", raw, shown)
	if formula != "" {
		fmt.Fprintf(b, ", =%s", formula)
	}
	b.WriteByte('\n')
}
