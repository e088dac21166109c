package papers

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// Columns that several papers share. Widths are shares of the page's width.
var (
	colNo      = column{head: "STT", width: 5, kind: number, centre: true}
	colTeam    = column{head: "Tổ", width: 21}
	colVillage = column{head: "Thôn, bản, tổ dân phố", width: 15}
	colLeader  = column{head: "Tổ trưởng", width: 15}
)

func (r TeamReport) sheet() (sheet, error) {
	if err := checkMonths(r.Month); err != nil {
		return sheet{}, err
	}
	s := sheet{head: r.Head, signHint: "(Ký, ghi rõ họ tên)",
		title: []string{"BÁO CÁO", "Kết quả hoạt động " + r.Month.Vi() + " của " + or(r.Team.Name, "tổ")}}
	s.add(line(plain, "Địa bàn: %s.", join(", ", r.Team.Village, r.Commune)), line(plain, "Tổ trưởng: %s.", or(r.Team.Leader, "chưa có")))
	s.add(line(heading, "1. Kết quả"),
		line(plain, "Hoạt động đã duyệt: %d. Số ngày có hoạt động: %d. Ảnh minh chứng: %d.", r.Activities, r.Days, r.Photos),
		line(plain, "Thành viên: %d, trong đó tham gia hoạt động: %d.", r.Members, r.Active))
	if len(r.Figures) > 0 {
		if sum := activities(r.Figures); sum != r.Activities {
			return sheet{}, fmt.Errorf("%w: %d activities, %d by category", ErrTotal, r.Activities, sum)
		}
		s.add(figures(r.Figures, true))
	}
	for i, p := range [][2]string{{"Tóm tắt", r.Summary}, {"Khó khăn, vướng mắc", r.Difficulties}, {"Đề xuất, kiến nghị", r.Proposals}} {
		s.add(line(heading, "%d. %s", i+2, p[0]))
		for par := range strings.SplitSeq(or(p[1], "Không có."), "\n") {
			if strings.TrimSpace(par) != "" {
				s.add(block{text: par})
			}
		}
	}
	switch {
	case r.ApprovedBy != "" && r.ApprovedOn != "":
		s.add(line(quiet, "Báo cáo đã được %s duyệt ngày %s.", r.ApprovedBy, r.ApprovedOn.Vi()))
	default:
		s.add(line(quiet, "Báo cáo chưa được duyệt."))
	}
	return s, checkDate(r.ApprovedOn)
}

// figures lists measures by category. A category is named and its activities
// are counted on its first line only, so that nothing is counted twice.
func figures(list []Figure, days bool) block {
	tb := &table{name: "Số liệu", total: totalLabel, cols: []column{colNo,
		{head: "Loại hoạt động", width: 34}, {head: "Số hoạt động", width: 11, kind: number, centre: true, sum: true}}}
	if days {
		tb.cols = append(tb.cols, column{head: "Số ngày", width: 10, kind: number, centre: true})
	}
	tb.cols = append(tb.cols, column{head: "Chỉ tiêu", width: 28}, column{head: "Số lượng", width: 12, kind: number},
		column{head: "Đơn vị", width: 10, centre: true})
	no := int64(0)
	for i, f := range list {
		row := []cell{{}, {}, {}}
		if days {
			row = append(row, cell{})
		}
		if begins(list, i) {
			no++
			row[0], row[1], row[2] = num(no), txt(f.Category), num(f.Activities)
			if days {
				row[3] = num(f.Days)
			}
		}
		value := cell{}
		if f.Measure != "" {
			value = num(f.Value)
		}
		tb.add(append(row, txt(f.Measure), value, txt(f.Unit))...)
	}
	return block{table: tb}
}

// begins reports whether a figure is the first of its category.
func begins(list []Figure, i int) bool { return i == 0 || list[i].Category != list[i-1].Category }

// activities counts each category once.
func activities(list []Figure) int64 {
	sum := int64(0)
	for i, f := range list {
		if begins(list, i) {
			sum += f.Activities
		}
	}
	return sum
}

