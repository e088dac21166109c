package roster_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/banso/banso/server/internal/roster"
)

const teamHead = "ref,name,level,commune_code,village,decision,established_on,dissolved_on\n"

// dry returns the only row of a dry run.
func (w *world) dry(kind roster.Kind, csv string) roster.RowResult {
	w.Helper()
	rep, err := w.svc.Import(w.Context(), w.admin, kind, strings.NewReader(csv), roster.ImportOptions{DryRun: true})
	if err != nil || len(rep.Rows) != 1 {
		w.Fatalf("%+v, %v", rep, err)
	}
	return rep.Rows[0]
}

// TestImport_CodesOfAnotherTime: a code of before 1/7/2025 is answered with
// what stands in its place, one without its zeros with the whole one.
func TestImport_CodesOfAnotherTime(t *testing.T) {
	const units = unitHead +
		"province,15,tinh,Tỉnh Yên Bái,,,2023-01-01,2025-06-30,QĐ,\n" +
		"commune,04249,phuong,Phường Yên Thịnh,,15,2023-01-01,2025-06-30,QĐ,\n" +
		"province,15,tinh,Tỉnh Lào Cai,,,2025-07-01,,NQ 202,\n" +
		"commune,04252,phuong,Phường Yên Bái,,15,2025-07-01,,NQ 1673,\n"
	w := newWorld(t, "2025-08-01")
	w.load(roster.ImportUnits, units)
	w.load(roster.ImportEvents, "kind,on,level,from_codes,to_codes,part_codes,legal_basis\nmerge,2025-07-01,commune,04249,04252,,NQ 1673\n")
	for code, want := range map[string]string{
		"04249": "Mã này là của Phường Yên Thịnh đến hết ngày 30/06/2025. Nay là: Phường Yên Bái (04252).",
		"4252":  "Bảng tính đã bỏ số 0 ở đầu: ghi 04252.",
		"09999": "Không có đơn vị nào mang mã này vào ngày 01/08/2025.",
	} {
		r := w.dry(roster.ImportTeams, teamHead+"T1,Tổ 1,village,"+code+",,12/QĐ,2022-09-15,\n")
		if r.Status != roster.Bad || r.Field != "commune_code" || !strings.Contains(r.MsgVi, want) || r.Msg == "" {
			t.Errorf("%s: %+v", code, r)
		}
	}
	w = newWorld(t, "2025-06-01")
	w.load(roster.ImportUnits, units)
	r := w.dry(roster.ImportTeams, teamHead+"T1,Tổ 1,village,04252,,12/QĐ,2022-09-15,\n")
	if !strings.Contains(r.MsgVi, "Mã này là của Phường Yên Bái từ ngày 01/07/2025.") {
		t.Errorf("a code of later: %+v", r)
	}
}

// TestImport_NearlyTheSameName: where the tone is written is no change; another
// accent is; another reference for nearly the same name is worth a look.
func TestImport_NearlyTheSameName(t *testing.T) {
	w, _ := few(t)
	const head = "ref,name,role,team_ref,from,to\n"
	w.load(roster.ImportMembers, head+"P9,Hoàng Thị Hòa,member,T1,2023-01-01,\n")
	for name, want := range map[string]roster.Status{"Hoàng Thị Hòa": roster.Unchanged, "Hoàng Thị Hoà": roster.Unchanged,
		"Hoàng Thị Ho\u0300a": roster.Updated, "Hoàng Thị Hoa": roster.Updated, "Hoàng Thị Hóa": roster.Updated} {
		if name == "Hoàng Thị Ho\u0300a" {
			want = roster.Unchanged // decomposed, the tone on the o
		}
		if r := w.dry(roster.ImportMembers, head+"P9,"+name+",member,T1,2023-01-01,\n"); r.Status != want || r.Note != "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	r := w.dry(roster.ImportMembers, head+"P10,Hoàng Thị Hoà,member,T1,2023-01-01,\n")
	if r.Status != roster.Created || !strings.Contains(r.NoteVi, "Hoàng Thị Hòa") {
		t.Errorf("another reference: %+v", r)
	}
	r = w.dry(roster.ImportTeams, teamHead+"T9,To 1,village,04249,,12/QĐ,2022-09-15,\n")
	if r.Status != roster.Created || !strings.Contains(r.NoteVi, "Tổ 1") {
		t.Errorf("another team: %+v", r)
	}
}

// TestImport_Sheet: a spreadsheet with a title and Vietnamese heads is the same
// as the CSV.
func TestImport_Sheet(t *testing.T) {
	w, _ := few(t)
	f := excelize.NewFile()
	rows := [][]any{{"DANH SÁCH THÀNH VIÊN"}, nil, {"Mã", "Tên", "Vai trò *", "Mã tổ", "Từ ngày", "Đến ngày"},
		{"P1", "Lò Văn A", "leader", "T1", "2023-01-01"}, {"P7", "Ma Thị Bảy", "member", "T2", "2023-02-01", nil, " "}}
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.MergeCell("Sheet1", "A1", "F1"); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	rep, err := w.svc.Import(t.Context(), w.admin, roster.ImportMembers, b, roster.ImportOptions{})
	if err != nil || !rep.Applied || rep.Created != 1 || rep.Unchanged != 1 || rep.Read != "xlsx" || rep.Rows[1].Line != 5 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestImportKinds_Labels: each column has a name in both languages, and within
// a kind no two are alike.
func TestImportKinds_Labels(t *testing.T) {
	for _, k := range roster.ImportKinds() {
		seen := map[string]bool{}
		for _, c := range k.Columns {
			if c.Vi == "" || c.En == "" || seen[c.Vi] || seen[c.En] {
				t.Errorf("%s, %s: %q, %q", k.Kind, c.Name, c.Vi, c.En)
			}
			seen[c.Vi], seen[c.En] = true, true
		}
	}
}
