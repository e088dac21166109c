package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// IssueResult is what became of one draft. Issuing twice is issuing once.
type IssueResult struct {
	List     ListView    `json:"list"`
	Issued   bool        `json:"issued"`
	Code     domain.Code `json:"code,omitzero"` // why not
	Detail   string      `json:"detail,omitzero"`
	DetailVi string      `json:"detail_vi,omitzero"`
	Changed  []Change    `json:"changed,omitzero"` // what differs from the draft, the first few
}

// Change is a line that is not any more what the draft says.
type Change struct {
	Subject domain.ID     `json:"subject"`
	Period  domain.Period `json:"period"`
	Was     domain.Money  `json:"was"`
	Now     domain.Money  `json:"now"`
}

const maxChanges = 20 // named in an answer

// MaxIssue is the most drafts of one call.
const MaxIssue = 400

// Issue turns drafts into lists that can be paid. One verified backup that
// holds all of them comes first; then each has a transaction of its own.
func (s *Service) Issue(ctx context.Context, who domain.Caller, ids []domain.ID) ([]IssueResult, error) {
	if len(ids) == 0 || len(ids) > MaxIssue {
		return nil, refuse("lists", "Name 1 to 400 drafts.", "Cần chọn từ 1 đến 400 dự thảo.")
	}
	need, err := s.needed(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	held := int64(0)
	if need > 0 {
		if held, err = s.Backups.Hold(ctx, need); err != nil {
			return nil, &domain.Error{Code: domain.Unavailable, RetryAfterS: 60, Err: err,
				Msg: "No list is issued without a verified backup, and none could be made.",
				Vi:  "Chưa phát hành vì không sao lưu được dữ liệu. Hãy báo quản trị hệ thống rồi thử lại."}
		}
	}
	out := make([]IssueResult, 0, len(ids))
	for _, id := range ids {
		res, err := s.issueOne(ctx, who, id, held)
		if err != nil {
			return out, err
		}
		out = append(out, res)
	}
	return out, nil
}

// needed is the commit that a backup must hold so that all these drafts may be
// issued, 0 if none of them waits for it.
func (s *Service) needed(ctx context.Context, who domain.Caller, ids []domain.ID) (need int64, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		need = 0
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		for _, id := range ids {
			l, err := listOf(r, g, id)
			if err != nil {
				return err
			}
			if !g.issues(l.Units) {
				return forbidden()
			}
			rec, err := r.Record(store.Key{Type: syncproto.TypeList, ID: id})
			if err != nil {
				return err
			}
			if l.State == Draft {
				need = max(need, rec.Rev) // all that it stands on came before it
			}
		}
		return nil
	})
	return need, err
}

// issueOne issues one; what a rule refuses is a result, not an error.
func (s *Service) issueOne(ctx context.Context, who domain.Caller, id domain.ID, held int64) (res IssueResult, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		res = IssueResult{}
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		i := issuing{s: s, tx: tx, g: g, id: id, held: held}
		list, err := i.run()
		res = IssueResult{List: ListView{ID: id, List: list}, Changed: i.changed}
		return err
	})
	var no *domain.Error
	if errors.As(err, &no) && no.Code != domain.Forbidden {
		res.Code, res.Detail, res.DetailVi = no.Code, no.Msg, no.Vi
		return res, nil
	}
	res.Issued = err == nil
	return res, err
}

// issuing is one draft in the transaction that issues it.
type issuing struct {
	s       *Service
	tx      store.Tx
	g       rights
	id      domain.ID
	held    int64
	list    List
	lines   []Line
	number  string
	changed []Change
}

func (i *issuing) run() (List, error) {
	l, err := listOf(i.tx, i.g, i.id)
	if err != nil {
		return l, err
	}
	i.list = l
	switch {
	case !i.g.issues(l.Units):
		return l, forbidden()
	case l.State == IssuedNow || l.State == Replaced:
		return l, nil
	case l.State != Draft:
		return l, conflict("The draft was discarded.", "Dự thảo này đã bị hủy.")
	case l.By == i.g.who:
		return l, domain.E(domain.Unprocessable, "Who drafted a list can't issue it: a second person must.",
			"Người lập danh sách không được tự phát hành: cần người thứ hai.")
	}
	rec, err := i.tx.Record(store.Key{Type: syncproto.TypeList, ID: i.id})
	if err != nil {
		return l, err
	}
	if rec.Rev > i.held { // it changed while the backup was made
		return l, conflict("The backup does not hold this draft: try again.", "Bản sao lưu chưa chứa dự thảo này: hãy thử lại.")
	}
	kept, _, err := read[draftLines](i.tx, typeDraft, i.id)
	if err != nil {
		return l, err
	}
	i.lines = kept.Lines
	if i.number, err = nextNumber(i.tx, &i.list); err != nil {
		return l, err
	}
	for _, step := range []func() error{i.takeBack, i.recheck, i.withinFunding, i.append} {
		if err := step(); err != nil {
			return l, err
		}
	}
	return i.list, nil
}

