package boltstore

import (
	"encoding/binary"
	"fmt"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// errCorrupt is wrapped where bytes of the file make no sense.
var errCorrupt = fmt.Errorf("%w: a stored value does not decode", store.ErrDamaged)

// dec reads a stored value; after the first defect all it returns is zero.
type dec struct {
	b   []byte
	bad bool
}

func (d *dec) fail() { d.b, d.bad = nil, true }

func (d *dec) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *dec) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *dec) num() uint32 {
	v := d.uint()
	if v > 1<<32-1 {
		d.fail()
		return 0
	}
	return uint32(v)
}

func (d *dec) seq() int64 {
	v := d.uint()
	if v > 1<<63-1 {
		d.fail()
		return 0
	}
	return int64(v)
}

func (d *dec) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

// bytes returns the next n bytes, a part of the value.
func (d *dec) bytes(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.fail()
		return nil
	}
	p := d.b[:n:n]
	d.b = d.b[n:]
	return p
}

func (d *dec) b16() (v syncproto.Bytes16) {
	copy(v[:], d.bytes(16))
	return v
}

// block reads a length and so many bytes.
func (d *dec) block() []byte { return d.bytes(d.uint()) }

// strings reads a list of texts.
func (d *dec) strings() []string {
	n := d.uint()
	if n > uint64(len(d.b)) { // each takes a byte at least
		d.fail()
		return nil
	}
	var list []string
	for range n {
		list = append(list, string(d.block()))
	}
	return list
}

// end is nil if everything was read and made sense.
func (d *dec) end() error {
	if d.bad || len(d.b) != 0 {
		return errCorrupt
	}
	return nil
}

func appendBlock[T []byte | string](b []byte, p T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(p))), p...)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendBlock(b, s)
	}
	return b
}
