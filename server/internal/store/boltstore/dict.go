package boltstore

import (
	"encoding/binary"
	"fmt"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// Dictionaries; the letter is the prefix of their keys.
const (
	dictScopes  = 's'
	dictPeople  = 'p'
	dictTypes   = 't' // at most 255
	dictWords   = 'w' // operations and codes
	maxTypes    = 255
	dictForward = 0 // name -> no
	dictBack    = 1 // no -> name
	dictNext    = 2 // last no
)

// dict remembers committed names and their numbers. Both never change, so
// every snapshot may use them: a number that is newer than the snapshot finds
// nothing there.
type dict struct {
	prefix byte
	mu     sync.RWMutex
	no     map[string]uint32
	name   map[uint32]string
}

func newDict(prefix byte) *dict {
	return &dict{prefix: prefix, no: map[string]uint32{}, name: map[uint32]string{}}
}

func (d *dict) keep(name string, no uint32) {
	d.mu.Lock()
	d.no[name], d.name[no] = no, name
	d.mu.Unlock()
}

// lookup returns the number of a name, 0 if it has none. The empty name is 0.
func (d *dict) lookup(b *bolt.Bucket, name string, keep bool) uint32 {
	if name == "" || len(name) > maxKeyPart {
		return 0
	}
	d.mu.RLock()
	no, ok := d.no[name]
	d.mu.RUnlock()
	if ok {
		return no
	}
	v := b.Get(append([]byte{d.prefix, dictForward}, name...))
	if len(v) != 4 {
		return 0
	}
	no = binary.BigEndian.Uint32(v)
	if keep {
		d.keep(name, no)
	}
	return no
}

// text returns the name of a number; false if there is none.
func (d *dict) text(b *bolt.Bucket, no uint32, keep bool) (string, bool) {
	if no == 0 {
		return "", true
	}
	d.mu.RLock()
	name, ok := d.name[no]
	d.mu.RUnlock()
	if ok {
		return name, true
	}
	v := b.Get(binary.BigEndian.AppendUint32([]byte{d.prefix, dictBack}, no))
	if v == nil {
		return "", false
	}
	name = string(v)
	if keep {
		d.keep(name, no)
	}
	return name, true
}

// add gives a name the next number.
func (d *dict) add(b *bolt.Bucket, name string) (uint32, error) {
	if name == "" || len(name) > maxKeyPart {
		return 0, fmt.Errorf("store: a name of %d bytes", len(name))
	}
	next := []byte{d.prefix, dictNext}
	var no uint32 = 1
	if v := b.Get(next); len(v) == 4 {
		no = binary.BigEndian.Uint32(v) + 1
	}
	if d.prefix == dictTypes && no > maxTypes {
		return 0, fmt.Errorf("store: more than %d record types", maxTypes)
	}
	n := binary.BigEndian.AppendUint32(nil, no)
	if err := b.Put(next, n); err != nil {
		return 0, err
	}
	if err := b.Put(append([]byte{d.prefix, dictForward}, name...), n); err != nil {
		return 0, err
	}
	return no, b.Put(append([]byte{d.prefix, dictBack}, n...), []byte(name))
}