// recheck works every line out again. Whatever happened since the draft, what
// is listed here is payable in this transaction.
func (i *issuing) recheck() error {
	for _, was := range i.lines {
		now, err := i.s.again(i.tx, &i.list, was)
		if err != nil {
			return err
		}
		if !now.same(was) {
			i.changed = append(i.changed, Change{Subject: was.Subject, Period: was.Period, Was: was.Amount, Now: now.Amount})
		}
	}
	if n := len(i.changed); n > 0 {
		i.changed = i.changed[:min(n, maxChanges)]
		return conflict(fmt.Sprintf("%d of %d lines have changed since the draft: make a new draft.", n, len(i.lines)),
			fmt.Sprintf("%d trong %d dòng đã thay đổi từ khi lập dự thảo: hãy lập dự thảo mới.", n, len(i.lines)))
	}
	return nil
}

// same reports whether two workings-out agree in everything that decides.
func (l Line) same(o Line) bool {
	return l.Amount == o.Amount && l.Kind == o.Kind && l.Due == o.Due && l.Close == o.Close && l.Funding == o.Funding &&
		slices.Equal(l.Adjusts, o.Adjusts)
}

// withinFunding holds R16: what is listed under a decision never exceeds its
// total.
func (i *issuing) withinFunding() error {
	for _, f := range sums(i.lines) {
		granted, err := granted(i.tx, f.Decision)
		if err != nil {
			return err
		}
		used, err := usedOf(i.tx, f.Decision)
		if err != nil {
			return err
		}
		if f.Amount > 0 && used.Listed+f.Amount > granted {
			return domain.E(domain.Unprocessable,
				"Decision "+f.Decision+" has "+(granted-used.Listed).String()+" left, less than this list needs. Draft a smaller list, or wait for more funding.",
				"Quyết định "+f.Decision+" chỉ còn "+(granted-used.Listed).String()+", không đủ cho danh sách này. Hãy lập danh sách nhỏ hơn, hoặc chờ cấp thêm kinh phí.")
		}
	}
	return nil
}

// append makes the list: checkpoint, decision, payments, sums.
func (i *issuing) append() error {
	tx, l, number := i.tx, &i.list, i.number
	seal, err := i.s.Sealer.Stamp(tx)
	if err != nil {
		return err
	}
	on := domain.DateOf(tx.Now())
	body, err := canonical(Issued{Number: number, Kind: l.Kind, Policy: l.Policy, Units: l.Units, Months: l.Months, On: on,
		Lines: notNil(i.lines), Total: sum(i.lines), Funding: sums(i.lines), Checkpoint: seal, Backup: i.held, Draft: i.id,
		DraftedBy: l.By, IssuedBy: i.g.who, Replaces: l.Before, Reason: l.Reason})
	if err != nil {
		return err
	}
	d, err := tx.Append(KindList, number, body)
	if err != nil {
		return err
	}
	for _, line := range i.lines {
		if err := i.pay(line, number, on); err != nil {
			return err
		}
	}
	for _, f := range sums(i.lines) {
		if err := count(tx, f.Decision, cListed, f.Amount); err != nil {
			return err
		}
	}
	if err := tellListed(tx, number, i.lines); err != nil {
		return err
	}
	l.State, l.Number, l.On, l.Issuer, l.N, l.Print = IssuedNow, number, on, i.g.who, d.N, seal.Fingerprint
	if _, err := tx.Delete(store.Key{Type: typeDraft, ID: i.id}, store.Cause{By: i.g.who, Op: "issue"}); err != nil {
		return err
	}
	return putList(tx, i.id, *l, i.g.who, "issue")
}

func (i *issuing) pay(line Line, number string, on domain.Date) error {
	p, err := Payment(i.tx, i.list.Policy, line.Subject, line.Period)
	if err != nil {
		return err
	}
	p.Lines = append(p.Lines, domain.PayLine{List: number, On: on, Kind: line.Kind, Amount: line.Amount, Funding: line.Funding})
	return putPayment(i.tx, p, i.g.who, "list")
}

// sums adds the lines up by the decision whose money they are, in its order.
func sums(lines []Line) []FundingSum {
	out := []FundingSum{}
	for _, l := range lines {
		k := slices.IndexFunc(out, func(f FundingSum) bool { return f.Decision == l.Funding })
		if k < 0 {
			k = len(out)
			out = append(out, FundingSum{Decision: l.Funding})
		}
		out[k].Amount += l.Amount
	}
	slices.SortFunc(out, func(a, b FundingSum) int { return strings.Compare(a.Decision, b.Decision) })
	return out
}
