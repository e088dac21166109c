package roster_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// reform is Phường Lào Cai of 1/7/2025 as it was before: four wards and their
// city, of which two have teams.
func reform(t *testing.T, day domain.Date) (*world, func(level domain.UnitLevel, code string, on domain.Date) domain.ID) {
	w := newWorld(t, day)
	w.load(roster.ImportUnits, unitHead+
		"province,10,tinh,Tỉnh Lào Cai,,,2023-01-01,,QĐ,\n"+
		"province,15,tinh,Tỉnh Yên Bái,,,2023-01-01,,QĐ,\n"+
		"district,080,thanh_pho,Thành phố Lào Cai,,10,2023-01-01,,QĐ,\n"+
		"commune,02635,phuong,Phường Duyên Hải,,080,2023-01-01,,QĐ,\n"+
		"commune,02641,phuong,Phường Lào Cai,,080,2023-01-01,,QĐ,\n"+
		"commune,02644,phuong,Phường Cốc Lếu,,080,2023-01-01,,QĐ,\n"+
		"commune,02647,phuong,Phường Kim Tân,,080,2023-01-01,,QĐ,\n"+
		"commune,02650,xa,Xã Đồng Tuyển,,080,2023-01-01,,QĐ,\n")
	w.load(roster.ImportTeams, "ref,name,level,commune_code,village,decision,established_on,dissolved_on\n"+
		"T1,Tổ Kim Tân 1,village,02647,Tổ 1,12/QĐ,2022-09-15,\nT2,Tổ Cốc Lếu 2,village,02644,Tổ 2,13/QĐ,2022-09-15,\nT3,Tổ Đồng Tuyển 3,village,02650,Thôn 3,14/QĐ,2022-09-15,\n")
	w.load(roster.ImportRegistrations, "commune_code,year,standard,decision,decided_on,origin\n02647,2025,standard,11/QĐ-UBND,2025-02-01,S\n")
	w.load(roster.ImportOfficers, "ref,name,role,unit_level,unit_code,from,to\nC1,Chủ tịch (thử),commune_chair,commune,02644,2023-01-01,\nV1,Người xem (thử),province_viewer,province,10,2023-01-01,\n")
	return w, func(level domain.UnitLevel, code string, on domain.Date) (id domain.ID) {
		t.Helper()
		w.view(func(r store.Reader) error {
			v, err := roster.UnitByCode(r, level, code, on)
			id = v.Unit
			return err
		})
		return id
	}
}

// wards is the worked example: four wards become one, with the code of one of them.
func wards(at func(domain.UnitLevel, string, domain.Date) domain.ID) domain.UnitChange {
	c := domain.UnitChange{Key: key(), Kind: domain.UnitMerge, Level: domain.UnitCommune, On: "2025-07-01", Basis: "1673/NQ-UBTVQH15",
		To: []domain.UnitAfter{{Code: "02647", Kind: "phuong", Name: "Phường Lào Cai", Parent: at(domain.UnitProvince, "10", "2025-06-30")}}}
	for _, code := range []string{"02635", "02641", "02644", "02647"} {
		c.From = append(c.From, at(domain.UnitCommune, code, "2025-06-30"))
	}
	return c
}

func key() domain.ID { return syncproto.NewRecordID(rand.Reader, domain.Date("2025-06-20").Start()) }

