package roster

import (
	"context"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Register registers a commune for a year, or corrects that. Open months
// follow, closed ones keep what they were decided by. The administrators do.
func (s *Service) Register(ctx context.Context, who domain.Caller, g domain.Registration) (domain.Registration, error) {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := s.mayChange(tx, who); err != nil {
			return err
		}
		_, bad := domain.ParseDate(string(g.On))
		switch {
		case g.Standard != "standard" && g.Standard != "advanced":
			return badRow("standard", "Use one of: standard, advanced.", "Chỉ dùng một trong: standard, advanced.")
		case strings.TrimSpace(g.Decision) == "" || !plainText(g.Decision, 200):
			return badRow("decision", "Name the decision that registers it.", "Phải ghi số quyết định đăng ký.")
		case bad != nil:
			return badRow("on", "Write the day as yyyy-mm-dd.", "Ghi ngày dạng năm-tháng-ngày, ví dụ 2023-06-01.")
		case !slices.Contains([]domain.Origin{domain.Sourced, domain.Inferred, domain.Assumed}, g.Origin):
			return badRow("origin", "Use one of: S, I, A.", "Chỉ dùng một trong: S, I, A.")
		}
		v, err := UnitAt(tx, g.Commune, g.On)
		if err != nil {
			return err
		}
		if v.Level != domain.UnitCommune {
			return badRow("unit", "Only communes are registered.", "Chỉ đăng ký cho xã.")
		}
		return PutRegistration(tx, g, store.Cause{By: who.Person, Op: "register"})
	})
	return g, err
}

// Unregister takes a registration back that was a mistake: it is as good as
// never made, for every month that is not closed.
func (s *Service) Unregister(ctx context.Context, who domain.Caller, commune domain.ID, year int) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		if err := s.mayChange(tx, who); err != nil {
			return err
		}
		if _, ok, err := ownRegistration(tx, commune, year); err != nil || !ok {
			if err == nil {
				err = domain.E(domain.NotFound, "The commune is not registered in that year.", "Xã này chưa đăng ký trong năm đó.")
			}
			return err
		}
		_, err := tx.Put(store.Put{Key: store.Key{Type: TypeRegistration, ID: RegistrationID(commune, year)}, Doc: syncproto.Doc{},
			Cause: store.Cause{By: who.Person, Op: "unregister"}})
		return err
	})
}
