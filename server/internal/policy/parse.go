package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"cel.dev/cel-go/cel"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// MaxFile is the most bytes that a policy file may have.
const MaxFile = 256 << 10

// Policy is a file whose rules are compiled. It is safe for concurrent use.
type Policy struct {
	File
	Hash     syncproto.Hash // of the canonical document: h of its record
	preset   Preset
	rules    []compiled
	words    *words
	rateFact *variable
	tierBy   *variable
	tierWhen []program // by step
	tableBy  []*variable
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
		return nil, misread(raw, err)
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return nil, &FileError{Line: 1, Column: 1, Field: "/", Reason: err.Error()}
	}
	p.Hash = syncproto.HashDoc(doc)
	if bad := p.File.check(); bad != nil {
		return nil, wrong(raw, bad.ptr, bad.why)
	}
	for _, s := range p.Presets {
		if s.ID == p.File.Preset {
			p.preset = s
		}
	}
	if err := p.compile(raw); err != nil {
		return nil, err
	}
	return p, nil
}

// compile makes the expressions ready and finds the facts that are named.
func (p *Policy) compile(raw []byte) error {
	c, err := compilerFor(p.Subject)
	if err != nil {
		return err
	}
	p.words = c.words
	if ptr, err := p.scaleFacts(c); err != nil {
		return wrongExpr(raw, ptr, err)
	}
	p.rules = make([]compiled, 0, len(p.Rules))
	for i, r := range p.Rules {
		out, field, err := c.rule(r)
		if err != nil {
			return wrongExpr(raw, fmt.Sprintf("/rules/%d/%s", i, field), err)
		}
		p.rules = append(p.rules, out)
	}
	return nil
}

// scaleFacts finds the facts that rates, tables and tiers name.
func (p *Policy) scaleFacts(c compiler) (ptr string, err error) {
	if p.RateFact != "" {
		if p.rateFact, err = c.fact(p.RateFact, cel.IntType); err == nil && p.rateFact.known == nil {
			err = errors.New("is no fact that somebody decides case by case")
		}
		if err != nil {
			return "/rate_fact", err
		}
	}
	if p.Table != nil {
		for i, name := range p.Table.By {
			v, err := c.fact(name, cel.StringType)
			if err != nil {
				return fmt.Sprintf("/table/by/%d", i), err
			}
			p.tableBy = append(p.tableBy, v)
		}
	}
	if p.Tiers == nil {
		return "", nil
	}
	if p.Tiers.By != "" {
		if p.tierBy, err = c.fact(p.Tiers.By, cel.IntType); err != nil {
			return "/tiers/by", err
		}
		return "", nil
	}
	p.tierWhen = make([]program, len(p.Tiers.Steps))
	for i, t := range p.Tiers.Steps {
		if t.Otherwise {
			continue
		}
		if p.tierWhen[i], err = c.compile(t.When, cel.BoolType); err != nil {
			return fmt.Sprintf("/tiers/steps/%d/when", i), err
		}
	}
	return "", nil
}

// fact finds a fact by name that is no figure of the policy's own reckoning.
func (c compiler) fact(name string, want *cel.Type) (*variable, error) {
	v := c.words.byName[name]
	switch {
	case v == nil || hasPrefix(name, "support.", "policy."):
		return nil, fmt.Errorf("there is no fact %q for this subject", name)
	case !v.typ.IsExactType(want):
		return nil, fmt.Errorf("the fact %q is %s, want %s", name, v.typ, want)
	}
	return v, nil
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
			return misread(raw, err)
		}
		why := ""
		switch t.Kind() {
		case 'n':
			why = "null is not a value: leave the field out, and list it under assumed if the source does not give it"
		case '0':
			if _, err := syncproto.CanonicalValue(jsontext.Value(t.String()), 1); err != nil {
				why = "not an integer (amounts are whole đồng, multiples are thousandths)"
			}
		case '"':
			if !syncproto.IsNFC(t.String()) {
				why = "text is not in Unicode form NFC"
			}
		}
		if why != "" {
			return wrong(raw, string(d.StackPointer()), why)
		}
	}
}