// TestChange_Wards: the merge of 1/7/2025, recorded ten days before: units at
// once, teams on the day, the registration inherited, the decision proved.
func TestChange_Wards(t *testing.T) {
	w, at := reform(t, "2025-06-20")
	c := wards(at)
	try, err := w.svc.CheckChange(t.Context(), w.admin, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(try.Problems) > 0 || len(try.Units) != 5 || len(try.Teams) != 2 || len(try.Registrations) != 1 || try.Officers != 1 || try.Recorded {
		t.Fatalf("the dry run says %+v", try)
	}
	if _, err := at2(w, "02647", "2025-07-02"); err != nil {
		t.Fatal(err)
	}
	did, err := w.svc.Change(t.Context(), w.admin, c)
	if err != nil {
		t.Fatal(err)
	}
	next := did.Change.To[0].Unit
	if v, _ := at2(w, "02647", "2025-06-30"); v.Name != "Phường Kim Tân" || v.To != "2025-06-30" {
		t.Errorf("the old ward is %+v", v)
	}
	if v, _ := at2(w, "02647", "2025-07-01"); v.Unit != next || v.Name != "Phường Lào Cai" {
		t.Errorf("the new ward is %+v", v)
	}
	if got := w.communes(); got["Tổ Kim Tân 1"] != at(domain.UnitCommune, "02647", "2025-06-30") {
		t.Error("a team moved before the day")
	}
	if again, err := w.svc.Change(t.Context(), w.admin, c); err != nil || !again.Recorded {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	w.otherUnderKey(c, at(domain.UnitCommune, "02647", "2025-06-30"))
	w.now = domain.Date("2025-07-01").Start()
	for more := true; more; {
		if more, err = w.svc.MoveDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.communes(); got["Tổ Kim Tân 1"] != next || got["Tổ Cốc Lếu 2"] != next || got["Tổ Đồng Tuyển 3"] == next {
		t.Errorf("the teams are of %v", got)
	}
	w.view(func(r store.Reader) error {
		return roster.Teams(r, func(id domain.ID, tm domain.Team) bool {
			if tm.Name == "Tổ Kim Tân 1" {
				if got := tm.CommuneOn("2025-06-30"); got != c.From[3] {
					t.Errorf("until the day before it was of %s", got)
				}
				if reg, ok, _ := roster.TeamRegistration(r, tm, 2025); !ok || reg.Origin != domain.Assumed {
					t.Errorf("its registration is %+v", reg)
				}
			}
			return true
		})
	})
	w.proved(1)
}

// otherUnderKey: what was edited after an answer got lost is not taken for what
// was recorded.
func (w *world) otherUnderKey(c domain.UnitChange, elsewhere domain.ID) {
	w.Helper()
	var team domain.ID
	w.view(func(r store.Reader) error {
		return roster.TeamsOf(r, elsewhere, func(id domain.ID, _ domain.Team) bool { team = id; return false })
	})
	for what, edit := range map[string]func(*domain.UnitChange){
		"name":  func(c *domain.UnitChange) { c.To[0].Name = "Phường Lào Cai Mới" },
		"code":  func(c *domain.UnitChange) { c.To[0].Code = "02699" },
		"level": func(c *domain.UnitChange) { c.Level = domain.UnitDistrict },
		"part":  func(c *domain.UnitChange) { c.Part = c.From[:1] },
		"moves": func(c *domain.UnitChange) { c.Moves = []domain.TeamMove{{Team: team, To: elsewhere}} },
	} {
		other := c
		other.To = slices.Clone(c.To)
		if edit(&other); cmp.Equal(other, c) {
			w.Fatalf("%s: nothing was edited", what)
		}
		if got, err := w.svc.Change(w.Context(), w.admin, other); domain.CodeOf(err) != domain.Conflict {
			w.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

// TestChange_Province: two provinces become one under the code of one of them;
// what lay under them follows.
func TestChange_Province(t *testing.T) {
	w, at := reform(t, "2025-07-02")
	c := domain.UnitChange{Key: key(), Kind: domain.UnitMerge, Level: domain.UnitProvince, On: "2025-07-01", Basis: "202/2025/QH15",
		From: []domain.ID{at(domain.UnitProvince, "10", "2025-06-30"), at(domain.UnitProvince, "15", "2025-06-30")},
		To:   []domain.UnitAfter{{Code: "15", Kind: "tinh", Name: "Tỉnh Lào Cai"}}}
	did, err := w.svc.Change(t.Context(), w.admin, c)
	if err != nil {
		t.Fatal(err)
	}
	city := at(domain.UnitDistrict, "080", "2025-07-01")
	move := domain.UnitChange{Key: key(), Kind: domain.UnitReparent, Level: domain.UnitCommune, On: "2025-07-02", Basis: "72/2025/QH15"}
	for _, code := range []string{"02635", "02641", "02644", "02647", "02650"} {
		u := at(domain.UnitCommune, code, "2025-07-01")
		move.From, move.To = append(move.From, u), append(move.To, domain.UnitAfter{Unit: u, Parent: did.Change.To[0].Unit})
	}
	gone := domain.UnitChange{Key: key(), Kind: domain.UnitDissolve, Level: domain.UnitDistrict, On: "2025-07-02", Basis: "72/2025/QH15", From: []domain.ID{city}}
	if _, err := w.svc.Change(t.Context(), w.admin, gone); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("a district with communes under it ended: %v", err)
	}
	for _, c := range []domain.UnitChange{move, gone} {
		if _, err := w.svc.Change(t.Context(), w.admin, c); err != nil {
			t.Fatal(err)
		}
	}
	w.view(func(r store.Reader) error {
		reg, err := roster.Registry(r)
		for on, want := range map[domain.Date]int{"2025-06-30": 3, "2025-07-01": 3, "2025-07-02": 2} {
			if chain := reg.Chain(move.From[0], on); len(chain) != want || on > "2025-06-30" && chain[want-1].Code != "15" {
				t.Errorf("on %s the chain is %v", on, chain)
			}
		}
		return err
	})
	w.proved(3)
}

// TestChange_Refused: what contradicts the units that there are, and who may not.
func TestChange_Refused(t *testing.T) {
	w, at := reform(t, "2025-07-02")
	kimTan, dongTuyen := at(domain.UnitCommune, "02647", "2025-06-30"), at(domain.UnitCommune, "02650", "2025-06-30")
	rename := func(on domain.Date, a domain.UnitAfter) domain.UnitChange {
		a.Unit = dongTuyen
		return domain.UnitChange{Key: key(), Kind: domain.UnitRename, Level: domain.UnitCommune, On: on, Basis: "NQ", From: []domain.ID{dongTuyen}, To: []domain.UnitAfter{a}}
	}
	split := domain.UnitChange{Key: key(), Kind: domain.UnitSplit, Level: domain.UnitCommune, On: "2025-07-01", Basis: "NQ", From: []domain.ID{kimTan},
		To: []domain.UnitAfter{{Code: "02648", Kind: "phuong", Name: "Phường A (thử)"}, {Code: "02649", Kind: "phuong", Name: "Phường B (thử)"}}}
	one := rename("2025-07-01", domain.UnitAfter{Name: "Xã Đồng Tuyển Mới"})
	one.Kind = domain.UnitMerge
	for what, tc := range map[string]struct {
		c    domain.UnitChange
		code domain.Code
		says string
	}{
		"code of another":   {rename("2025-07-01", domain.UnitAfter{Code: "02647"}), domain.Unprocessable, "Phường Kim Tân"},
		"before it was":     {rename("2022-12-31", domain.UnitAfter{Name: "Xã X"}), domain.Unprocessable, "no such unit"},
		"parent of nowhere": {rename("2025-07-01", domain.UnitAfter{Parent: kimTan}), domain.Unprocessable, "above it"},
		"kind of a city":    {rename("2025-07-01", domain.UnitAfter{Kind: "thanh_pho"}), domain.Unprocessable, "kind"},
		"team left over":    {split, domain.Unprocessable, "Choose the team's new commune"},
		"no merge":          {one, domain.Invalid, "not a change of this kind"},
		"no basis":          {domain.UnitChange{Key: key(), Kind: domain.UnitDissolve, Level: domain.UnitCommune, On: "2025-07-01", From: []domain.ID{kimTan}}, domain.Invalid, "resolution"},
		"no day":            {rename("hôm qua", domain.UnitAfter{Name: "Xã X"}), domain.Invalid, "yyyy-mm-dd"},
	} {
		if _, err := w.svc.Change(t.Context(), w.admin, tc.c); domain.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.svc.Change(t.Context(), caller(key()), split); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("somebody changed units: %v", err)
	}
	w.svc.Months = func(store.Reader, domain.ID, domain.Month) (int, int, error) { return 2, 1, nil }
	if _, err := w.svc.Change(t.Context(), w.admin, wards(at)); domain.CodeOf(err) != domain.Unprocessable || !strings.Contains(err.Error(), "closed") {
		t.Errorf("under closed months: %v", err)
	}
	w.svc.Months = nil
	first := rename("2025-07-01", domain.UnitAfter{Name: "Xã Đồng Tuyển Mới"})
	if _, err := w.svc.Change(t.Context(), w.admin, first); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Change(t.Context(), w.admin, rename("2025-06-01", domain.UnitAfter{Name: "Xã Y"})); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("before a later change: %v", err)
	}
	first.On = "2025-07-02"
	if _, err := w.svc.Change(t.Context(), w.admin, first); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("another change under the key: %v", err)
	}
	list, err := w.svc.UnitEvents(t.Context(), w.admin)
	if want := []domain.UnitEvent{{Kind: domain.UnitRename, On: "2025-07-01", From: first.From, To: first.From, Basis: "NQ"}}; err != nil || !cmp.Equal(list, want) {
		t.Errorf("the events are %+v, %v", list, err)
	}
}

// TestChange_OldFile: a file from before can't let a unit go on that ended.
func TestChange_OldFile(t *testing.T) {
	w, at := reform(t, "2025-07-02")
	if _, err := w.svc.Change(t.Context(), w.admin, wards(at)); err != nil {
		t.Fatal(err)
	}
	rep, err := w.svc.Import(t.Context(), w.admin, roster.ImportUnits, strings.NewReader(unitHead+"commune,02644,phuong,Phường Cốc Lếu,,080,2023-01-01,,QĐ,\n"), roster.ImportOptions{})
	if err != nil || rep.Bad != 1 || !strings.Contains(rep.Rows[0].Msg, "ended") {
		t.Errorf("the old file: %+v, %v", rep, err)
	}
}

func at2(w *world, code string, on domain.Date) (v domain.UnitVersion, err error) {
	w.view(func(r store.Reader) error {
		v, err = roster.UnitByCode(r, domain.UnitCommune, code, on)
		return nil
	})
	return v, err
}

// communes is which commune each team is of.
func (w *world) communes() map[string]domain.ID {
	out := map[string]domain.ID{}
	w.view(func(r store.Reader) error {
		return roster.Teams(r, func(_ domain.ID, t domain.Team) bool {
			out[t.Name] = t.Commune
			return true
		})
	})
	return out
}

// proved checks that there are n decisions and each is what it says.
func (w *world) proved(n int) {
	w.Helper()
	w.view(func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			n--
			if err := roster.VerifyUnitChange(r, d); err != nil {
				w.Errorf("decision %d: %v", d.N, err)
			}
			bad := *d
			bad.Body = []byte(strings.Replace(string(d.Body), `"basis":"`, `"basis":"x`, 1))
			if roster.VerifyUnitChange(r, &bad) == nil {
				w.Errorf("decision %d: another basis is not noticed", d.N)
			}
			return true
		})
	})
	if n != 0 {
		w.Errorf("%d decisions too few", n)
	}
}
