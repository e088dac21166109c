package papers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

var (
	colMonths = column{head: "Số tháng", width: 7, kind: number, centre: true, sum: true}
	colRate   = column{head: "Mức/tháng (đồng)", width: 11, kind: money}
	colAmount = column{head: "Số tiền (đồng)", width: 13, kind: money, sum: true}
	colTopUp  = column{head: "Xã hỗ trợ thêm (đồng)", width: 12, kind: money, sum: true}
	colSign   = column{head: "Ký nhận", width: 13, kind: blank}
	colNote   = column{head: "Ghi chú", width: 13}
)

const totalLabel = "Tổng cộng"

// inWords is the line under a table of amounts.
func inWords(total domain.Money) block {
	return block{style: strong, text: "Số tiền bằng chữ: " + total.Words() + "."}
}

func (p PaymentList) sheet() (sheet, error) {
	if err := checkMonths(p.Months...); err != nil {
		return sheet{}, err
	}
	s := sheet{head: p.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"DANH SÁCH CHI TRẢ",
		"Kinh phí hỗ trợ các tổ " + period(p.Months), p.Commune}}
	s.add(p.Policy.lines()...)
	tb := &table{name: "Danh sách chi trả", total: totalLabel, cols: []column{colNo, colTeam, colVillage, colLeader, colMonths,
		colRate, colAmount, colSign, colNote}}
	tb.cols[6].product = [2]int{4, 5}
	if p.TopUp.Total != 0 {
		tb.cols = slices.Insert(tb.cols, 7, colTopUp)
	}
	var total, added domain.Money
	for i, r := range p.Rows {
		if err := checkProduct(i, r.Months, r.Rate, r.Amount); err != nil {
			return sheet{}, err
		}
		total, added = total+r.Amount, added+r.TopUp
		cells := []cell{num(int64(i + 1)), txt(r.Name), txt(r.Village), txt(r.Leader), num(r.Months), known(r.Rate), vnd(r.Amount)}
		if p.TopUp.Total != 0 {
			cells = append(cells, known(r.TopUp))
		}
		tb.add(append(cells, cell{}, txt(r.Note))...)
	}
	s.add(block{table: tb}, inWords(total))
	if p.TopUp.Total != 0 {
		s.add(p.TopUp.line())
	}
	return s, errors.Join(checkTotal(p.Total, total), checkTotal(p.TopUp.Total, added))
}

// line says whose money the column of top-ups is.
func (t TopUp) line() block {
	by := ""
	if len(t.By) > 0 {
		by = " theo " + strings.Join(t.By, ", ")
	}
	return block{text: "Xã hỗ trợ thêm từ ngân sách xã" + by + ": " + t.Total.String() + " (" + t.Total.Words() + "), không thuộc số tiền bằng chữ ở trên."}
}

func (a AdjustmentList) sheet() (sheet, error) {
	if err := checkMonths(a.Month); err != nil {
		return sheet{}, err
	}
	name, subject, head := "DANH SÁCH TRUY LĨNH", "Kinh phí hỗ trợ các tổ được lĩnh bổ sung trong ", "Truy lĩnh (đồng)"
	switch a.Kind {
	case BackPayment:
	case Recovery:
		name, subject, head = "DANH SÁCH THU HỒI", "Kinh phí hỗ trợ các tổ phải thu hồi trong ", "Thu hồi (đồng)"
	default:
		return sheet{}, fmt.Errorf("unknown kind of adjustment %q", string(a.Kind))
	}
	s := sheet{head: a.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{name, subject + a.Month.Vi(), a.Commune}}
	s.add(a.Policy.lines()...)
	tb := &table{name: "Điều chỉnh", total: totalLabel, cols: []column{colNo, {head: "Tổ", width: 17},
		{head: "Thôn, bản, tổ dân phố", width: 12}, {head: "Tổ trưởng", width: 12}, {head: "Tháng điều chỉnh", width: 9, centre: true}, {head: "Đã tính (đồng)", width: 10, kind: money},
		{head: "Đúng ra (đồng)", width: 10, kind: money}, {head: head, width: 11, kind: money, sum: true},
		{head: "Lý do, căn cứ", width: 36}, {head: "Người đề nghị; người duyệt", width: 14}, {head: "Ký nhận", width: 10, kind: blank}}}
	var total domain.Money
	for i, r := range a.Rows {
		if err := a.checkRow(i, r); err != nil {
			return sheet{}, err
		}
		total += r.Amount
		why := r.Reason
		if r.Ref.Number != "" {
			why = join(" ", why, "("+r.Ref.String()+")")
		}
		tb.add(num(int64(i+1)), txt(r.Name), txt(r.Village), txt(r.Leader), txt(r.Month.Vi()), vnd(r.Was), vnd(r.Now), vnd(r.Amount),
			txt(why), txt(join("; ", r.Proposed, r.Approved)), cell{})
	}
	s.add(block{table: tb}, inWords(total))
	return s, checkTotal(a.Total, total)
}

func (a AdjustmentList) checkRow(i int, r AdjustmentRow) error {
	if err := checkMonths(r.Month); err != nil {
		return err
	}
	diff := r.Now - r.Was
	if a.Kind == Recovery {
		diff = -diff
	}
	if r.Amount <= 0 || diff != r.Amount {
		return fmt.Errorf("%w: row %d, from %s to %s is not %s", ErrTotal, i+1, r.Was.Figures(), r.Now.Figures(), r.Amount.Figures())
	}
	return checkDate(r.Ref.On)
}

