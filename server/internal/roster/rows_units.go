package roster

import (
	"errors"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// unitKinds are the kinds of units of each level (thi_tran until 30/6/2025).
var unitKinds = map[domain.UnitLevel][]string{
	domain.UnitProvince: {"tinh", "thanh_pho_tw"},
	domain.UnitDistrict: {"huyen", "thi_xa", "thanh_pho", "quan"},
	domain.UnitCommune:  {"xa", "phuong", "thi_tran", "dac_khu"},
}

// unit applies a row of ImportUnits: one version of one unit.
func (im *importer) unit(r row) (domain.ID, Status, error) {
	v, err := im.unitVersion(r)
	if err != nil {
		return "", "", err
	}
	unitRef := r.fields["unit_ref"]
	if unitRef == "" {
		unitRef = r.ref
	}
	unit, knownUnit, err := im.byRef("unit", unitRef)
	if err != nil {
		return "", "", err
	}
	id, known, err := im.byRef("unit_version", r.ref)
	if err != nil {
		return "", "", err
	}
	v.Unit = unit
	if err := errors.Join(im.noOverlap(id, v), im.notRevived(v)); err != nil {
		return "", "", err
	}
	st, err := im.write(TypeUnitVersion, id, v, func() error { return PutUnitVersion(im.tx, id, v, im.cause) })
	if err == nil && !knownUnit {
		err = im.keepRef("unit", unitRef, unit)
	}
	if err == nil && !known {
		err = im.keepRef("unit_version", r.ref, id)
	}
	return unit, st, err
}

// unitVersion reads the row but for its ids.
func (im *importer) unitVersion(r row) (v domain.UnitVersion, err error) {
	level, err := r.oneOf("level", string(domain.UnitProvince), string(domain.UnitDistrict), string(domain.UnitCommune))
	if err != nil {
		return v, err
	}
	v = domain.UnitVersion{Level: domain.UnitLevel(level), Code: r.fields["code"], Name: r.fields["name"],
		Aliases: r.list("aliases"), Basis: r.fields["legal_basis"]}
	if v.Kind, err = r.oneOf("kind", unitKinds[v.Level]...); err != nil {
		return v, err
	}
	if v.Interval, err = r.interval("valid_from", "valid_to"); err != nil {
		return v, err
	}
	v.Parent, err = im.parent(r, v.Level, v.From)
	return v, err
}

// parent resolves the parent's code: a district's is a province, a commune's a
// district or, from 1/7/2025, a province.
func (im *importer) parent(r row, level domain.UnitLevel, on domain.Date) (domain.ID, error) {
	if level == domain.UnitProvince {
		if r.fields["parent_code"] != "" {
			return "", badRow("parent_code", "A province has no parent.", "Tỉnh không có đơn vị cấp trên.")
		}
		return "", nil
	}
	if level == domain.UnitCommune {
		if p, err := UnitByCode(im.tx, domain.UnitDistrict, r.fields["parent_code"], on); domain.CodeOf(err) != domain.NotFound {
			return p.Unit, err
		}
	}
	return im.unitOf(r, "parent_code", domain.UnitProvince, on)
}

// noOverlap refuses a version that shares a day with another one of the same
// unit, or of the same code.
func (im *importer) noOverlap(id domain.ID, v domain.UnitVersion) error {
	clash := false
	for _, scope := range []syncproto.Scope{scopeUnit(v.Unit), scopeCode(v.Level, v.Code)} {
		err := members(im.tx, scope, TypeUnitVersion, func(other domain.ID, o domain.UnitVersion) bool {
			clash = clash || other != id && o.Overlaps(v.Interval)
			return !clash
		})
		if err != nil {
			return err
		}
	}
	if clash {
		return badRow("valid_from", "Another version of this unit or code covers these days.",
			"Đã có một bản khác của đơn vị hoặc mã này trong khoảng ngày đó.")
	}
	return nil
}

// notRevived refuses a file from before a unit ended that would let it go on.
func (im *importer) notRevived(v domain.UnitVersion) error {
	old, err := UnitAt(im.tx, v.Unit, v.From)
	if domain.CodeOf(err) == domain.NotFound || err == nil && old.To == v.To {
		return nil
	}
	if err != nil {
		return err
	}
	ended := false
	err = members(im.tx, scopeUnit(v.Unit), TypeUnitEvent, func(_ domain.ID, e domain.UnitEvent) bool {
		ended = ended || v.Has(e.On) && !old.Has(e.On) && has(e.From, v.Unit) && !has(e.Part, v.Unit) && !has(e.To, v.Unit)
		return true
	})
	if err == nil && ended {
		err = badRow("valid_to", "The unit ended by a change that is recorded.", "Đơn vị này đã kết thúc theo một thay đổi đã ghi.")
	}
	return err
}

// event applies a row of ImportEvents.
func (im *importer) event(r row) (domain.ID, Status, error) {
	kind, err := r.oneOf("kind", string(domain.UnitCreate), string(domain.UnitMerge), string(domain.UnitSplit),
		string(domain.UnitRename), string(domain.UnitRetype), string(domain.UnitReparent), string(domain.UnitDissolve))
	if err != nil {
		return "", "", err
	}
	level, err := r.oneOf("level", string(domain.UnitProvince), string(domain.UnitDistrict), string(domain.UnitCommune))
	if err != nil {
		return "", "", err
	}
	on, err := r.date("on")
	if err != nil {
		return "", "", err
	}
	e := domain.UnitEvent{Kind: domain.UnitEventKind(kind), On: on, Basis: r.fields["legal_basis"]}
	for _, side := range []struct {
		col string
		on  domain.Date
		ids *[]domain.ID
	}{{"from_codes", on.Add(-1), &e.From}, {"part_codes", on.Add(-1), &e.Part}, {"to_codes", on, &e.To}} {
		for _, code := range r.list(side.col) {
			v, err := UnitByCode(im.tx, domain.UnitLevel(level), code, side.on)
			if err != nil {
				return "", "", inField(err, side.col)
			}
			*side.ids = append(*side.ids, v.Unit)
		}
	}
	for _, p := range e.Part {
		if !slices.Contains(e.From, p) {
			return "", "", badRow("part_codes", "A part must come from from_codes.", "Phần tách phải thuộc from_codes.")
		}
	}
	id := syncproto.DerivedID(TypeUnitEvent, "", r.ref)
	st, err := im.write(TypeUnitEvent, id, e, func() error { return PutUnitEvent(im.tx, id, e, im.cause) })
	return id, st, err
}

// inField names the column of a lookup that found nothing.
func inField(err error, col string) error {
	if domain.CodeOf(err) != domain.NotFound {
		return err
	}
	return badRow(col, "A code in this field names no unit on that day.", "Có mã không thuộc đơn vị nào vào ngày đó.")
}
