package domain_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
)

func TestMoney_Golden(t *testing.T) {
	for _, c := range []struct {
		m              domain.Money
		figures, words string
	}{
		{0, "0 đồng", "Không đồng"},
		{1, "1 đồng", "Một đồng"},
		{15_000, "15.000 đồng", "Mười lăm nghìn đồng"},
		{21_000, "21.000 đồng", "Hai mươi mốt nghìn đồng"},
		{105_000, "105.000 đồng", "Một trăm linh năm nghìn đồng"},
		{500_000, "500.000 đồng", "Năm trăm nghìn đồng"},
		{1_080_000, "1.080.000 đồng", "Một triệu không trăm tám mươi nghìn đồng"},
		{1_000_001, "1.000.001 đồng", "Một triệu không trăm linh một đồng"},
		{385_500_000, "385.500.000 đồng", "Ba trăm tám mươi lăm triệu năm trăm nghìn đồng"},
		{2_698_500_000, "2.698.500.000 đồng", "Hai tỷ sáu trăm chín mươi tám triệu năm trăm nghìn đồng"},
		{8_136_000_000, "8.136.000.000 đồng", "Tám tỷ một trăm ba mươi sáu triệu đồng"},
		{3_900_000_000_000, "3.900.000.000.000 đồng", "Ba nghìn chín trăm tỷ đồng"},
		{-500_000, "-500.000 đồng", "Âm năm trăm nghìn đồng"},
		{math.MinInt64, "-9.223.372.036.854.775.808 đồng", "Âm chín tỷ hai trăm hai mươi ba triệu ba trăm bảy mươi hai nghìn không trăm ba mươi sáu tỷ tám trăm năm mươi bốn triệu bảy trăm bảy mươi lăm nghìn tám trăm linh tám đồng"},
	} {
		if got := c.m.String(); got != c.figures {
			t.Errorf("%d in figures: %q, want %q", c.m, got, c.figures)
		}
		if got := c.m.Words(); got != c.words {
			t.Errorf("%d in words:\n got %q\nwant %q", c.m, got, c.words)
		}
	}
}

// TestMoney_WordsReadBack reads the words again, by another way than they are
// written: word by word with a running number.
func TestMoney_WordsReadBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(60, 2022))
	for i := range 1000 {
		m := domain.Money(rnd.Int64N(int64(math.Pow10(1 + i%15))))
		if i%3 == 0 {
			m = m / 500_000 * 500_000
		}
		got, err := readWords(m.Words())
		if err != nil || got != int64(m) {
			t.Fatalf("%d is written %q, which reads %d (%v)", m, m.Words(), got, err)
		}
	}
}

func readWords(s string) (int64, error) {
	s, ok := strings.CutSuffix(strings.ToLower(s), " đồng")
	if !ok {
		return 0, fmt.Errorf("no đồng at the end")
	}
	digit := map[string]int64{"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5,
		"sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
	var total, group, last int64 // below a tỷ; below a thousand; the word before
	var tyTotal int64
	for _, w := range strings.Fields(s) {
		switch w {
		case "linh":
		case "mươi":
			group, last = group+last*10, 0
		case "trăm":
			group, last = group+last*100, 0
		case "nghìn", "triệu":
			factor := map[string]int64{"nghìn": 1000, "triệu": 1_000_000}[w]
			total, group, last = total+(group+last)*factor, 0, 0
		case "tỷ":
			tyTotal, total, group, last = (tyTotal+total+group+last)*1_000_000_000, 0, 0, 0
		default:
			d, ok := digit[w]
			if !ok {
				return 0, fmt.Errorf("unknown word %q", w)
			}
			group, last = group+last, d
		}
	}
	return tyTotal + total + group + last, nil
}
