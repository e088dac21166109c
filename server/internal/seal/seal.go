package seal

import (
	"context"
	"crypto/ed25519"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Kind of a checkpoint in the chain; all of them carry the same key, so that
// the newest is found at once.
const (
	Kind = "checkpoint"
	Key  = "chain"
)

// Signer holds the private key.
type Signer interface {
	Seal(statement []byte) (kid string, sig []byte)
}

// Service makes checkpoints.
type Service struct {
	Store  store.Store
	Signer Signer
	Now    func() time.Time
}

// Stamp appends a checkpoint of everything decided so far, also in this
// transaction, and returns it. If nothing was decided since the last one, that
// one is returned. An empty chain has none: store.ErrNotFound.
func (s *Service) Stamp(tx store.Tx) (domain.Checkpoint, error) {
	head, err := tx.LastDecision()
	if err != nil {
		return domain.Checkpoint{}, err
	}
	if head.Kind == Kind {
		return decode(&head)
	}
	c := domain.Checkpoint{N: head.N, Hash: hex.EncodeToString(head.Hash[:]), AtMs: tx.Now().UnixMilli(),
		Fingerprint: Fingerprint(head.Hash)}
	c.Kid, c.Sig = s.Signer.Seal(statement(&c))
	body, err := json.Marshal(c, json.Deterministic(true))
	if err == nil {
		_, err = tx.Append(Kind, Key, body)
	}
	return c, err
}

// Tick makes the day's checkpoint if the chain has grown since the last one
// of an earlier day.
func (s *Service) Tick(ctx context.Context) (more bool, err error) {
	due := false
	if err := s.Store.View(ctx, func(r store.Reader) (err error) {
		due, err = s.due(r)
		return err
	}); err != nil || !due {
		return false, err
	}
	return false, s.Store.Update(ctx, func(tx store.Tx) error {
		due, err := s.due(tx) // another may have made it meanwhile
		if err == nil && due {
			_, err = s.Stamp(tx)
		}
		return err
	})
}

// due reports whether a decision of an earlier day stands without checkpoint.
func (s *Service) due(r store.Reader) (bool, error) {
	head, err := r.LastDecision()
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || head.Kind == Kind {
		return false, err
	}
	last, err := r.Decision(Kind, Key)
	if errors.Is(err, store.ErrNotFound) { // the first: as soon as a day has passed
		return day(head.AtMs) < domain.DateOf(s.Now()), nil
	}
	return day(last.AtMs) < domain.DateOf(s.Now()), err
}

func day(ms int64) domain.Date { return domain.DateOf(time.UnixMilli(ms)) }

// Latest returns the newest checkpoint to whoever holds a role; not_found if
// nothing was sealed yet.
func (s *Service) Latest(ctx context.Context, who domain.Caller) (c domain.Checkpoint, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		grants, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !grants.Active(domain.DateOf(s.Now())) {
			return domain.E(domain.Forbidden, "You have no right to this.", "Bạn không có quyền xem mục này.")
		}
		d, err := r.Decision(Kind, Key)
		if errors.Is(err, store.ErrNotFound) {
			return domain.E(domain.NotFound, "Nothing has been sealed yet.", "Chưa có mốc niêm phong nào.")
		}
		if err == nil {
			c, err = decode(&d)
		}
		return err
	})
	return c, err
}

func decode(d *store.Decision) (c domain.Checkpoint, err error) {
	err = json.Unmarshal(d.Body, &c, json.RejectUnknownMembers(true))
	return c, err
}

func statement(c *domain.Checkpoint) []byte {
	return fmt.Appendf(nil, "banso checkpoint 1\nn %d\nhash %s\nat %d\n", c.N, c.Hash, c.AtMs)
}

// crockford leaves out I, L, O and U, which are misread on paper.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Fingerprint is the short form of a hash for people.
func Fingerprint(hash [32]byte) string {
	s := crockford.EncodeToString(hash[:10])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// Errors of Verify.
var (
	ErrUnknownKey = errors.New("seal: signed with an unknown key")
	ErrSignature  = errors.New("seal: the signature is wrong")
	ErrAbout      = errors.New("seal: it states another number or hash")
)

// Verify checks the checkpoint in decision d against the public keys and the
// decision before it, which it is about.
func Verify(d, before *store.Decision, keys map[string]ed25519.PublicKey) error {
	c, err := decode(d)
	if err != nil {
		return err
	}
	if c.N != before.N || c.Hash != hex.EncodeToString(before.Hash[:]) || c.Fingerprint != Fingerprint(before.Hash) {
		return ErrAbout
	}
	key, ok := keys[c.Kid]
	switch {
	case !ok:
		return ErrUnknownKey
	case !ed25519.Verify(key, statement(&c), c.Sig):
		return ErrSignature
	}
	return nil
}
