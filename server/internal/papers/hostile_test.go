package papers

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
)

// hostile text: formulas, control and direction marks, characters outside of
// the font, very long words.
var hostile = []string{"=1+1", "+84 912", "-2", "@SUM(A1)", "\t=cmd|' /C calc'!A0", "\r\n=HYPERLINK(\"x\")", "  =A1", "＝1+1", "|x", "%0A",
	"\x00\x01\ufffe\uffff", "\xff\xfe", "a\u202egnp.exe", "👩‍🌾 Tổ", strings.Repeat("ằẵợữộĐđ", 60), "]]></t><f>1+1</f>", "'=1", "\\) Tj ET (", "\"", "",
	strings.Repeat("Lý do rất dài. ", 250), "\u00a0=1", "\u200b=1", "đ\n=1+1"}

// spoil puts a text wherever a paper takes text.
func spoil(s string) []Doc {
	tm := Team{s, s, s}
	h := Head{Superior: s, District: s, Issuer: s, Number: s, Symbol: s, Place: s, On: "2023-12-05", Signers: []Signer{{s, s, s, s}},
		Copies: []string{s}, Replaces: Ref{Number: s}, Replaced: Ref{Number: s}, Print: s, Notes: []string{s}}
	pol := Policy{Name: s, Instrument: s, Per: s, Decision: Ref{Number: s}}
	v := domain.TeamMonth{Month: "2023-06", Policy: s, Version: s, Result: domain.Result(s), ReasonVi: s, Rules: []domain.RuleResult{
		{Rule: s, Vi: s, Have: s, Need: s, Source: s, TodoVi: s, Origin: domain.Origin(s), Also: "A", By: domain.Date(s)}}}
	return []Doc{
		PaymentList{Head: h, Commune: s, Months: months("2023-06", 1), Policy: pol, Rows: []PaymentRow{{Team: tm, Months: 1, Amount: 5, Note: s}}, Total: 5},
		EligibilityList{Head: h, Commune: s, Month: "2023-06", Policy: pol, Rows: []EligibilityRow{{Team: tm, Result: domain.Ineligible, Reasons: []Reason{{s, s, "A"}, {s, s, domain.Origin(s)}}}}},
		TeamReport{Head: h, Team: tm, Commune: s, Month: "2023-06", Activities: 1, Figures: []Figure{{s, 1, 1, s, s, 7}}, Summary: s, Difficulties: s, Proposals: s, ApprovedBy: s},
		Explanation{Head: h, Team: tm, Commune: s, Policy: pol, Verdict: v, Stage: domain.StageOpen, Money: domain.Paid, MoneyText: s, Dispute: s,
			Closed: Ref{Number: s}, Activities: []ExplainedActivity{{"2023-06-01", s, s, false, s, s}}},
		OfficerList{Head: h, Months: months("2023-06", 1), Policy: pol, Rows: []OfficerRow{{Name: s, Office: s, Level: s, Degree: s, Note: s}}},
	}
}

// checkHostile writes all papers with a text.
func checkHostile(t *testing.T, s string, p *press) {
	for _, doc := range spoil(s) {
		p.print(t, doc)
		for _, c := range rawCells(t, render(t, "xlsx", doc)) {
			if c.F != "" && !strings.HasPrefix(c.F, "SUM(") && strings.Count(c.F, "*") != 1 {
				t.Fatalf("%T with %.40q: %s has the formula %.60q", doc, s, c.R, c.F)
			}
		}
		table := render(t, "csv", doc)
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		lines, err := r.ReadAll()
		if err != nil || !utf8.Valid(table) {
			t.Fatalf("%T with %.40q: the CSV does not read back: %v", doc, s, err)
		}
		for _, field := range slices.Concat(lines...) {
			if f := strings.TrimSpace(field); f != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(f)[0]) {
				t.Fatalf("%T with %.40q: the CSV field %.40q may be read as a formula", doc, s, field)
			}
		}
	}
}

// press lays papers out one after another with fonts that are read once:
// reading them takes longer than anything else.
type press struct{ kept *printer }

func (p *press) print(t *testing.T, d Doc) {
	laid, err := layOut(d)
	if err != nil {
		t.Fatal(err)
	}
	if p.kept == nil || p.kept.f.PageNo() > 300 {
		if p.kept, err = newPrinter(laid, fonts); err != nil {
			t.Fatal(err)
		}
	}
	p.kept.s, p.kept.atoms = laid, nil
	if p.kept.lay(); p.kept.f.Error() != nil {
		t.Fatalf("%T: %v", d, p.kept.f.Error())
	}
}

func TestHostile(t *testing.T) {
	var p press
	for _, s := range hostile {
		checkHostile(t, s, &p)
		if pdf := render(t, "pdf", spoil(s)[0]); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Fatalf("%.40q makes no PDF", s)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	var p press
	f.Fuzz(func(t *testing.T, s string) {
		checkHostile(t, s[:min(len(s), 2000)], &p)
	})
}
