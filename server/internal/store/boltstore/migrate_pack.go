package boltstore

import (
	"encoding/binary"

	"github.com/banso/banso/syncproto"
	bolt "go.etcd.io/bbolt"
)

// pair is a key and its value.
type pair struct{ k, v []byte }

// packEntries is migration 2: in schema 1 each entry of the index and each
// verdict had a key of its own.
func packEntries(tx *bolt.Tx) error {
	index, err := packedIndex(tx.Bucket(bucketNames[bIndex]))
	if err != nil {
		return err
	}
	if err := refill(tx, bIndex, index); err != nil {
		return err
	}
	verdicts, err := packedVerdicts(tx.Bucket(bucketNames[bVerdicts]))
	if err != nil {
		return err
	}
	return refill(tx, bVerdicts, verdicts)
}

func packedIndex(b *bolt.Bucket) (out []pair, err error) {
	var open *block
	var no uint32
	end := func() {
		if open != nil {
			k := indexKey(no, open.base)
			out = append(out, pair{k[:], open.raw})
		}
	}
	err = b.ForEach(func(k, v []byte) error {
		if len(k) != indexKeyLen {
			return errCorrupt
		}
		scope, seq := binary.BigEndian.Uint32(k), fromBE64(k[4:])
		d := dec{b: v} // op, type, distance of rev, id of a leave
		e := entry{op: opByte(d.byte()), typ: d.byte()}
		e.rev = seq - d.seq()
		if e.op == opLeave {
			e.id = d.b16()
		}
		if e.op < opPut || e.op > opLeave || e.rev < 0 || d.end() != nil {
			return errCorrupt
		}
		if open == nil || scope != no || open.n == maxSlots {
			end()
			open, no = &block{base: seq, last: seq}, scope
		}
		open.add(seq, &e)
		return nil
	})
	end()
	return out, err
}

func packedVerdicts(b *bolt.Bucket) (out []pair, err error) {
	const fp = len(syncproto.FP{})
	err = b.ForEach(func(k, v []byte) error {
		if len(k) != 8 || len(v) < fp {
			return errCorrupt
		}
		person, no := binary.BigEndian.Uint32(k), binary.BigEndian.Uint32(k[4:])
		if no%verdictBlock == 0 {
			out = append(out, pair{k: numbersKey(person, no/verdictBlock)})
		}
		if len(out) == 0 {
			return errCorrupt
		}
		open := &out[len(out)-1]
		open.v = appendBlock(append(open.v, v[:fp]...), v[fp:])
		return nil
	})
	return out, err
}

// refill replaces what a bucket holds; list is in order of keys.
func refill(tx *bolt.Tx, bucket int, list []pair) error {
	if err := tx.DeleteBucket(bucketNames[bucket]); err != nil {
		return err
	}
	b, err := tx.CreateBucket(bucketNames[bucket])
	if err != nil {
		return err
	}
	b.FillPercent = fillPercent[bucket]
	for _, p := range list {
		if err := b.Put(p.k, p.v); err != nil {
			return err
		}
	}
	return nil
}
