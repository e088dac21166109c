package syncproto

import (
	"slices"
	"unicode/utf8"
)

// How a code point stands in Unicode form NFC, as nfc_tables.go packs it: the
// low byte is the canonical combining class.
const (
	nfcNo    = 1 << 8 // never stands in NFC
	nfcMaybe = 1 << 9 // may join with what stands before it
)

// nfcRange gives the same property to the code points lo to hi.
type nfcRange struct {
	lo, hi rune
	prop   uint16
}

// nfcPair says that first and second join to one code point in NFC.
type nfcPair struct{ first, second, joined rune }

// Hangul syllables are composed by arithmetic (Unicode, section 3.12).
const (
	hangulS, hangulL, hangulV, hangulT = 0xac00, 0x1100, 0x1161, 0x11a7
	hangulLs, hangulVs, hangulTs       = 19, 21, 28
)

// IsNFC reports whether s is valid UTF-8 in Unicode normalisation form C, by
// the tables of the Unicode edition that NFCUnicode names; what that edition
// does not know passes.
func IsNFC(s string) bool { return isNFC(s) }

// isNFC is the quick check of Unicode Standard Annex 15. Only a stretch with
// a mark that might join with something is really normalised.
func isNFC[T string | []byte](s T) bool {
	start := 0      // of the last code point that joins with nothing before it
	last := byte(0) // combining class of the code point before
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			start, last, i = i, 0, i+1
			continue
		}
		r, n := decodeRune(s, i)
		if n == 0 {
			return false
		}
		prop := nfcProp(r)
		class := byte(prop)
		switch {
		case prop&nfcNo != 0 || class != 0 && class < last:
			return false
		case prop&nfcMaybe != 0:
			end, ok := nfcStretchEnd(s, i, last)
			if !ok || !nfcStretch(s[start:end]) {
				return false
			}
			i, last = end, 0 // what follows is a starter, or the end
			continue
		case class == 0:
			start = i
		}
		last = class
		i += n
	}
	return true
}

// nfcStretchEnd returns where the next code point begins that joins with
// nothing before it; ok is false if some code point until then is out of order
// or never stands in NFC. last is the class of the code point before i.
func nfcStretchEnd[T string | []byte](s T, i int, last byte) (end int, ok bool) {
	for i < len(s) {
		r, n := decodeRune(s, i)
		if n == 0 {
			return i, false
		}
		prop := nfcProp(r)
		if prop == 0 {
			break
		}
		if class := byte(prop); prop&nfcNo != 0 || class != 0 && class < last {
			return i, false
		}
		last = byte(prop)
		i += n
	}
	return i, true
}

// nfcStretch takes a stretch apart, orders its marks, joins them again and
// compares.
func nfcStretch[T string | []byte](s T) bool {
	var room [48]rune
	apart := room[:0]
	for i := 0; i < len(s); {
		r, n := decodeRune(s, i)
		apart = appendApart(apart, r)
		i += n
	}
	orderMarks(apart)
	joined := joinMarks(apart)
	i := 0
	for _, want := range joined {
		r, n := decodeRune(s, i)
		if n == 0 || r != want {
			return false
		}
		i += n
	}
	return i == len(s)
}

// appendApart appends the full canonical decomposition of r.
func appendApart(out []rune, r rune) []rune {
	if s := r - hangulS; s >= 0 && s < hangulLs*hangulVs*hangulTs {
		out = append(out, hangulL+s/(hangulVs*hangulTs), hangulV+s/hangulTs%hangulVs)
		if t := s % hangulTs; t > 0 {
			out = append(out, hangulT+t)
		}
		return out
	}
	i, ok := slices.BinarySearchFunc(nfcPairs[:], r, func(p nfcPair, r rune) int { return int(p.joined - r) })
	if ok {
		return append(appendApart(out, nfcPairs[i].first), nfcPairs[i].second)
	}
	return append(out, r)
}

// orderMarks sorts each run of marks by combining class, stably. Only the few
// marks that came out of taking the starter apart can be out of order, so
// insertion is linear.
func orderMarks(rs []rune) {
	for i := 1; i < len(rs); i++ {
		r, class := rs[i], byte(nfcProp(rs[i]))
		j := i
		for ; class != 0 && j > 0 && byte(nfcProp(rs[j-1])) > class; j-- {
			rs[j] = rs[j-1]
		}
		rs[j] = r
	}
}

// joinMarks composes in place what joins: a mark joins with the last starter
// unless something of its own or a higher class stands between.
func joinMarks(rs []rune) []rune {
	out := rs[:0]
	starter, last := -1, -1 // index of the starter in out; class of the last code point kept behind it
	for _, r := range rs {
		class := int(byte(nfcProp(r)))
		if starter >= 0 && last < class {
			if j := join(out[starter], r); j != 0 {
				out[starter] = j
				continue
			}
		}
		if last = class; class == 0 {
			starter, last = len(out), -1
		}
		out = append(out, r)
	}
	return out
}

// join returns the code point that a and b make together, or 0.
func join(a, b rune) rune {
	if l, v := a-hangulL, b-hangulV; l >= 0 && l < hangulLs && v >= 0 && v < hangulVs {
		return hangulS + (l*hangulVs+v)*hangulTs
	}
	if s, t := a-hangulS, b-hangulT; s >= 0 && s < hangulLs*hangulVs*hangulTs && s%hangulTs == 0 && t > 0 && t < hangulTs {
		return a + t
	}
	i, ok := slices.BinarySearchFunc(nfcJoins[:], nfcPair{first: a, second: b}, func(j uint16, q nfcPair) int {
		if p := nfcPairs[j]; p.first != q.first {
			return int(p.first - q.first)
		} else {
			return int(p.second - q.second)
		}
	})
	if ok {
		return nfcPairs[nfcJoins[i]].joined
	}
	return 0
}

// nfcProp looks a code point up. The letters of Vietnamese need no search.
func nfcProp(r rune) uint16 {
	if r < 0x300 || r >= 0x1e00 && r < 0x1f00 {
		return 0
	}
	lo, hi := 0, len(nfcRanges)
	for lo < hi {
		if m := (lo + hi) / 2; nfcRanges[m].hi < r {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(nfcRanges) && nfcRanges[lo].lo <= r {
		return nfcRanges[lo].prop
	}
	return 0
}

// decodeRune reads the code point at s[i]; n is 0 if it is not valid UTF-8.
func decodeRune[T string | []byte](s T, i int) (r rune, n int) {
	if i >= len(s) {
		return 0, 0
	}
	var tail int
	var least rune // shorter forms are invalid
	switch c := s[i]; {
	case c < utf8.RuneSelf:
		return rune(c), 1
	case c&0xe0 == 0xc0:
		r, tail, least = rune(c&0x1f), 1, 0x80
	case c&0xf0 == 0xe0:
		r, tail, least = rune(c&0x0f), 2, 0x800
	case c&0xf8 == 0xf0:
		r, tail, least = rune(c&0x07), 3, 0x10000
	default:
		return 0, 0
	}
	if i+tail >= len(s) {
		return 0, 0
	}
	for j := i + 1; j <= i+tail; j++ {
		if s[j]&0xc0 != 0x80 {
			return 0, 0
		}
		r = r<<6 | rune(s[j]&0x3f)
	}
	if r < least || !utf8.ValidRune(r) {
		return 0, 0
	}
	return r, tail + 1
}
