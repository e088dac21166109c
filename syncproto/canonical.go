package syncproto

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
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

// DocOf is the document that a value with JSON tags encodes to.
func DocOf(v any) (Doc, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return DecodeDoc(raw)
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
	doc := make(Doc, 16)
	err := EachField(slices.Clone(raw), func(name string, v jsontext.Value) bool {
		doc[name] = v
		return true
	})
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// EachField streams the fields of a document that is canonical already, in
// order of their names. Nothing is copied: names and values are parts of raw.
// yield returns false to stop.
func EachField(raw jsontext.Value, yield func(name string, v jsontext.Value) bool) error {
	if len(raw) < 2 || raw[0] != '{' || raw[len(raw)-1] != '}' {
		return errNotCanonical
	}
	if len(raw) == 2 {
		return nil
	}
	for i := 1; i < len(raw); i++ { // at the name of a member; i++ steps over comma and brace
		value, err := skipName(raw, i)
		if err != nil {
			return errNotCanonical
		}
		end, err := skipValue(raw, value)
		if err != nil || end >= len(raw) || raw[end] != ',' && raw[end] != '}' {
			return errNotCanonical
		}
		if !yield(unquote(raw[i:value-1]), raw[value:end:end]) {
			return nil
		}
		i = end
	}
	return nil
}

var errNotCanonical = fmt.Errorf("%w: not a canonical document", ErrProfile)

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
