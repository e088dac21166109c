package settings_test

import (
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/settings"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

type world struct {
	*settings.Service
	province, viewer domain.Caller
}

func newWorld(t *testing.T) *world {
	t.Helper()
	now := func() time.Time { return domain.Date("2026-03-10").Start().Add(9 * time.Hour) }
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{Now: now, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	w := &world{Service: &settings.Service{Store: st, Now: now}}
	if err := st.Update(t.Context(), func(tx store.Tx) error {
		for who, role := range map[*domain.Caller]domain.Role{&w.province: domain.RoleProvince, &w.viewer: domain.RoleViewer} {
			who.Person = syncproto.NewRecordID(rand.Reader, now())
			if err := roster.PutGrant(tx, syncproto.NewRecordID(rand.Reader, now()), domain.Grant{Person: who.Person, Role: role, Name: "Thử"}, store.Cause{}); err != nil {
				return err
			}
		}
		for code, doc := range map[domain.ID]syncproto.Doc{
			settings.Other: {"code": syncproto.Str(settings.Other), "name": syncproto.Str("Hoạt động khác"), "group": syncproto.Str("KHAC")},
			"VNEID":        {"code": syncproto.Str("VNEID"), "name": syncproto.Str("Định danh"), "group": syncproto.Str("NEN_TANG_SO")},
		} {
			if _, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID(syncproto.TypeCategory, code, "")},
				Doc: doc, Scopes: []syncproto.Scope{syncproto.ScopeRef}}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

func signing() settings.NewKind {
	return settings.NewKind{Name: "Hỗ trợ chữ ký số", NameEn: "Help with digital signatures", Group: "NEN_TANG_SO",
		Measures: []settings.Measure{{Name: "số người được cấp", NameEn: "people who got one", Unit: "người"}}}
}

// TestKinds: a kind is added in the place of another from a day on; both are in
// the catalogue, each with its own days, and the old one can be brought back.
func TestKinds(t *testing.T) {
	w := newWorld(t)
	in := signing()
	in.From, in.Replaces = "2026-04-01", "VNEID"
	k, err := w.AddKind(t.Context(), w.province, in)
	if err != nil {
		t.Fatal(err)
	}
	if k.Code != "T_HO_TRO_CHU_KI_SO" || k.Measures[0].Key != "t_so_nguoi_duoc_cap_nguoi" || k.By != w.province.Person {
		t.Errorf("added %+v", k)
	}
	days := func() map[string]domain.Interval {
		t.Helper()
		list, err := w.Kinds(t.Context(), w.viewer)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]domain.Interval{}
		for _, k := range list {
			out[k.Code] = domain.Interval{From: k.From, To: k.Until}
		}
		return out
	}
	if got := days(); len(got) != 3 || got[k.Code].From != "2026-04-01" || got["VNEID"].To != "2026-03-31" {
		t.Errorf("the catalogue is %v", got)
	}
	if _, err := w.RetireKind(t.Context(), w.province, "VNEID", ""); err != nil || days()["VNEID"].To != "" {
		t.Errorf("brought back: %v", err)
	}
}

// TestKinds_Refused: what would take a place to write from somebody, what is no
// kind, and who may not.
func TestKinds_Refused(t *testing.T) {
	w := newWorld(t)
	for what, tc := range map[string]struct {
		code  string
		until domain.Date
		want  domain.Code
	}{
		"other":        {settings.Other, "2026-04-01", domain.Unprocessable},
		"yesterday":    {"VNEID", "2026-03-09", domain.Invalid},
		"no day":       {"VNEID", "mai", domain.Invalid},
		"too far":      {"VNEID", "2030-01-01", domain.Invalid},
		"no such kind": {"NOPE", "2026-04-01", domain.NotFound},
	} {
		if _, err := w.RetireKind(t.Context(), w.province, tc.code, tc.until); domain.CodeOf(err) != tc.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, spoil := range map[string]func(*settings.NewKind){
		"name":     func(k *settings.NewKind) { k.Name = " " },
		"group":    func(k *settings.NewKind) { k.Group = "X" },
		"from":     func(k *settings.NewKind) { k.From = "2026-03-09" },
		"measures": func(k *settings.NewKind) { k.Measures = nil },
		"unit":     func(k *settings.NewKind) { k.Measures[0].Unit = "" },
		"twice":    func(k *settings.NewKind) { k.Measures = append(k.Measures, k.Measures[0]) },
	} {
		k := signing()
		spoil(&k)
		if _, err := w.AddKind(t.Context(), w.province, k); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.AddKind(t.Context(), w.viewer, signing()); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a viewer added: %v", err)
	}
	if _, err := w.RetireKind(t.Context(), w.viewer, "VNEID", "2026-04-01"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a viewer retired: %v", err)
	}
	today := signing()
	today.Replaces = "VNEID"
	if _, err := w.AddKind(t.Context(), w.province, today); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("replaced from today: %v", err)
	}
	if _, err := w.AddKind(t.Context(), w.province, signing()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddKind(t.Context(), w.province, signing()); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("the same twice: %v", err)
	}
}
