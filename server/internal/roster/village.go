package roster

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TypeVillage is the type of what is known of a team's village, by date.
const TypeVillage = "village"

func scopeVillage(team domain.ID) syncproto.Scope {
	return syncproto.SysScope("village/" + string(team))
}

// VillageOn returns what is known of a team's village on a day; false if
// nobody has said.
func VillageOn(r store.Reader, team domain.ID, on domain.Date) (at domain.Village, ok bool, err error) {
	err = members(r, scopeVillage(team), TypeVillage, func(_ domain.ID, v domain.Village) bool {
		if v.From <= on && v.From >= at.From {
			at, ok = v, true
		}
		return true
	})
	return at, ok, err
}

// PutVillage writes what holds of a team's village from a day on.
func PutVillage(tx store.Tx, v domain.Village, c store.Cause) error {
	return put(tx, TypeVillage, villageID(v), v, []syncproto.Scope{scopeVillage(v.Team)}, c)
}

func villageID(v domain.Village) domain.ID {
	return syncproto.DerivedID(TypeVillage, v.Team, string(v.From))
}

// Villages lists what was said of a team's village, oldest first, for whoever
// may read the team.
func (s *Service) Villages(ctx context.Context, who domain.Caller, team domain.ID) (out []domain.Village, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, t, err := s.teamFor(r, who, team)
		if err != nil {
			return err
		}
		on := s.today()
		if gs.TeamRole(team, on) == "" && !readsCommune(gs, t.Commune, on) && !gs.Anywhere(on, aggregators...) {
			return forbidden()
		}
		out = []domain.Village{}
		return members(r, scopeVillage(team), TypeVillage, func(_ domain.ID, v domain.Village) bool {
			out = append(out, v)
			return true
		})
	})
	sortBy(out, func(v domain.Village) string { return string(v.From) })
	return out, err
}

// teamFor reads the caller's grants and a team. Who may not read the province
// is not told which teams exist.
func (s *Service) teamFor(r store.Reader, who domain.Caller, team domain.ID) (gs domain.Grants, t domain.Team, err error) {
	if gs, err = GrantsOf(r, who.Person); err != nil {
		return gs, t, err
	}
	if who.PushOnly {
		return gs, t, forbidden()
	}
	t, err = Team(r, team)
	if domain.CodeOf(err) == domain.NotFound && !gs.Anywhere(s.today(), aggregators...) {
		err = forbidden()
	}
	return gs, t, err
}

// SetVillage writes what holds of a team's village from a day on; the same day
// again corrects it. Open months follow, closed ones keep what they were
// decided by. The commune's chair, its officers and the administrators write,
// never somebody who has a role in the team: money may follow from it.
func (s *Service) SetVillage(ctx context.Context, who domain.Caller, v domain.Village) (domain.Village, error) {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		gs, t, err := s.teamFor(tx, who, v.Team)
		if err != nil {
			return err
		}
		on := domain.DateOf(tx.Now())
		if !gs.MayReview(t.Commune, on) && !gs.Has(t.Commune, on, domain.RoleOfficer) && !gs.Anywhere(on, administrators...) {
			return forbidden()
		}
		if slices.ContainsFunc(gs, func(g domain.Grant) bool { return g.Team == v.Team }) {
			return domain.E(domain.Forbidden, "Somebody of the team can't write what its money may follow from.",
				"Người thuộc tổ không được ghi số liệu có thể làm căn cứ chi cho tổ mình.")
		}
		if err := checkVillage(v); err != nil {
			return err
		}
		return PutVillage(tx, v, store.Cause{By: who.Person, Op: "set_village"})
	})
	return v, err
}

func checkVillage(v domain.Village) error {
	_, bad := domain.ParseDate(string(v.From))
	switch {
	case bad != nil:
		return badRow("from", "Write the day as yyyy-mm-dd.", "Ghi ngày dạng năm-tháng-ngày, ví dụ 2023-06-01.")
	case v.Households < 1 || v.Households > domain.MaxHouseholds:
		return badRow("households", "The number of households is 1 to 20,000.", "Số hộ phải từ 1 đến 20.000.")
	case !slices.Contains(domain.VillageKinds(), v.Kind):
		list := strings.Join(domain.VillageKinds(), ", ")
		return badRow("kind", "Use one of: "+list+".", "Chỉ dùng một trong: "+list+".")
	case strings.TrimSpace(v.Source) == "" || len(v.Source) > maxFieldBytes || !syncproto.IsNFC(v.Source):
		return badRow("source", "Name the paper that says so.", "Phải ghi văn bản làm căn cứ.")
	}
	return nil
}

// village applies a row of ImportVillages.
func (im *importer) village(r row) (domain.ID, Status, error) {
	team, known, err := im.byRef("team", r.fields["team_ref"])
	if err != nil {
		return "", "", err
	}
	if !known {
		return "", "", badRow("team_ref", "No team with this reference was imported.", "Chưa có tổ nào mang mã này.")
	}
	v := domain.Village{Team: team, Kind: r.fields["kind"], Source: r.fields["source"]}
	if v.From, err = r.date("from"); err != nil {
		return "", "", err
	}
	v.Households, _ = strconv.ParseInt(r.fields["households"], 10, 64) // 0 is refused below
	if v.Key, err = r.yes("key"); err != nil {
		return "", "", err
	}
	if v.Border, err = r.yes("border"); err != nil {
		return "", "", err
	}
	if err := checkVillage(v); err != nil {
		return "", "", err
	}
	st, err := im.write(TypeVillage, villageID(v), v, func() error { return PutVillage(im.tx, v, im.cause) })
	return team, st, err
}

// yes reads a column of "yes" or "no"; empty is no.
func (r row) yes(col string) (bool, error) {
	if r.fields[col] == "" {
		return false, nil
	}
	v, err := r.oneOf(col, "yes", "no")
	return v == "yes", err
}