func (o OfficerList) sheet() (sheet, error) {
	if err := checkMonths(o.Months...); err != nil {
		return sheet{}, err
	}
	name, subject, amount, sign := "DANH SÁCH CHI TRẢ", "Hỗ trợ cán bộ chuyên trách ", colAmount, colSign
	switch o.Kind {
	case "":
	case Recovery:
		name, subject = "DANH SÁCH THU HỒI", "Kinh phí hỗ trợ cán bộ chuyên trách phải thu hồi, thời gian "
		amount.head, sign.head = "Thu hồi (đồng)", "Người nộp ký"
	default:
		return sheet{}, fmt.Errorf("unknown kind of list %q", string(o.Kind))
	}
	s := sheet{head: o.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{name, subject + period(o.Months)}}
	s.add(o.Policy.lines()...)
	tb := &table{name: "Cán bộ chuyên trách", total: totalLabel, cols: []column{colNo, {head: "Họ và tên", width: 18},
		{head: "Đơn vị", width: 20}, {head: "Cấp", width: 9, centre: true}, {head: "Trình độ", width: 10, centre: true},
		{head: "Từ ngày", width: 9, kind: date, centre: true}, {head: "Đến ngày", width: 9, kind: date, centre: true},
		colMonths, colRate, amount, sign, {head: "Ghi chú", width: 10}}}
	tb.cols[9].product = [2]int{7, 8}
	var total domain.Money
	for i, r := range o.Rows {
		if err := checkProduct(i, r.Months, r.Rate, r.Amount); err != nil {
			return sheet{}, err
		}
		if r.Amount < 0 {
			return sheet{}, fmt.Errorf("%w: row %d is negative, what comes back has a list of its own", ErrTotal, i+1)
		}
		total += r.Amount
		tb.add(num(int64(i+1)), txt(r.Name), txt(r.Office), txt(r.Level), txt(r.Degree), day(r.From), day(r.To), num(r.Months),
			known(r.Rate), vnd(r.Amount), cell{}, txt(r.Note))
	}
	s.add(block{table: tb}, inWords(total))
	return s, checkTotal(o.Total, total)
}

func (p PeopleList) sheet() (sheet, error) {
	if err := checkMonths(p.Months...); err != nil {
		return sheet{}, err
	}
	name, subject, amount, sign := "DANH SÁCH CHI TRẢ", "Người được huy động làm công tác chuyển đổi số ", colAmount, colSign
	switch p.Kind {
	case "":
	case Recovery:
		name, subject = "DANH SÁCH THU HỒI", "Kinh phí chi cho người được huy động phải thu hồi, thời gian "
		amount.head, sign.head = "Thu hồi (đồng)", "Người nộp ký"
	default:
		return sheet{}, fmt.Errorf("unknown kind of list %q", string(p.Kind))
	}
	s := sheet{head: p.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{name, subject + period(p.Months)}}
	s.add(p.Policy.lines()...)
	tb := &table{name: "Người được huy động", total: totalLabel, cols: []column{colNo, {head: "Họ và tên", width: 20},
		{head: "Đối tượng", width: 16}, {head: "Lệnh huy động", width: 16}, {head: "Tháng", width: 11, centre: true},
		{head: "Số ngày (đêm)", width: 8, kind: number, centre: true, sum: true}, {head: "Mức chi (đồng)", width: 11, kind: money}, amount, sign}}
	tb.cols[7].product = [2]int{5, 6}
	var total domain.Money
	for i, r := range p.Rows {
		if err := errors.Join(checkMonths(r.Month), checkProduct(i, r.Times, r.Rate, r.Amount)); err != nil {
			return sheet{}, err
		}
		if r.Amount < 0 {
			return sheet{}, fmt.Errorf("%w: row %d is negative, what comes back has a list of its own", ErrTotal, i+1)
		}
		total += r.Amount
		tb.add(num(int64(i+1)), txt(r.Name), txt(r.Kind), txt(r.Order), txt(r.Month.Vi()), num(r.Times), known(r.Rate), vnd(r.Amount), cell{})
	}
	s.add(block{table: tb}, inWords(total))
	return s, checkTotal(p.Total, total)
}

func (a AwardList) sheet() (sheet, error) {
	s := sheet{head: a.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"DANH SÁCH THƯỞNG",
		fmt.Sprintf("Đơn vị được công nhận về chuyển đổi số năm %d", a.Year)}}
	s.add(a.Policy.lines()...)
	tb := &table{name: "Thưởng đơn vị", total: totalLabel, cols: []column{colNo, {head: "Đơn vị", width: 28},
		{head: "Loại đơn vị", width: 15}, {head: "Mức công nhận", width: 12, centre: true}, {head: "Quyết định công nhận", width: 18},
		{head: "Ngày", width: 10, kind: date, centre: true}, colAmount, colSign, colNote}}
	var total domain.Money
	for _, r := range a.Rows {
		total += r.Amount
		tb.add(num(int64(len(tb.rows)+1)), txt(r.Unit), txt(r.Kind), txt(r.Standard), txt(r.By.Number), day(r.By.On), vnd(r.Amount),
			cell{}, txt(r.Note))
	}
	s.add(block{table: tb}, inWords(total))
	return s, checkTotal(a.Total, total)
}
