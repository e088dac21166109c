package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// MaxFile is the most bytes that a policy file may have.
const MaxFile = 256 << 10

// Policy is a file whose rules are compiled. It is safe for concurrent use.
type Policy struct {
	File
	Hash   syncproto.Hash // of the canonical document: h of its record
	preset Preset
	rules  []compiled
}

// FileError says where a file is wrong and why.
type FileError struct {
	Line   int    // from 1; 0 if unknown
	Field  string // JSON pointer: "/rules/3/expr"
	Reason string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("policy file, line %d, %s: %s", e.Line, e.Field, e.Reason)
}

// Parse reads a policy file. Every refusal is a *FileError.
func Parse(raw []byte) (*Policy, error) {
	if len(raw) > MaxFile {
		return nil, &FileError{Field: "/", Reason: fmt.Sprintf("more than %d bytes", MaxFile)}
	}
	if err := checkTokens(raw); err != nil {
		return nil, err
	}
	p := &Policy{}
	if err := json.Unmarshal(raw, &p.File, json.RejectUnknownMembers(true)); err != nil {
		return nil, at(raw, err)
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return nil, &FileError{Line: 1, Field: "/", Reason: err.Error()}
	}
	p.Hash = syncproto.HashDoc(doc)
	if ptr, why := p.File.check(); why != "" {
		return nil, &FileError{Line: lineOf(raw, ptr), Field: ptr, Reason: why}
	}
	for _, s := range p.Presets {
		if s.ID == p.File.Preset {
			p.preset = s
		}
	}
	for i, r := range p.Rules {
		c, field, err := compileRule(r)
		if err != nil {
			ptr := fmt.Sprintf("/rules/%d/%s", i, field)
			return nil, &FileError{Line: lineOf(raw, ptr), Field: ptr, Reason: err.Error()}
		}
		p.rules = append(p.rules, c)
	}
	return p, nil
}

// checkTokens refuses what decoding into Go values would let pass: null,
// numbers that are not integers, text that is not NFC.
func checkTokens(raw []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		t, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return at(raw, err)
		}
		why := ""
		switch t.Kind() {
		case 'n':
			why = "null is not a value: leave the field out"
		case '0':
			if _, err := syncproto.CanonicalValue(jsontext.Value(t.String()), 1); err != nil {
				why = "not an integer (amounts are whole đồng)"
			}
		case '"':
			if !syncproto.IsNFC(t.String()) {
				why = "text is not in Unicode form NFC"
			}
		}
		if why != "" {
			return &FileError{Line: lineAt(raw, d.InputOffset()), Field: string(d.StackPointer()), Reason: why}
		}
	}
}

// at turns a decoding error into a FileError.
func at(raw []byte, err error) error {
	var sem *json.SemanticError
	var syn *jsontext.SyntacticError
	switch {
	case errors.As(err, &sem):
		why := "is not of the expected type"
		if sem.Err != nil {
			why = sem.Err.Error()
		}
		return &FileError{Line: lineAt(raw, sem.ByteOffset), Field: string(sem.JSONPointer), Reason: why}
	case errors.As(err, &syn):
		return &FileError{Line: lineAt(raw, syn.ByteOffset), Field: string(syn.JSONPointer), Reason: syn.Err.Error()}
	}
	return &FileError{Field: "/", Reason: err.Error()}
}

func lineAt(raw []byte, offset int64) int {
	offset = max(0, min(offset, int64(len(raw))))
	return 1 + bytes.Count(raw[:offset], []byte{'\n'})
}

// lineOf finds the line of a value, or of the nearest thing around it.
func lineOf(raw []byte, ptr string) int {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	line, best := 1, jsontext.Pointer("")
	for {
		if _, err := d.ReadToken(); err != nil {
			return line
		}
		here := d.StackPointer()
		if string(here) == ptr {
			return lineAt(raw, d.InputOffset())
		}
		if jsontext.Pointer(here).Contains(jsontext.Pointer(ptr)) && len(here) > len(best) {
			best, line = here, lineAt(raw, d.InputOffset())
		}
	}
}
