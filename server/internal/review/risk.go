package review

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Risk says what is odd about a submission. It decides nothing: it orders the
// queue and tells the chair where to look. All thresholds are assumptions.
type Risk string

// Risks, the gravest first.
const (
	RiskDuplicate  Risk = "risk_duplicate"   // looks like another activity of the team
	RiskSamePhoto  Risk = "risk_same_photo"  // another activity of the commune shows the same picture
	RiskNoEvidence Risk = "risk_no_evidence" // no paper and no photo named
	RiskOutlier    Risk = "risk_outlier"     // a measure far outside the team's habit
	RiskBurst      Risk = "risk_burst"       // many entries in one minute on one phone
	RiskLate       Risk = "risk_late"        // done long before it arrived
	RiskFirst      Risk = "risk_first"       // nothing of this author was approved lately
	RiskOwn        Risk = "risk_own"         // the reader is its author: somebody else decides
)

// RiskText is a risk in both languages.
type RiskText struct {
	Risk   Risk   `json:"risk"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
	weight int
}

// RiskTexts has the text and the weight of each risk.
var RiskTexts = [...]RiskText{
	{RiskDuplicate, "Có thể trùng với hoạt động khác của tổ", "May repeat another activity of the team", 8},
	{RiskSamePhoto, "Ảnh giống ảnh của hoạt động khác trong xã", "Its photo looks like that of another activity of the commune", 7},
	{RiskNoEvidence, "Chưa có minh chứng", "Has no evidence", 6},
	{RiskOutlier, "Số liệu khác xa mức thường thấy của tổ", "Its figures are far from what the team usually reports", 5},
	{RiskBurst, "Nhiều hoạt động được ghi trong cùng một phút", "Many activities were logged within one minute", 4},
	{RiskLate, "Gửi lên sau ngày thực hiện khá lâu", "It arrived long after it was done", 3},
	{RiskFirst, "Người ghi chưa có hoạt động nào được duyệt gần đây", "Its author had nothing approved lately", 1},
	{RiskOwn, "Do chính bạn ghi: người khác phải duyệt", "You logged it yourself: somebody else has to decide", 0},
}

// Thresholds.
const (
	burstCount    = 5  // entries of one author in one minute
	lateDays      = 7  // between the day done and arrival
	outlierTimes  = 5  // of the team's median
	outlierSample = 4  // values before a team has a habit
	outlierFloor  = 20 // smaller figures are never odd
	habitMonths   = 2  // months before the queue's that make the habit
	minuteMs      = 60 * 1000
)

func weight(rs []Risk) (n int) {
	for _, t := range RiskTexts {
		if slices.Contains(rs, t.Risk) {
			n += t.weight
		}
	}
	return n
}

// habit is what a commune's teams and authors usually log: the background
// against which one submission is odd.
type habit struct {
	values   map[string][]int64 // by team, category and measure, sorted once asked
	approved map[domain.ID]bool // authors
	minutes  map[string]int     // entries by author and minute of making
	same     map[string]int     // activities by team, day, category and measures
	photos   album
}

func newHabit() *habit {
	return &habit{values: map[string][]int64{}, approved: map[domain.ID]bool{}, minutes: map[string]int{}, same: map[string]int{}, photos: newAlbum()}
}

// add learns from one activity, whatever its state; withdrawn and rejected
// ones teach nothing.
func (h *habit) add(id domain.ID, a *domain.Activity) {
	switch a.State {
	case domain.Withdrawn, domain.Rejected:
		return
	case domain.Approved:
		h.approved[a.Author] = true
	}
	for m, n := range a.Measures {
		k := measureKey(a, m)
		h.values[k] = append(h.values[k], n)
	}
	h.minutes[minuteKey(id, a)]++
	h.same[sameKey(a)]++
	h.photos.add(id, a)
}

func measureKey(a *domain.Activity, measure string) string {
	return string(a.Team) + "/" + a.Category + "/" + measure
}

// minuteKey uses the time in the id, which the phone's clock made: wrong or
// not, entries of one phone in one minute stand in one minute.
func minuteKey(id domain.ID, a *domain.Activity) string {
	b, _ := id.Bytes()
	ms := binary.BigEndian.Uint64(append([]byte{0, 0}, b[:6]...))
	return string(a.Author) + "/" + strconv.FormatUint(ms/minuteMs, 10)
}

func sameKey(a *domain.Activity) string {
	ms := make([]string, 0, len(a.Measures))
	for m, n := range a.Measures {
		ms = append(ms, m+"="+strconv.FormatInt(n, 10))
	}
	slices.Sort(ms)
	return string(a.Team) + "/" + string(a.DoneOn) + "/" + a.Category + "/" + strings.Join(ms, ",")
}

// risks judges one activity against the habit.
func (h *habit) risks(id domain.ID, a *domain.Activity, reader domain.ID) []Risk {
	out := []Risk{}
	flag := func(on bool, r Risk) {
		if on {
			out = append(out, r)
		}
	}
	flag(h.same[sameKey(a)] > 1 || slices.ContainsFunc(a.Flags, func(f string) bool {
		return strings.HasPrefix(f, string(syncproto.CodeDuplicateOf))
	}), RiskDuplicate)
	flag(h.photos.twice(id, a), RiskSamePhoto)
	flag(len(a.Evidence) == 0, RiskNoEvidence)
	flag(h.outlier(a), RiskOutlier)
	flag(h.minutes[minuteKey(id, a)] >= burstCount, RiskBurst)
	flag(a.Received > a.DoneOn.Add(lateDays+1).Start().UnixMilli(), RiskLate)
	flag(!h.approved[a.Author], RiskFirst)
	flag(a.Author == reader, RiskOwn)
	return out
}

func (h *habit) outlier(a *domain.Activity) bool {
	for m, n := range a.Measures {
		vs := h.values[measureKey(a, m)]
		if n < outlierFloor || len(vs) < outlierSample {
			continue
		}
		slices.Sort(vs)
		if n > outlierTimes*max(1, vs[len(vs)/2]) {
			return true
		}
	}
	return false
}
