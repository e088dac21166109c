package syncproto

import (
	"errors"
	"fmt"
	"strconv"
)

var mutationMembers = []string{"op", "type", "id", "by", "t", "at", "set", "was", "seen", "add", "del", "args"}

// DecodeMutation reads one mutation strictly and leaves the values of its
// documents canonical. Nothing in the result shares memory with raw. An error
// means: set aside as its bytes, as invalid. Size is not looked at: what is
// above MaxMutationBytes is set aside as too_large, and may be read to find
// out whose it is.
func DecodeMutation(raw RawMutation) (*Mutation, error) {
	p := newParser(raw)
	m := new(Mutation)
	err := p.mutation(m)
	if err == nil {
		err = p.end()
	}
	if err == nil && (m.ID == "" || m.By == "" || !asciiName(string(m.Op)) || !asciiName(m.Type)) {
		err = errors.New("op, type, id or by is missing")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	return m, nil
}

func (p *parser) mutation(m *Mutation) error {
	return p.membersOf(mutationMembers, func(i int) (err error) {
		var s string
		switch i {
		case 0:
			s, err = p.label()
			m.Op = Op(s)
		case 1:
			m.Type, err = p.label()
		case 2:
			m.ID, err = p.id()
		case 3:
			m.By, err = p.id()
		case 4:
			m.T, err = p.int()
		case 5:
			m.At, err = p.label()
		case 6:
			m.Set, err = p.doc(true)
		case 7:
			m.Was, err = p.doc(true)
		case 8:
			m.Seen, err = p.bytes16()
		case 9:
			m.Add, err = p.sets()
		case 10:
			m.Del, err = p.sets()
		case 11:
			m.Args, err = p.doc(false)
		}
		return err
	})
}

// doc reads a document. In set and was a field may be null: "remove it" and
// "nothing was there".
func (p *parser) doc(nullable bool) (Doc, error) {
	d := make(Doc, 12)
	err := p.each('{', func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		if _, twice := d[name]; twice {
			return errDuplicate
		}
		start := len(p.out)
		if p.peek(); nullable && hasPrefix(p.in[p.i:], "null") {
			p.out = append(p.out, "null"...)
			p.i += len("null")
		} else if err := p.value(2); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		d[name] = p.out[start:len(p.out):len(p.out)]
		return nil
	})
	return d, err
}

// sets reads add or del: elements by field.
func (p *parser) sets() (Sets, error) {
	sets := make(Sets)
	err := p.each('{', func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		if _, twice := sets[name]; twice {
			return errDuplicate
		}
		list := make([]string, 0, 4)
		err = p.each('[', func() error {
			s, err := p.text()
			if err == nil && s == "" {
				err = errType
			}
			list = append(list, s)
			return err
		})
		sets[name] = list
		return err
	})
	return sets, err
}

// int reads an integer of the profile.
func (p *parser) int() (int64, error) {
	if c := p.peek(); c != '-' && c-'0' > 9 {
		return 0, p.wrong()
	}
	start := len(p.out)
	err := p.integer()
	text := p.out[start:]
	p.out = p.out[:start]
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}

// small reads an integer that is kept as int: versions and limits.
func (p *parser) small() (int, error) {
	n, err := p.int()
	if err == nil && n != int64(int32(n)) {
		err = errNumber
	}
	return int(n), err
}

func (p *parser) bool() (bool, error) {
	c := p.peek()
	if c != 't' && c != 'f' {
		return false, p.wrong()
	}
	start := len(p.out)
	err := p.boolean()
	p.out = p.out[:start]
	return c == 't', err
}

// label reads a short string of printable ASCII, perhaps empty.
func (p *parser) label() (string, error) {
	s, err := p.text()
	if err == nil && (len(s) > maxLabel || s != "" && !asciiName(s)) {
		err = errType
	}
	return s, err
}

func (p *parser) id() (ID, error) {
	s, err := p.text()
	if err != nil {
		return "", err
	}
	return ParseID(s)
}

func (p *parser) bytes16() (b Bytes16, err error) {
	s, err := p.text()
	if err == nil {
		err = b.UnmarshalText([]byte(s))
	}
	return b, err
}
