package auth

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// An API token is "bst_", its id (22 characters) and a secret of 32 random
// bytes (43 characters), of which the store keeps a keyed hash.
const (
	tokenPrefix  = "bst_"
	tokenUse     = "api token"
	idLen        = 22
	tokenSecret  = 32
	maxTokenName = 80 // bytes
	maxTokens    = 100
)

// TokenInfo is what lists show of an API token.
type TokenInfo struct {
	ID        domain.ID `json:"id"`
	Name      string    `json:"name"`
	Scope     string    `json:"scope"`
	Unit      domain.ID `json:"unit,omitzero"`
	CreatedMs int64     `json:"created_ms"`
	EndedMs   int64     `json:"ended_ms,omitzero"`
}

// NewToken is an API token at the only moment at which it can be read.
type NewToken struct {
	TokenInfo
	Token string `json:"token"`
}

// IssueToken makes an API token that reads the figures of a unit (or of all).
// The administrators of province and system may.
func (s *Service) IssueToken(ctx context.Context, who domain.Caller, name string, unit domain.ID) (NewToken, error) {
	if name = strings.TrimSpace(name); name == "" || len(name) > maxTokenName || !utf8.ValidString(name) {
		return NewToken{}, invalid("name", "Name what reads with the token, in at most 80 bytes.", "Hãy ghi tên nơi sẽ dùng mã này, tối đa 80 byte.")
	}
	secret := make([]byte, tokenSecret)
	if _, err := io.ReadFull(s.rnd, secret); err != nil {
		return NewToken{}, err
	}
	id, text := syncproto.NewRandomID(s.rnd), b64.EncodeToString(secret)
	out := NewToken{Token: tokenPrefix + string(id) + text}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		if err := administers(tx, who, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		n := 0
		if err := tx.Credentials(domain.KindAPIToken, "", func(string, jsontext.Value) bool { n++; return true }); err != nil {
			return err
		}
		if n >= maxTokens {
			return domain.E(domain.Unprocessable, "There are 100 tokens. Revoked ones count; ask the system's administrator.", "Đã có 100 mã, tính cả mã đã thu hồi.")
		}
		t := domain.APIToken{Name: name, Scope: domain.ScopeStats, Unit: unit, By: who.Person, CreatedMs: tx.Now().UnixMilli(), Hash: s.tokenHash(id, text)}
		out.TokenInfo = infoOf(id, &t)
		return store.SaveCredential(tx, domain.KindAPIToken, string(id), t)
	})
	return out, err
}

// Tokens lists the API tokens, revoked ones too.
func (s *Service) Tokens(ctx context.Context, who domain.Caller) ([]TokenInfo, error) {
	out := []TokenInfo{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		if err := administers(r, who, domain.DateOf(s.now())); err != nil {
			return err
		}
		var bad error
		err := r.Credentials(domain.KindAPIToken, "", func(id string, raw jsontext.Value) bool {
			var t domain.APIToken
			if bad = json.Unmarshal(raw, &t); bad == nil {
				out = append(out, infoOf(domain.ID(id), &t))
			}
			return bad == nil
		})
		return errors.Join(err, bad)
	})
	return out, err
}

// RevokeToken ends an API token at once.
func (s *Service) RevokeToken(ctx context.Context, who domain.Caller, id domain.ID) error {
	return s.store.Update(ctx, func(tx store.Tx) error {
		if err := administers(tx, who, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		t, ok, err := store.LoadCredential[domain.APIToken](tx, domain.KindAPIToken, string(id))
		if err != nil {
			return err
		}
		if !ok {
			return domain.E(domain.NotFound, "There is no such token.", "Không tìm thấy mã này.")
		}
		if t.EndedMs == 0 {
			t.EndedMs = tx.Now().UnixMilli()
		}
		return store.SaveCredential(tx, domain.KindAPIToken, string(id), t)
	})
}

// IsToken tells an API token from other bearers.
func IsToken(bearer string) bool { return strings.HasPrefix(bearer, tokenPrefix) }

// VerifyToken returns who an API token is: a caller without a person's grants.
// Each token may ask ByToken, or is told when to come again.
func (s *Service) VerifyToken(ctx context.Context, bearer string) (domain.Caller, error) {
	rest := strings.TrimPrefix(bearer, tokenPrefix)
	if len(rest) != idLen+base64.RawURLEncoding.EncodedLen(tokenSecret) {
		return domain.Caller{}, errToken
	}
	id, secret := domain.ID(rest[:idLen]), rest[idLen:]
	if _, err := syncproto.ParseID(string(id)); err != nil {
		return domain.Caller{}, errToken
	}
	err := s.store.View(ctx, func(r store.Reader) error {
		t, ok, err := store.LoadCredential[domain.APIToken](r, domain.KindAPIToken, string(id))
		if err == nil && (!ok || t.EndedMs != 0 || !hmac.Equal([]byte(t.Hash), []byte(s.tokenHash(id, secret)))) {
			err = errToken
		}
		if err != nil || s.tokensOff == nil {
			return err
		}
		off, err := s.tokensOff(r)
		if off {
			err = domain.E(domain.Forbidden, "The province has switched tokens off for now.", "Tỉnh đang tạm tắt việc đọc số liệu bằng khóa.")
		}
		return err
	})
	if err != nil {
		return domain.Caller{}, err
	}
	if wait := s.byToken.Take(string(id)); wait > 0 {
		e := domain.E(domain.TooMany, "This token asks too often. Come again after the time in Retry-After.", "Mã này hỏi quá dày. Hãy chờ một lát.")
		e.RetryAfterS = int(wait/time.Second) + 1
		return domain.Caller{}, e
	}
	return domain.Caller{Person: id, Token: id}, nil
}

func (s *Service) tokenHash(id domain.ID, secret string) string {
	return b64.EncodeToString(s.keys.mac(tokenUse, string(id)+secret))
}

func infoOf(id domain.ID, t *domain.APIToken) TokenInfo {
	return TokenInfo{ID: id, Name: t.Name, Scope: t.Scope, Unit: t.Unit, CreatedMs: t.CreatedMs, EndedMs: t.EndedMs}
}

func administers(r store.Reader, who domain.Caller, today domain.Date) error {
	gs, err := roster.GrantsOf(r, who.Person)
	if err != nil {
		return err
	}
	if who.PushOnly || !gs.Anywhere(today, domain.RoleProvince, domain.RoleSystem) {
		return errNoRight
	}
	return nil
}
