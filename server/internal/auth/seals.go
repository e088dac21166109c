package auth

import (
	"crypto/ed25519"
	"io"
	"time"

	"github.com/banso/banso/syncproto"
)

// SealKey is the public half of a key that signs checkpoints of the chain of
// decisions. A retired one signs nothing more and verifies for ever: what was
// paid years ago must be provable still.
type SealKey struct {
	ID        string            `json:"kid"`
	Public    ed25519.PublicKey `json:"public"` // 32 bytes
	CreatedMs int64             `json:"created_ms"`
	RetiredMs int64             `json:"retired_ms,omitzero"`
}

// RotateSeal adds a key that signs checkpoints from now on.
func (k *Keyring) RotateSeal(rnd io.Reader, now time.Time) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rnd, seed); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.file.Seals {
		if old := &k.file.Seals[i]; old.RetiredMs == 0 {
			old.RetiredMs = now.UnixMilli()
		}
	}
	k.file.Seals = append(k.file.Seals, Key{ID: string(syncproto.NewRandomID(rnd))[:8], Seed: seed, CreatedMs: now.UnixMilli()})
	return nil
}

// Seal signs a statement with the newest key. Who calls names in the
// statement what it is about, so that no signature can stand in for another.
func (k *Keyring) Seal(statement []byte) (kid string, sig []byte) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key := k.file.Seals[len(k.file.Seals)-1]
	return key.ID, ed25519.Sign(ed25519.NewKeyFromSeed(key.Seed), statement)
}

// Sealer is the public half of the key that Seal signs with.
func (k *Keyring) Sealer() ed25519.PublicKey {
	list := k.SealKeys()
	return list[len(list)-1].Public
}

// SealKeys lists the public keys, oldest first.
func (k *Keyring) SealKeys() []SealKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	list := make([]SealKey, len(k.file.Seals))
	for i, key := range k.file.Seals {
		list[i] = SealKey{ID: key.ID, Public: ed25519.NewKeyFromSeed(key.Seed).Public().(ed25519.PublicKey),
			CreatedMs: key.CreatedMs, RetiredMs: key.RetiredMs}
	}
	return list
}
