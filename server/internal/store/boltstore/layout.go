package boltstore

import (
	"encoding/binary"
	"fmt"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Buckets, by the index under which a transaction keeps them open.
const (
	bMeta = iota
	bRuns
	bTimes
	bDict
	bScopes
	bRecords
	bIDs
	bIndex
	bHistory
	bVerdicts
	bVerdictFPs
	bClients
	bRaw
	bWaiters
	bDecisions
	bDecisionKeys
	bCredentials
	bCounters
	bDue
	nBuckets
)

var bucketNames = [nBuckets][]byte{
	[]byte("meta"), []byte("runs"), []byte("times"), []byte("dict"), []byte("scopes"), []byte("records"), []byte("ids"),
	[]byte("index"), []byte("history"), []byte("verdicts"), []byte("verdict_fps"), []byte("clients"), []byte("raw"), []byte("waiters"),
	[]byte("decisions"), []byte("decision_keys"), []byte("credentials"), []byte("counters"), []byte("due"),
}

// fillPercent says how full a page is left when it is split: buckets that grow
// at their end, or at the ends of many ranges, leave full pages behind; others
// have bbolt's default of a half.
var fillPercent = [nBuckets]float64{bRuns: 1, bTimes: 1, bRecords: 1, bIDs: 0.9, bIndex: 0.9, bVerdicts: 0.9, bHistory: 1,
	bDecisions: 1, bDict: 0.9, bScopes: 0.9}

// Keys of bMeta.
var (
	keySeq     = []byte("seq")
	keyDurable = []byte("durable")
	keySchema  = []byte("schema")
)

// maxKeyPart bounds the caller's own texts in keys, far below bbolt's limit.
const maxKeyPart = 1024

const (
	recordKeyLen = 1 + 16
	indexKeyLen  = 4 + 8
)

func be64(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func fromBE64(b []byte) int64 {
	if len(b) < 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

func recordKey(typ uint32, id syncproto.Bytes16) (k [recordKeyLen]byte) {
	k[0] = byte(typ)
	copy(k[1:], id[:])
	return k
}

func indexKey(scope uint32, seq int64) (k [indexKeyLen]byte) {
	binary.BigEndian.PutUint32(k[:], scope)
	binary.BigEndian.PutUint64(k[4:], uint64(seq))
	return k
}

// pairKey joins two texts so that the first can be used as a prefix.
func pairKey(a, b string) ([]byte, error) {
	if a == "" || len(a) > maxKeyPart || len(b) > maxKeyPart {
		return nil, fmt.Errorf("store: key %.20q of %d and %d bytes", a, len(a), len(b))
	}
	for i := range len(a) {
		if a[i] == 0 {
			return nil, fmt.Errorf("store: kind %.20q has a zero byte", a)
		}
	}
	k := make([]byte, 0, len(a)+1+len(b))
	return append(append(append(k, a...), 0), b...), nil
}

func waitPrefix(k store.Key) ([]byte, error) {
	p, err := pairKey(k.Type, string(k.ID))
	return append(p, 0), err
}
