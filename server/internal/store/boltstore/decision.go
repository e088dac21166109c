package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/banso/banso/server/internal/store"
	"github.com/go-json-experiment/json/jsontext"
)

func appendDecision(b []byte, d *store.Decision) []byte {
	b = append(b, d.Prev[:]...)
	b = append(b, d.Hash[:]...)
	b = binary.AppendVarint(b, d.AtMs)
	b = appendBlock(b, d.Kind)
	b = appendBlock(b, d.Key)
	return append(b, d.Body...)
}

// decodeDecision reads link n; Body is a part of v.
func decodeDecision(n int64, v []byte) (d store.Decision, err error) {
	r := dec{b: v}
	d.N = n
	copy(d.Prev[:], r.bytes(32))
	copy(d.Hash[:], r.bytes(32))
	d.AtMs = r.int()
	d.Kind, d.Key = string(r.block()), string(r.block())
	if r.bad || len(r.b) == 0 {
		return store.Decision{}, errCorrupt
	}
	d.Body = r.b
	return d, nil
}

// Append implements store.Tx.
func (t *txn) Append(kind, key string, body jsontext.Value) (store.Decision, error) {
	pk, err := pairKey(kind, key)
	if err != nil {
		return store.Decision{}, err
	}
	body = bytes.Clone(body)
	if err := body.Canonicalize(); err != nil {
		return store.Decision{}, fmt.Errorf("store: body of a decision: %w", err)
	}
	d := store.Decision{N: 1, Kind: kind, Key: key, AtMs: t.now.UnixMilli(), Body: body}
	switch last, err := t.LastDecision(); {
	case err == nil:
		d.N, d.Prev = last.N+1, last.Hash
	case !errors.Is(err, store.ErrNotFound):
		return d, t.fail(err)
	}
	d.Hash = d.Sum()
	if err := t.put(bDecisions, be64(d.N), appendDecision(nil, &d)); err != nil {
		return d, err
	}
	return d, t.put(bDecisionKeys, pk, be64(d.N))
}
