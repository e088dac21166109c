package syncproto

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// ID names a record, a person, a client or a case: 128 bits as 22 characters
// of unpadded base64url. The zero ID is the empty string.
type ID string

// IDLen is the length of an ID in characters.
const IDLen = 22

// ErrBadID says that a string is not 22 characters of canonical base64url.
var ErrBadID = errors.New("syncproto: not an id of 22 base64url characters")

var b64 = base64.RawURLEncoding.Strict()

// Bytes16 is a 128-bit value: an id, a digest or a sum.
type Bytes16 [16]byte

// String is the 22-character base64url form used on the wire.
func (b Bytes16) String() string { return b64.EncodeToString(b[:]) }

// IsZero reports whether all 128 bits are 0.
func (b Bytes16) IsZero() bool { return b == Bytes16{} }

// MarshalText writes the wire form.
func (b Bytes16) MarshalText() ([]byte, error) { return b64.AppendEncode(nil, b[:]), nil }

// UnmarshalText reads the wire form; the empty string is the zero value.
func (b *Bytes16) UnmarshalText(t []byte) error {
	if len(t) == 0 {
		*b = Bytes16{}
		return nil
	}
	v, err := ParseBytes16(string(t))
	if err == nil {
		*b = v
	}
	return err
}

// ParseBytes16 reads 22 characters of canonical base64url.
func ParseBytes16(s string) (Bytes16, error) {
	var v Bytes16
	if len(s) != IDLen {
		return v, ErrBadID
	}
	if n, err := b64.Decode(v[:], []byte(s)); err != nil || n != 16 {
		return Bytes16{}, ErrBadID
	}
	return v, nil
}

// ParseID checks that s is an id.
func ParseID(s string) (ID, error) {
	if _, err := ParseBytes16(s); err != nil {
		return "", err
	}
	return ID(s), nil
}

// Bytes returns the 128 bits of an id; ok is false if it is not an id.
func (id ID) Bytes() (b Bytes16, ok bool) {
	b, err := ParseBytes16(string(id))
	return b, err == nil
}

// ID turns 128 bits into an id.
func (b Bytes16) ID() ID { return ID(b.String()) }

// NewRecordID makes a UUIDv7: 48 bits of time in milliseconds first, so that
// keys of one month lie together, then 74 random bits. The time in an id is
// never trusted. It panics if rnd fails, as crypto/rand does.
func NewRecordID(rnd io.Reader, now time.Time) ID {
	var b Bytes16
	mustRead(rnd, b[6:])
	ms := uint64(now.UnixMilli())
	binary.BigEndian.PutUint16(b[0:], uint16(ms>>32))
	binary.BigEndian.PutUint32(b[2:], uint32(ms))
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return b.ID()
}

// NewRandomID makes 128 wholly random bits, for clients and secrets.
func NewRandomID(rnd io.Reader) ID {
	var b Bytes16
	mustRead(rnd, b[:])
	return b.ID()
}

func mustRead(rnd io.Reader, p []byte) {
	if _, err := io.ReadFull(rnd, p); err != nil {
		panic("syncproto: random source failed: " + err.Error())
	}
}
