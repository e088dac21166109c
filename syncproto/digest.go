package syncproto

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Digests of the protocol. Each is the first 128 bits of a SHA-256.
type (
	FP    = Bytes16 // of a mutation's bytes as sent
	Chain = Bytes16 // over the fps of one client, in order of n
	Hash  = Bytes16 // h (whole document) or c (material and set fields)
	Sum   = Bytes16 // of a scope, modulo 2^128
)

func first16(p []byte) (b Bytes16) {
	s := sha256.Sum256(p)
	copy(b[:], s[:16])
	return b
}

// Fingerprint is the fp of a mutation: over its bytes exactly as sent.
func Fingerprint(mutation []byte) FP { return first16(mutation) }

// NextChain is the chain after one more fp: first16(SHA-256(chain || fp)).
func NextChain(c Chain, fp FP) Chain {
	var p [32]byte
	copy(p[:16], c[:])
	copy(p[16:], fp[:])
	return first16(p[:])
}

// DerivedID is the id of a singleton of a team-month (report, progress,
// close): first16(SHA-256(type 0 team 0 month)).
func DerivedID(typ string, team ID, month string) ID {
	return first16([]byte(typ + "\x00" + string(team) + "\x00" + month)).ID()
}

// Addend is what one live record contributes to the sum of a scope:
// first16(SHA-256(scope 0 type 0 id 0 rev 0 h)), rev in decimal, h as text.
func Addend(s Scope, typ string, id ID, rev int64, h Hash) Sum {
	p := make([]byte, 0, 160)
	p = append(p, s...)
	p = append(p, 0)
	p = append(p, typ...)
	p = append(p, 0)
	p = append(p, id...)
	p = append(p, 0)
	p = strconv.AppendInt(p, rev, 10)
	p = append(p, 0)
	p = b64.AppendEncode(p, h[:])
	return first16(p)
}

// AddSum and SubSum add modulo 2^128, big-endian.
func AddSum(a, b Sum) (s Sum) {
	lo, c := bits.Add64(binary.BigEndian.Uint64(a[8:]), binary.BigEndian.Uint64(b[8:]), 0)
	hi, _ := bits.Add64(binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8]), c)
	binary.BigEndian.PutUint64(s[8:], lo)
	binary.BigEndian.PutUint64(s[:8], hi)
	return s
}

// SubSum is a - b modulo 2^128.
func SubSum(a, b Sum) (s Sum) {
	lo, c := bits.Sub64(binary.BigEndian.Uint64(a[8:]), binary.BigEndian.Uint64(b[8:]), 0)
	hi, _ := bits.Sub64(binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8]), c)
	binary.BigEndian.PutUint64(s[8:], lo)
	binary.BigEndian.PutUint64(s[:8], hi)
	return s
}

// PullTag is the tag of a pull list: the first 64 bits, as 11 characters, of
// SHA-256 over scope 0 cur 0 for each, in order of scope, cur in decimal. A
// list that says more than where the cursors are has none, nor has an empty one.
func PullTag(list []Pull) string {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b Pull) int { return strings.Compare(string(a.Scope), string(b.Scope)) })
	var p []byte
	for _, u := range sorted {
		if u.Since != 0 || u.Bad {
			return ""
		}
		p = append(append(p, u.Scope...), 0)
		p = append(strconv.AppendInt(p, u.Cur, 10), 0)
	}
	if len(p) == 0 {
		return ""
	}
	sum := first16(p)
	return b64.EncodeToString(sum[:8])
}

// HashDoc is h of a document.
func HashDoc(d Doc) Hash {
	var room [1024]byte
	return first16(d.AppendCanonical(room[:0]))
}

// ContentHash is c of a document: the hash of its material and set fields
// only, which is what a reviewer decides on.
func ContentHash(typ string, d Doc) Hash {
	var room [512]byte
	classes := ClassesOf(typ)
	return first16(d.appendFields(room[:0], func(f string) bool {
		c := classes.Of(f)
		return c == Material || c == Set
	}))
}
