package syncproto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrProfile is wrapped by every refusal of a value that is JSON but not of
// the record profile (SPEC.md, "Encoding").
var ErrProfile = errors.New("not of the record profile")

// CanonicalValue checks raw against the record profile and returns its RFC
// 8785 form: integers only, NFC strings, ASCII keys without duplicates, at
// most MaxDepth levels, no null. depth is the level raw itself stands at.
func CanonicalValue(raw jsontext.Value, depth int) (jsontext.Value, error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	v, err := canonValue(d, depth)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("%w: trailing data", ErrProfile)
	}
	return v, nil
}

func canonValue(d *jsontext.Decoder, depth int) (jsontext.Value, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	switch t.Kind() {
	case 't', 'f':
		return jsontext.Value(t.String()), nil
	case '0':
		return canonInt(t.String())
	case '"':
		s := t.String()
		if !IsNFC(s) {
			return nil, fmt.Errorf("%w: string is not in Unicode form NFC", ErrProfile)
		}
		return appendString(nil, s), nil
	case '[':
		return canonArray(d, depth)
	case '{':
		doc, err := canonObject(d, depth)
		if err != nil {
			return nil, err
		}
		return doc.AppendCanonical(nil), nil
	}
	return nil, fmt.Errorf("%w: null", ErrProfile)
}

func canonInt(s string) (jsontext.Value, error) {
	digits := strings.TrimPrefix(s, "-")
	const max = "9007199254740991" // MaxSafeInt
	if strings.Trim(digits, "0123456789") != "" || s == "-0" ||
		len(digits) > len(max) || len(digits) == len(max) && digits > max {
		return nil, fmt.Errorf("%w: number is not an integer below 2^53", ErrProfile)
	}
	return jsontext.Value(s), nil
}

func canonArray(d *jsontext.Decoder, depth int) (jsontext.Value, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrProfile, MaxDepth)
	}
	out := jsontext.Value{'['}
	for d.PeekKind() != ']' {
		v, err := canonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, v...)
	}
	_, err := d.ReadToken()
	return append(out, ']'), err
}

func canonObject(d *jsontext.Decoder, depth int) (Doc, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrProfile, MaxDepth)
	}
	doc := Doc{}
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil { // duplicate keys are found here
			return nil, fmt.Errorf("%w: %w", ErrProfile, err)
		}
		key := t.String()
		if !asciiKey(key) {
			return nil, fmt.Errorf("%w: key is not printable ASCII", ErrProfile)
		}
		v, err := canonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		doc[key] = v
	}
	_, err := d.ReadToken()
	return doc, err
}

func asciiKey(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return s != ""
}

// DecodeDoc reads a document of the profile.
func DecodeDoc(raw jsontext.Value) (Doc, error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	t, err := d.ReadToken()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	if t.Kind() != '{' {
		return nil, fmt.Errorf("%w: a document is an object", ErrProfile)
	}
	doc, err := canonObject(d, 1)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("%w: trailing data", ErrProfile)
	}
	return doc, nil
}

// SplitCanonical splits a document that is canonical already (as the store
// keeps it) into its fields without checking the profile again. The values
// are parts of raw.
func SplitCanonical(raw jsontext.Value) (Doc, error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return nil, fmt.Errorf("%w: a document is an object", ErrProfile)
	}
	doc := Doc{}
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProfile, err)
		}
		key := t.String()
		v, err := d.ReadValue()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProfile, err)
		}
		doc[key] = slices.Clone(v)
	}
	return doc, nil
}

// appendString appends the RFC 8785 form of a string: only the quotation
// mark, the backslash and control characters are escaped.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20 && c < utf8.RuneSelf:
			b = append(b, c)
		case c >= utf8.RuneSelf:
			_, n := utf8.DecodeRuneInString(s[i:])
			b = append(b, s[i:i+n]...)
			i += n
			continue
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
	}
	return append(b, '"')
}
