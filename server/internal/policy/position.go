package policy

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FileError says where a file is wrong and why. Lines and columns count from
// 1, columns in characters; 0 is unknown.
type FileError struct {
	Line, Column int
	Field        string // JSON pointer: "/rules/3/expr"
	Reason       string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("policy file, line %d, column %d, %s: %s", e.Line, e.Column, e.Field, e.Reason)
}

func errorAt(raw []byte, offset int64, field, why string) *FileError {
	at := raw[:max(0, min(offset, int64(len(raw))))]
	start := bytes.LastIndexByte(at, '\n') + 1
	return &FileError{Line: 1 + bytes.Count(at, []byte{'\n'}), Column: 1 + utf8.RuneCount(at[start:]), Field: field, Reason: why}
}

// wrong makes the error of a value by its pointer; of one that is not there,
// at the nearest thing around it.
func wrong(raw []byte, ptr, why string) *FileError {
	return errorAt(raw, valueAt(raw, jsontext.Pointer(ptr)), ptr, why)
}

// wrongExpr makes the error of an expression: where CEL says so, at that very
// character of the file.
func wrongExpr(raw []byte, ptr string, err error) *FileError {
	at := valueAt(raw, jsontext.Pointer(ptr))
	var in *exprError
	if errors.As(err, &in) {
		at = insideText(raw, at, in.line, in.column)
	}
	return errorAt(raw, at, ptr, err.Error())
}

// valueAt is the offset at which a value begins, or the nearest one around it.
func valueAt(raw []byte, ptr jsontext.Pointer) int64 {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	var at int64
	best := jsontext.Pointer("")
	for {
		from := d.InputOffset()
		if _, err := d.ReadToken(); err != nil {
			return at
		}
		if kind, n := d.StackIndex(d.StackDepth()); kind == '{' && n%2 == 1 {
			continue // a name: its value comes next
		}
		here := d.StackPointer()
		if here == ptr || here.Contains(ptr) && len(here) > len(best) {
			for bytes.IndexByte([]byte(" \t\r\n:,"), raw[from]) >= 0 {
				from++
			}
			if at, best = from, here; here == ptr {
				return at
			}
		}
	}
}

// insideText finds a line and column of a JSON text's content in the file.
func insideText(raw []byte, at int64, line, column int) int64 {
	if at >= int64(len(raw)) || raw[at] != '"' {
		return at
	}
	pos, l, c := at+1, 1, 1
	for pos < int64(len(raw)) && raw[pos] != '"' && (l < line || l == line && c < column) {
		n, newline := int64(1), false
		switch {
		case raw[pos] == '\\' && pos+1 < int64(len(raw)) && raw[pos+1] == 'u':
			n = 6
		case raw[pos] == '\\':
			n, newline = 2, pos+1 < int64(len(raw)) && raw[pos+1] == 'n'
		default:
			_, size := utf8.DecodeRune(raw[pos:])
			n = int64(size)
		}
		pos += n
		if c++; newline {
			l, c = l+1, 1
		}
	}
	return min(pos, int64(len(raw)))
}

// misread turns a decoding error into a FileError.
func misread(raw []byte, err error) error {
	var sem *json.SemanticError
	var syn *jsontext.SyntacticError
	switch {
	case errors.As(err, &sem):
		why := "is not of the expected type"
		if sem.Err != nil {
			why = sem.Err.Error()
		}
		if sem.JSONKind == '"' && sem.Err == nil {
			why = "is text: write a number in digits, without quotes and separators"
		}
		return errorAt(raw, sem.ByteOffset, string(sem.JSONPointer), why)
	case errors.As(err, &syn):
		return errorAt(raw, syn.ByteOffset, string(syn.JSONPointer), syn.Err.Error())
	}
	return &FileError{Field: "/", Reason: err.Error()}
}
