package boltstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/banso/banso/syncproto"
)

// canon makes the canonical bytes of documents; it keeps its buffers, for this
// is where a write spends most of its time outside bbolt.
type canon struct {
	fields  []field
	content []byte
}

type field struct {
	k string
	v []byte
}

// first16 is the digest of bytes that are canonical already: what HashDoc is
// of their document.
func first16(p []byte) syncproto.Hash { return syncproto.Fingerprint(p) }

// digest returns the bytes of a document, the caller's own, and c of its type:
// one sorted walk makes both.
func (c *canon) digest(typ string, d syncproto.Doc) ([]byte, syncproto.Hash, error) {
	c.fields = c.fields[:0]
	size := 2
	for k, v := range d {
		if k == "" || len(v) == 0 || v[0] == 'n' {
			return nil, syncproto.Hash{}, fmt.Errorf("store: field %.40q has no name or no value", k)
		}
		size += len(k) + len(v) + 4
		c.fields = append(c.fields, field{k, v})
	}
	slices.SortFunc(c.fields, func(a, b field) int { return strings.Compare(a.k, b.k) })
	all, part := append(make([]byte, 0, size), '{'), append(c.content[:0], '{')
	for _, f := range c.fields {
		if strings.IndexByte(f.k, '"') >= 0 || strings.IndexByte(f.k, '\\') >= 0 { // no field of ours; syncproto knows how to escape it
			return d.AppendCanonical(nil), syncproto.ContentHash(typ, d), nil
		}
		all = appendField(all, f)
		if cl := syncproto.ClassOf(typ, f.k); cl == syncproto.Material || cl == syncproto.Set {
			part = appendField(part, f)
		}
	}
	c.content = append(part, '}')
	return append(all, '}'), first16(c.content), nil
}

func appendField(b []byte, f field) []byte {
	if len(b) > 1 {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, f.k...)
	b = append(b, '"', ':')
	return append(b, f.v...)
}
