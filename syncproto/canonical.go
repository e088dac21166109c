package syncproto

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrProfile is wrapped by every refusal of a value that is not of the record
// profile (SPEC.md, "Encoding").
var ErrProfile = errors.New("not of the record profile")

// CanonicalValue checks raw against the record profile and returns its RFC
// 8785 form: integers only, NFC strings, ASCII names without duplicates, at
// most MaxDepth levels, no null. depth is the level raw itself stands at. The
// result shares nothing with raw.
func CanonicalValue(raw jsontext.Value, depth int) (jsontext.Value, error) {
	p := newParser(raw)
	err := p.value(depth)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	return p.out, nil
}

// DecodeDoc reads a document of the profile. Its values are canonical, share
// one buffer, and share nothing with raw.
func DecodeDoc(raw jsontext.Value) (Doc, error) {
	p := newParser(raw)
	doc, err := p.doc(false)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	return doc, nil
}

// SplitCanonical splits a document that is canonical already (as the store
// keeps it) into its fields without checking the profile again. The values
// share one copy of raw.
func SplitCanonical(raw jsontext.Value) (Doc, error) {
	bad := fmt.Errorf("%w: not a canonical document", ErrProfile)
	b := slices.Clone(raw)
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return nil, bad
	}
	doc := make(Doc, 16)
	if len(b) == 2 {
		return doc, nil
	}
	for i := 1; i < len(b); i++ { // at the name of a member; i++ steps over comma and brace
		value, err := skipName(b, i)
		if err != nil {
			return nil, bad
		}
		end, err := skipValue(b, value)
		if err != nil || end >= len(b) || b[end] != ',' && b[end] != '}' {
			return nil, bad
		}
		doc[unquote(b[i:value-1])] = b[value:end:end]
		i = end
	}
	return doc, nil
}

// appendString appends the RFC 8785 form of a string: only the quotation
// mark, the backslash and control characters are escaped.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			b = append(b, s[start:i]...)
			b = appendEscaped(b, c)
			start = i + 1
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// appendEscaped appends the escape sequence of a character that needs one.
func appendEscaped(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\t':
		return append(b, '\\', 't')
	case '\n':
		return append(b, '\\', 'n')
	case '\f':
		return append(b, '\\', 'f')
	case '\r':
		return append(b, '\\', 'r')
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
