package syncproto

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestIsNFC_EveryCodePoint(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r < 0xe000 {
			continue
		}
		around := []string{string(r), "a" + string(r), "ơ" + string(r), string(r) + "\u0301"}
		if r > 0x3000 && nfcProp(r) == 0 && r%64 != 0 {
			around = around[:1] // nothing special: alone is enough
		}
		for _, s := range around {
			if got, want := IsNFC(s), norm.NFC.IsNormalString(s); got != want {
				t.Fatalf("IsNFC(%+q) = %v, want %v", s, got, want)
			}
		}
	}
}

func TestIsNFC_EveryPair(t *testing.T) {
	for _, p := range nfcPairs {
		if s := string([]rune{p.first, p.second}); IsNFC(s) {
			t.Fatalf("%+q joins to %+q but passes", s, p.joined)
		}
		if !IsNFC(string(p.joined)) {
			t.Fatalf("%+q is refused", p.joined)
		}
	}
}

func TestIsNFC_Random(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	alphabet := nfcAlphabet()
	for range 100_000 {
		rs := make([]rune, 1+rnd.IntN(8))
		for i := range rs {
			rs[i] = alphabet[rnd.IntN(len(alphabet))]
		}
		for _, s := range []string{string(rs), norm.NFC.String(string(rs))} {
			if got, want := IsNFC(s), norm.NFC.String(s) == s; got != want {
				t.Fatalf("IsNFC(%+q) = %v, want %v", s, got, want)
			}
		}
	}
}

// nfcAlphabet has everything that a normaliser can trip over.
func nfcAlphabet() []rune {
	rs := []rune("aAoOuUeE<đ가각ᄀ\u1161\u11a8𑄮")
	for _, p := range nfcPairs {
		if p.joined < 0x250 || p.joined >= 0x1e00 && p.joined < 0x1f00 || p.joined%7 == 0 {
			rs = append(rs, p.joined, p.first, p.second)
		}
	}
	for i, p := range nfcRanges {
		if i%3 == 0 || p.lo < 0x370 {
			rs = append(rs, p.lo, p.hi)
		}
	}
	return rs
}

func TestIsNFC_Words(t *testing.T) {
	for s, want := range map[string]bool{
		"": true,
		"Tổ chuyển đổi số cộng đồng": true,
		"To\u0302\u0309":              false, // ổ taken apart
		"ô\u0309":                     false, // half taken apart
		"o\u0323\u0302":               false,
		"â\u0323":                     false, // ậ, though no pair of â and the dot exists
		"Jrai: ơ\u0306, ư\u0306":      true,  // Gia Rai, Ê Đê: no code point of their own
		"a\u0306":                     false, // ă
		"e\u0306":                     false, // ĕ
		"ê\u030c":                     true,
		"\u0301":                      true,  // a mark alone
		"q\u0301\u0323":               false, // marks out of order
		"q\u0323\u0301":               true,
		"\u212b":                      false, // Ångström sign
		"가":                           true,
		"\u1100\u1161":                false,
		"a\xff":                       false,
		"\xed\xa0\x80":                false, // a surrogate
		"\xc0\x80":                    false,
		"\xf4\x90\x80\x80":            false,
		"e\u0323\u0323\u0323\u0323e":  false,
		"ẹ\u0323\u0323\u0323\u0323ee": true,
	} {
		if got := IsNFC(s); got != want {
			t.Errorf("IsNFC(%+q) = %v, want %v", s, got, want)
		}
	}
}

// TestIsNFC_HostileLength: time grows with length, whatever the text; by the
// square of it these would take hours.
func TestIsNFC_HostileLength(t *testing.T) {
	const n = 1 << 18
	for _, c := range []struct {
		text string
		want bool
	}{
		{"q" + strings.Repeat("\u0323", n) + strings.Repeat("\u0301", n), true},
		{"ậ" + strings.Repeat("\u0323", n), true}, // the second dot is blocked by the first
		{"ậ" + strings.Repeat("\u0301\u0323", n), false},
		{strings.Repeat("ơ\u0306", n), true},
		{strings.Repeat("가\u11a7", n), true},
		{strings.Repeat("\u1161", n), true},
	} {
		if got := IsNFC(c.text); got != c.want {
			t.Errorf("%+q…: %v, want %v", c.text[:12], got, c.want)
		}
		begin := string([]rune(c.text)[:20])
		if got, want := IsNFC(begin), norm.NFC.String(begin) == begin; got != want {
			t.Errorf("%+q: %v, want %v", begin, got, want)
		}
	}
}

func FuzzIsNFC(f *testing.F) {
	for _, s := range []string{"", "Tổ", "To\u0302\u0309", "ơ\u0306", "â\u0323", "\u1100\u1161\u11a8", "\xed\xa0\x80", "a\u0344"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, sameBytes := IsNFC(s), isNFC([]byte(s))
		if got != sameBytes {
			t.Fatalf("text %v, bytes %v", got, sameBytes)
		}
		marks := 0
		for _, r := range s {
			if marks++; nfcProp(r) == 0 {
				marks = 0
			}
			if marks > 25 {
				return // x/text breaks up longer runs, for streams
			}
		}
		if want := utf8.ValidString(s) && norm.NFC.String(s) == s; got != want {
			t.Fatalf("IsNFC(%+q) = %v, want %v", s, got, want)
		}
	})
}

func BenchmarkIsNFC(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":      "Huong dan ba con cai dat dich vu cong truc tuyen, nop ho so tren dien thoai",
		"vietnamese": "Hướng dẫn bà con cài đặt dịch vụ công trực tuyến, nộp hồ sơ trên điện thoại",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				if !IsNFC(s) {
					b.Fatal("refused")
				}
			}
		})
	}
}
