package roster_test

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// world is a shard with its first administrator.
type world struct {
	*testing.T
	store store.Store
	svc   *roster.Service
	now   time.Time
	admin domain.Caller
}

func newWorld(t *testing.T, day domain.Date) *world {
	t.Helper()
	w := &world{T: t, now: day.Start().Add(9 * time.Hour)}
	now := func() time.Time { return w.now }
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{Now: now, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	w.store, w.svc = st, &roster.Service{Store: st, Now: now, Rand: rand.Reader}
	w.update(func(tx store.Tx) (err error) {
		w.admin.Person, err = roster.SetUp(tx, rand.Reader, "Quản trị")
		return err
	})
	return w
}

func (w *world) update(fn func(store.Tx) error) {
	w.Helper()
	if err := w.store.Update(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

func (w *world) view(fn func(store.Reader) error) {
	w.Helper()
	if err := w.store.View(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// load imports a file and fails on a bad row.
func (w *world) load(kind roster.Kind, csv string) *roster.ImportReport {
	w.Helper()
	rep, err := w.svc.Import(w.Context(), w.admin, kind, strings.NewReader(csv), roster.ImportOptions{})
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range rep.Rows {
		if r.Status == roster.Bad {
			w.Fatalf("%s line %d, %s: %s", kind, r.Line, r.Field, r.Msg)
		}
	}
	return rep
}

// unitRows turns an embedded list into rows of an import, in force in an
// interval; ref makes the unit's reference from its code ("" for none).
func (w *world) unitRows(list, from, to string, ref func(code string) string) string {
	w.Helper()
	us, err := data.Units(list)
	if err != nil {
		w.Fatal(err)
	}
	var b strings.Builder
	for _, u := range us {
		fmt.Fprintf(&b, "%s,%s,%s,%s,,%s,%s,%s,test,%s\n", u.Level, u.Code, kindOf(u.Name), u.Name, u.Parent, from, to, ref(u.Code))
	}
	return b.String()
}

func kindOf(name string) string {
	for prefix, kind := range map[string]string{"Tỉnh ": "tinh", "Thành phố ": "thanh_pho", "Thị xã ": "thi_xa", "Huyện ": "huyen",
		"Xã ": "xa", "Phường ": "phuong", "Thị trấn ": "thi_tran"} {
		if strings.HasPrefix(name, prefix) {
			return kind
		}
	}
	return "?"
}

const unitHead = "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\n"

// fewUnits is a province with one district and two communes.
const fewUnits = unitHead +
	"province,15,tinh,Tỉnh Yên Bái,,,2023-01-01,,QĐ,\n" +
	"district,132,thanh_pho,Thành phố Yên Bái,,15,2023-01-01,,QĐ,\n" +
	"commune,04249,phuong,Phường Yên Thịnh,,132,2023-01-01,,QĐ,\n" +
	"commune,04270,xa,Xã Minh Bảo,,132,2023-01-01,,QĐ,\n"

const fewTeams = "ref,name,level,commune_code,village,decision,established_on,dissolved_on\n" +
	"T1,Tổ 1,village,04249,Tổ dân phố 1,12/QĐ,2022-09-15,\n" +
	"T2,Tổ 2,village,04270,Thôn 2,13/QĐ,2022-09-15,\n"

const fewPeople = "ref,name,role,team_ref,from,to\n" +
	"P1,Lò Văn A,leader,T1,2023-01-01,\n" +
	"P2,Lò Thị B,member,T1,2023-01-01,\n" +
	"P3,Hà Văn C,leader,T2,2023-01-01,\n"

const fewOfficers = "ref,name,role,unit_level,unit_code,from,to\n" +
	"C1,Chủ tịch A,commune_chair,commune,04249,2023-01-01,\n" +
	"V1,Người xem,province_viewer,province,15,2023-01-01,\n"

// few fills a shard with all of them and returns the ids by reference.
func few(t *testing.T) (*world, map[string]domain.ID) {
	w := newWorld(t, "2023-06-01")
	ids := map[string]domain.ID{}
	for _, f := range []struct {
		kind roster.Kind
		csv  string
	}{{roster.ImportUnits, fewUnits}, {roster.ImportOfficers, fewOfficers}, {roster.ImportTeams, fewTeams}, {roster.ImportMembers, fewPeople}} {
		for _, r := range w.load(f.kind, f.csv).Rows {
			ref, _, _ := strings.Cut(r.Ref, " ")
			if f.kind == roster.ImportUnits {
				ref = strings.Fields(r.Ref)[1]
			}
			ids[ref] = r.ID
		}
	}
	return w, ids
}

func caller(id domain.ID) domain.Caller { return domain.Caller{Person: id} }
