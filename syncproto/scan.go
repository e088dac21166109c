package syncproto

import (
	"encoding/binary"
	"errors"
)

// Reasons why a text is refused. They are wrapped by ErrProfile or
// ErrEnvelope at the door and make no garbage on the way.
var (
	errSyntax    = errors.New("not JSON")
	errTrailing  = errors.New("data after the value")
	errUTF8      = errors.New("string is not valid UTF-8")
	errNFC       = errors.New("string is not in Unicode form NFC")
	errNumber    = errors.New("number is not an integer below 2^53")
	errNull      = errors.New("null")
	errDuplicate = errors.New("name stands twice in an object")
	errUnknown   = errors.New("unknown member")
	errName      = errors.New("name is not printable ASCII")
	errDepth     = errors.New("nested too deep")
	errType      = errors.New("member has the wrong type")
)

// skipSpace returns the index of the next byte that is not JSON white space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the index after the JSON value that begins at b[i]. It
// checks the grammar only: duplicate names, invalid UTF-8, lone surrogates and
// any depth pass, for the bytes of a broken mutation are kept, not refused. It
// does not recurse, so hostile nesting costs one byte of memory a level.
func skipValue(b []byte, i int) (int, error) {
	var room [64]byte
	open := room[:0] // closing bytes still to come
	for {
		i = skipSpace(b, i)
		if i >= len(b) {
			return i, errSyntax
		}
		opened := false
		var err error
		switch c := b[i]; c {
		case '{', '[':
			open = append(open, c+2) // '}' and ']' stand two after their openers
			i, opened = i+1, true
		case '"':
			i, err = skipString(b, i)
		default:
			i, err = skipScalar(b, i)
		}
		if err != nil {
			return i, err
		}
		if i, open, err = skipPunct(b, i, open, opened); err != nil || len(open) == 0 {
			return i, err
		}
	}
}

// skipPunct goes on from the end of a value, or from behind an opening
// bracket, to where the next value must begin, or to the end of everything
// that was open.
func skipPunct(b []byte, i int, open []byte, opened bool) (int, []byte, error) {
	for len(open) > 0 {
		i = skipSpace(b, i)
		end := open[len(open)-1]
		switch {
		case i >= len(b):
			return i, open, errSyntax
		case b[i] == end:
			i, open, opened = i+1, open[:len(open)-1], false
			continue
		case opened:
		case b[i] == ',':
			i = skipSpace(b, i+1)
		default:
			return i, open, errSyntax
		}
		if end == '}' {
			var err error
			if i, err = skipName(b, i); err != nil {
				return i, open, err
			}
		}
		return i, open, nil
	}
	return i, open, nil
}

// skipName skips the name of a member and its colon.
func skipName(b []byte, i int) (int, error) {
	if i >= len(b) || b[i] != '"' {
		return i, errSyntax
	}
	i, err := skipString(b, i)
	if err != nil {
		return i, err
	}
	if i = skipSpace(b, i); i >= len(b) || b[i] != ':' {
		return i, errSyntax
	}
	return i + 1, nil
}

func skipString(b []byte, i int) (int, error) {
	for i++; ; {
		if i = skipPlain(b, i); i >= len(b) || b[i] < 0x20 {
			return i, errSyntax
		}
		if b[i] == '"' {
			return i + 1, nil
		}
		_, n, ok := unescape(b[i:])
		if !ok {
			return i, errSyntax
		}
		i += n
	}
}

// skipPlain returns the index of the next byte that ends a string, begins an
// escape or is a control character; eight bytes at a time where it can.
func skipPlain(b []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	// zero has its high bits set where a byte of x is 0, perhaps also above
	// such a byte: then the loop below looks closer.
	zero := func(x uint64) uint64 { return (x - ones) &^ x & highs }
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		if zero(x^ones*'"')|zero(x^ones*'\\')|zero(x&(ones*0xe0)) != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < 0x20 {
			break
		}
	}
	return i
}

// skipScalar skips a number, true, false or null.
func skipScalar(b []byte, i int) (int, error) {
	for _, word := range [...]string{"true", "false", "null"} {
		if hasPrefix(b[i:], word) {
			return i + len(word), nil
		}
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	digits := func() (ok bool) {
		for ; i < len(b) && b[i]-'0' < 10; i++ {
			ok = true
		}
		return ok
	}
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case !digits():
		return i, errSyntax
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return i, errSyntax
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return i, errSyntax
		}
	}
	return i, nil
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

// unescape reads the escape sequence at the start of b. A \u of a lone half
// of a surrogate pair comes back as that half; a whole pair is one rune.
func unescape(b []byte) (r rune, n int, ok bool) {
	if len(b) < 2 {
		return 0, 0, false
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2, true
	case 'b':
		return '\b', 2, true
	case 'f':
		return '\f', 2, true
	case 'n':
		return '\n', 2, true
	case 'r':
		return '\r', 2, true
	case 't':
		return '\t', 2, true
	case 'u':
		if r, ok = hex4(b[2:]); !ok {
			return 0, 0, false
		}
		if r >= 0xd800 && r < 0xdc00 && hasPrefix(b[6:], `\u`) {
			if low, ok := hex4(b[8:]); ok && low >= 0xdc00 && low < 0xe000 {
				return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, 12, true
			}
		}
		return r, 6, true
	}
	return 0, 0, false
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
