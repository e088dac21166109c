package roster_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// yenBaiToLaoCai imports both provinces as they were and the one that they
// became on 1/7/2025, with the merges. The unit reference of an old commune
// names its province, for both countings know 15.
func yenBaiToLaoCai(t *testing.T) *world {
	w := newWorld(t, "2025-06-01")
	no := func(string) string { return "" }
	w.load(roster.ImportUnits, unitHead+
		w.unitRows("yenbai_2023", "2023-04-10", "2025-06-30", no)+
		w.unitRows("laocai_2023", "2023-04-10", "2025-06-30", no)+
		w.unitRows("laocai_2025", "2025-07-01", "", no))
	w.load(roster.ImportEvents, "kind,on,level,from_codes,to_codes,part_codes,legal_basis\n"+mergeRows(t))
	return w
}

func mergeRows(t *testing.T) string {
	ms, err := data.Merges("laocai_2025_merges")
	if err != nil {
		t.Fatal(err)
	}
	from := map[string][]string{}
	var order []string
	for _, m := range ms {
		if from[m.New] == nil {
			order = append(order, m.New)
		}
		from[m.New] = append(from[m.New], m.Old)
	}
	var b strings.Builder
	for _, code := range order {
		fmt.Fprintf(&b, "merge,2025-07-01,commune,%s,%s,,1673/NQ-UBTVQH15\n", strings.Join(from[code], "|"), code)
	}
	b.WriteString("merge,2025-07-01,province,15|10,15,,202/2025/QH15\n")
	return b.String()
}

func TestUnitByCode_CodeIsNoIdentity(t *testing.T) {
	w := yenBaiToLaoCai(t)
	w.view(func(r store.Reader) error {
		old, err := roster.UnitByCode(r, domain.UnitProvince, "15", "2025-06-30")
		if err != nil {
			return err
		}
		now, err := roster.UnitByCode(r, domain.UnitProvince, "15", "2025-07-01")
		if err != nil {
			return err
		}
		if old.Name != "Tỉnh Yên Bái" || now.Name != "Tỉnh Lào Cai" || old.Unit == now.Unit {
			t.Errorf("code 15 is %q until 30/6/2025 and %q after; one unit: %v", old.Name, now.Name, old.Unit == now.Unit)
		}
		if _, err := roster.UnitByCode(r, domain.UnitProvince, "10", "2025-07-01"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("code 10 after the merger: %v", err)
		}
		return nil
	})
}

func TestRegistry_GroundOfYenBai(t *testing.T) {
	w := yenBaiToLaoCai(t)
	var reg *domain.Registry
	w.view(func(r store.Reader) (err error) {
		reg, err = roster.Registry(r)
		return err
	})
	yenBai, _ := reg.ByCode(domain.UnitProvince, "15", "2025-06-30")
	laoCai, _ := reg.ByCode(domain.UnitProvince, "15", "2025-07-01")
	onGround, recycled := map[domain.ID]bool{}, 0
	for _, v := range reg.Versions {
		if v.Level != domain.UnitCommune || v.To != "2025-06-30" {
			continue
		}
		chain := reg.Chain(v.Unit, "2025-06-30")
		if len(chain) != 3 {
			t.Fatalf("%s has a chain of %d units", v.Name, len(chain))
		}
		if chain[2].Unit != yenBai.Unit {
			continue
		}
		next, _ := reg.Successors(v.Unit, "2025-07-01")
		for _, n := range next {
			onGround[n] = true
		}
	}
	for unit := range onGround {
		v, _ := reg.At(unit, "2025-07-01")
		if v.Parent != laoCai.Unit {
			t.Errorf("%s lies under %s", v.Name, v.Parent)
		}
		if was, ok := reg.ByCode(domain.UnitCommune, v.Code, "2025-06-30"); ok && !samePlace(was.Name, v.Name) {
			recycled++
			t.Log(v.Code, was.Name, v.Name)
		}
	}
	if len(onGround) != 51 {
		t.Errorf("%d communes lie on the ground of Yên Bái, want 51", len(onGround))
	}
	if recycled != 20 {
		t.Errorf("%d of them carry a code that named another place, want 20", recycled)
	}
	if chain := reg.Chain(slices.Collect(maps.Keys(onGround))[0], "2025-07-01"); len(chain) != 2 {
		t.Errorf("after 1/7/2025 a commune has a chain of %d, want commune and province", len(chain))
	}
}

