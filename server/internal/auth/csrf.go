package auth

import "github.com/banso/banso/server/internal/domain"

// CSRF is the token that a browser's session shows with each change: of this
// person on this device, and of nobody else.
func (s *Service) CSRF(who domain.Caller) string {
	return b64.EncodeToString(s.keys.mac("csrf", string(who.Person)+"/"+string(who.Device))[:16])
}
