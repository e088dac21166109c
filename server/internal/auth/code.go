package auth

import (
	"io"
	"strings"
)

// Activation codes are typed by hand from a slip of paper or a phone call:
// ten characters of Crockford's base 32 (no I, L, O, U), of which the last is
// a check character. Nine random characters are 45 bits.
const (
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeRandom   = 9
	codeLen      = codeRandom + 1
)

// newCode makes a code in the form that is stored: no hyphen, upper case.
func newCode(rnd io.Reader) (string, error) {
	var b [codeRandom]byte
	if _, err := io.ReadFull(rnd, b[:]); err != nil {
		return "", err
	}
	c := make([]byte, 0, codeLen)
	for _, x := range b {
		c = append(c, codeAlphabet[x&31])
	}
	return string(append(c, checkChar(c))), nil
}

// ShowCode writes a code as people see it: "K7Q2M-9X4TB".
func ShowCode(code string) string {
	if len(code) != codeLen {
		return code
	}
	return code[:codeLen/2] + "-" + code[codeLen/2:]
}

// readCode accepts what a person types: any case, spaces and hyphens, O for 0,
// I and L for 1. ok is false if it cannot be a code; a slip of one character,
// or two neighbours swapped, is found by the check character.
func readCode(typed string) (code string, ok bool) {
	if len(typed) > 4*codeLen {
		return "", false
	}
	c := make([]byte, 0, codeLen)
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\u00a0':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 'Z' || strings.IndexByte(codeAlphabet, byte(r)) < 0 || len(c) == codeLen {
			return "", false
		}
		c = append(c, byte(r))
	}
	if len(c) != codeLen || checkChar(c[:codeRandom]) != c[codeRandom] {
		return "", false
	}
	return string(c), true
}

// checkChar is a weighted sum modulo 31 (a prime, so that each single slip but
// that between the values 0 and 31, and each swap of neighbours, changes it).
func checkChar(c []byte) byte {
	sum := 0
	for i, x := range c {
		sum += (i + 2) * strings.IndexByte(codeAlphabet, x)
	}
	return codeAlphabet[sum%31]
}
