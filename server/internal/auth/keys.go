package auth

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/syncproto"
)

// Errors of a key file; each message is one sentence for the operator.
var (
	ErrKeysMissing = errors.New("the key file does not exist")
	ErrKeysBroken  = errors.New("the key file is empty, cut off or not a key file")
	ErrKeysNewer   = errors.New("the key file was written by a newer version")
)

const keysVersion = 1

// Keyring holds the signing keys, newest last, and the secret that keys hashes.
// It is safe for concurrent use.
type Keyring struct {
	mu   sync.RWMutex
	file keyFile
	priv []ed25519.PrivateKey // parallel to file.Keys
}

type keyFile struct {
	Version int    `json:"version"`
	Secret  []byte `json:"secret"` // 32 bytes; keys the hashes of codes and refresh tokens
	Keys    []Key  `json:"keys"`
	Seals   []Key  `json:"seals,omitzero"` // sign checkpoints of the chain; none is ever dropped
}

// Key is one signing key. A retired key signs nothing more and verifies until
// the last token it signed has expired.
type Key struct {
	ID        string `json:"kid"`
	Seed      []byte `json:"seed"` // Ed25519, 32 bytes
	CreatedMs int64  `json:"created_ms"`
	RetiredMs int64  `json:"retired_ms,omitzero"`
}

// NewKeyring makes a keyring with one key.
func NewKeyring(rnd io.Reader, now time.Time) (*Keyring, error) {
	k := &Keyring{file: keyFile{Version: keysVersion, Secret: make([]byte, 32)}}
	if _, err := io.ReadFull(rnd, k.file.Secret); err != nil {
		return nil, err
	}
	if err := k.RotateSeal(rnd, now); err != nil {
		return nil, err
	}
	return k, k.Rotate(rnd, now)
}

// Rotate adds a key that signs from now on. Keys whose tokens have all expired
// are dropped.
func (k *Keyring) Rotate(rnd io.Reader, now time.Time) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rnd, seed); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	keep := k.file.Keys[:0:0]
	for _, old := range k.file.Keys {
		if old.RetiredMs == 0 {
			old.RetiredMs = now.UnixMilli()
		}
		if old.verifies(now) {
			keep = append(keep, old)
		}
	}
	k.file.Keys = append(keep, Key{ID: string(syncproto.NewRandomID(rnd))[:8], Seed: seed, CreatedMs: now.UnixMilli()})
	return k.derive()
}

func (k Key) verifies(now time.Time) bool {
	return k.RetiredMs == 0 || now.UnixMilli() < k.RetiredMs+MaxAccessTTL.Milliseconds()
}

func (k *Keyring) derive() error {
	k.priv = k.priv[:0:0]
	for _, key := range k.file.Keys {
		if len(key.Seed) != ed25519.SeedSize || key.ID == "" {
			return ErrKeysBroken
		}
		k.priv = append(k.priv, ed25519.NewKeyFromSeed(key.Seed))
	}
	return nil
}

// Keys lists the keys without their secrets, oldest first.
func (k *Keyring) Keys() []Key {
	k.mu.RLock()
	defer k.mu.RUnlock()
	list := make([]Key, len(k.file.Keys))
	for i, key := range k.file.Keys {
		key.Seed = nil
		list[i] = key
	}
	return list
}

// signer returns the newest key.
func (k *Keyring) signer() (kid string, priv ed25519.PrivateKey) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	last := len(k.priv) - 1
	return k.file.Keys[last].ID, k.priv[last]
}

// verifier returns the public key of a kid, if it still verifies.
func (k *Keyring) verifier(kid string, now time.Time) (ed25519.PublicKey, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for i, key := range k.file.Keys {
		if key.ID == kid && key.verifies(now) {
			return k.priv[i].Public().(ed25519.PublicKey), true
		}
	}
	return nil, false
}

// mac is a keyed hash; use says what for, so that one use cannot stand in for
// another.
func (k *Keyring) mac(use, text string) []byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	h := hmac.New(sha256.New, k.file.Secret)
	io.WriteString(h, use+"\x00"+text)
	return h.Sum(nil)
}

// LoadKeys reads a key file.
func LoadKeys(path string) (*Keyring, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrKeysMissing
	}
	if err != nil {
		return nil, err
	}
	k := &Keyring{}
	if err := json.Unmarshal(b, &k.file); err != nil {
		return nil, ErrKeysBroken
	}
	if k.file.Version > keysVersion {
		return nil, ErrKeysNewer
	}
	if k.file.Version < 1 || len(k.file.Secret) != 32 || len(k.file.Keys) == 0 || len(k.file.Seals) == 0 {
		return nil, ErrKeysBroken
	}
	for _, key := range k.file.Seals {
		if len(key.Seed) != ed25519.SeedSize || key.ID == "" {
			return nil, ErrKeysBroken
		}
	}
	return k, k.derive()
}

// Save writes the key file so that a crash leaves the old one or the new one.
// Only the owner may read it.
func (k *Keyring) Save(path string) error {
	k.mu.RLock()
	b, err := json.Marshal(k.file)
	k.mu.RUnlock()
	if err != nil {
		return err
	}
	if err := durable.WriteFile(path, append(b, '\n')); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}
