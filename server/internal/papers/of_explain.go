package papers

import (
	"fmt"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

func (e Explanation) sheet() (sheet, error) {
	v := e.Verdict
	if err := checkMonths(v.Month); err != nil {
		return sheet{}, err
	}
	s := sheet{head: e.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"GIẢI TRÌNH",
		"Vì sao " + or(e.Team.Name, "tổ") + " có kết quả này trong " + v.Month.Vi(), join(", ", e.Team.Village, e.Commune)}}
	s.add(block{style: strong, text: "Kết quả: " + resultWords(v.Result) + ". Số tiền: " + v.Amount.String() + "."},
		block{text: v.ReasonVi})
	s.add(e.Policy.lines()...)
	stage, money := stages[e.Stage], moneyStates[e.Money]
	if stage.vi == "" || money.vi == "" {
		return sheet{}, fmt.Errorf("unknown stage %q or state of the money %q", e.Stage, e.Money)
	}
	s.add(line(plain, "Tháng: %s. Kinh phí: %s.", stage.vi, join("; ", money.vi, e.MoneyText)))
	if e.Closed.Number != "" {
		s.add(line(plain, "Bản ghi chốt: %s.", instrument(e.Closed)))
	}
	if e.Dispute != "" {
		s.add(line(plain, "Khiếu nại: %s.", e.Dispute))
	}
	s.add(line(heading, "Các điều kiện"), block{table: rules(v.Rules)})
	if len(e.Activities) > 0 {
		tb, err := explained(e.Activities)
		if err != nil {
			return sheet{}, err
		}
		s.add(line(heading, "Hoạt động trong tháng"), block{table: tb})
	}
	s.add(line(quiet, "%s: điều kiện do hệ thống tạm đặt, không phải nội dung của nghị quyết.", assumed))
	s.add(line(quiet, "Chính sách %s, phiên bản %s. Tổ viên, Chủ tịch xã, tỉnh và kiểm toán xem cùng một nội dung.", v.Policy, v.Version))
	s.add(e.english(stage.en, money.en)...)
	return s, nil
}

// english tells the same to who reads no Vietnamese; names and sources stay.
func (e Explanation) english(stage, money string) []block {
	v := e.Verdict
	return []block{line(heading, "In English"),
		line(strong, "Result: %s. Amount: %s VND.", resultsEn[v.Result], strings.ReplaceAll(v.Amount.Figures(), ".", ",")),
		{text: v.ReasonEn},
		line(plain, "Month: %s. Money: %s.", stage, money),
		{table: rulesEn(v.Rules)},
		line(quiet, "%s: a condition of this system, not part of the resolution. Member, chair, province and auditor read the same.", originsEn[domain.Assumed])}
}

var (
	resultsEn = map[domain.Result]string{domain.Eligible: "eligible", domain.Incomplete: "incomplete", domain.Ineligible: "ineligible",
		domain.OutOfWindow: "outside the funded time"}
	originsEn = map[domain.Origin]string{domain.Sourced: "Published", domain.Inferred: "Inferred", domain.Assumed: "Assumed"}
)

func rulesEn(list []domain.RuleResult) *table {
	tb := &table{name: "Conditions", cols: []column{
		{head: "No.", width: 5, centre: true}, {head: "Condition", width: 40}, {head: "There is", width: 18}, {head: "Needed", width: 18},
		{head: "Result", width: 9, centre: true}, {head: "Origin", width: 12, centre: true}}}
	for _, r := range list {
		what, result := r.En, "Met"
		switch {
		case r.Pass:
		case r.Advisory:
			result = "Advised"
		default:
			result = "Not met"
		}
		if !r.Pass && r.TodoEn != "" {
			what += "\nTo do: " + r.TodoEn
			if r.By != "" && checkDate(r.By) == nil {
				what += " (by " + r.By.Vi() + ")"
			}
		}
		kind := originsEn[r.Origin]
		if r.Also != "" && r.Also != r.Origin {
			kind += "; in part: " + originsEn[r.Also]
		}
		tb.add(txt(r.Rule), txt(what), txt(or(r.HaveEn, r.Have)), txt(or(r.NeedEn, r.Need)), txt(result), txt(kind))
	}
	return tb
}

func rules(list []domain.RuleResult) *table {
	tb := &table{name: "Điều kiện", cols: []column{
		{head: "Mã", width: 5, centre: true}, {head: "Điều kiện", width: 30}, {head: "Đã có", width: 15}, {head: "Cần có", width: 15},
		{head: "Kết quả", width: 9, centre: true}, {head: "Loại quy định", width: 12, centre: true}, {head: "Nguồn", width: 22}}}
	for _, r := range list {
		what := r.Vi
		if !r.Pass && r.TodoVi != "" {
			what += "\nViệc cần làm: " + r.TodoVi
			if r.By != "" && checkDate(r.By) == nil {
				what += " (hết ngày " + r.By.Vi() + ")"
			}
		}
		kind := badge(r.Origin)
		if r.Also != "" && r.Also != r.Origin {
			kind += "; một phần: " + badge(r.Also)
		}
		tb.add(txt(r.Rule), txt(what), txt(r.Have), txt(r.Need), txt(outcome(r)), txt(kind), txt(r.Source))
	}
	return tb
}

func outcome(r domain.RuleResult) string {
	switch {
	case r.Pass:
		return "Đạt"
	case r.Advisory:
		return "Nên có"
	}
	return "Chưa đạt"
}

func explained(list []ExplainedActivity) (*table, error) {
	tb := &table{name: "Hoạt động", cols: []column{colNo, {head: "Ngày", width: 11, kind: date, centre: true},
		{head: "Loại hoạt động", width: 32}, {head: "Người ghi nhận", width: 20}, {head: "Được tính", width: 10, centre: true},
		{head: "Lý do không tính / Why not", width: 30}}}
	for i, a := range list {
		counts := "Không"
		if a.Counts {
			counts = "Có"
		}
		tb.add(num(int64(i+1)), day(a.On), txt(a.Category), txt(a.By), txt(counts), txt(join(" / ", a.Why, a.WhyEn)))
	}
	return tb, nil
}
