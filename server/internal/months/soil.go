package months

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// manyProvinces: only where policies that pay are of several must a team's
// province be found out.
func manyProvinces(all []*policy.Policy) bool {
	name := ""
	for _, p := range all {
		if !p.Pays() || !p.Subject.OfTeam() {
			continue
		}
		if name != "" && name != p.Province.Name {
			return true
		}
		name = p.Province.Name
	}
	return false
}

// provincesOf names the provinces that a team's commune lies in during a month
// and lay in before: a province that was merged leaves its policies to the
// teams on its soil, whether their commune was merged with it or goes on. It is
// empty where no units are recorded.
func provincesOf(r store.Reader, t domain.Team, month domain.Month) (names []string, err error) {
	last := month.Last()
	at := []domain.FormerCommune{{Commune: t.CommuneOn(last), Until: last}}
	for _, f := range t.Former {
		if f.Until < last {
			at = append(at, f)
		}
	}
	for _, a := range at {
		if names, err = provincesAbove(r, names, a.Commune, a.Until, 0); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// maxHops bounds the way from a commune up to its province.
const maxHops = 4

// provincesAbove adds the provinces that a unit lay in up to a day.
func provincesAbove(r store.Reader, names []string, unit domain.ID, until domain.Date, hops int) ([]string, error) {
	if unit == "" || hops == maxHops {
		return names, nil
	}
	list, err := versionsOf(r, unit)
	for _, v := range list {
		if err != nil || v.From > until {
			continue
		}
		if v.Level == domain.UnitProvince {
			if !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
			continue
		}
		end := until
		if v.To != "" {
			end = min(end, v.To)
		}
		names, err = provincesAbove(r, names, v.Parent, end, hops+1)
	}
	return names, err
}

func versionsOf(r store.Reader, unit domain.ID) (list []domain.UnitVersion, err error) {
	var bad error
	err = r.Members(syncproto.SysScope("unit/"+string(unit)), roster.TypeUnitVersion, func(rec *store.Record) bool {
		var v domain.UnitVersion
		bad = json.Unmarshal(rec.Doc, &v)
		list = append(list, v)
		return bad == nil
	})
	return list, errors.Join(err, bad)
}

// unitAt returns the version of a unit on a day and its rev; zero if none is
// recorded.
func unitAt(r store.Reader, unit domain.ID, on domain.Date) (at domain.UnitVersion, rev int64, err error) {
	var bad error
	err = r.Members(syncproto.SysScope("unit/"+string(unit)), roster.TypeUnitVersion, func(rec *store.Record) bool {
		var v domain.UnitVersion
		if bad = json.Unmarshal(rec.Doc, &v); bad == nil && v.Has(on) {
			at, rev = v, rec.Rev
		}
		return bad == nil
	})
	return at, rev, errors.Join(err, bad)
}
