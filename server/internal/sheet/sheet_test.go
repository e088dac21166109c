package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/sheet"
)

var limits = sheet.Limits{Bytes: 8 << 20, Rows: 100}

const text = "ref,name\nP1,Hoàng Thị Hòa\nP2,Đỗ Ngọc Ưởng – “tổ 2”\n"

// windows1258 writes text as an old spreadsheet does: tones behind the letters
// where the page has no letter of its own.
func windows1258(t *testing.T, s string) []byte {
	t.Helper()
	var out []byte
	for _, r := range s {
		whole, err := charmap.Windows1258.NewEncoder().String(string(r))
		if err != nil {
			var base, marks []rune
			for _, p := range norm.NFD.String(string(r)) {
				if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", p) {
					marks = append(marks, p)
				} else {
					base = append(base, p)
				}
			}
			if whole, err = charmap.Windows1258.NewEncoder().String(norm.NFC.String(string(base)) + string(marks)); err != nil {
				t.Fatalf("%q: %v", r, err)
			}
		}
		out = append(out, whole...)
	}
	return out
}

func wide(t *testing.T, e utf.Endianness, bom utf.BOMPolicy, s string) []byte {
	t.Helper()
	b, err := utf.UTF16(e, bom).NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRead_Encodings(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		read string
	}{
		"UTF-8":                   {[]byte(text), sheet.UTF8},
		"UTF-8 with a mark":       {[]byte("\ufeff" + text), sheet.UTF8},
		"UTF-16 little endian":    {wide(t, utf.LittleEndian, utf.UseBOM, text), sheet.UTF16},
		"UTF-16 big endian":       {wide(t, utf.BigEndian, utf.UseBOM, text), sheet.UTF16},
		"UTF-16 without a mark":   {wide(t, utf.LittleEndian, utf.IgnoreBOM, text), sheet.UTF16},
		"Windows-1258":            {windows1258(t, text), sheet.Windows1258},
		"semicolons":              {[]byte(strings.ReplaceAll(text, ",", ";")), sheet.UTF8},
		"tabs of “Unicode text”":  {wide(t, utf.LittleEndian, utf.UseBOM, strings.ReplaceAll(text, ",", "\t")), sheet.UTF16},
		"UTF-8, decomposed names": {[]byte(norm.NFD.String(text)), sheet.UTF8},
	} {
		got, err := sheet.Read(c.file, limits)
		if err != nil || got.Read != c.read {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		want := [][]string{{"ref", "name"}, {"P1", "Hoàng Thị Hòa"}, {"P2", "Đỗ Ngọc Ưởng – “tổ 2”"}}
		var cells [][]string
		for _, r := range got.Rows {
			cells = append(cells, []string{norm.NFC.String(r.Cells[0]), norm.NFC.String(r.Cells[1])})
		}
		if d := cmp.Diff(want, cells); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestRead_Refuses(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		code domain.Code
	}{
		"TCVN3":           {[]byte("ref,name\nP1,Ho\xb5ng V\xa8n \xb8i\n"), domain.Invalid}, // µ, ¨ and ¸ as letters
		"bytes":           {[]byte("ref\xff"), domain.Invalid},
		"half of UTF-16":  {[]byte("\xff\xfer\x00e\x00\x00\xd8"), domain.Invalid},
		"a lone quote":    {[]byte("ref,name\nP1,\"Hoa\n"), domain.Invalid},
		"too large":       {bytes.Repeat([]byte("a"), limits.Bytes+1), domain.TooLarge},
		"too long":        {[]byte(strings.Repeat("a,b\n", limits.Rows+1)), domain.TooLarge},
		"a zip, no sheet": {[]byte("PK\x03\x04 and nothing"), domain.Invalid},
	} {
		if got, err := sheet.Read(c.file, limits); domain.CodeOf(err) != c.code {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A file that is mostly UTF-8 is told which line to mend.
func TestRead_BrokenLine(t *testing.T) {
	_, err := sheet.Read([]byte("ref,name\nP1,Hoàng Văn Ái\nP2,H\xb5ng\n"), limits)
	var told *domain.Error
	if !errors.As(err, &told) || !strings.Contains(told.Vi, "Dòng 3 ") || !strings.Contains(told.Msg, "Line 3 ") {
		t.Errorf("%v", err)
	}
}

// book writes an XLSX file.
func book(t *testing.T, fill func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f, "Sheet1")
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRead_MergedHeads: a title over all columns, heads over two rows, a day
// that a spreadsheet keeps as a number, a commune merged over its teams.
func TestRead_MergedHeads(t *testing.T) {
	file := book(t, func(f *excelize.File, s string) {
		day := "dd/mm/yyyy"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &day})
		if err != nil {
			t.Fatal(err)
		}
		for cell, v := range map[string]any{"A1": "DANH SÁCH TỔ", "A3": "commune_code", "B3": "Thời gian", "B4": "from", "C4": "to",
			"A5": "04249", "B5": time.Date(2023, 5, 31, 0, 0, 0, 0, time.UTC), "B6": 45078, "C6": 12} {
			if err := f.SetCellValue(s, cell, v); err != nil {
				t.Fatal(err)
			}
		}
		for from, to := range map[string]string{"A1": "C1", "A3": "A4", "B3": "C3", "A5": "A6"} {
			if err := f.MergeCell(s, from, to); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellStyle(s, "B5", "B6", style); err != nil {
			t.Fatal(err)
		}
	})
	got, err := sheet.Read(file, limits)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range got.Rows {
		lines = append(lines, fmt.Sprint(r.Line, " ", strings.Join(r.Cells, "|")))
	}
	want := []string{"1 DANH SÁCH TỔ|DANH SÁCH TỔ|DANH SÁCH TỔ", "3 commune_code|Thời gian|Thời gian", "4 commune_code|from|to",
		"5 04249|2023-05-31", "6 04249|2023-06-01|12"}
	if d := cmp.Diff(want, lines); d != "" || got.Read != sheet.XLSX {
		t.Error(d)
	}
}

// FuzzRead: no file makes it panic, and a refusal is one that people can read.
func FuzzRead(f *testing.F) {
	for _, s := range []string{text, "\ufeff;;\"\n", "\xff\xfea\x00", "PK\x03\x04", "ref\r\n\x00,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tbl, err := sheet.Read(file, limits)
		if err != nil && domain.CodeOf(err) == "" {
			t.Fatalf("an error that no caller may see: %v", err)
		}
		for i := 1; err == nil && i < len(tbl.Rows); i++ {
			if tbl.Rows[i].Line <= tbl.Rows[i-1].Line {
				t.Fatalf("lines out of order: %+v", tbl.Rows)
			}
		}
	})
}
