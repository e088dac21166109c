package pushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// Browser is the receiving side of RFC 8291.
type Browser struct {
	key    *ecdh.PrivateKey
	secret [16]byte
}

// NewBrowser makes the keys of a subscription.
func NewBrowser() (*Browser, error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	b := &Browser{key: key}
	_, err = rand.Read(b.secret[:])
	return b, err
}

// P256DH is its public key, base64url.
func (b *Browser) P256DH() string {
	return base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes())
}

// Auth is its secret, base64url.
func (b *Browser) Auth() string { return base64.RawURLEncoding.EncodeToString(b.secret[:]) }

const headLen = 16 + 4 + 1 + 65

// Open decrypts one record of aes128gcm (RFC 8188) and takes the padding off.
func (b *Browser) Open(body []byte) ([]byte, error) {
	if len(body) < headLen || int(body[20]) != 65 {
		return nil, fmt.Errorf("pushtest: a head of %d bytes", len(body))
	}
	salt, sender, sealed := body[:16], body[21:headLen], body[headLen:]
	if rs := binary.BigEndian.Uint32(body[16:20]); int(rs) < len(sealed) {
		return nil, fmt.Errorf("pushtest: record size %d, %d bytes", rs, len(sealed))
	}
	from, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(from)
	if err != nil {
		return nil, err
	}
	ikm, err := hkdf.Key(sha256.New, shared, b.secret[:], "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(sender), 32)
	if err != nil {
		return nil, err
	}
	text, err := open(ikm, salt, sealed)
	if err != nil {
		return nil, err
	}
	for len(text) > 0 && text[len(text)-1] == 0 {
		text = text[:len(text)-1]
	}
	if len(text) == 0 || text[len(text)-1] != 2 {
		return nil, errors.New("pushtest: the padding has no end")
	}
	return text[:len(text)-1], nil
}

func open(ikm, salt, sealed []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, nonce, sealed, nil)
}

// Vapid makes a key pair as a server has one, base64url.
func Vapid() (private, public string, err error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	e := base64.RawURLEncoding
	return e.EncodeToString(key.Bytes()), e.EncodeToString(key.PublicKey().Bytes()), nil
}
