package syncproto

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// parser reads JSON text of the record profile strictly and writes canonical
// form to out. Canonical form is never longer than the text it was read from,
// so out never grows and parts of it may be kept as values.
type parser struct {
	in  []byte
	i   int
	out []byte

	members []span // of the objects being read, innermost last
	scratch []byte // for putting the members of an object in order
}

// span is one member in out, without its comma.
type span struct{ start, end int }

func newParser(in []byte) *parser { return &parser{in: in, out: make([]byte, 0, len(in))} }

// peek returns the next byte that is not white space, 0 at the end.
func (p *parser) peek() byte {
	if p.i = skipSpace(p.in, p.i); p.i < len(p.in) {
		return p.in[p.i]
	}
	return 0
}

// end refuses anything but white space up to the end.
func (p *parser) end() error {
	if p.peek(); p.i < len(p.in) {
		return errTrailing
	}
	return nil
}

// wrong says why the next value is not of the wanted type.
func (p *parser) wrong() error {
	if hasPrefix(p.in[p.i:], "null") {
		return errNull
	}
	if _, err := skipValue(p.in, p.i); err != nil {
		return err
	}
	return errType
}

// each calls fn in front of the value of each member or element of the object
// or array that comes next; open is '{' or '['. In an object fn first reads
// the name with p.name.
func (p *parser) each(open byte, fn func() error) error {
	if p.peek() != open {
		return p.wrong()
	}
	p.i++
	if p.peek() == open+2 {
		p.i++
		return nil
	}
	for {
		if err := fn(); err != nil {
			return err
		}
		switch p.peek() {
		case ',':
			p.i++
			p.peek()
		case open + 2:
			p.i++
			return nil
		default:
			return errSyntax
		}
	}
}

// value reads a value of the profile and appends its canonical form.
func (p *parser) value(depth int) error {
	switch c := p.peek(); {
	case c == '"':
		return p.str()
	case c == '{' || c == '[':
		if depth > MaxDepth {
			return errDepth
		}
		if c == '{' {
			return p.object(depth)
		}
		return p.array(depth)
	case c == 't' || c == 'f':
		return p.boolean()
	case c == '-' || c-'0' < 10:
		return p.integer()
	}
	if err := p.wrong(); err != errType {
		return err
	}
	return errSyntax
}

func (p *parser) boolean() error {
	for _, word := range [...]string{"true", "false"} {
		if hasPrefix(p.in[p.i:], word) {
			p.out = append(p.out, word...)
			p.i += len(word)
			return nil
		}
	}
	return errSyntax
}

// integer accepts -MaxSafeInt to MaxSafeInt without fraction, exponent,
// leading zero or minus zero: then the text is canonical as it stands.
func (p *parser) integer() error {
	const most = "9007199254740991" // MaxSafeInt
	end := p.i
	if p.in[end] == '-' {
		end++
	}
	first := end
	for end < len(p.in) && p.in[end]-'0' < 10 {
		end++
	}
	digits := p.in[first:end]
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' {
		return errSyntax
	}
	if len(digits) > len(most) || len(digits) == len(most) && string(digits) > most ||
		first > p.i && digits[0] == '0' ||
		end < len(p.in) && (p.in[end] == '.' || p.in[end]|0x20 == 'e') {
		return errNumber
	}
	p.out = append(p.out, p.in[p.i:end]...)
	p.i = end
	return nil
}

func (p *parser) array(depth int) error {
	start := len(p.out)
	p.out = append(p.out, '[')
	err := p.each('[', func() error {
		if len(p.out) > start+1 {
			p.out = append(p.out, ',')
		}
		return p.value(depth + 1)
	})
	p.out = append(p.out, ']')
	return err
}

func (p *parser) object(depth int) error {
	p.out = append(p.out, '{')
	base, start := len(p.members), len(p.out)
	err := p.each('{', func() error {
		if len(p.members) > base {
			p.out = append(p.out, ',')
		}
		m := span{start: len(p.out)}
		if err := p.quotedName(); err != nil {
			return err
		}
		p.out = append(p.out, ':')
		if err := p.value(depth + 1); err != nil {
			return err
		}
		m.end = len(p.out)
		p.members = append(p.members, m)
		return nil
	})
	if err != nil {
		return err
	}
	err = p.order(start, p.members[base:])
	p.members = p.members[:base]
	p.out = append(p.out, '}')
	return err
}

// order puts the members that stand in out from start into canonical order.
// ASCII names: the order of bytes is that of UTF-16, which RFC 8785 asks for.
func (p *parser) order(start int, members []span) error {
	sorted := true
	for i := 1; i < len(members) && sorted; i++ {
		sorted = compareNames(p.out[members[i-1].start:], p.out[members[i].start:]) < 0
	}
	if sorted {
		return nil
	}
	p.scratch = append(p.scratch[:0], p.out[start:]...)
	at := func(m span) []byte { return p.scratch[m.start-start : m.end-start] }
	slices.SortFunc(members, func(a, b span) int { return compareNames(at(a), at(b)) })
	p.out = p.out[:start]
	for i, m := range members {
		if i > 0 {
			if compareNames(at(members[i-1]), at(m)) == 0 {
				return errDuplicate
			}
			p.out = append(p.out, ',')
		}
		p.out = append(p.out, at(m)...)
	}
	return nil
}

