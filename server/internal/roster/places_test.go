package roster_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
)

// TestPlaces: a village has a team by its name without accents and without the
// word for its kind, in its own commune only; after a merge it is one of the
// commune that came of it, with its team.
func TestPlaces(t *testing.T) {
	w, ids := few(t)
	codes := map[domain.ID]string{ids["04249"]: "04249", ids["04270"]: "04270"}
	w.load(roster.ImportTeams, "ref,name,level,commune_code,village,decision,established_on,dissolved_on\nT3,Tổ 3,village,04249,\"Bản Đồng Hoà, Thôn Núi\",14/QĐ,2022-09-15,\n")
	w.load(roster.ImportPlaces, "Mã xã,Thôn,Loại,Căn cứ\n04249,Tổ dân phố 1,to_dan_pho,BC 1\n04249,Đồng Hòa,ban,BC 1\n04249,Thôn Nui,thon,BC 1\n04249,Thôn Vắng,thon,BC 1\n04270,Đồng Hòa,ban,BC 1\n")
	look := func(who domain.Caller, want ...string) {
		t.Helper()
		list, err := w.svc.PlacesOf(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, p := range list {
			got = append(got, codes[p.Commune]+" "+p.Name+": "+p.TeamName)
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	own := []string{"04249 Tổ dân phố 1: Tổ 1", "04249 Đồng Hòa: Tổ 3", "04249 Thôn Nui: Tổ 3", "04249 Thôn Vắng: "}
	look(caller(ids["C1"]), own...)
	look(w.admin, append(own, "04270 Đồng Hòa: ")...)
	if _, err := w.svc.PlacesOf(t.Context(), caller(ids["P1"])); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member: %v", err)
	}
	merge := domain.UnitChange{Key: key(), Kind: domain.UnitMerge, Level: domain.UnitCommune, On: "2023-06-01", Basis: "NQ (thử)", From: []domain.ID{ids["04249"], ids["04270"]},
		To: []domain.UnitAfter{{Code: "04251", Kind: "phuong", Name: "Phường Mới"}}}
	did, err := w.svc.Change(t.Context(), w.admin, merge)
	if err != nil {
		t.Fatal(err)
	}
	codes[did.Change.To[0].Unit] = "04251"
	look(w.admin, "04251 Tổ dân phố 1: Tổ 1", "04251 Đồng Hòa: Tổ 3", "04251 Thôn Nui: Tổ 3", "04251 Thôn Vắng: ", "04251 Đồng Hòa: ")
}

// TestPlaces_SameNumber: where villages of two kinds have the same name, the
// team of one doesn't cover the other; with one of them the word for the kind
// doesn't matter.
func TestPlaces_SameNumber(t *testing.T) {
	w, _ := few(t)
	w.load(roster.ImportTeams, "ref,name,level,commune_code,village,decision,established_on,dissolved_on\nT3,Tổ 3,village,04249,\"Thôn 7, Khối 9\",14/QĐ,2022-09-15,\n")
	w.load(roster.ImportPlaces, "Mã xã,Thôn,Loại,Căn cứ\n04249,Tổ dân phố 7,to_dan_pho,BC 1\n04249,Thôn 7,thon,BC 1\n04249,Tổ dân phố 9,to_dan_pho,BC 1\n")
	list, err := w.svc.PlacesOf(t.Context(), w.admin)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range list {
		got[p.Name] = p.TeamName
	}
	if want := map[string]string{"Tổ dân phố 7": "", "Thôn 7": "Tổ 3", "Tổ dân phố 9": "Tổ 3"}; !cmp.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
