package boltstore

import (
	"encoding/binary"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// verdictKinds are the stored numbers of verdicts; append only.
var verdictKinds = [...]syncproto.V{1: syncproto.Applied, syncproto.Merged, syncproto.Noop, syncproto.Aside, syncproto.Waiting}

const (
	verID = 1 << iota
	verRev
	verCode
	verLost
	verCase
	verOddID // an id that is not 22 characters of base64url
)

// appendVerdict writes a verdict; code is its number in the dictionary.
func appendVerdict(b []byte, v syncproto.Verdict, kind byte, code uint32) []byte {
	id, okID := v.ID.Bytes()
	cs, _ := v.Case.Bytes()
	odd := v.ID != "" && !okID
	b = append(b, kind, bit(okID, verID)|bit(v.Rev != 0, verRev)|bit(v.Code != "", verCode)|
		bit(len(v.Lost) > 0, verLost)|bit(v.Case != "", verCase)|bit(odd, verOddID))
	b = binary.AppendUvarint(b, uint64(v.N))
	if okID {
		b = append(b, id[:]...)
	} else if odd {
		b = appendBlock(b, string(v.ID))
	}
	if v.Rev != 0 {
		b = binary.AppendUvarint(b, uint64(v.Rev))
	}
	if v.Code != "" {
		b = binary.AppendUvarint(b, uint64(code))
	}
	if len(v.Lost) > 0 {
		b = appendStrings(b, v.Lost)
	}
	if v.Case != "" {
		b = append(b, cs[:]...)
	}
	return b
}

func decodeVerdict(p []byte) (v syncproto.Verdict, code uint32, err error) {
	d := dec{b: p}
	kind, f := d.byte(), d.byte()
	if kind == 0 || int(kind) >= len(verdictKinds) {
		return v, 0, errCorrupt
	}
	v.V = verdictKinds[kind]
	v.N = d.seq()
	if f&verID != 0 {
		v.ID = d.b16().ID()
	} else if f&verOddID != 0 {
		v.ID = syncproto.ID(d.block())
	}
	if f&verRev != 0 {
		v.Rev = d.seq()
	}
	if f&verCode != 0 {
		code = d.num()
	}
	if f&verLost != 0 {
		v.Lost = d.strings()
	}
	if f&verCase != 0 {
		v.Case = d.b16().ID()
	}
	if f >= verOddID<<1 || f&verID != 0 && f&verOddID != 0 {
		d.fail()
	}
	return v, code, d.end()
}

func appendClient(b []byte, c store.Client) []byte {
	b = binary.AppendUvarint(b, uint64(c.Last))
	return append(b, c.Chain[:]...)
}

func decodeClient(v []byte) (c store.Client, err error) {
	d := dec{b: v}
	c.Last = d.seq()
	c.Chain = d.b16()
	return c, d.end()
}
