package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// decisionHash is SHA-256 over the previous hash, the canonical head and the
// canonical body.
func decisionHash(d *store.Decision) [32]byte {
	head := syncproto.Doc{"at": syncproto.Int(d.AtMs), "key": syncproto.Str(d.Key),
		"kind": syncproto.Str(d.Kind), "n": syncproto.Int(d.N)}
	b := append(make([]byte, 0, len(d.Body)+256), d.Prev[:]...)
	b = head.AppendCanonical(b)
	return sha256.Sum256(append(b, d.Body...))
}

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
	if k, v := t.b(bDecisions).Cursor().Last(); k != nil {
		last, err := decodeDecision(fromBE64(k), v)
		if err != nil {
			return d, t.fail(err)
		}
		d.N, d.Prev = last.N+1, last.Hash
	}
	d.Hash = decisionHash(&d)
	if err := t.put(bDecisions, be64(d.N), appendDecision(nil, &d)); err != nil {
		return d, err
	}
	return d, t.put(bDecisionKeys, pk, be64(d.N))
}
