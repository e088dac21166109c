package roster_test

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestPutVeil_TakenBack: a role that was taken back with its import is in no
// scope any more, yet its history has the name; so has another person's of the
// same name, which stays.
func TestPutVeil_TakenBack(t *testing.T) {
	w, ids := few(t)
	const name = "Lò Thị B"
	back := store.Key{Type: syncproto.TypeGrant, ID: syncproto.DerivedID("grant", ids["P1"], "thử")}
	same := store.Key{Type: syncproto.TypeGrant, ID: syncproto.DerivedID("grant", ids["P3"], "thử")}
	person := domain.ID("")
	w.update(func(tx store.Tx) error {
		if err := roster.TeamGrants(tx, ids["T1"], func(g domain.Grant) bool {
			if g.Name == name {
				person = g.Person
			}
			return true
		}); err != nil {
			return err
		}
		if err := roster.PutGrant(tx, same.ID, domain.Grant{Person: syncproto.DerivedID("person", person, "khác"), Role: domain.RoleMember, Team: ids["T2"], Name: name}, store.Cause{}); err != nil {
			return err
		}
		if err := roster.PutGrant(tx, back.ID, domain.Grant{Person: person, Role: domain.RoleMember, Team: ids["T2"], Name: name}, store.Cause{}); err != nil {
			return err
		}
		_, err := tx.Put(store.Put{Key: back, Doc: syncproto.Doc{}})
		return err
	})
	named := func() (keys []store.Key) {
		w.view(func(r store.Reader) error {
			return r.Mentions([]string{name}, func(k store.Key) bool { keys = append(keys, k); return true })
		})
		return keys
	}
	if person == "" || len(named()) != 4 { // the person, two grants, the namesake's
		t.Fatalf("named in %v", named())
	}
	where := named()
	for range 2 { // again it changes nothing
		w.update(func(tx store.Tx) error {
			v, err := roster.NewVeil(tx, person, store.Cause{}, where)
			if err != nil {
				return err
			}
			return roster.PutVeil(tx, v, "")
		})
	}
	if left := named(); len(left) != 1 || left[0] != same {
		t.Errorf("named in %v after all, want the namesake's alone", left)
	}
	w.view(func(r store.Reader) error {
		p, err := roster.Person(r, person)
		if err != nil || !p.Veiled || p.Name == name {
			t.Errorf("%+v, %v", p, err)
		}
		return nil
	})
}
