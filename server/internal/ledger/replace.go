package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const maxReason = 500 // bytes

// Replace drafts the successor of an issued list: everything that is payable
// for its communes and months if the list had never been. Until the successor
// is issued the list stands.
func (s *Service) Replace(ctx context.Context, who domain.Caller, id, key domain.ID, reason string) (ListView, error) {
	if _, err := syncproto.ParseID(string(key)); err != nil {
		return ListView{}, refuse("key", "Send a key of 22 characters that is new for each draft.", "Thiếu mã yêu cầu (22 ký tự, mỗi dự thảo một mã mới).")
	}
	if reason == "" || len(reason) > maxReason || !syncproto.IsNFC(reason) {
		return ListView{}, refuse("reason", "Replacing a list needs a reason.", "Thay thế danh sách phải ghi lý do.")
	}
	var out ListView
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		out = ListView{}
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		old, err := listOf(tx, g, id)
		if err != nil {
			return err
		}
		if !g.drafts(old.Units) {
			return forbidden()
		}
		if was, ok, err := read[List](tx, syncproto.TypeList, key); err != nil || ok {
			if err == nil && (was.Renews != id || was.By != who.Person) {
				err = conflict("This key was used for another draft.", "Mã yêu cầu này đã dùng cho dự thảo khác.")
			}
			out = ListView{ID: key, List: was}
			return err
		}
		if err := replaceable(tx, &old); err != nil {
			return err
		}
		d := draft{id: key, list: List{Kind: old.Kind, Policy: old.Policy, Units: old.Units, Months: old.Months, State: Draft,
			Commit: tx.Head().Commit, Renews: id, Before: old.Number, Reason: reason, By: who.Person, AtMs: tx.Now().UnixMilli()}}
		if d.lines, err = s.linesOf(tx, &d.list, old.Number); err != nil {
			return err
		}
		d.list.Count, d.list.Total = int64(len(d.lines)), sum(d.lines)
		out = ListView{ID: key, List: d.list}
		return putDraft(tx, d)
	})
	return out, err
}

// replaceable refuses what is paid or received, even in part: money that moved
// is corrected by a later list.
func replaceable(r store.Reader, l *List) error {
	switch {
	case l.State == Replaced:
		return conflict("List "+l.Next+" has replaced it already.", "Danh sách này đã được thay bằng danh sách "+l.Next+".")
	case l.State != IssuedNow:
		return conflict("Only an issued list is replaced.", "Chỉ thay thế được danh sách đã phát hành.")
	case l.PaidN > 0:
		return conflict("Something of this list is paid: correct it by a further list.",
			"Danh sách đã chi trả một phần: hãy điều chỉnh bằng danh sách sau.")
	}
	later, err := laterLines(r, l)
	if err == nil && later > 0 {
		err = conflict(fmt.Sprintf("%d lines of it were corrected by later lists: replace those first.", later),
			fmt.Sprintf("%d dòng đã được điều chỉnh ở danh sách sau: hãy thay danh sách sau trước.", later))
	}
	return err
}

// laterLines counts the lines of a list upon which another list stands.
func laterLines(r store.Reader, l *List) (n int, err error) {
	body, err := issuedOf(r, l.Number)
	if err != nil {
		return 0, err
	}
	for _, line := range body.Lines {
		p, err := Payment(r, l.Policy, line.Subject, line.Period)
		if err != nil {
			return 0, err
		}
		if k := len(p.Lines); k == 0 || p.Lines[k-1].List != l.Number {
			n++
		}
	}
	return n, nil
}

// drop takes the lines of a list out of a payment.
func drop(p *domain.Payment, number string) {
	p.Lines = slices.DeleteFunc(p.Lines, func(l domain.PayLine) bool {
		if l.List == number {
			p.Listed -= l.Amount
		}
		return l.List == number
	})
}

// takeBack, in the transaction that issues a successor, undoes its predecessor.
func (i *issuing) takeBack() error {
	if i.list.Renews == "" {
		return nil
	}
	old, err := listOf(i.tx, i.g, i.list.Renews)
	if err != nil {
		return err
	}
	if err := replaceable(i.tx, &old); err != nil {
		return err
	}
	body, err := issuedOf(i.tx, old.Number)
	if err != nil {
		return err
	}
	for _, line := range body.Lines {
		p, err := Payment(i.tx, old.Policy, line.Subject, line.Period)
		if err != nil {
			return err
		}
		drop(&p, old.Number)
		if err := putPayment(i.tx, p, i.g.who, "replace"); err != nil {
			return err
		}
	}
	for _, f := range body.Funding {
		if err := count(i.tx, f.Decision, cListed, -f.Amount); err != nil {
			return err
		}
	}
	old.State, old.Next = Replaced, i.number
	return putList(i.tx, i.list.Renews, old, i.g.who, "replace")
}