// samePlace compares names; the resolution of 2025 spells Tà Si Láng with an X.
func samePlace(a, b string) bool {
	return domain.UnitKey(a) == domain.UnitKey(b) || a == "Xã Tà Si Láng" && b == "Xã Tà Xi Láng"
}

func TestRegistry_WholeMergeRestates(t *testing.T) {
	w := yenBaiToLaoCai(t)
	w.view(func(r store.Reader) error {
		reg, err := roster.Registry(r)
		if err != nil {
			return err
		}
		old, _ := reg.ByCode(domain.UnitCommune, "04249", "2023-06-01") // Phường Yên Thịnh
		next, whole := reg.Successors(old.Unit, "2025-12-31")
		if len(next) != 1 || !whole {
			t.Errorf("Yên Thịnh lives on in %d units, whole: %v", len(next), whole)
		}
		same, _ := reg.Successors(old.Unit, "2024-01-01")
		if len(same) != 1 || same[0] != old.Unit {
			t.Error("before the merger it is its own successor")
		}
		return nil
	})
}

func TestRegistrationOf_InheritedUntilYearEnd(t *testing.T) {
	w := yenBaiToLaoCai(t)
	w.load(roster.ImportRegistrations, "commune_code,year,standard,decision,decided_on,origin\n"+
		"04249,2025,advanced,11/QĐ-UBND,2025-02-01,A\n")
	w.view(func(r store.Reader) error {
		old, err := roster.UnitByCode(r, domain.UnitCommune, "04249", "2025-06-30")
		if err != nil {
			return err
		}
		reg, err := roster.Registry(r)
		if err != nil {
			return err
		}
		next, _ := reg.Successors(old.Unit, "2025-07-01")
		got, ok, err := roster.RegistrationOf(r, next[0], 2025)
		if err != nil || !ok || got.Standard != "advanced" || got.Decision != "11/QĐ-UBND" || got.Origin != domain.Assumed {
			t.Errorf("July 2025: %+v, %v, %v", got, ok, err)
		}
		if _, ok, err := roster.RegistrationOf(r, next[0], 2026); ok || err != nil {
			t.Errorf("2026 inherits nothing: %v, %v", ok, err)
		}
		mu, err := roster.UnitByCode(r, domain.UnitCommune, "04462", "2025-06-30") // another place
		if err != nil {
			return err
		}
		if _, ok, err := roster.RegistrationOf(r, mu.Unit, 2025); ok || err != nil {
			t.Errorf("an unregistered commune: %v, %v", ok, err)
		}
		team := domain.Team{Commune: next[0], Former: []domain.FormerCommune{{Commune: mu.Unit, Until: "2025-06-30"}}}
		if _, ok, err := roster.TeamRegistration(r, team, 2025); ok || err != nil {
			t.Errorf("a team from an unregistered commune gained its new neighbours' registration: %v", err)
		}
		return nil
	})
}

func TestImportUnits_Refusals(t *testing.T) {
	w := newWorld(t, "2023-06-01")
	w.load(roster.ImportUnits, fewUnits)
	for name, row := range map[string]string{
		"valid_from":  "commune,04249,phuong,Phường Khác,,132,2024-01-01,,QĐ,",
		"parent_code": "commune,04999,xa,Xã Lạ,,777,2023-01-01,,QĐ,",
		"kind":        "commune,04999,tinh,Xã Lạ,,132,2023-01-01,,QĐ,",
		"valid_to":    "commune,04999,xa,Xã Lạ,,132,2023-01-01,2022-01-01,QĐ,",
		"name":        "commune,04999,xa,,,132,2023-01-01,,QĐ,",
		"level":       "hamlet,04999,xa,Xã Lạ,,132,2023-01-01,,QĐ,",
	} {
		rep, err := w.svc.Import(t.Context(), w.admin, roster.ImportUnits, strings.NewReader(unitHead+row+"\n"), roster.ImportOptions{})
		if err != nil || rep.Bad != 1 || rep.Applied || rep.Rows[0].Field != name || rep.Rows[0].MsgVi == "" {
			t.Errorf("%s: %+v, %v", name, rep, err)
		}
	}
}
