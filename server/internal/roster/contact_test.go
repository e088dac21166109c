package roster_test

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestContact_FollowsTheTeams: the contact of a commune is read by its teams,
// by those that come later, and by those that move away no more.
func TestContact_FollowsTheTeams(t *testing.T) {
	w := newWorld(t, "2023-11-20")
	units := w.load(roster.ImportUnits, "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\n"+
		"province,15,tinh,Tỉnh (thử),,,2020-01-01,,thử,\ncommune,A1,xa,Xã A,,15,2020-01-01,,thử,\ncommune,B1,xa,Xã B,,15,2020-01-01,,thử,\n")
	a, b := units.Rows[1].ID, units.Rows[2].ID
	const head = "ref,name,level,commune_code,village,decision,established_on,dissolved_on\n"
	team := func(row string) domain.ID {
		return w.load(roster.ImportTeams, head+row+"\n").Rows[0].ID
	}
	first := team("T1,Tổ Một,village,A1,Thôn Một,01/QĐ,2022-01-01,")
	for unit, phone := range map[domain.ID]string{a: "0216 000 001", b: "0216 000 002"} {
		if _, err := w.svc.SetContact(t.Context(), w.admin, domain.Contact{Unit: unit, Office: "Văn phòng xã (thử)", Phone: phone}); err != nil {
			t.Fatal(err)
		}
	}
	later := team("T2,Tổ Hai,village,A1,Thôn Hai,01/QĐ,2022-01-01,")
	for _, id := range []domain.ID{first, later} {
		w.reads(id, "0216 000 001")
	}
	team("T1,Tổ Một,village,B1,Thôn Một,01/QĐ,2022-01-01,")
	w.reads(first, "0216 000 002")
	w.reads(later, "0216 000 001")
	if _, err := w.svc.SetContact(t.Context(), w.admin, domain.Contact{Unit: a, Office: "Văn phòng xã (thử)", Phone: "0216 000 003"}); err != nil {
		t.Fatal(err)
	}
	w.reads(first, "0216 000 002")
	w.reads(later, "0216 000 003")
}

// reads fails unless a team's phones get exactly this number.
func (w *world) reads(team domain.ID, phone string) {
	w.Helper()
	var got []string
	w.view(func(r store.Reader) error {
		return r.Members(syncproto.TeamScope(team), syncproto.TypeContact, func(rec *store.Record) bool {
			d, err := syncproto.DecodeDoc(rec.Doc)
			if err != nil {
				w.Fatal(err)
			}
			got = append(got, d.Str("phone"))
			return true
		})
	})
	if len(got) != 1 || got[0] != phone {
		w.Errorf("team %s reads %v, want %s", team, got, phone)
	}
}

func TestSetContact_Refuses(t *testing.T) {
	w := newWorld(t, "2023-11-20")
	units := w.load(roster.ImportUnits, "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\n"+
		"province,15,tinh,Tỉnh (thử),,,2020-01-01,,thử,\ncommune,A1,xa,Xã A,,15,2020-01-01,,thử,\n")
	p, a := units.Rows[0].ID, units.Rows[1].ID
	for name, x := range map[string]struct {
		in   domain.Contact
		code domain.Code
	}{
		"no commune":   {domain.Contact{Unit: p, Office: "Sở", Phone: "113"}, domain.NotFound},
		"no unit":      {domain.Contact{Unit: w.admin.Person, Office: "Sở", Phone: "113"}, domain.NotFound},
		"no office":    {domain.Contact{Unit: a, Phone: "113"}, domain.Invalid},
		"not NFC":      {domain.Contact{Unit: a, Office: "Va\u0306n", Phone: "113"}, domain.Invalid},
		"letters":      {domain.Contact{Unit: a, Office: "Xã", Phone: "0216x"}, domain.Invalid},
		"too short":    {domain.Contact{Unit: a, Office: "Xã", Phone: "11"}, domain.Invalid},
		"pay per call": {domain.Contact{Unit: a, Office: "Xã", Phone: "*101#"}, domain.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := w.svc.SetContact(t.Context(), w.admin, x.in); domain.CodeOf(err) != x.code {
				t.Errorf("%v, want %s", err, x.code)
			}
		})
	}
	if _, err := w.svc.SetContact(t.Context(), domain.Caller{Person: a}, domain.Contact{Unit: a, Office: "Xã", Phone: "113"}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}
