package syncproto

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Str, Int and Bool make canonical values.
func Str(s string) jsontext.Value { return appendString(nil, s) }

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

// Str returns the text of a field, "" if it is absent or not a string.
func (d Doc) Str(field string) (s string) {
	if v := d[field]; v.Kind() == '"' {
		_ = json.Unmarshal(v, &s)
	}
	return s
}

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
func (d Doc) Strs(field string) (list []string) {
	if v := d[field]; v.Kind() == '[' {
		if json.Unmarshal(v, &list) != nil {
			return nil
		}
	}
	return list
}
