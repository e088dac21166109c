package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
)

// decode turns the bytes of a text file into UTF-8 and says what they were.
func decode(b []byte) (text []byte, enc string, err error) {
	if order, ok := wide(b); ok {
		text, err := utf.UTF16(order, utf.UseBOM).NewDecoder().Bytes(b)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) || bytes.IndexByte(text, 0) >= 0 {
			return nil, "", unknown(nil)
		}
		return text, UTF16, nil
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if utf8.Valid(b) {
		return b, UTF8, nil
	}
	text, err = charmap.Windows1258.NewDecoder().Bytes(b)
	if err != nil {
		return nil, "", unknown(b)
	}
	// Windows-1258 writes most tones as marks of their own behind the letter.
	text = norm.NFC.Bytes(text)
	if !vietnamese(string(text)) {
		return nil, "", unknown(b)
	}
	return text, Windows1258, nil
}

// wide finds UTF-16, with a byte order mark or by the zero bytes of its ASCII.
func wide(b []byte) (utf.Endianness, bool) {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return utf.LittleEndian, true
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return utf.BigEndian, true
	case len(b) < 4:
		return utf.LittleEndian, false
	}
	// A head of column names is ASCII: each second byte is 0.
	switch {
	case b[1] == 0 && b[3] == 0:
		return utf.LittleEndian, true
	case b[0] == 0 && b[2] == 0:
		return utf.BigEndian, true
	}
	return utf.LittleEndian, false
}

// letters of Vietnamese beyond ASCII, without their tones.
const letters = "ăâđêôơư"

// tones are the five marks.
const tones = "\u0300\u0301\u0303\u0309\u0323"

// other signs that officers type.
const signs = "–—‘’“”…•\u00a0·×°«»§€₫½²³"

// vietnamese reports whether text can be what somebody wrote: any bytes decode
// as Windows-1258, those of TCVN3, VNI or another alphabet to letters and signs
// that no Vietnamese text has.
func vietnamese(text string) bool {
	for _, r := range text {
		if r < utf8.RuneSelf || strings.ContainsRune(signs, r) {
			continue
		}
		base := strings.Map(func(r rune) rune {
			if strings.ContainsRune(tones, r) {
				return -1
			}
			return r
		}, norm.NFD.String(string(unicode.ToLower(r))))
		if base = norm.NFC.String(base); base == "" || !strings.Contains("aeiouy"+letters, base) { // a tone that stands alone has no base
			return false
		}
	}
	return true
}

// unknown names the first line that is not UTF-8: in a file that is mostly so, it
// is the one to mend.
func unknown(b []byte) error {
	en, vi := "", ""
	if i := broken(b); i >= 0 {
		line := 1 + bytes.Count(b[:i], []byte("\n"))
		en, vi = fmt.Sprintf(" Line %d is the first that is not UTF-8.", line), fmt.Sprintf(" Dòng %d là dòng đầu tiên không phải UTF-8.", line)
	}
	return domain.E(domain.Invalid, "The encoding of this file is not known (UTF-8, UTF-16 and Windows-1258 are)."+en+" Save it as “CSV UTF-8” or as XLSX.",
		"Không nhận ra bảng mã của tệp (đọc được UTF-8, UTF-16, Windows-1258)."+vi+" Hãy lưu ở dạng “CSV UTF-8” hoặc XLSX.")
}

// broken is where b stops to be UTF-8, -1 if nowhere.
func broken(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
