package papers

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
)

var update = flag.Bool("update", false, "write the golden files anew")

var writers = map[string]func(io.Writer, Doc) error{"pdf": PDF, "xlsx": XLSX, "csv": CSV}

func render(t testing.TB, ext string, d Doc) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writers[ext](&b, d); err != nil {
		t.Fatalf("%T as %s: %v", d, ext, err)
	}
	return b.Bytes()
}

// TestGolden compares every paper with what was looked at: the lines of a PDF
// with their places, the typed cells of a workbook, the CSV itself.
func TestGolden(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(samples())) {
		t.Run(name, func(t *testing.T) {
			doc := samples()[name]
			golden(t, name+".pdf.txt", dumpPDF(t, render(t, "pdf", doc)))
			golden(t, name+".xlsx.txt", dumpXLSX(t, render(t, "xlsx", doc)))
			golden(t, name+".csv", string(render(t, "csv", doc)))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestDeterministic: the same struct gives the same bytes, in all forms.
func TestDeterministic(t *testing.T) {
	all := samples()
	maps.Copy(all, volumes())
	for name, doc := range all {
		for ext := range writers {
			if name == "payment_1356" && ext == "pdf" {
				continue // long, and like payment_40
			}
			a, b := sha256.Sum256(render(t, ext, doc)), sha256.Sum256(render(t, ext, doc))
			if a != b {
				t.Errorf("%s.%s differs from run to run", name, ext)
			}
		}
	}
}

// TestTotals: what doesn't add up is not written at all.
func TestTotals(t *testing.T) {
	payment := samplePayment(3)
	payment.Total++
	product := samplePayment(3)
	product.Rows[1].Months, product.Rows[1].Note = 6, "six months at the same amount"
	wrap := samplePayment(1)
	wrap.Rows[0].Months, wrap.Rows[0].Rate = 1<<62, 8
	wrap.Rows[0].Amount, wrap.Total = 0, 0
	adjusted := sampleAdjustment(Recovery)
	adjusted.Rows[0].Amount = -500_000
	province := sampleProvince(5, 7)
	province.Total -= 500_000
	left := sampleSettlement()
	left.Rows[2].Left++
	report := sampleReport()
	report.Activities--
	officers := sampleOfficers()
	officers.Total = 0
	awards := sampleAwards()
	awards.Rows[0].Amount++
	for name, doc := range map[string]Doc{"payment total": payment, "months × rate": product, "overflow": wrap, "recovery": adjusted,
		"province": province, "left": left, "report": report, "officers": officers, "awards": awards} {
		for ext, write := range writers {
			var b bytes.Buffer
			if err := write(&b, doc); !errors.Is(err, ErrTotal) || b.Len() > 0 {
				t.Errorf("%s as %s: error %v and %d bytes, want ErrTotal and none", name, ext, err, b.Len())
			}
		}
	}
}

func TestRefused(t *testing.T) {
	unknown := sampleAdjustment("gift")
	noDay := samplePayment(1)
	noDay.Head.On = ""
	badMonth := samplePayment(1)
	badMonth.Months = []domain.Month{"2023-13"}
	noMonth := samplePayment(1)
	noMonth.Months = nil
	result := sampleEligibility(2)
	result.Rows[0].Result = "maybe"
	short := sampleProvince(2, 7)
	short.Rows[1].ByMonth = short.Rows[1].ByMonth[:6]
	huge := samplePayment(1)
	huge.Rows[0] = PaymentRow{Amount: 1 << 60}
	huge.Total = 1 << 60
	signers := samplePayment(1)
	signers.Head.Signers = append(signers.Head.Signers, Signer{Role: "Thủ quỹ"})
	for name, doc := range map[string]Doc{"kind": unknown, "day": noDay, "month": badMonth, "no month": noMonth, "result": result,
		"short row": short, "huge": huge, "signers": signers} {
		var b bytes.Buffer
		if err := PDF(&b, doc); err == nil || b.Len() > 0 {
			t.Errorf("%s: written, want it refused", name)
		}
	}
}

// TestForm: what NĐ 30/2020 wants to see, in the text of the pages.
func TestForm(t *testing.T) {
	pages := textPDF(t, render(t, "pdf", samplePayment(40)))
	if len(pages) < 3 {
		t.Fatalf("%d pages for 40 teams", len(pages))
	}
	for _, want := range []string{country, motto, "UBND HUYỆN YÊN BÌNH", "ỦY BAN NHÂN DÂN XÃ CẢM ÂN", "Số: 05/DS-UBND", "Cảm Ân, ngày 05 tháng 12 năm 2023",
		"Kinh phí: Quyết định số 1845/QĐ-UBND ngày 12/10/2023."} {
		if !pages[0].has(want) {
			t.Errorf("page 1 lacks %q", want)
		}
	}
	last := pages[len(pages)-1]
	for _, want := range []string{"Tổng cộng", "140.000.000", "Số tiền bằng chữ: Một trăm bốn mươi triệu đồng.", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH",
		"Nguyễn Hữu Phước", "Nơi nhận:", "- Lưu: VT, KT.", "40", "39"} {
		if !last.has(want) {
			t.Errorf("the last page lacks %q: signatures must not stand without rows", want)
		}
	}
	for i, pg := range pages {
		if no := fmt.Sprint(i + 1); i > 0 && pg[0].text != no || i == 0 && pg[0].text == no {
			t.Errorf("page %d begins with %q", i+1, pg[0].text)
		}
		if !pg.has("STT") {
			t.Errorf("page %d does not repeat the head of the table", i+1)
		}
		if !strings.Contains(pg.all(), "7F3A-91C2-04DE") {
			t.Errorf("page %d lacks the fingerprint", i+1)
		}
		for _, l := range pg {
			if l.text != fmt.Sprint(i+1) && (l.y < marginTop-1 || l.y > 210-9) || l.x < marginLeft-0.5 || l.x > 297-marginRight {
				t.Errorf("page %d: %q at %.0f, %.0f is outside of the margins", i+1, l.text, l.x, l.y)
			}
		}
	}
}

// TestForm_Districts: no district line on papers dated from 1/7/2025.
func TestForm_Districts(t *testing.T) {
	for on, want := range map[domain.Date]string{"2025-06-30": "UBND HUYỆN YÊN BÌNH", "2025-07-01": "UBND TỈNH YÊN BÁI", "2026-01-05": "UBND TỈNH YÊN BÁI"} {
		p := samplePayment(2)
		p.Head.On = on
		first := textPDF(t, render(t, "pdf", p))[0]
		cells := dumpXLSX(t, render(t, "xlsx", p))
		if !first.has(want) || !strings.Contains(cells, want) || strings.Contains(cells, "UBND HUYỆN YÊN BÌNH\n") != strings.Contains(want, "HUYỆN") {
			t.Errorf("%s: %q is not the agency above", on, want)
		}
	}
}

// TestForm_Draft: a draft says so on each page and in the workbook, an issued
// paper nowhere.
func TestForm_Draft(t *testing.T) {
	for _, is := range []bool{true, false} {
		p := samplePayment(40)
		p.Head.Draft = is
		for i, pg := range textPDF(t, render(t, "pdf", p)) {
			if pg.has(draft) != is {
				t.Errorf("draft %v: page %d says %v", is, i+1, pg.has(draft))
			}
		}
		if strings.Contains(dumpXLSX(t, render(t, "xlsx", p)), draft) != is {
			t.Errorf("draft %v: the workbook says otherwise", is)
		}
	}
}

// TestAssumed: rules that we assumed are called so wherever they are printed.
func TestAssumed(t *testing.T) {
	for name, doc := range map[string]Doc{"eligibility": sampleEligibility(7), "explanation": sampleExplanation()} {
		for ext := range writers {
			out := string(render(t, ext, doc))
			switch ext {
			case "pdf":
				out = ""
				for _, pg := range textPDF(t, render(t, ext, doc)) {
					out += strings.Join(strings.Fields(pg.all()), " ")
				}
			case "xlsx":
				out = dumpXLSX(t, render(t, ext, doc))
			}
			if !strings.Contains(out, "Quy định tạm") {
				t.Errorf("%s as %s does not say which rules are assumed", name, ext)
			}
		}
	}
}

// TestNFC: decomposed text, as some phones write it, is composed.
func TestNFC(t *testing.T) {
	p := samplePayment(1)
	p.Rows[0].Leader = norm.NFD.String("Nguyễn Hữu Ợt")
	for _, ext := range []string{"csv", "xlsx", "pdf"} {
		out := string(render(t, ext, p))
		switch ext {
		case "xlsx":
			out = dumpXLSX(t, []byte(out))
		case "pdf":
			out = textPDF(t, []byte(out))[0].all() + textPDF(t, []byte(out))[0].all()
		}
		if ext != "pdf" && !strings.Contains(out, "Nguyễn Hữu Ợt") || !norm.NFC.IsNormalString(out) {
			t.Errorf("%s is not composed", ext)
		}
	}
}