// compareNames compares the quoted canonical names at the start of a and b by
// what they mean, so that an escaped quotation mark counts as itself.
func compareNames(a, b []byte) int {
	for i, j := 1, 1; ; i, j = i+1, j+1 {
		endA, endB := a[i] == '"', b[j] == '"'
		switch {
		case endA && endB:
			return 0
		case endA:
			return -1
		case endB:
			return 1
		}
		if a[i] == '\\' {
			i++
		}
		if b[j] == '\\' {
			j++
		}
		if a[i] != b[j] {
			return int(a[i]) - int(b[j])
		}
	}
}

// quotedName reads the name of a member and its colon and appends the name.
func (p *parser) quotedName() error {
	start := len(p.out)
	if b := p.plainName(); b != nil {
		p.out = append(append(append(p.out, '"'), b...), '"')
		return nil
	}
	if p.peek() != '"' {
		return errSyntax
	}
	if err := p.str(); err != nil {
		return err
	}
	if len(p.out) == start+2 {
		return errName
	}
	for _, c := range p.out[start:] {
		if c > 0x7e { // a control character shows as its escape
			return errName
		}
	}
	if bytes.IndexByte(p.out[start:], '\\') >= 0 && !asciiName(unquote(p.out[start:])) {
		return errName
	}
	if p.peek() != ':' {
		return errSyntax
	}
	p.i++
	p.peek()
	return nil
}

// name reads the name of a member and its colon.
func (p *parser) name() (string, error) {
	if b := p.plainName(); b != nil {
		return known(b), nil
	}
	start := len(p.out)
	err := p.quotedName()
	quoted := p.out[start:]
	p.out = p.out[:start]
	if err != nil {
		return "", err
	}
	return unquote(quoted), nil
}

// plainName reads a name without escapes and its colon if they stand there
// without white space, as they nearly always do; else nil, and nothing is read.
func (p *parser) plainName() []byte {
	if p.peek() != '"' {
		return nil
	}
	for i := p.i + 1; i+1 < len(p.in); i++ {
		switch c := p.in[i]; {
		case c == '"':
			if i == p.i+1 || p.in[i+1] != ':' {
				return nil
			}
			b := p.in[p.i+1 : i]
			p.i = i + 2
			return b
		case c < 0x20 || c > 0x7e || c == '\\':
			return nil
		}
	}
	return nil
}

// text reads a string of the profile.
func (p *parser) text() (string, error) {
	if p.peek() != '"' {
		return "", p.wrong()
	}
	start := len(p.out)
	err := p.str()
	quoted := p.out[start:]
	p.out = p.out[:start]
	if err != nil {
		return "", err
	}
	return unquote(quoted), nil
}

// str reads a string and appends its canonical form. Characters that need an
// escape never join with a mark behind them, so each stretch between escapes
// is checked alone.
func (p *parser) str() error {
	p.out = append(p.out, '"')
	stretch := len(p.out)
	for i := p.i + 1; ; {
		end := skipPlain(p.in, i)
		if end >= len(p.in) || p.in[end] < 0x20 {
			return errSyntax
		}
		p.out = append(p.out, p.in[i:end]...)
		if p.in[end] == '"' {
			p.i = end + 1
			err := checkText(p.out[stretch:])
			p.out = append(p.out, '"')
			return err
		}
		r, n, ok := unescape(p.in[end:])
		switch {
		case !ok:
			return errSyntax
		case r >= 0xd800 && r < 0xe000:
			return errUTF8
		case r < 0x20 || r == '"' || r == '\\':
			if err := checkText(p.out[stretch:]); err != nil {
				return err
			}
			p.out = appendEscaped(p.out, byte(r))
			stretch = len(p.out)
		default:
			p.out = utf8.AppendRune(p.out, r)
		}
		i = end + n
	}
}

// checkText refuses what is not UTF-8 or not NFC; isNFC answers for both.
func checkText(b []byte) error {
	switch {
	case isNFC(b):
		return nil
	case !utf8.Valid(b):
		return errUTF8
	}
	return errNFC
}

// unquote returns what a canonical string means.
func unquote(quoted []byte) string {
	b := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(b, '\\') < 0 {
		return known(b)
	}
	plain := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			plain = append(plain, b[i])
			i++
			continue
		}
		r, n, _ := unescape(b[i:])
		plain = utf8.AppendRune(plain, r)
		i += n
	}
	return string(plain)
}

// asciiName reports whether s may be the name of a member.
func asciiName(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return s != ""
}
