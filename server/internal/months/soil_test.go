package months_test

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestProvincesOf: on 1/7/2025 Yên Bái went into Lào Cai. Its policies stay with
// the teams on its soil, whether their commune was merged or goes on.
func TestProvincesOf(t *testing.T) {
	w := newWorld(t)
	old, now, district, goesOn, gone, merged := w.id(), w.id(), w.id(), w.id(), w.id(), w.id()
	before, since := domain.Interval{From: "2004-01-01", To: "2025-06-30"}, domain.Interval{From: "2025-07-01"}
	w.update(func(tx store.Tx) error {
		for _, v := range []domain.UnitVersion{
			{Unit: old, Level: domain.UnitProvince, Name: "Tỉnh Yên Bái", Interval: before},
			{Unit: now, Level: domain.UnitProvince, Name: "Tỉnh Lào Cai", Interval: domain.Interval{From: "2004-01-01"}},
			{Unit: district, Level: domain.UnitDistrict, Name: "Huyện Lục Yên", Parent: old, Interval: before},
			{Unit: goesOn, Level: domain.UnitCommune, Name: "Xã đi tiếp", Parent: district, Interval: before},
			{Unit: goesOn, Level: domain.UnitCommune, Name: "Xã đi tiếp", Parent: now, Interval: since},
			{Unit: gone, Level: domain.UnitCommune, Name: "Xã cũ", Parent: district, Interval: before},
			{Unit: merged, Level: domain.UnitCommune, Name: "Xã mới", Parent: now, Interval: since},
		} {
			raw, err := json.Marshal(v)
			if err != nil {
				return err
			}
			doc, err := syncproto.DecodeDoc(raw)
			if err != nil {
				return err
			}
			if _, err := tx.Put(store.Put{Key: store.Key{Type: roster.TypeUnitVersion, ID: w.id()}, Doc: doc,
				Scopes: []syncproto.Scope{syncproto.SysScope("unit/" + string(v.Unit))}}); err != nil {
				return err
			}
		}
		return nil
	})
	both := []string{"Tỉnh Lào Cai", "Tỉnh Yên Bái"}
	for name, tt := range map[string]struct {
		team  domain.Team
		month domain.Month
		want  []string
	}{
		"before":         {domain.Team{Commune: goesOn}, "2025-06", both[1:]},
		"goes on":        {domain.Team{Commune: goesOn}, "2025-07", both},
		"merged":         {domain.Team{Commune: merged, Former: []domain.FormerCommune{{Commune: gone, Until: "2025-06-30"}}}, "2025-07", both},
		"new, always so": {domain.Team{Commune: merged}, "2025-07", both[:1]},
	} {
		var got []string
		if err := w.db.View(t.Context(), func(r store.Reader) (err error) {
			got, err = months.ProvincesOf(r, tt.team, tt.month)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
