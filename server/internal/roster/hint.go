package roster

import (
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// codeDigits is how long the codes of a level are.
var codeDigits = map[domain.UnitLevel]int{domain.UnitProvince: 2, domain.UnitDistrict: 3, domain.UnitCommune: 5}

// noUnit says why a code names no unit on a day: one of another time, or one
// that lost its zeros in a spreadsheet, or none at all.
func (im *importer) noUnit(col string, level domain.UnitLevel, code string, on domain.Date) error {
	if n := codeDigits[level]; code != "" && len(code) < n && strings.Trim(code, "0123456789") == "" {
		whole := strings.Repeat("0", n-len(code)) + code
		if _, err := UnitByCode(im.tx, level, whole, on); err == nil {
			return badRow(col, "The spreadsheet dropped the zeros in front: write "+whole+".", "Bảng tính đã bỏ số 0 ở đầu: ghi "+whole+".")
		}
	}
	en := "No " + string(level) + " has this code on " + string(on) + "."
	vi := "Không có đơn vị nào mang mã này vào ngày " + on.Vi() + "."
	var other domain.UnitVersion
	if err := members(im.tx, scopeCode(level, code), TypeUnitVersion, func(_ domain.ID, v domain.UnitVersion) bool {
		if other.Unit == "" || v.From > other.From {
			other = v
		}
		return true
	}); err != nil {
		return err
	}
	switch {
	case other.Unit == "":
	case other.From > on:
		en, vi = en+" It is that of "+other.Name+" from "+string(other.From)+" on.", vi+" Mã này là của "+other.Name+" từ ngày "+other.From.Vi()+"."
	default:
		en, vi = en+" It was that of "+other.Name+" until "+string(other.To)+".", vi+" Mã này là của "+other.Name+" đến hết ngày "+other.To.Vi()+"."
		heirs, err := im.heirs(other.Unit, on)
		if err != nil {
			return err
		}
		if heirs != "" {
			en, vi = en+" Now: "+heirs+".", vi+" Nay là: "+heirs+"."
		}
	}
	return badRow(col, en, vi)
}

// heirs names the units that hold the ground of a former one, with their codes.
func (im *importer) heirs(unit domain.ID, on domain.Date) (string, error) {
	if im.reg == nil {
		var err error
		if im.reg, err = Registry(im.tx); err != nil {
			return "", err
		}
	}
	var list []string
	now, _ := im.reg.Successors(unit, on)
	for _, u := range now {
		if v, ok := im.reg.At(u, on); ok {
			list = append(list, v.Name+" ("+v.Code+")")
		}
	}
	return strings.Join(list, ", "), nil
}

// names finds who has a name that is nearly the same: by search key, who has it.
type names map[string]named

type named struct {
	id   domain.ID
	name string
}

// alikeTeam notes a team of the commune with nearly the same name under
// another reference.
func (im *importer) alikeTeam(commune, id domain.ID, name string) error {
	return im.alike(commune, id, name, [2]string{"The commune has a team of nearly the same name: ", "Xã đã có tổ tên gần giống: "}, func(r store.Reader, add func(domain.ID, string)) error {
		return TeamsOf(r, commune, func(id domain.ID, t domain.Team) bool { add(id, t.Name); return true })
	})
}

// alikePerson notes somebody of the team with nearly the same name.
func (im *importer) alikePerson(team, id domain.ID, name string) error {
	return im.alike(team, id, name, [2]string{"The team has somebody of nearly the same name: ", "Tổ đã có người tên gần giống: "}, func(r store.Reader, add func(domain.ID, string)) error {
		return TeamGrants(r, team, func(g domain.Grant) bool { add(g.Person, g.Name); return true })
	})
}

func (im *importer) alike(place, id domain.ID, name string, what [2]string, fill func(store.Reader, func(domain.ID, string)) error) error {
	if im.quiet {
		return nil
	}
	there, ok := im.names[place]
	if !ok {
		there = names{}
		if err := fill(im.tx, func(id domain.ID, name string) { there[domain.SearchKey(name)] = named{id, name} }); err != nil {
			return err
		}
		if im.names == nil {
			im.names = map[domain.ID]names{}
		}
		im.names[place] = there
	}
	key := domain.SearchKey(name)
	if other, ok := there[key]; ok && other.id != id {
		im.note = [2]string{what[0] + other.name + ". If it is the same, use the same reference.", what[1] + other.name + ". Nếu là một, hãy dùng cùng mã."}
		return nil
	}
	there[key] = named{id, name}
	return nil
}
