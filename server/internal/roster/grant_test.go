package roster

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// TestGrantOf: the short way reads what the long way wrote, all of it.
func TestGrantOf(t *testing.T) {
	full := domain.Grant{Person: "p", Role: domain.RoleLeader, Team: "t", Unit: "u", Name: "Tòng Văn \"Ó\"",
		Interval: domain.Interval{From: "2023-01-01", To: "2024-02-29"}}
	for i, v := 0, reflect.ValueOf(full); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("%s is not tried", v.Type().Field(i).Name)
		}
	}
	for _, g := range []domain.Grant{full, {Person: "p", Role: domain.RoleChair, Unit: "u"}} {
		doc, err := syncproto.DocOf(g)
		if err != nil {
			t.Fatal(err)
		}
		got, err := grantOf(doc.AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(g, got); d != "" {
			t.Error(d)
		}
	}
	if _, err := grantOf([]byte(`{"name":`)); err == nil {
		t.Error("a document that is cut off was read")
	}
}
