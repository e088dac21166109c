package boltlocal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Where bbolt's two meta pages keep what a cut file is told by. Reading beyond
// the end of a mapped file kills the process, so this is looked at first.
const (
	pageHeader = 16
	offMagic   = pageHeader
	offSize    = pageHeader + 8
	offHigh    = pageHeader + 40 // number of pages in use
	magic      = 0xED0CDAED
	headLen    = pageHeader + 64
)

// checkSize says whether the file holds every page that its meta pages name.
// A file that does not exist or is empty is about to be created.
func checkSize(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || st.Size() == 0 {
		return err
	}
	head := make([]byte, headLen)
	var at int64
	for range 2 {
		if _, err := f.ReadAt(head, at); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		page := int64(binary.LittleEndian.Uint32(head[offSize:]))
		if binary.LittleEndian.Uint32(head[offMagic:]) != magic || page < 512 || page > 1<<20 {
			return nil // bbolt judges this one itself
		}
		high := binary.LittleEndian.Uint64(head[offHigh:])
		if high > uint64(st.Size()/page) {
			return fmt.Errorf("%w: it was cut", ErrDamaged)
		}
		at = page
	}
	return nil
}
