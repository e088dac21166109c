package papers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// ActivityTable is bảng hoạt động: every activity of a commune's month, or of
// more, as it stands, to be sorted and summed in a spreadsheet.
type ActivityTable struct {
	Head    Head
	Commune string
	Month   domain.Month
	To      domain.Month      // the last one, if there are more
	Places  bool              // rows are of several communes: each names its own
	Bare    bool              // without people and notes: for who sees figures only
	Names   map[string]string // of measures, by key
	Rows    []ActivityRow
}

// ActivityRow is one activity. A measure that it lacks is no key of Measures.
type ActivityRow struct {
	ID       string
	On       domain.Date
	Commune  string
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
	to := cmp.Or(a.To, a.Month)
	if err := checkMonths(a.Month, to); err != nil {
		return sheet{}, err
	}
	when := "Các hoạt động trong " + a.Month.Vi()
	if to != a.Month {
		when = "Các hoạt động từ " + a.Month.Vi() + " đến " + to.Vi()
	}
	s := sheet{head: a.Head, landscape: true, signHint: "(Ký, ghi rõ họ tên)", title: []string{"BẢNG HOẠT ĐỘNG", when, a.Commune}}
	keys := a.measures()
	tb := &table{name: "Hoạt động", cols: a.columns(keys)}
	for i, r := range a.Rows {
		row, err := a.row(i, r, keys)
		if err != nil {
			return sheet{}, err
		}
		tb.add(row...)
	}
	s.add(block{table: tb})
	return s, nil
}

func (a ActivityTable) columns(keys []string) []column {
	cols := []column{colNo, {head: "Ngày", width: 9, kind: date}}
	if a.Places {
		cols = append(cols, column{head: "Xã, phường", width: 14})
	}
	cols = append(cols, column{head: "Tổ", width: 16})
	if !a.Bare {
		cols = append(cols, column{head: "Người ghi", width: 12})
	}
	cols = append(cols, column{head: "Loại việc", width: 14})
	for _, k := range keys {
		cols = append(cols, column{head: or(a.Names[k], k), width: 8, kind: number})
	}
	if a.Bare {
		return append(cols, column{head: "Số ảnh", width: 6, kind: number, centre: true}, column{head: "Trạng thái", width: 9}, column{head: "Mã", width: 12})
	}
	return append(cols, column{head: "Giấy tờ", width: 10}, column{head: "Số ảnh", width: 6, kind: number, centre: true}, column{head: "Địa điểm", width: 10},
		column{head: "Ghi chú", width: 14}, column{head: "Trạng thái", width: 9}, column{head: "Người duyệt", width: 11}, column{head: "Lý do", width: 11},
		column{head: "Miễn minh chứng", width: 10}, column{head: "Mã", width: 12})
}

func (a ActivityTable) row(i int, r ActivityRow, keys []string) ([]cell, error) {
	state, known := stateWords[r.State]
	if !known {
		return nil, fmt.Errorf("a row has the unknown state %.20q", r.State)
	}
	row := []cell{num(int64(i + 1)), day(r.On)}
	if a.Places {
		row = append(row, txt(r.Commune))
	}
	row = append(row, txt(r.Team))
	if !a.Bare {
		row = append(row, txt(r.Author))
	}
	row = append(row, txt(r.Kind))
	for _, k := range keys {
		v, ok := r.Measures[k]
		row = append(row, cell{n: v, set: ok})
	}
	if a.Bare {
		return append(row, num(r.Photos), txt(state), txt(r.ID)), nil
	}
	return append(row, txt(strings.Join(r.Papers, "\n")), num(r.Photos), txt(r.Place), txt(r.Note), txt(state), txt(r.Reviewer), txt(r.Reason), txt(r.Waiver), txt(r.ID)), nil
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
