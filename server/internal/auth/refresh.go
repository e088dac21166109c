package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// A refresh token is base64url(device 16 ‖ session serial 8 ‖ random 16 ‖
// keyed hash 32). The keyed hash proves that this server made it, so that an
// old token, which the store has forgotten, is told from a guess: a guess must
// not end anybody's session.
const (
	refreshUse    = "refresh"
	refreshBody   = 16 + 8 + 16
	refreshBytes  = refreshBody + sha256.Size
	maxSuccessors = 64 // remembered at a time; a phone that lost more answers signs in again
)

// newRefresh makes a token and the hash under which it is stored.
func (s *Service) newRefresh(device domain.ID, serial int64) (token string, hash syncproto.Hash, err error) {
	dev, ok := device.Bytes()
	if !ok {
		return "", hash, syncproto.ErrBadID
	}
	b := make([]byte, refreshBody, refreshBytes)
	copy(b, dev[:])
	binary.BigEndian.PutUint64(b[16:], uint64(serial))
	if _, err := io.ReadFull(s.rnd, b[24:]); err != nil {
		return "", hash, err
	}
	b = append(b, s.keys.mac(refreshUse, string(b))...)
	return base64.RawURLEncoding.EncodeToString(b), hashRefresh(b), nil
}

func hashRefresh(b []byte) (h syncproto.Hash) {
	sum := sha256.Sum256(b)
	copy(h[:], sum[:])
	return h
}

// readRefresh checks a token's form and origin.
func (s *Service) readRefresh(token string) (device domain.ID, serial int64, hash syncproto.Hash, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(refreshBytes) || strings.ContainsAny(token, "\r\n") {
		return "", 0, hash, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != refreshBytes || !hmac.Equal(b[refreshBody:], s.keys.mac(refreshUse, string(b[:refreshBody]))) {
		return "", 0, hash, false
	}
	return syncproto.Bytes16(b[:16]).ID(), int64(binary.BigEndian.Uint64(b[16:24])), hashRefresh(b), true
}

// sessionDoc is the refresh state of a device.
type sessionDoc struct {
	Person  domain.ID        `json:"person"`
	Serial  int64            `json:"serial"`            // counts sign-ins on this device
	Current syncproto.Hash   `json:"current,omitzero"`  // token that was used last; zero: none yet
	Next    []syncproto.Hash `json:"next,omitzero"`     // its successors, none of them used
	UsedMs  int64            `json:"used_ms"`           // last sign-in or refresh
	EndedMs int64            `json:"ended_ms,omitzero"` // 0: alive
	Reason  string           `json:"reason,omitzero"`   // why it ended: one of the reasons below
	PushMs  int64            `json:"push_ms,omitzero"`  // when push-only access was first given
}

// Reasons why a session ended.
const (
	endedLogout  = "logout"
	endedRevoked = "revoked"
	endedReused  = "reused_token"
)

// use is what presenting a token does to a session: the rule of the package
// comment. reused means that the token is old and a successor was used.
func (d *sessionDoc) use(hash syncproto.Hash) (reused bool) {
	switch {
	case hash == d.Current:
		return false
	case slices.Contains(d.Next, hash):
		d.Current, d.Next = hash, nil
		return false
	}
	return true
}

// issue notes a successor of the current token.
func (d *sessionDoc) issue(hash syncproto.Hash) {
	if len(d.Next) == maxSuccessors {
		d.Next = d.Next[1:]
	}
	d.Next = append(d.Next, hash)
}
