package papers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// ActivityTable is bảng hoạt động: every activity of a commune's month as it
// stands, to be sorted and summed in a spreadsheet.
type ActivityTable struct {
	Head    Head
	Commune string
	Month   domain.Month
	Names   map[string]string // of measures, by key
	Rows    []ActivityRow
}

// ActivityRow is one activity. A measure that it lacks is no key of Measures.
type ActivityRow struct {
	ID       string
	On       domain.Date
	Team     string
	Author   string
	Kind     string
	Measures map[string]int64
	Papers   []string // references
	Photos   int64
	Place    string
	Note     string
	State    domain.State
	Reviewer string
	Reason   string // of the last decision
	Waiver   string // why evidence was waived
}

func (a ActivityTable) sheet() (sheet, error) {
	if err := checkMonths(a.Month); err != nil {
		return sheet{}, err
	}
	s := sheet{head: a.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"BẢNG HOẠT ĐỘNG", "Các hoạt động trong " + a.Month.Vi(), a.Commune}}
	keys := a.measures()
	tb := &table{name: "Hoạt động", cols: []column{colNo, {head: "Ngày", width: 9, kind: date}, {head: "Tổ", width: 16}, {head: "Người ghi", width: 12}, {head: "Loại việc", width: 14}}}
	for _, k := range keys {
		tb.cols = append(tb.cols, column{head: or(a.Names[k], k), width: 8, kind: number})
	}
	tb.cols = append(tb.cols, column{head: "Giấy tờ", width: 10}, column{head: "Số ảnh", width: 6, kind: number, centre: true}, column{head: "Địa điểm", width: 10},
		column{head: "Ghi chú", width: 14}, column{head: "Trạng thái", width: 9}, column{head: "Người duyệt", width: 11}, column{head: "Lý do", width: 11},
		column{head: "Miễn minh chứng", width: 10}, column{head: "Mã", width: 12})
	for i, r := range a.Rows {
		state, known := stateWords[r.State]
		if !known {
			return sheet{}, fmt.Errorf("a row has the unknown state %.20q", r.State)
		}
		row := []cell{num(int64(i + 1)), day(r.On), txt(r.Team), txt(r.Author), txt(r.Kind)}
		for _, k := range keys {
			v, ok := r.Measures[k]
			row = append(row, cell{n: v, set: ok})
		}
		tb.add(append(row, txt(strings.Join(r.Papers, "\n")), num(r.Photos), txt(r.Place), txt(r.Note), txt(state), txt(r.Reviewer), txt(r.Reason), txt(r.Waiver), txt(r.ID))...)
	}
	s.add(block{table: tb})
	return s, nil
}

// measures are the keys that occur, by name.
func (a ActivityTable) measures() []string {
	seen := map[string]bool{}
	for _, r := range a.Rows {
		for k := range r.Measures {
			seen[k] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(x, y string) int {
		return strings.Compare(or(a.Names[x], x)+x, or(a.Names[y], y)+y)
	})
}

// stateWords say how an activity stands, as the phone and the console do.
var stateWords = map[domain.State]string{
	domain.Received: "đã nhận", domain.Pending: "chờ duyệt", domain.Approved: "đã duyệt", domain.Returned: "trả lại",
	domain.Rejected: "không duyệt", domain.Withdrawn: "đã rút",
}
