package domain

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unitPrefixes are the words for the kind of a unit, in the form of a search
// key. Words for villages are not among them: "Bản Mù" and "Làng Nhì" are
// communes.
var unitPrefixes = []string{
	"thanh pho ", "thi tran ", "thi xa ", "dac khu ", "nong truong ",
	"phuong ", "huien ", "quan ", "tinh ", "xa ", "nt ", "tp ", "tx ", "tt ",
}

// SearchKey turns a name into the form in which names are compared: without
// accents, đ as d, case, punctuation, and without the difference between oà
// and òa (both lose the accent) or i and y (both i). "" stays "".
//
// Two different names may have one key ("Bản Mù" and "Bàn Mu"): a key finds
// candidates and identifies nothing.
func SearchKey(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFD.String(s) {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'đ':
			r = 'd'
		case r == 'y':
			r = 'i'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// UnitKey is the search key of a unit's name without the words for its kind:
// "Xã Suối Giàng" and "suoi giang" give the same, "Thị trấn NT Liên Sơn" and
// "Nông trường Liên Sơn" too. A name that is nothing but such a word keeps it.
func UnitKey(name string) string {
	key := SearchKey(name)
	for again := true; again; {
		again = false
		for _, p := range unitPrefixes {
			if rest, ok := strings.CutPrefix(key, p); ok && rest != "" {
				key, again = rest, true
			}
		}
	}
	return key
}

// Matches reports whether a search key (made by SearchKey) is part of the
// unit's name or of one of its aliases; the empty key matches all.
func (v UnitVersion) Matches(key string) bool {
	if key == "" || strings.Contains(SearchKey(v.Name), key) {
		return true
	}
	return slices.ContainsFunc(v.Aliases, func(a string) bool { return strings.Contains(SearchKey(a), key) })
}

// tones are the five marks of Vietnamese.
const tones = "\u0300\u0301\u0303\u0309\u0323"

// toneKey moves the tone of each word behind it: "Hòa" and "Hoà" give the same,
// "Hoa" and "Hoá" don't.
func toneKey(s string) string {
	var b, mark strings.Builder
	for _, r := range norm.NFD.String(s) {
		if strings.ContainsRune(tones, r) {
			mark.WriteRune(r)
			continue
		}
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
			b.WriteString(mark.String())
			mark.Reset()
		}
		b.WriteRune(r)
	}
	return b.String() + mark.String()
}

// KeepSpelling returns the name that is to stand: now's, or the one from before
// if they differ only in where the tone is written (Hòa, Hoà), which is the same
// name in another keyboard's habit.
func KeepSpelling(before, now string) string {
	if before != now && toneKey(before) == toneKey(now) {
		return before
	}
	return now
}
