package review

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestComment: the office reads what it remarked, once each, the queue counts
// it, and nobody else sees or says anything.
func TestComment(t *testing.T) {
	d := newDesk(t)
	id := d.add(nil)
	officer := domain.Caller{Person: syncproto.NewRandomID(rand.Reader)}
	d.update(func(tx store.Tx) error {
		return roster.PutGrant(tx, syncproto.NewRandomID(rand.Reader), domain.Grant{Person: officer.Person, Role: domain.RoleOfficer, Unit: d.commune, Name: "Công chức"}, store.Cause{})
	})
	key := syncproto.NewRandomID(rand.Reader)
	for range 2 {
		if list, err := d.svc.Comment(t.Context(), officer, id, key, "Đã gọi hỏi."); err != nil || len(list) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
	}
	if list, err := d.svc.Comments(t.Context(), d.caller, id); err != nil || len(list) != 1 || list[0].Text != "Đã gọi hỏi." || list[0].By != officer.Person {
		t.Errorf("as the chair reads it: %+v %v", list, err)
	}
	if q := d.queue("", 0); q.Items[0].Comments != 1 {
		t.Errorf("the queue counts %d", q.Items[0].Comments)
	}
	for name, c := range map[string]domain.Caller{"the author": {Person: d.author}, "a revoked phone": {Person: d.chair, PushOnly: true}} {
		if _, err := d.svc.Comments(t.Context(), c, id); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s reads: %v", name, err)
		}
		if _, err := d.svc.Comment(t.Context(), c, id, key, "x"); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s writes: %v", name, err)
		}
	}
	if _, err := d.svc.Comments(t.Context(), d.caller, key); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("on nothing: %v", err)
	}
	for _, text := range []string{"", " x", strings.Repeat("x", maxComment+1)} {
		if _, err := d.svc.Comment(t.Context(), d.caller, id, key, text); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}
