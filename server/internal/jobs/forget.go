package jobs

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Forget drops what imports that can't be taken back any more have left, and
// results that nobody fetches any more.
func (s *Service) Forget(ctx context.Context) (more bool, err error) {
	a, err := s.forget(ctx, kindTrace, keepTraces)
	if err != nil {
		return false, err
	}
	b, err := s.forget(ctx, kindOutput, keepOutput)
	return a || b, err
}

// forgetAtOnce keeps the transactions of forgetting short.
const forgetAtOnce = 64

// forget drops the credentials of a kind whose jobs ended so long ago.
func (s *Service) forget(ctx context.Context, kind string, after time.Duration) (more bool, err error) {
	before := s.Now().Add(-after).UnixMilli()
	var old []string
	if err := s.Store.View(ctx, func(r store.Reader) error {
		old = old[:0]
		var bad error
		err := r.Credentials(kind, "", func(id string, _ jsontext.Value) bool {
			if madeMs(id) >= before {
				return true
			}
			var j *Job
			if j, bad = load(r, jobOf(id)); bad == nil && j.EndMs > 0 && j.EndMs < before {
				old = append(old, strings.Clone(id))
			}
			return bad == nil && len(old) < forgetAtOnce
		})
		return errors.Join(err, bad)
	}); err != nil || len(old) == 0 {
		return false, err
	}
	return len(old) == forgetAtOnce, s.Store.Update(ctx, func(tx store.Tx) error {
		for _, id := range old {
			if err := tx.DeleteCredential(kind, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// madeMs is when a job was made, by its id or that of a part of it. As texts
// the ids don't stand in that order.
func madeMs(id string) int64 {
	b, err := syncproto.ParseBytes16(string(jobOf(id)))
	if err != nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b[:8]) >> 16)
}

// partID names one of the credentials of a job; a job's first and only one has
// the job's id.
func partID(id domain.ID, n int) string {
	if n == 0 {
		return string(id)
	}
	const digits = "0123456789"
	return string(id) + "/" + string([]byte{digits[n/1000%10], digits[n/100%10], digits[n/10%10], digits[n%10]})
}

func jobOf(part string) domain.ID {
	id, _, _ := strings.Cut(part, "/")
	return domain.ID(id)
}

// drop deletes the credentials of a kind that a job has.
func drop(tx store.Tx, kind string, id domain.ID) error {
	var ids []string
	if err := tx.Credentials(kind, string(id), func(id string, _ jsontext.Value) bool {
		ids = append(ids, strings.Clone(id))
		return true
	}); err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.DeleteCredential(kind, id); err != nil {
			return err
		}
	}
	return nil
}
