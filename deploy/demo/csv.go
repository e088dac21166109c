package demo

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// Files to import, each of a kind that POST /v1/imports/{kind} knows.

// UnitsCSV are the units of the plan, in force since the list's date.
func (p *Province) UnitsCSV() []byte {
	rows := [][]string{{"level", "code", "kind", "name", "aliases", "parent_code", "valid_from", "valid_to", "legal_basis", "unit_ref"}}
	for _, u := range p.Units {
		rows = append(rows, []string{u.Level, u.Code, kindOf(u.Name), u.Name, "", u.Parent, "2023-04-10", "", "Danh mục hành chính (Tổng cục Thống kê)", ""})
	}
	return write(rows)
}

// kinds of units by the words that begin their names.
var kinds = []struct{ prefix, kind string }{
	{"Tỉnh ", "tinh"}, {"Thành phố ", "thanh_pho"}, {"Thị xã ", "thi_xa"}, {"Huyện ", "huyen"},
	{"Xã ", "xa"}, {"Phường ", "phuong"}, {"Thị trấn ", "thi_tran"},
}

func kindOf(name string) string {
	for _, k := range kinds {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return ""
}

// TeamsCSV are the invented teams.
func (p *Province) TeamsCSV() []byte {
	rows := [][]string{{"ref", "name", "level", "commune_code", "village", "decision", "established_on", "dissolved_on"}}
	for _, t := range p.Teams {
		rows = append(rows, []string{t.Ref, t.Name, "village", t.Commune.Code, t.Village, "12/QĐ-UBND (mẫu)", "2022-09-15", ""})
	}
	return write(rows)
}

// MembersCSV are the invented members; all joined when 2023 began.
func (p *Province) MembersCSV() []byte {
	rows := [][]string{{"ref", "name", "role", "team_ref", "from", "to"}}
	for _, t := range p.Teams {
		for _, m := range t.Members {
			rows = append(rows, []string{m.Ref, m.Name, m.Role, t.Ref, "2023-01-01", ""})
		}
	}
	return write(rows)
}

// Refs of officers.
const (
	refProvince = "tinh-quan-tri"
	refViewer   = "tinh-xem"
	refSigner   = "tinh-phat-hanh"
	refAccounts = "kt-xa"
)

func refChair(c *Commune) string { return "ct-" + c.Code }

// OfficersCSV are a chair for each commune, an accountant of the showcase
// commune, and the province's administrators and viewer. Chairs bear their office as a name.
func (p *Province) OfficersCSV() []byte {
	rows := [][]string{
		{"ref", "name", "role", "unit_level", "unit_code", "from", "to"},
		{refProvince, "Quản trị tỉnh" + NameMark, "province_admin", "province", p.Units[0].Code, "2023-01-01", ""},
		{refSigner, "Người phát hành danh sách" + NameMark, "province_admin", "province", p.Units[0].Code, "2023-01-01", ""},
		{refAccounts, "Kế toán xã" + NameMark, "commune_accountant", "commune", p.Showcase().Code, "2023-01-01", ""},
		{refViewer, "Cán bộ tỉnh xem số liệu" + NameMark, "province_viewer", "province", p.Units[0].Code, "2023-01-01", ""},
	}
	for _, c := range p.Communes {
		rows = append(rows, []string{refChair(c), chairName(c), "commune_chair", "commune", c.Code, "2023-01-01", ""})
	}
	return write(rows)
}

// RegistrationsCSV are the registered communes of a year. The decision of 2023
// is sourced, the list behind it was never published: it is invented.
func (p *Province) RegistrationsCSV(year, decision, on string) []byte {
	rows := [][]string{{"commune_code", "year", "standard", "decision", "decided_on", "origin"}}
	for _, c := range p.Communes {
		if c.Registered {
			std := "standard"
			if c.Advanced {
				std = "advanced"
			}
			rows = append(rows, []string{c.Code, year, std, decision, on, "A"})
		}
	}
	return write(rows)
}

func write(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		panic("demo: " + err.Error()) // a buffer takes everything
	}
	return b.Bytes()
}
