package webpush_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"testing"
)

// browser is the receiving side of RFC 8291, written from it.
type browser struct {
	t      *testing.T
	key    *ecdh.PrivateKey
	secret []byte
}

func newBrowser(t *testing.T) *browser {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, key: key, secret: make([]byte, 16)}
	rand.Read(b.secret)
	return b
}

func (b *browser) p256dh() string {
	return base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes())
}
func (b *browser) auth() string { return base64.RawURLEncoding.EncodeToString(b.secret) }

// vapid makes a key pair as a server has one.
func vapid(t *testing.T) (private, public string) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := base64.RawURLEncoding
	return e.EncodeToString(key.Bytes()), e.EncodeToString(key.PublicKey().Bytes())
}

// decrypt opens one record of aes128gcm (RFC 8188) and takes the padding off.
func (b *browser) decrypt(body []byte) []byte {
	b.t.Helper()
	if len(body) < 86 || int(body[20]) != 65 {
		b.t.Fatalf("a head of %d bytes", len(body))
	}
	salt, sender, sealed := body[:16], body[21:86], body[86:]
	if rs := binary.BigEndian.Uint32(body[16:20]); int(rs) < len(sealed) {
		b.t.Fatalf("record size %d, %d bytes", rs, len(sealed))
	}
	from, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		b.t.Fatal(err)
	}
	shared, err := b.key.ECDH(from)
	if err != nil {
		b.t.Fatal(err)
	}
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(sender)
	ikm := b.derive(shared, b.secret, info, 32)
	block, err := aes.NewCipher(b.derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		b.t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := gcm.Open(nil, b.derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		b.t.Fatalf("the browser can't open it: %v", err)
	}
	for len(text) > 0 && text[len(text)-1] == 0 {
		text = text[:len(text)-1]
	}
	if len(text) == 0 || text[len(text)-1] != 2 {
		b.t.Fatal("the padding has no end")
	}
	return text[:len(text)-1]
}

func (b *browser) derive(key, salt []byte, info string, n int) []byte {
	out, err := hkdf.Key(sha256.New, key, salt, info, n)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}
