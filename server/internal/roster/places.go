package roster

import (
	"context"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TypePlace is the type of the villages that there are.
const TypePlace = "place"

const scopePlaces syncproto.Scope = "sys:places"

// PlaceRow is a village and the team that covers it, if one does.
type PlaceRow struct {
	domain.Place
	Team     domain.ID `json:"team,omitzero"`
	TeamName string    `json:"team_name,omitzero"`
}

// place applies a row of ImportPlaces.
func (im *importer) place(r row) (domain.ID, Status, error) {
	kind, err := r.oneOf("kind", domain.VillageKinds()...)
	if err != nil {
		return "", "", err
	}
	commune, err := im.unitOf(r, "commune_code", domain.UnitCommune, im.today)
	if err != nil {
		return "", "", err
	}
	p := domain.Place{Commune: commune, Name: r.fields["village"], Kind: kind, Source: r.fields["source"]}
	id := syncproto.DerivedID(TypePlace, commune, domain.SearchKey(p.Name))
	st, err := im.write(TypePlace, id, p, func() error { return put(im.tx, TypePlace, id, p, []syncproto.Scope{scopePlaces}, im.cause) })
	return id, st, err
}

// Places lists the villages with the teams that cover them on a day. A village
// of a commune that ended is one of the commune that all of it went to.
func Places(r store.Reader, on domain.Date) ([]PlaceRow, error) {
	var out []PlaceRow
	if err := members(r, scopePlaces, TypePlace, func(_ domain.ID, p domain.Place) bool {
		out = append(out, PlaceRow{Place: p})
		return true
	}); err != nil || len(out) == 0 {
		return out, err
	}
	reg, err := Registry(r)
	if err != nil {
		return nil, err
	}
	by, err := coverers(r, on)
	next := map[domain.ID]domain.ID{}
	bare := map[domain.ID]int{} // villages by name without the word for their kind
	for _, p := range out {
		keys := placeKeys(p.Name)
		bare[p.Commune+"/"+domain.ID(keys[len(keys)-1])]++
	}
	for i := range out {
		for n, k := range placeKeys(out[i].Name) {
			at := out[i].Commune + "/" + domain.ID(k)
			if n > 0 && bare[at] > 1 {
				continue // "Thôn 1" and "Tổ dân phố 1" of one commune are two
			}
			if t, ok := by[at]; ok && out[i].Team == "" {
				out[i].Team, out[i].TeamName = t.ID, t.Name
			}
		}
		was := out[i].Commune
		if next[was] == "" {
			next[was] = was
			if units, whole := reg.Successors(was, on); whole {
				next[was] = units[0]
			}
		}
		out[i].Commune = next[was]
	}
	return out, err
}

// coverers are the village teams of a day by "<commune>/<key of a village>", for
// each commune that they belonged to: a village stays listed under the one it
// was listed for.
func coverers(r store.Reader, on domain.Date) (map[domain.ID]TeamRow, error) {
	by := map[domain.ID]TeamRow{}
	err := Teams(r, func(id domain.ID, t domain.Team) bool {
		if t.Level != domain.LevelVillage || !t.Active(on) {
			return true
		}
		for _, name := range strings.FieldsFunc(t.Village, func(c rune) bool { return strings.ContainsRune(",;|", c) }) {
			for _, k := range placeKeys(name) {
				by[t.Commune+"/"+domain.ID(k)] = TeamRow{ID: id, Team: t}
				for _, f := range t.Former {
					by[f.Commune+"/"+domain.ID(k)] = TeamRow{ID: id, Team: t}
				}
			}
		}
		return true
	})
	return by, err
}

// placePrefixes are the words for the kind of a village in the form of a search key.
var placePrefixes = []string{"to dan pho ", "khu pho ", "thon ", "ban ", "xom ", "khoi ", "ap "}

// placeKeys are the forms in which a village's name is compared: as it is and
// without the word for its kind.
func placeKeys(name string) []string {
	key := domain.SearchKey(name)
	for _, p := range placePrefixes {
		if rest, ok := strings.CutPrefix(key, p); ok && rest != "" {
			return []string{key, rest}
		}
	}
	return []string{key}
}

// PlacesOf lists the villages: of the whole province for who reads it, of his
// own communes for an officer of one.
func (s *Service) PlacesOf(ctx context.Context, who domain.Caller) (out []PlaceRow, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on := s.today()
		all := gs.Anywhere(on, aggregators...)
		if who.PushOnly || !all && !gs.Anywhere(on, communeRoles...) {
			return forbidden()
		}
		list, err := Places(r, on)
		out = []PlaceRow{}
		for _, p := range list {
			if all || readsCommune(gs, p.Commune, on) {
				out = append(out, p)
			}
		}
		return err
	})
	sortBy(out, func(p PlaceRow) string { return string(p.Commune) + p.Name })
	return out, err
}
