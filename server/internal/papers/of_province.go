package papers

import (
	"fmt"
	"slices"

	"github.com/banso/banso/server/internal/domain"
)

func (p ProvinceSummary) sheet() (sheet, error) {
	if err := checkMonths(p.Months...); err != nil {
		return sheet{}, err
	}
	if len(p.Months) > 12 {
		return sheet{}, fmt.Errorf("%d months, at most 12", len(p.Months))
	}
	s := sheet{head: p.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"TỔNG HỢP TOÀN TỈNH",
		"Kết quả xét hỗ trợ và chi trả các tổ " + period(p.Months)}}
	s.add(p.Policy.lines()...)
	teams, money := p.tables()
	var total domain.Money
	for i, r := range p.Rows {
		if len(r.ByMonth) != len(p.Months) {
			return sheet{}, fmt.Errorf("row %d has %d months, the paper %d", i+1, len(r.ByMonth), len(p.Months))
		}
		total += r.Funded
		place := []cell{num(int64(i + 1))}
		if p.districts() {
			place = append(place, txt(r.District))
		}
		place = append(place, txt(r.Commune))
		row := append(slices.Clone(place), txt(r.Registered), num(r.Teams))
		all := int64(0)
		for _, c := range r.ByMonth {
			row, all = append(row, num(c)), all+c
		}
		sums := []cell{num(all), vnd(r.Eligible), vnd(r.Funded), vnd(r.Listed), vnd(r.Paid), vnd(r.Received)}
		if money == teams {
			teams.add(append(row, sums...)...)
			continue
		}
		teams.add(append(row, num(all))...)
		money.add(append(place, sums...)...)
	}
	s.add(block{table: teams})
	if money != teams {
		s.add(line(heading, "Kinh phí"), block{table: money})
	}
	s.add(block{style: strong, text: "Kinh phí được cấp bằng chữ: " + total.Words() + "."})
	return s, checkTotal(p.Total, total)
}

// besides is how many months stand beside the amounts in letters that are read
// with ease.
const besides = 7

// tables are one of teams and amounts, or for many months one of each.
func (p ProvinceSummary) tables() (teams, money *table) {
	const name = "Tổng hợp toàn tỉnh"
	place, months, sums := p.columns()
	all := slices.Concat(place, []column{{head: "Đăng ký", width: 11, centre: true}, {head: "Số tổ", width: 5, kind: number, centre: true, sum: true}}, months)
	if len(p.Months) <= besides {
		tb := &table{name: name, total: totalLabel, cols: append(all, sums...)}
		return tb, tb
	}
	return &table{name: name, total: totalLabel, cols: append(all, sums[0])},
		&table{name: "Kinh phí", total: totalLabel, cols: append(slices.Clone(place), sums...)}
}

func (p ProvinceSummary) districts() bool {
	for _, r := range p.Rows {
		if r.District != "" {
			return true
		}
	}
	return false
}

func (p ProvinceSummary) columns() (place, months, sums []column) {
	place = []column{{head: "STT", width: 5, kind: number, centre: true}}
	if p.districts() {
		place = append(place, column{head: "Huyện", width: 12})
	}
	place = append(place, column{head: "Xã, phường, thị trấn", width: 20})
	for _, mo := range p.Months {
		months = append(months, column{head: itoa(int(mo.Start().Month())), group: fmt.Sprintf("Số tổ đủ điều kiện các tháng năm %d", mo.Year()),
			width: 4, kind: number, centre: true, sum: true})
	}
	sums = []column{{head: "Cộng số tổ tháng", width: 6, kind: number, centre: true, sum: true}}
	for _, head := range []string{"Đủ điều kiện", "Được cấp", "Đã lập danh sách", "Đã chi", "Đã nhận"} {
		sums = append(sums, column{head: head, group: "Số tiền (đồng)", width: 11, kind: money, sum: true})
	}
	return place, months, sums
}

func (q Settlement) sheet() (sheet, error) {
	if err := checkMonths(q.From, q.To); err != nil {
		return sheet{}, err
	}
	months := "từ " + q.From.Vi() + " đến " + q.To.Vi()
	title := "QUYẾT TOÁN"
	if mo := int(q.From.Start().Month()); mo%3 == 1 && q.To == q.From.Add(2) {
		title += " QUÝ " + []string{"I", "II", "III", "IV"}[mo/3] + " NĂM " + itoa(q.From.Year())
	}
	s := sheet{head: q.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{title, "Kinh phí hỗ trợ các tổ " + months, q.Name}}
	s.add(q.Policy.lines()...)
	tb := &table{name: "Quyết toán", total: totalLabel, cols: []column{colNo, {head: "Đơn vị", width: 28}}}
	for _, head := range []string{"Được cấp", "Đã lập danh sách", "Đã chi", "Tổ đã xác nhận nhận", "Đã thu hồi", "Còn lại"} {
		tb.cols = append(tb.cols, column{head: head + " (đồng)", width: 14, kind: money, sum: true})
	}
	var left domain.Money
	for i, r := range q.Rows {
		if r.Funded-r.Paid+r.Recovered != r.Left {
			return sheet{}, fmt.Errorf("%w: row %d, %s is not what is left", ErrTotal, i+1, r.Left.Figures())
		}
		left += r.Left
		tb.add(num(int64(i+1)), txt(r.Name), vnd(r.Funded), vnd(r.Listed), vnd(r.Paid), vnd(r.Received), vnd(r.Recovered), vnd(r.Left))
	}
	s.add(block{table: tb}, block{style: strong, text: "Số tiền còn lại bằng chữ: " + left.Words() + "."},
		line(quiet, "Còn lại = được cấp − đã chi + đã thu hồi."))
	if len(q.Spending) > 0 {
		s.add(line(heading, "Nội dung chi của các tổ"), block{table: spending(q.Spending)})
	}
	return s, nil
}

func spending(list []Spending) *table {
	tb := &table{name: "Nội dung chi", total: totalLabel, cols: []column{colNo, {head: "Nội dung chi", width: 40},
		{head: "Số lần chi", width: 12, kind: number, centre: true, sum: true}, {head: "Có chứng từ", width: 12, kind: number, centre: true, sum: true},
		{head: "Số tiền (đồng)", width: 16, kind: money, sum: true}, {head: "Ghi chú", width: 26}}}
	for i, sp := range list {
		note := ""
		if sp.Outside {
			note = "Ngoài nội dung được phép chi"
		}
		tb.add(num(int64(i+1)), txt(sp.Category), num(sp.Times), num(sp.Evidence), vnd(sp.Amount), txt(note))
	}
	return tb
}
