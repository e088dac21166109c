package backup

import (
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Report is what an administrator sees.
type Report struct {
	Status
	Backups []Held `json:"backups"` // newest first
}

// Held is a backup and where it lies.
type Held struct {
	Manifest
	Place string `json:"place"`
}

// Ask reports to an administrator. A place that does not answer has no
// backups in the report; that it is late is in its status.
func (s *Service) Ask(ctx context.Context, who domain.Caller) (rep Report, err error) {
	if err := s.may(ctx, who); err != nil {
		return rep, err
	}
	rep = Report{Status: s.Status(), Backups: []Held{}}
	for _, p := range s.places {
		list, _, err := List(ctx, p)
		if err != nil {
			s.cfg.Log.Warn("a place of backups does not answer", "place", p.Label(), "error", err)
			continue
		}
		for _, m := range list {
			rep.Backups = append(rep.Backups, Held{m, p.Label()})
		}
	}
	return rep, nil
}

// Order makes a backup now for an administrator.
func (s *Service) Order(ctx context.Context, who domain.Caller) (Manifest, error) {
	if err := s.may(ctx, who); err != nil {
		return Manifest{}, err
	}
	m, err := s.Make(ctx)
	if err == nil {
		return m.Manifest, nil
	}
	return m.Manifest, &domain.Error{Code: domain.Unavailable, RetryAfterS: 60, Err: err,
		Msg: "The backup did not reach every place. The server's log says why.",
		Vi:  "Sao lưu chưa tới được mọi nơi lưu. Nguyên nhân có trong nhật ký máy chủ."}
}

func (s *Service) may(ctx context.Context, who domain.Caller) error {
	return s.cfg.Store.View(ctx, func(r store.Reader) error {
		grants, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !grants.Anywhere(domain.DateOf(s.cfg.Now()), domain.RoleProvince, domain.RoleSystem) {
			return domain.E(domain.Forbidden, "Only administrators handle backups.", "Chỉ quản trị viên được xem và tạo bản sao lưu.")
		}
		return nil
	})
}
