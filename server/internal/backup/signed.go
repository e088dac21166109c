package backup

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
)

// A manifest of version 2 is signed by the server that made the backup, with
// the key that also seals its decisions. Encryption alone does not say who
// wrote: recipients are public, and whoever can write into a place could put a
// made-up province there. What is signed is the text
//
//	banso backup 2
//
// with a line feed, followed by the manifest without its signature.
const signedText = "banso backup 2\n"

// ErrSigner is a backup that somebody else made, or nobody says who.
var ErrSigner = errors.New("backup: not signed by this server")

// AnySigner, among the trusted, trusts everybody.
const AnySigner = "any"

// leastFingerprint is how much of a signer's key must be named, in hex digits.
const leastFingerprint = 32

// Fingerprint is the part of a signer's public key that people note.
func Fingerprint(key ed25519.PublicKey) string { return hex.EncodeToString(key)[:leastFingerprint] }

func (m Manifest) statement() ([]byte, error) {
	m.Sig = nil
	doc, err := json.Marshal(m, json.Deterministic(true))
	return append([]byte(signedText), doc...), err
}

// sign completes a manifest. Without a key it stays one of version 1.
func (m *Manifest) sign(key ed25519.PublicKey, with func(statement []byte) (sig []byte)) error {
	if key == nil {
		m.Version = 1
		return nil
	}
	m.Signer = hex.EncodeToString(key)
	text, err := m.statement()
	if err == nil {
		m.Sig = with(text)
	}
	return err
}

// proved says whether a manifest is as its signer left it; who that is, is
// SignedBy's question.
func (m Manifest) proved() bool {
	if m.Version == 1 {
		return m.Signer == "" && m.Sig == nil
	}
	key, err := hex.DecodeString(m.Signer)
	if err != nil || len(key) != ed25519.PublicKeySize || m.Signer != hex.EncodeToString(key) {
		return false
	}
	text, err := m.statement()
	return err == nil && ed25519.Verify(key, text, m.Sig)
}

// SignedBy refuses a backup whose signer is none of the trusted, which are
// fingerprints or AnySigner. With nobody named everybody is trusted.
func (m Manifest) SignedBy(trusted []string) error {
	if len(trusted) == 0 || slices.Contains(trusted, AnySigner) {
		return nil
	}
	if m.Signer != "" && slices.Contains(trusted, m.Signer[:leastFingerprint]) {
		return nil
	}
	who := "nobody"
	if m.Signer != "" {
		who = m.Signer[:leastFingerprint]
	}
	return fmt.Errorf("%w: %s is signed by %s", ErrSigner, m.ID, who)
}
