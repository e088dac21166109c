package roster

import (
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Orders that call people up, and what people worked under them.
const (
	TypeOrder    = "order"
	TypeCalledUp = "called_up"

	scopeOrders   syncproto.Scope = "sys:orders"
	ScopeCalledUp syncproto.Scope = "sys:called_up"
)

// OrderOf returns an order by its number; false if there is none.
func OrderOf(r store.Reader, number string) (o domain.Order, ok bool, err error) {
	rec, err := r.Record(store.Key{Type: TypeOrder, ID: orderID(number)})
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return o, false, nil
	}
	if err == nil {
		err = json.Unmarshal(rec.Doc, &o)
	}
	return o, err == nil, err
}

func orderID(number string) domain.ID { return syncproto.DerivedID(TypeOrder, "", number) }

// CalledUp streams what people worked under orders.
func CalledUp(r store.Reader, yield func(domain.CalledUp) bool) error {
	return members(r, ScopeCalledUp, TypeCalledUp, func(_ domain.ID, p domain.CalledUp) bool { return yield(p) })
}

// order applies a row of ImportOrders.
func (im *importer) order(r row) (domain.ID, Status, error) {
	o := domain.Order{Number: r.fields["number"]}
	var err error
	if o.By, err = r.oneOf("by", "commune_chair", "district_chair", "province_chair"); err != nil {
		return "", "", err
	}
	if o.Urgent, err = r.yes("urgent"); err != nil {
		return "", "", err
	}
	if o.On, err = r.date("issued_on"); err != nil {
		return "", "", err
	}
	rate, err := r.count("rate_vnd", maxRate)
	if err != nil {
		return "", "", err
	}
	o.Rate = domain.Money(rate)
	id := orderID(o.Number)
	st, err := im.write(TypeOrder, id, o, func() error { return put(im.tx, TypeOrder, id, o, []syncproto.Scope{scopeOrders}, im.cause) })
	return id, st, err
}

const (
	maxRate = 10_000_000 // đồng a night: far beyond what any resolution allows
	maxDays = 31
)

// calledUp applies a row of ImportCalledUp: a person's month.
func (im *importer) calledUp(r row) (domain.ID, Status, error) {
	p, err := im.calledUpRow(r)
	if err != nil {
		return "", "", err
	}
	known := false
	if p.Person, known, err = im.byRef("person", r.fields["ref"]); err != nil {
		return "", "", err
	}
	if err := im.mayName(p.Person, known); err != nil {
		return "", "", err
	}
	if !known { // known to the roster only: no grant, no sign-in
		if err := im.keepRef("person", r.fields["ref"], p.Person); err != nil {
			return "", "", err
		}
		if err := PutPerson(im.tx, p.Person, domain.Person{Name: p.Name}, im.cause); err != nil {
			return "", "", err
		}
	}
	id := syncproto.DerivedID(TypeCalledUp, p.Person, string(p.Month))
	st, err := im.write(TypeCalledUp, id, p, func() error {
		return put(im.tx, TypeCalledUp, id, p, []syncproto.Scope{ScopeCalledUp}, im.cause)
	})
	return p.Person, st, err
}

// calledUpRow reads the row but for the person's id.
func (im *importer) calledUpRow(r row) (p domain.CalledUp, err error) {
	p = domain.CalledUp{Name: r.fields["name"], Order: r.fields["order"], Source: r.fields["source"]}
	if p.Kind, err = r.oneOf("kind", "member", "mobilised", "village_officer"); err != nil {
		return p, err
	}
	if p.Salaried, err = r.yes("salaried"); err != nil {
		return p, err
	}
	if p.Month, err = domain.ParseMonth(r.fields["month"]); err != nil {
		return p, badRow("month", "Write the month as yyyy-mm.", "Ghi tháng dạng năm-tháng, ví dụ 2024-03.")
	}
	if p.Days, err = r.count("days", maxDays); err != nil {
		return p, err
	}
	if p.Nights, err = r.count("nights", maxDays); err != nil {
		return p, err
	}
	if p.Order != "" {
		o, ok, err := OrderOf(im.tx, p.Order)
		if err != nil {
			return p, err
		}
		if !ok || o.On > p.Month.Last() {
			return p, badRow("order", "No order with this number was issued until that month.", "Chưa có lệnh huy động mang số này tính đến tháng đó.")
		}
	}
	if ref := r.fields["team_ref"]; ref != "" {
		known := false
		if p.Team, known, err = im.byRef("team", ref); err == nil && !known {
			err = badRow("team_ref", "No team with this reference was imported.", "Chưa có tổ nào mang mã này.")
		}
	}
	return p, err
}

// count reads a column with a whole number; empty is 0.
func (r row) count(col string, most int64) (int64, error) {
	if r.fields[col] == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(r.fields[col], 10, 64)
	if err != nil || n < 0 || n > most {
		return 0, badRow(col, "Write a whole number, at most "+strconv.FormatInt(most, 10)+".", "Ghi số nguyên, không quá "+strconv.FormatInt(most, 10)+".")
	}
	return n, nil
}