func (c CommuneSummary) sheet() (sheet, error) {
	if err := checkMonths(c.Months...); err != nil {
		return sheet{}, err
	}
	s := sheet{head: c.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"TỔNG HỢP",
		"Kết quả hoạt động của các tổ " + period(c.Months), c.Commune}}
	tb := &table{name: "Tổng hợp", total: totalLabel, cols: []column{colNo, colTeam, colVillage, colLeader,
		{head: "Thành viên", width: 7, kind: number, centre: true, sum: true},
		{head: "Đã ghi nhận", group: "Hoạt động", width: 7, kind: number, centre: true, sum: true},
		{head: "Đã duyệt", group: "Hoạt động", width: 7, kind: number, centre: true, sum: true},
		{head: "Chờ duyệt, trả lại", group: "Hoạt động", width: 8, kind: number, centre: true, sum: true},
		{head: "Số ngày có hoạt động", width: 8, kind: number, centre: true, sum: true},
		{head: "Báo cáo đã duyệt", width: 7, kind: number, centre: true, sum: true},
		{head: "Số tháng đủ điều kiện", width: 8, kind: number, centre: true, sum: true}}}
	for i, r := range c.Rows {
		tb.add(num(int64(i+1)), txt(r.Name), txt(r.Village), txt(r.Leader), num(r.Members), num(r.Received), num(r.Approved),
			num(r.Waiting), num(r.Days), num(r.Reports), num(r.Eligible))
	}
	s.add(block{table: tb})
	if len(c.Figures) > 0 {
		s.add(line(heading, "Số liệu theo loại hoạt động"), figures(c.Figures, false))
	}
	return s, nil
}

func (e EligibilityList) sheet() (sheet, error) {
	if err := checkMonths(e.Month); err != nil {
		return sheet{}, err
	}
	s := sheet{head: e.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"DANH SÁCH",
		"Tổ đủ điều kiện, chưa đủ điều kiện và không đủ điều kiện hưởng hỗ trợ " + e.Month.Vi(), e.Commune}}
	s.add(e.Policy.lines()...)
	known := 0
	for i, result := range []domain.Result{domain.Eligible, domain.Incomplete, domain.Ineligible, domain.OutOfWindow} {
		rows := e.of(result)
		known += len(rows)
		if len(rows) == 0 && i > 0 {
			continue
		}
		s.add(line(heading, "%s: %d tổ", resultWords(result), len(rows)))
		if len(rows) > 0 {
			s.add(block{table: eligibility(result, rows)})
		}
	}
	if known != len(e.Rows) {
		return sheet{}, fmt.Errorf("a row has an unknown result")
	}
	if e.assumes() {
		s.add(line(quiet, "%s: điều kiện do hệ thống tạm đặt, không phải nội dung của nghị quyết.", assumed))
	}
	return s, nil
}

func (e EligibilityList) of(result domain.Result) []EligibilityRow {
	var rows []EligibilityRow
	for _, r := range e.Rows {
		if r.Result == result {
			rows = append(rows, r)
		}
	}
	return rows
}

func (e EligibilityList) assumes() bool {
	for _, r := range e.Rows {
		for _, why := range r.Reasons {
			if why.Origin == domain.Assumed {
				return true
			}
		}
	}
	return false
}

func eligibility(result domain.Result, rows []EligibilityRow) *table {
	tb := &table{name: resultWords(result), total: totalLabel, cols: []column{colNo, colTeam, colVillage, colLeader,
		{head: "Hoạt động đã duyệt", width: 8, kind: number, centre: true, sum: true},
		{head: "Số ngày", width: 6, kind: number, centre: true, sum: true},
		{head: "Người tham gia", width: 7, kind: number, centre: true, sum: true}}}
	if result == domain.Eligible {
		tb.cols = append(tb.cols, column{head: "Số tiền (đồng)", width: 12, kind: money, sum: true}, column{head: "Ghi chú", width: 18})
	} else {
		tb.cols = append(tb.cols, column{head: "Lý do", width: 36})
	}
	for i, r := range rows {
		row := []cell{num(int64(i + 1)), txt(r.Name), txt(r.Village), txt(r.Leader), num(r.Approved), num(r.Days), num(r.Members)}
		if result == domain.Eligible {
			row = append(row, vnd(r.Amount))
		}
		tb.add(append(row, txt(reasons(r.Reasons)))...)
	}
	return tb
}

func reasons(list []Reason) string {
	parts := make([]string, 0, len(list))
	for _, r := range list {
		p := r.Text
		if r.Rule != "" {
			p = r.Rule + ": " + p
		}
		if r.Origin == domain.Assumed {
			p += " (" + assumed + ")"
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, "\n")
}

func (s *sheet) add(bs ...block) { s.blocks = append(s.blocks, bs...) }

func or(s, other string) string { return cmp.Or(strings.TrimSpace(s), other) }

func join(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

func itoa(v int) string { return strconv.Itoa(v) }
