package roster

import (
	"cmp"
	"io"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// SetUp makes the first administrator of an empty shard and returns his id.
// It refuses when anybody holds a right above the commune already: the
// one-time code of a first start must not work twice.
func SetUp(tx store.Tx, rnd io.Reader, name string) (domain.ID, error) {
	taken := false
	if err := tx.Members(ScopeOfficers, syncproto.TypeGrant, func(*store.Record) bool {
		taken = true
		return false
	}); err != nil {
		return "", err
	}
	if taken {
		return "", domain.E(domain.Conflict, "This server has an administrator already.",
			"Máy chủ này đã có quản trị viên.")
	}
	now := tx.Now()
	person := syncproto.NewRecordID(rnd, now)
	c := store.Cause{By: person, Op: "set_up"}
	if err := PutPerson(tx, person, domain.Person{Name: name}, c); err != nil {
		return "", err
	}
	return person, PutGrant(tx, grantID(person, domain.RoleSystem, "", domain.DateOf(now)), domain.Grant{
		Person: person, Role: domain.RoleSystem, Name: name, Interval: domain.Interval{From: domain.DateOf(now)},
	}, c)
}

// grantID is derived: one grant per person, role, subject and first day.
func grantID(person domain.ID, role domain.Role, subject domain.ID, from domain.Date) domain.ID {
	return syncproto.DerivedID(syncproto.TypeGrant, person, string(role)+"/"+string(subject)+"/"+string(from))
}

func sortBy[T any, K cmp.Ordered](list []T, key func(T) K) {
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
