package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// A refresh token is base64url(device 16 ‖ session serial 8 ‖ random 16 ‖
// commit 8 ‖ epoch 8 ‖ keyed hash 32). The keyed hash proves that this server
// made it, so that an old token, which the store has forgotten, is told from a
// guess: a guess must not end anybody's session. Commit and epoch say in which
// history it was given out: a store that was restored from a backup has never
// heard of the newest tokens of many phones, and must not take their holders
// for thieves. Tokens of before have neither.
const (
	refreshUse     = "refresh"
	refreshBodyOld = 16 + 8 + 16
	refreshEpoch   = 8
	refreshBody    = refreshBodyOld + 8 + refreshEpoch
	refreshBytes   = refreshBody + sha256.Size
	maxSuccessors  = 64 // remembered at a time; a phone that lost more answers signs in again
)

// refreshToken is what a token says.
type refreshToken struct {
	device domain.ID
	serial int64
	commit int64  // that holds it
	epoch  string // "" for one of before
	hash   syncproto.Hash
}

// lost reports whether a token was given out in history that this store does
// not have.
func (t *refreshToken) lost(r store.Reader) bool { return t.epoch != "" && !r.Holds(t.epoch, t.commit) }

// newRefresh makes a token, in the transaction that stores its hash.
func (s *Service) newRefresh(tx store.Reader, device domain.ID, serial int64) (token string, hash syncproto.Hash, err error) {
	dev, ok := device.Bytes()
	if !ok {
		return "", hash, syncproto.ErrBadID
	}
	head := tx.Head()
	if len(head.Epoch) != refreshEpoch {
		return "", hash, errors.New("auth: an epoch of another length")
	}
	b := make([]byte, refreshBody, refreshBytes)
	copy(b, dev[:])
	binary.BigEndian.PutUint64(b[16:], uint64(serial))
	if _, err := io.ReadFull(s.rnd, b[24:refreshBodyOld]); err != nil {
		return "", hash, err
	}
	binary.BigEndian.PutUint64(b[refreshBodyOld:], uint64(head.Commit+1)) // the least that this write will be
	copy(b[refreshBodyOld+8:], head.Epoch)
	b = append(b, s.keys.mac(refreshUse, string(b))...)
	return base64.RawURLEncoding.EncodeToString(b), hashRefresh(b), nil
}

func hashRefresh(b []byte) (h syncproto.Hash) {
	sum := sha256.Sum256(b)
	copy(h[:], sum[:])
	return h
}

// readRefresh checks a token's form and origin.
func (s *Service) readRefresh(token string) (t refreshToken, ok bool) {
	if len(token) > base64.RawURLEncoding.EncodedLen(refreshBytes) || strings.ContainsAny(token, "\r\n") {
		return t, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	body := len(b) - sha256.Size
	if err != nil || body != refreshBody && body != refreshBodyOld || !hmac.Equal(b[body:], s.keys.mac(refreshUse, string(b[:body]))) {
		return t, false
	}
	t = refreshToken{device: syncproto.Bytes16(b[:16]).ID(), serial: int64(binary.BigEndian.Uint64(b[16:24])), hash: hashRefresh(b)}
	if body == refreshBody {
		t.commit, t.epoch = int64(binary.BigEndian.Uint64(b[refreshBodyOld:])), string(b[refreshBodyOld+8:refreshBody])
	}
	return t, true
}

// sessionDoc is the refresh state of a device.
type sessionDoc struct {
	Person  domain.ID        `json:"person"`
	Serial  int64            `json:"serial"`            // counts sign-ins on this device
	Current syncproto.Hash   `json:"current,omitzero"`  // token that was used last; zero: none yet
	Next    []syncproto.Hash `json:"next,omitzero"`     // its successors, none of them used
	Adopted int64            `json:"adopted,omitzero"`  // commit of the newest token that was adopted after a restore
	UsedMs  int64            `json:"used_ms"`           // last sign-in or refresh
	StepMs  int64            `json:"step_ms,omitzero"`  // when its person last proved who sits there
	EndedMs int64            `json:"ended_ms,omitzero"` // 0: alive
	Reason  string           `json:"reason,omitzero"`   // why it ended: one of the reasons below
	PushMs  int64            `json:"push_ms,omitzero"`  // when push-only access was first given
	App     string           `json:"app,omitzero"`      // version that its app named last
}

// appVersion is what a version of the app looks like; anything else is not kept.
var appVersion = regexp.MustCompile(`^[0-9A-Za-z.+-]{1,24}$`)

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

// adopt takes up the session where a token of lost history stands. It does so
// once for each, newer ones only: the second use of one is what it always was.
func (d *sessionDoc) adopt(t *refreshToken) {
	d.Serial, d.Current, d.Next, d.Adopted = t.serial, t.hash, nil, t.commit
}

// issue notes a successor of the current token.
func (d *sessionDoc) issue(hash syncproto.Hash) {
	if len(d.Next) == maxSuccessors {
		d.Next = d.Next[1:]
	}
	d.Next = append(d.Next, hash)
}
