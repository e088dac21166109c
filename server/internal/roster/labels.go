package roster

import (
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// Column is a column of a kind of file, as a form or a template names it.
type Column struct {
	Name     string `json:"name"`
	Vi       string `json:"vi"`
	En       string `json:"en"`
	Required bool   `json:"required,omitzero"`
}

// ImportKind is a kind of file with its columns.
type ImportKind struct {
	Kind    Kind     `json:"kind"`
	Columns []Column `json:"columns"`
}

// ImportKinds lists the kinds of files, in the order in which an empty shard
// needs them.
func ImportKinds() []ImportKind {
	var out []ImportKind
	for _, k := range []Kind{ImportUnits, ImportEvents, ImportTeams, ImportVillages, ImportPlaces, ImportMembers, ImportOfficers, ImportRegistrations, ImportSupported, ImportRecognitions, ImportOrders, ImportCalledUp} {
		spec := columns[k]
		kind := ImportKind{Kind: k}
		for _, name := range spec.names {
			l := labels[name]
			kind.Columns = append(kind.Columns, Column{Name: name, Vi: l.vi, En: l.en, Required: slices.Contains(spec.required, name)})
		}
		out = append(out, kind)
	}
	return out
}

type label struct{ vi, en string }

// labels are the columns' names as offices write them. A file's head may have
// either; within one kind no two are alike.
var labels = map[string]label{
	"ref":            {"Mã", "Reference"},
	"name":           {"Tên", "Name"},
	"level":          {"Cấp", "Level"},
	"code":           {"Mã đơn vị", "Code"},
	"kind":           {"Loại", "Kind"},
	"aliases":        {"Tên khác", "Other names"},
	"parent_code":    {"Mã cấp trên", "Parent's code"},
	"valid_from":     {"Có hiệu lực từ", "Valid from"},
	"valid_to":       {"Có hiệu lực đến", "Valid to"},
	"legal_basis":    {"Căn cứ pháp lý", "Legal basis"},
	"unit_ref":       {"Khóa đơn vị", "Unit's key"},
	"on":             {"Ngày", "Day"},
	"from_codes":     {"Mã trước", "Codes before"},
	"to_codes":       {"Mã sau", "Codes after"},
	"part_codes":     {"Mã tách một phần", "Codes given in part"},
	"commune_code":   {"Mã xã", "Commune's code"},
	"village":        {"Thôn", "Village"},
	"decision":       {"Số quyết định", "Decision"},
	"established_on": {"Ngày thành lập", "Established on"},
	"dissolved_on":   {"Ngày giải thể", "Dissolved on"},
	"role":           {"Vai trò", "Role"},
	"team_ref":       {"Mã tổ", "Team's reference"},
	"from":           {"Từ ngày", "From"},
	"to":             {"Đến ngày", "To"},
	"unit_level":     {"Cấp đơn vị", "Unit's level"},
	"unit_code":      {"Mã đơn vị", "Unit's code"},
	"year":           {"Năm", "Year"},
	"standard":       {"Tiêu chuẩn", "Standard"},
	"decided_on":     {"Ngày quyết định", "Decided on"},
	"origin":         {"Nguồn", "Origin"},
	"office":         {"Cơ quan", "Office"},
	"degree":         {"Trình độ", "Degree"},
	"households":     {"Số hộ", "Households"},
	"key":            {"Trọng điểm", "Key village"},
	"border":         {"Biên giới", "At the border"},
	"source":         {"Căn cứ", "Source"},
	"recognised_on":  {"Ngày công nhận", "Recognised on"},
	"number":         {"Số lệnh", "Order's number"},
	"by":             {"Người ra lệnh", "Ordered by"},
	"urgent":         {"Khẩn", "Urgent"},
	"issued_on":      {"Ngày ra lệnh", "Issued on"},
	"rate_vnd":       {"Mức chi mỗi đêm (đồng)", "Rate per night (đồng)"},
	"salaried":       {"Hưởng lương", "Salaried"},
	"month":          {"Tháng", "Month"},
	"days":           {"Số ngày", "Days"},
	"nights":         {"Số đêm", "Nights"},
	"order":          {"Theo lệnh số", "Under order"},
}

// columnNamed finds which of some columns a cell of a head means; "" if none.
func columnNamed(names []string, cell string) string {
	cell = strings.TrimSpace(cell)
	if slices.Contains(names, cell) {
		return cell
	}
	key := domain.SearchKey(strings.TrimSuffix(cell, "*")) // some mark what is required
	for _, n := range names {
		if key != "" && (key == domain.SearchKey(labels[n].vi) || key == domain.SearchKey(labels[n].en)) {
			return n
		}
	}
	return cell
}
