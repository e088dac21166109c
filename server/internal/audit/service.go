package audit

import (
	"context"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Service verifies a running shard.
type Service struct {
	Store   store.Store
	Auditor *Auditor
	Now     func() time.Time

	busy chan struct{} // holds one: a walk is long, and more at once would hold pages
}

// NewService makes a Service.
func NewService(st store.Store, a *Auditor, now func() time.Time) *Service {
	return &Service{Store: st, Auditor: a, Now: now, busy: make(chan struct{}, 1)}
}

// Verify walks the whole chain of one snapshot for the province's roles. One
// walk runs at a time; who comes meanwhile is told to try later.
func (s *Service) Verify(ctx context.Context, who domain.Caller) (rep *Report, err error) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	default:
		return nil, domain.E(domain.Unavailable, "A verification is running: try again in a moment.",
			"Đang có một lượt kiểm tra khác: hãy thử lại sau ít phút.")
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		grants, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !grants.Anywhere(domain.DateOf(s.Now()), domain.RoleProvince, domain.RoleViewer, domain.RoleSystem) {
			return domain.E(domain.Forbidden, "Only the province verifies the records.", "Chỉ cấp tỉnh được kiểm tra sổ quyết định.")
		}
		rep, err = s.Auditor.Verify(r)
		return err
	})
	return rep, err
}
