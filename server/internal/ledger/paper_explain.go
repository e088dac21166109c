package ledger

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func (b *monthBook) explanation(team domain.ID, p *domain.Progress) (papers.Doc, error) {
	pol, err := b.s.policyHead(b.r, p.Policy)
	if err != nil {
		return nil, err
	}
	pol.Decision.Number = p.Funding
	doc := papers.Explanation{Head: b.head(), Team: b.names.team(team, b.on), Commune: b.names.unit(b.commune, b.on), Policy: pol,
		Verdict: p.TeamMonth, Stage: p.Stage, Money: p.Money}
	pay, err := Payment(b.r, p.Policy, team, domain.Period(b.month))
	if err != nil {
		return nil, err
	}
	doc.MoneyText = moneyText(pay)
	names, err := categoryNames(b.r)
	if err != nil {
		return nil, err
	}
	for _, c := range p.Activities {
		a, ok, err := read[domain.Activity](b.r, syncproto.TypeActivity, c.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			doc.Activities = append(doc.Activities, papers.ExplainedActivity{On: a.DoneOn, Category: names[a.Category],
				By: b.names.of(a.Author), Counts: c.Counts, Why: why[c.Why][0], WhyEn: why[c.Why][1]})
		}
	}
	slices.SortStableFunc(doc.Activities, func(x, y papers.ExplainedActivity) int { return strings.Compare(string(x.On), string(y.On)) })
	return doc, nil
}

// moneyText tells what happened to the money so far, line by line.
func moneyText(p domain.Payment) string {
	var out []string
	for _, l := range p.Lines {
		s := lineVi[l.Kind] + " " + l.Amount.String() + ", danh sách " + l.List + " ngày " + l.On.Vi()
		if l.Voucher != "" {
			s += ", chứng từ " + l.Voucher + " ngày " + l.PaidOn.Vi()
		}
		if l.Received != "" {
			s += ", tổ trưởng xác nhận đã nhận ngày " + l.Received.Vi()
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

var lineVi = map[domain.Line]string{domain.LineRegular: "Hỗ trợ", domain.LineBack: "Truy lĩnh", domain.LineRecovery: "Thu hồi"}

// why an activity does not count, in Vietnamese and English.
var why = map[string][2]string{
	"not_approved": {"Chưa được duyệt", "Not approved"},
	"no_evidence":  {"Chưa có minh chứng", "No evidence"},
	"photo":        {"Máy chủ chưa nhận được ảnh", "The server does not hold its photo"},
	"own_review":   {"Người duyệt cũng là người ghi", "Reviewed by its author"},
	"month":        {"Làm trong tháng khác", "Done in another month"},
	"after_lock":   {"Đến máy chủ sau ngày khóa tháng", "Came after the month was locked"},
}

func categoryNames(r store.Reader) (map[string]string, error) {
	out := map[string]string{}
	var bad error
	err := r.Members(syncproto.ScopeRef, syncproto.TypeCategory, func(rec *store.Record) bool {
		var c struct {
			Code string `json:"code"`
			Name string `json:"name"`
		}
		bad = json.Unmarshal(rec.Doc, &c)
		out[c.Code] = c.Name
		return bad == nil
	})
	if err == nil {
		err = bad
	}
	return out, err
}
