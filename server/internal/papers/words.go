package papers

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
)

// clean makes text fit for paper: NFC, no control or invisible characters, no
// marks that turn the direction of writing. Line breaks stay.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || unicode.Is(unicode.Zs, r):
			return ' '
		case r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(norm.NFC.String(s))
}

func cleanAll(list []string) {
	for i := range list {
		list[i] = clean(list[i])
	}
}

// clean copies the head with its text made fit for paper.
func (h Head) clean() Head {
	for _, p := range []*string{&h.Superior, &h.District, &h.Issuer, &h.Number, &h.Symbol, &h.Place, &h.Replaces.Number,
		&h.Replaced.Number, &h.Print} {
		*p = clean(*p)
	}
	h.Copies, h.Notes = append([]string(nil), h.Copies...), append([]string(nil), h.Notes...)
	cleanAll(h.Copies)
	cleanAll(h.Notes)
	h.Signers = append([]Signer(nil), h.Signers...)
	for i, s := range h.Signers {
		h.Signers[i] = Signer{For: clean(s.For), By: clean(s.By), Role: clean(s.Role), Name: clean(s.Name)}
	}
	return h
}

// lastDistrictDay is the last day on which districts existed.
const lastDistrictDay domain.Date = "2025-06-30"

// superior is the agency printed above the issuing one.
func (h Head) superior() string {
	if h.District != "" && h.On <= lastDistrictDay {
		return h.District
	}
	return h.Superior
}

// number is the line "Số: 05/DS-UBND". Without a number there is room to write
// one.
func (h Head) number() string {
	no := h.Number
	if no == "" {
		no = "        "
	}
	if h.Symbol != "" {
		no += "/" + h.Symbol
	}
	return "Số: " + no
}

// placeDate is "Yên Bình, ngày 05 tháng 12 năm 2023": days below 10 and the
// months 1 and 2 carry a zero, as NĐ 30/2020 wants it.
func (h Head) placeDate() string {
	on := h.On.Start()
	month := fmt.Sprintf("%d", on.Month())
	if on.Month() <= 2 {
		month = "0" + month
	}
	s := fmt.Sprintf("ngày %02d tháng %s năm %d", on.Day(), month, on.Year())
	if h.Place == "" {
		return "N" + s[1:]
	}
	return h.Place + ", " + s
}

// String is "số 05/DS-UBND ngày 20/12/2023".
func (r Ref) String() string {
	s := "số " + r.Number
	if r.On != "" {
		s += " ngày " + r.On.Vi()
	}
	return s
}

// period is the months of a paper in words; neighbours are joined.
func period(months []domain.Month) string {
	var parts []string
	for i := 0; i < len(months); {
		j := i
		for j+1 < len(months) && months[j+1] == months[j].Add(1) {
			j++
		}
		if j == i {
			parts = append(parts, months[i].Vi())
		} else {
			parts = append(parts, "từ "+months[i].Vi()+" đến "+months[j].Vi())
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// resultWords are the words of the glossary.
func resultWords(r domain.Result) string {
	switch r {
	case domain.Eligible:
		return "Đủ điều kiện"
	case domain.Incomplete:
		return "Chưa đủ điều kiện"
	case domain.Ineligible:
		return "Không đủ điều kiện"
	case domain.OutOfWindow:
		return "Ngoài thời gian hưởng"
	}
	return string(r)
}

// both is a text in both languages.
type both struct{ vi, en string }

// stages and moneyStates are how a paper names where a month and its money are.
var stages = map[domain.Stage]both{
	domain.StageOpen:      {"đang mở", "open"},
	domain.StageGrace:     {"chờ nộp và duyệt", "waiting for submission and review"},
	domain.StageClosed:    {"đã chốt", "closed"},
	domain.StageFinalised: {"tỉnh đã chốt", "finalised by the province"},
}

var moneyStates = map[domain.MoneyState]both{
	domain.Projected:     {"dự kiến, tháng chưa chốt", "projected, the month is not closed"},
	domain.MoneyEligible: {"đủ điều kiện – chờ quyết định kinh phí", "eligible, waiting for the funding decision"},
	domain.Funded:        {"đã có quyết định kinh phí", "funded, not listed yet"},
	domain.Listed:        {"đã lập danh sách chi trả", "listed for payment"},
	domain.Paid:          {"đã chi trả", "paid"},
	domain.Settled:       {"đã chi trả, tổ đã nhận đủ", "paid and received"},
	domain.Withheld:      {"tạm giữ lại", "withheld"},
	domain.Adjusted:      {"đã điều chỉnh, chờ danh sách truy lĩnh hoặc thu hồi", "adjusted, waiting for a list of back payment or recovery"},
	domain.Recovered:     {"đã thu hồi", "recovered"},
	domain.NoMoney:       {"không được hỗ trợ", "no support"},
}

// badge is what a rule's origin is called on paper.
func badge(o domain.Origin) string {
	switch o {
	case domain.Sourced:
		return "Đã công bố"
	case domain.Inferred:
		return "Suy ra từ nguồn công bố"
	case domain.Assumed:
		return assumed
	}
	return string(o)
}

const assumed = "Quy định tạm của hệ thống"

// instrument names a resolution or a decision by what its number says.
func instrument(r Ref) string {
	switch {
	case strings.Contains(r.Number, "/NQ-"):
		return "Nghị quyết " + r.String()
	case strings.Contains(r.Number, "/QĐ-"):
		return "Quyết định " + r.String()
	}
	return strings.TrimPrefix(r.String(), "số ")
}

// lines are what a paper says about its policy.
func (p Policy) lines() []block {
	var bs []block
	if p.Name != "" || p.Instrument != "" {
		s := p.Name
		if p.Instrument != "" {
			s += " theo " + instrument(Ref{p.Instrument, p.Issued})
		}
		bs = append(bs, line(plain, "Chính sách: %s.", s))
	}
	if p.Rate != 0 {
		s := p.Rate.String()
		if p.Per != "" {
			s += "/" + p.Per
		}
		if p.Origin == domain.Assumed {
			s += " (" + assumed + ")"
		}
		bs = append(bs, line(plain, "Mức hỗ trợ: %s.", s))
	}
	if p.Decision.Number != "" {
		bs = append(bs, line(plain, "Kinh phí: %s.", instrument(p.Decision)))
	}
	return bs
}
