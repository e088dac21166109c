package roster

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Limits of one change of units.
const (
	maxChanged  = 200 // units on a side: a district's communes at once
	maxUnitName = 120
)

// checkShape refuses what is no change of its kind, whatever units there are.
func checkShape(c *domain.UnitChange) error {
	if err := checkSides(c); err != nil {
		return err
	}
	goOn := 0
	for i := range c.To {
		a := &c.To[i]
		old := slices.Contains(c.From, a.Unit)
		if old {
			goOn++
		}
		for _, s := range append([]string{a.Code, a.Name}, a.Aliases...) {
			if !plainText(s, maxUnitName) {
				return badRow("to", "Names and codes are plain text of at most 120 characters.", "Tên và mã là chữ thường, không quá 120 ký tự.")
			}
		}
		if !old && (a.Code == "" || a.Kind == "" || a.Name == "") {
			return badRow("to", "A new unit needs a code, a kind and a name.", "Đơn vị mới phải có mã, loại và tên.")
		}
	}
	if !fitsKind(c, goOn) {
		return badRow("kind", "These units before and after are not a change of this kind.", "Các đơn vị trước và sau không khớp với loại thay đổi này.")
	}
	return nil
}

// fitsKind holds the numbers of units before and after against the kind; goOn
// of them are on both sides.
func fitsKind(c *domain.UnitChange, goOn int) bool {
	from, to := len(c.From), len(c.To)
	switch c.Kind {
	case domain.UnitCreate:
		return from == 0 && to == 1
	case domain.UnitMerge:
		return from >= 1 && to == 1 && from+to-goOn >= 2 && from > len(c.Part)
	case domain.UnitSplit:
		return from == 1 && to >= 2 && len(c.Part) == 0
	case domain.UnitRename, domain.UnitRetype:
		return from == 1 && to == 1 && goOn == 1 && len(c.Part) == 0
	case domain.UnitReparent:
		return from >= 1 && to == from && goOn == from && len(c.Part) == 0
	case domain.UnitDissolve:
		return from >= 1 && to == 0 && len(c.Part) == 0
	}
	return false
}

func checkSides(c *domain.UnitChange) error {
	_, bad := domain.ParseDate(string(c.On))
	switch {
	case c.Key == "":
		return badRow("key", "The change needs a key of its own.", "Thiếu khóa của thay đổi.")
	case bad != nil:
		return badRow("on", "Write the day as yyyy-mm-dd.", "Ghi ngày dạng năm-tháng-ngày, ví dụ 2025-07-01.")
	case unitKinds[c.Level] == nil:
		return badRow("level", "The level is province, district or commune.", "Cấp phải là tỉnh, huyện hoặc xã.")
	case strings.TrimSpace(c.Basis) == "" || !plainText(c.Basis, 200):
		return badRow("basis", "Name the resolution that says so.", "Phải ghi nghị quyết, quyết định làm căn cứ.")
	case len(c.From) > maxChanged || len(c.To) > maxChanged:
		return badRow("from", "At most 200 units at once.", "Nhiều nhất 200 đơn vị một lần.")
	}
	seen := map[domain.ID]bool{}
	for _, u := range c.From {
		if seen[u] {
			return badRow("from", "A unit is named twice.", "Có đơn vị ghi hai lần.")
		}
		seen[u] = true
	}
	clear(seen)
	for _, a := range c.To {
		if seen[a.Unit] {
			return badRow("to", "A unit is named twice.", "Có đơn vị ghi hai lần.")
		}
		seen[a.Unit] = true
	}
	for _, u := range c.Part {
		if !slices.Contains(c.From, u) || seen[u] {
			return badRow("part", "Who gives a part is one of the units before, and goes on as it is.", "Đơn vị tách một phần phải thuộc các đơn vị trước và giữ nguyên.")
		}
	}
	return nil
}

// plainText: trimmed, NFC, without control characters, no formula of a sheet.
func plainText(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && syncproto.IsNFC(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unicode.IsControl) && !formula(s)
}
