package syncproto

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Str makes a canonical string; s must be valid UTF-8 in form NFC.
func Str(s string) jsontext.Value { return appendString(make([]byte, 0, len(s)+2), s) }

// AppendStr appends what Str makes.
func AppendStr(b []byte, s string) []byte { return appendString(b, s) }

// Int makes a canonical integer; |n| must be at most MaxSafeInt.
func Int(n int64) jsontext.Value { return strconv.AppendInt(nil, n, 10) }

// Bool makes a canonical boolean.
func Bool(b bool) jsontext.Value { return strconv.AppendBool(nil, b) }

// Strs makes the canonical array of a set field: sorted and distinct.
func Strs(list []string) jsontext.Value {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	b := jsontext.Value{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

// Text returns the text of a canonical string, "" of any other value.
func Text(v jsontext.Value) string {
	if len(v) > 1 && v[0] == '"' {
		return unquote(v)
	}
	return ""
}

// Str returns the text of a field, "" if it is absent or not a string.
func (d Doc) Str(field string) string { return Text(d[field]) }

// Int returns an integer field; ok is false if it is absent or no integer.
func (d Doc) Int(field string) (n int64, ok bool) {
	if v := d[field]; v.Kind() == '0' {
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Bool returns a boolean field, false if it is absent.
func (d Doc) Bool(field string) bool { return string(d[field]) == "true" }

// Strs returns an array of strings, nil if it is absent or something else.
func (d Doc) Strs(field string) []string { return Texts(d[field]) }

// Texts returns the strings of a canonical array, nil of anything else.
func Texts(v jsontext.Value) []string {
	if len(v) < 2 || v[0] != '[' {
		return nil
	}
	list := make([]string, 0, 4)
	for i := 1; i < len(v) && v[i] == '"'; i++ { // i++ steps over comma and bracket
		end, err := skipString(v, i)
		if err != nil || end >= len(v) {
			return nil
		}
		list = append(list, unquote(v[i:end]))
		if i = end; v[i] == ']' {
			return list
		}
	}
	if len(v) == 2 {
		return list
	}
	return nil
}
