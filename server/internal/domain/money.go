package domain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Money is an amount in đồng. Never a float.
type Money int64

// String is the amount in figures: "2.698.500.000 đồng".
func (m Money) String() string { return m.Figures() + " đồng" }

// Figures is the amount in figures without its unit: "2.698.500.000".
func (m Money) Figures() string {
	s := strconv.FormatUint(magnitude(m), 10)
	var b strings.Builder
	if m < 0 {
		b.WriteByte('-')
	}
	for i, c := range []byte(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Words is the amount as a Vietnamese document writes it out: capital first,
// "đồng" last, without "chẵn". A negative amount begins with "Âm".
func (m Money) Words() string {
	if m == 0 {
		return "Không đồng"
	}
	words := wordsOf(magnitude(m))
	if m < 0 {
		return "Âm " + words + " đồng"
	}
	return capital(words) + " đồng"
}

// capital raises the first letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func magnitude(m Money) uint64 {
	if m < 0 {
		return -uint64(m) // also right for the smallest int64
	}
	return uint64(m)
}

var (
	digitWords = [10]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}
	groupWords = [3]string{"", "nghìn", "triệu"}
)

// wordsOf writes n > 0. Above a tỷ (10^9) the number of tỷ is itself written
// out: một nghìn tỷ, hai triệu tỷ, một tỷ tỷ.
func wordsOf(n uint64) string {
	const billion = 1_000_000_000
	if n >= billion {
		s := wordsOf(n/billion) + " tỷ"
		if rest := n % billion; rest > 0 {
			s += " " + groups(rest, true)
		}
		return s
	}
	return groups(n, false)
}

// groups writes 0 < n < 10^9 by threes. full: something stands before n, so
// its first written group names its hundreds, "không trăm" too.
func groups(n uint64, full bool) string {
	var parts []string
	for i, unit := 2, uint64(1_000_000); i >= 0; i, unit = i-1, unit/1000 {
		g := n / unit % 1000
		if g == 0 {
			continue
		}
		p := triple(int(g), full || len(parts) > 0)
		if groupWords[i] != "" {
			p += " " + groupWords[i]
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, " ")
}

// triple writes 1 to 999. With full it names the hundreds even if there are
// none.
func triple(g int, full bool) string {
	h, t, u := g/100, g/10%10, g%10
	var parts []string
	if h > 0 || full {
		parts = append(parts, digitWords[h], "trăm")
	}
	switch {
	case t == 0 && u > 0 && len(parts) > 0:
		parts = append(parts, "linh")
	case t == 1:
		parts = append(parts, "mười")
	case t > 1:
		parts = append(parts, digitWords[t], "mươi")
	}
	switch {
	case u == 1 && t > 1:
		parts = append(parts, "mốt")
	case u == 5 && t > 0:
		parts = append(parts, "lăm")
	case u > 0:
		parts = append(parts, digitWords[u])
	}
	return strings.Join(parts, " ")
}
