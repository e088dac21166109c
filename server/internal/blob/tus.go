package blob

import (
	"crypto/sha1" //nolint:gosec // tus names it; it guards against cuts, not against people
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/banso/banso/syncproto"
)

// The protocol of uploads is tus 1.0.0 (https://tus.io/protocols/resumable-upload).
const (
	TusVersion    = "1.0.0"
	TusExtensions = "creation,expiration,termination,checksum"
	TusAlgorithms = "sha256,sha1"
)

// Limits of the header Upload-Metadata.
const (
	maxMetadata = 4096 // bytes
	maxPairs    = 16
)

var errMetadata = errors.New("Upload-Metadata is not a list of names with values in base64")

// ParseMetadata reads the header Upload-Metadata: pairs of a name and a value
// in base64, parted by commas; a name stands once, a value may be absent.
func ParseMetadata(header string) (map[string]string, error) {
	out := map[string]string{}
	if header == "" {
		return out, nil
	}
	if len(header) > maxMetadata || strings.Count(header, ",") >= maxPairs {
		return nil, errMetadata
	}
	for pair := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		b, err := base64.StdEncoding.Strict().DecodeString(value)
		if _, twice := out[name]; twice || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) ||
			err != nil || !utf8.Valid(b) {
			return nil, errMetadata
		}
		out[name] = string(b)
	}
	return out, nil
}

// ParseWanted reads what an upload is to be from the headers of its creation.
func ParseWanted(metadata, length string) (w Wanted, err error) {
	m, err := ParseMetadata(metadata)
	if err != nil {
		return w, err
	}
	team, err := syncproto.ParseID(m["team"])
	if err != nil {
		return w, fmt.Errorf("team: %w", err)
	}
	n, err := ParseOffset(length)
	return Wanted{Team: team, Name: m["sha256"], Length: n}, err
}

// ParseOffset reads a number of bytes: digits, nothing else.
func ParseOffset(s string) (int64, error) {
	if s == "" || len(s) > 15 || strings.Trim(s, "0123456789") != "" {
		return 0, fmt.Errorf("%.20q is no number of bytes", s)
	}
	return strconv.ParseInt(s, 10, 64)
}

// Checksum is what the bytes of one request must add up to.
type Checksum struct {
	h    hash.Hash
	want []byte
}

// ParseChecksum reads the header Upload-Checksum, "sha256 <base64>"; nil if
// there is none.
func ParseChecksum(header string) (*Checksum, error) {
	if header == "" {
		return nil, nil
	}
	name, value, _ := strings.Cut(header, " ")
	c := &Checksum{}
	switch name {
	case "sha256":
		c.h = sha256.New()
	case "sha1":
		c.h = sha1.New() //nolint:gosec // see above
	default:
		return nil, fmt.Errorf("checksum algorithm %.20q is not supported", name)
	}
	var err error
	if c.want, err = base64.StdEncoding.DecodeString(value); err != nil || len(c.want) != c.h.Size() {
		return nil, errors.New("Upload-Checksum is not a digest in base64")
	}
	return c, nil
}
