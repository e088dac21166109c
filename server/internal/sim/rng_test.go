package sim

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"
)

// dice are one actor's luck.
type dice struct{ *rand.Rand }

func newDice(seed uint64, stream uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, stream))}
}

// in reports true in pct of 100 cases.
func (d dice) in(pct int) bool { return d.IntN(100) < pct }

// between is a duration from a to b.
func (d dice) between(a, b time.Duration) time.Duration {
	return a + time.Duration(d.Int64N(int64(b-a)))
}

func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// entropy is a deterministic source of random bytes.
type entropy struct {
	mu sync.Mutex
	c  *rand.ChaCha8
}

func newEntropy(seed, stream uint64) *entropy {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], stream)
	return &entropy{c: rand.NewChaCha8(key)}
}

func (e *entropy) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.c.Read(p)
}
