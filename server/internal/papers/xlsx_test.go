package papers

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestXLSX_Formulas: the value that a formula carries is what it gives when it
// is calculated, for rows and totals of every paper at real size.
func TestXLSX_Formulas(t *testing.T) {
	docs := samples()
	docs["payment_40"], docs["province_173"] = samplePayment(40), sampleProvince(173, 7)
	checked := 0
	for name, doc := range docs {
		f, err := excelize.OpenReader(bytes.NewReader(render(t, "xlsx", doc)))
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for r := range rows {
				for c := range rows[r] {
					cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
					formula, _ := f.GetCellFormula(sheet, cell)
					if formula == "" {
						continue
					}
					cached, _ := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					fresh, err := f.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					if err != nil || cached == "" || cached != fresh {
						t.Errorf("%s %s!%s =%s carries %q, gives %q (%v)", name, sheet, cell, formula, cached, fresh, err)
					}
					checked++
				}
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if checked < 100 {
		t.Fatalf("only %d formulas were checked", checked)
	}
}

// parts of a workbook as XML, read without the library that wrote it.
type rawCell struct {
	R, T, F, V string
	IS         string
}

func rawCells(t testing.TB, data []byte) []rawCell {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var cells []rawCell
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var sheet struct {
			Rows []struct {
				Cells []struct {
					R  string `xml:"r,attr"`
					T  string `xml:"t,attr"`
					F  string `xml:"f"`
					V  string `xml:"v"`
					IS string `xml:"is>t"`
				} `xml:"c"`
			} `xml:"sheetData>row"`
		}
		if err := xml.Unmarshal(content, &sheet); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for _, row := range sheet.Rows {
			for _, c := range row.Cells {
				cells = append(cells, rawCell(c))
			}
		}
	}
	return cells
}

// TestXLSX_Types: amounts, counts and dates are numbers; whatever has text is
// a string without a formula.
func TestXLSX_Types(t *testing.T) {
	numbers, dates := 0, false
	for _, c := range rawCells(t, render(t, "xlsx", sampleOfficers())) {
		if c.V == "" || c.T == "inlineStr" {
			continue
		}
		v, err := strconv.ParseInt(c.V, 10, 64)
		if err != nil || c.T != "" && c.T != "n" {
			t.Errorf("%s: %q of type %q is no number", c.R, c.V, c.T)
		}
		numbers++
		dates = dates || v == 44562 // 1/1/2022
	}
	if numbers != 18 || !dates {
		t.Errorf("%d numbers, day of 1/1/2022 found: %v", numbers, dates)
	}
}

// TestXLSX_Print: frozen head, titles on each page, landscape on one page's
// width, and an area that has everything.
func TestXLSX_Print(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(render(t, "xlsx", samplePayment(40))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const sheet = "Danh sách chi trả"
	panes, err := f.GetPanes(sheet)
	if err != nil || !panes.Freeze || panes.YSplit != 10 {
		t.Errorf("panes %+v (%v), want the rows to 10 frozen", panes, err)
	}
	layout, err := f.GetPageLayout(sheet)
	if err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
		t.Errorf("layout %+v (%v)", layout, err)
	}
	props, err := f.GetSheetProps(sheet)
	if err != nil || props.FitToPage == nil || !*props.FitToPage {
		t.Errorf("the sheet is not fitted to the page's width (%v)", err)
	}
	want := map[string]string{"_xlnm.Print_Titles": "'Danh sách chi trả'!$10:$10", "_xlnm.Print_Area": "'Danh sách chi trả'!$A$1:$I$61"}
	for _, n := range f.GetDefinedName() {
		if want[n.Name] != n.RefersTo {
			t.Errorf("%s is %s, want %s", n.Name, n.RefersTo, want[n.Name])
		}
		delete(want, n.Name)
	}
	if len(want) > 0 {
		t.Errorf("not set: %v", want)
	}
}
