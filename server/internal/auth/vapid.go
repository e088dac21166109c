package auth

import (
	"crypto/ecdh"
	"encoding/base64"
	"strconv"
)

// Vapid is the key pair that names this server to push services (RFC 8292).
// It follows from the secret of the key file, so that it is there on every
// server, comes back with a restore, and browsers' subscriptions stay good.
func (k *Keyring) Vapid() (private, public string) {
	for i := 1; ; i++ {
		key, err := ecdh.P256().NewPrivateKey(k.mac("vapid", strconv.Itoa(i)))
		if err != nil {
			continue // no scalar of the curve: one in 2^32
		}
		e := base64.RawURLEncoding
		return e.EncodeToString(key.Bytes()), e.EncodeToString(key.PublicKey().Bytes())
	}
}
