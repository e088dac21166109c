package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"io"
)

// lock seals a secret with a key of the key file. use says what for, as with mac;
// about is whose it is: sealed for one, it opens for nobody else.
func (k *Keyring) lock(rnd io.Reader, use, about string, plain []byte) ([]byte, error) {
	aead, err := k.aead(use)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(rnd, nonce); err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, plain, []byte(about)), nil
}

func (k *Keyring) unlock(use, about string, sealed []byte) ([]byte, error) {
	aead, err := k.aead(use)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("auth: a sealed secret is cut off")
	}
	return aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(about))
}

func (k *Keyring) aead(use string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.mac(use, ""))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
