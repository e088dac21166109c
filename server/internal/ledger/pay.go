package ledger

import (
	"context"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const maxVoucher = 64 // bytes of a voucher's number

// Confirmed is what an accountant confirms: a voucher of a day pays lines of a
// list, all that are unpaid if none is named.
type Confirmed struct {
	Voucher string      `json:"voucher"`
	On      domain.Date `json:"on"`
	Lines   []Ref       `json:"lines,omitzero"`
}

// Confirm records that lines of an issued list were paid. The same voucher
// twice is once; a line is paid by one voucher only.
func (s *Service) Confirm(ctx context.Context, who domain.Caller, id domain.ID, c Confirmed) (out ListView, err error) {
	if err := c.check(); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = ListView{ID: id}
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		p := paying{tx: tx, g: g, id: id, in: c}
		if p.list, err = listOf(tx, g, id); err != nil {
			return err
		}
		err = p.run()
		out.List = p.list
		return err
	})
	return out, err
}

func (c *Confirmed) check() error {
	_, err := domain.ParseDate(string(c.On))
	switch {
	case c.Voucher == "" || len(c.Voucher) > maxVoucher || !syncproto.IsNFC(c.Voucher):
		return refuse("voucher", "Name the voucher.", "Thiếu số chứng từ.")
	case err != nil:
		return refuse("on", "The voucher needs its day, yyyy-mm-dd.", "Thiếu ngày chứng từ, dạng năm-tháng-ngày.")
	case len(c.Lines) > maxLines:
		return domain.E(domain.TooLarge, "Too many lines.", "Quá nhiều dòng.")
	}
	return nil
}

type paying struct {
	tx   store.Tx
	g    rights
	id   domain.ID
	in   Confirmed
	list List
}

func (p *paying) run() error {
	l := &p.list
	switch {
	case !p.g.pays(l.Units):
		return forbidden()
	case l.State == Replaced:
		return conflict("List "+l.Next+" has replaced it: pay by that one.", "Danh sách đã được thay: hãy chi theo danh sách "+l.Next+".")
	case l.State != IssuedNow:
		return conflict("Only an issued list is paid.", "Chỉ chi trả theo danh sách đã phát hành.")
	case l.Issuer == p.g.who:
		return domain.E(domain.Unprocessable, "Who issued a list can't confirm it paid: a second person must.",
			"Người phát hành danh sách không được tự xác nhận đã chi: cần người thứ hai.")
	case p.in.On < l.On || p.in.On > p.g.today:
		return refuse("on", "The voucher's day lies between the list's and today.", "Ngày chứng từ phải từ ngày danh sách đến hôm nay.")
	}
	key := l.Number + "/" + p.in.Voucher
	old, again, err := decided[Voucher](p.tx, KindPayment, key)
	if err != nil {
		return err
	}
	if again {
		return p.same(old)
	}
	lines, err := p.unpaid()
	if err != nil {
		return err
	}
	return p.confirm(key, lines)
}

// same accepts a voucher that comes again as it was.
func (p *paying) same(old Voucher) error {
	ok := old.On == p.in.On && (len(p.in.Lines) == 0 || len(p.in.Lines) == len(old.Lines))
	for _, ref := range p.in.Lines {
		ok = ok && slices.ContainsFunc(old.Lines, ref.is)
	}
	if !ok {
		return conflict("This voucher is recorded with another day or other lines.", "Chứng từ này đã ghi với ngày hoặc các dòng khác.")
	}
	return nil
}

func (f Ref) is(o Ref) bool { return f.Subject == o.Subject && f.Period == o.Period }

// unpaid are the lines that the voucher pays.
func (p *paying) unpaid() (lines []Line, err error) {
	body, err := issuedOf(p.tx, p.list.Number)
	if err != nil {
		return nil, err
	}
	found := 0
	for _, l := range body.Lines {
		wanted := slices.ContainsFunc(p.in.Lines, Ref{Subject: l.Subject, Period: l.Period}.is)
		if len(p.in.Lines) > 0 && !wanted {
			continue
		}
		found++
		pay, err := Payment(p.tx, p.list.Policy, l.Subject, l.Period)
		if err != nil {
			return nil, err
		}
		k := slices.IndexFunc(pay.Lines, func(x domain.PayLine) bool { return x.List == p.list.Number })
		switch {
		case k >= 0 && pay.Lines[k].Voucher == "":
			lines = append(lines, l)
		case k >= 0 && wanted:
			return nil, conflict("A line is paid already by voucher "+pay.Lines[k].Voucher+".", "Có dòng đã chi theo chứng từ "+pay.Lines[k].Voucher+".")
		}
	}
	switch {
	case found < len(p.in.Lines):
		return nil, refuse("lines", "A line is not on this list, or is named twice.", "Có dòng không thuộc danh sách này hoặc bị lặp.")
	case len(lines) == 0:
		return nil, conflict("All lines of this list are paid already.", "Danh sách này đã chi trả hết.")
	}
	return lines, nil
}

func (p *paying) confirm(key string, lines []Line) error {
	v := Voucher{List: p.list.Number, Voucher: p.in.Voucher, On: p.in.On, By: p.g.who, Lines: []Ref{}, Total: sum(lines)}
	for _, l := range lines {
		v.Lines = append(v.Lines, Ref{Subject: l.Subject, Period: l.Period, Amount: l.Amount})
		if err := p.mark(l); err != nil {
			return err
		}
	}
	body, err := canonical(v)
	if err != nil {
		return err
	}
	if _, err := p.tx.Append(KindPayment, key, body); err != nil {
		return err
	}
	if err := tellPaid(p.tx, key, lines); err != nil {
		return err
	}
	p.list.Paid += v.Total
	p.list.PaidN += int64(len(lines))
	return putList(p.tx, p.id, p.list, p.g.who, "paid")
}

func (p *paying) mark(l Line) error {
	pay, err := Payment(p.tx, p.list.Policy, l.Subject, l.Period)
	if err != nil {
		return err
	}
	for k := range pay.Lines {
		if pay.Lines[k].List == p.list.Number {
			pay.Lines[k].Voucher, pay.Lines[k].PaidOn = p.in.Voucher, p.in.On
		}
	}
	if l.Amount < 0 {
		if err := count(p.tx, l.Funding, cRecovered, -l.Amount); err != nil {
			return err
		}
	}
	if err := count(p.tx, l.Funding, cPaid, l.Amount); err != nil {
		return err
	}
	return putPayment(p.tx, pay, p.g.who, "paid")
}
