package boltstore

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"

	"github.com/banso/banso/server/internal/store"
)

// The head of a bbolt file: two pages, each a page header of 16 bytes and a
// meta of 64 in the machine's byte order, whose last 8 are their FNV-1a.
const (
	boltMagic   = 0xED0CDAED
	metaOffset  = 16
	metaLen     = 64
	minPageSize = 1024
	maxPageSize = 64 << 10
)

// precheck finds a file that is empty, foreign or shorter than its newest
// whole meta page says.
func precheck(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if fi.Size() == 0 {
		return fmt.Errorf("%w: the file is empty", store.ErrDamaged)
	}
	need, newest := int64(0), uint64(0)
	for at := int64(0); at <= maxPageSize; at = max(2*at, minPageSize) {
		var b [metaOffset + metaLen]byte
		if _, err := f.ReadAt(b[:], at); err != nil {
			break
		}
		if size, txid, ok := readMeta(b[metaOffset:]); ok && txid >= newest {
			need, newest = size, txid
		}
	}
	switch {
	case need == 0:
		return fmt.Errorf("%w: no valid head", store.ErrDamaged)
	case need > fi.Size():
		return fmt.Errorf("%w: %d of %d bytes are there", store.ErrDamaged, fi.Size(), need)
	}
	return nil
}

// readMeta returns how long the file is at least and the transaction that
// wrote the meta.
func readMeta(m []byte) (size int64, txid uint64, ok bool) {
	ne := binary.NativeEndian
	sum := fnv.New64a()
	_, _ = sum.Write(m[:metaLen-8])
	if ne.Uint32(m) != boltMagic || ne.Uint64(m[metaLen-8:]) != sum.Sum64() {
		return 0, 0, false
	}
	page, pages := int64(ne.Uint32(m[8:])), ne.Uint64(m[40:])
	if page < minPageSize || page > maxPageSize || pages > 1<<40 {
		return 0, 0, false
	}
	return page * int64(pages), ne.Uint64(m[48:]), true
}
