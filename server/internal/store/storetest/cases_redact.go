package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// testRedact: a text leaves the whole history of a record and what merges lost,
// also of one that was deleted; the record of today, its rev and the sums of
// its scopes stay as they are, and the other records too.
func (e Engine) testRedact(t *testing.T) {
	const secret, alias = "Lò Thị Chim", "Thành viên 4F2A"
	dir := t.TempDir()
	s := e.Open(t, dir, time.Now)
	defer func() { mustClose(t, s); e.Verify(t, dir) }()
	live, gone, other := newKey(), newKey(), newKey()
	named := func(k store.Key, name string, c store.Cause) store.Put {
		return store.Put{Key: k, Doc: syncproto.Doc{"name": syncproto.Str(name), "note": syncproto.Str("ghi chú")}, Scopes: []syncproto.Scope{"team:a"}, Cause: c}
	}
	lost := store.Cause{Op: "edit", Lost: syncproto.Doc{"name": syncproto.Str(secret)}}
	mustUpdate(t, s, func(tx store.Tx) error {
		var errs []error
		for _, p := range []store.Put{named(live, secret, store.Cause{}), named(live, "khác", lost), named(live, secret+" B", store.Cause{}), named(live, alias, lost),
			named(gone, secret, store.Cause{}), named(other, secret, store.Cause{})} {
			_, err := tx.Put(p)
			errs = append(errs, err)
		}
		_, err := tx.Delete(gone, store.Cause{})
		return errors.Join(append(errs, err)...)
	})
	who := func() (list []store.Key) {
		mustView(t, s, func(r store.Reader) error {
			return r.Mentions([]string{secret}, func(k store.Key) bool { list = append(list, k); return true })
		})
		return list
	}
	if list := who(); len(list) != 3 || !slices.Contains(list, live) || !slices.Contains(list, gone) || !slices.Contains(list, other) {
		t.Fatalf("mentioned in %v", list)
	}
	edit := func(d syncproto.Doc) {
		if d.Str("name") != "" {
			d["name"] = syncproto.Str(alias)
		}
	}
	mustUpdate(t, s, func(tx store.Tx) error {
		was, err := tx.Record(live)
		if err != nil {
			return err
		}
		scope, err := tx.Scope("team:a")
		if err != nil {
			return err
		}
		if err := errors.Join(tx.Redact(live, edit), tx.Redact(gone, edit)); err != nil {
			return err
		}
		if err := tx.Redact(newKey(), edit); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("redacted nothing: %v", err)
		}
		now, err := tx.Record(live)
		if err != nil || now.Rev != was.Rev || now.H != was.H || string(now.Doc) != string(was.Doc) {
			return fmt.Errorf("the record changed: %+v, %v", now, err)
		}
		if after, err := tx.Scope("team:a"); err != nil || after != scope {
			return fmt.Errorf("the scope changed: %+v, %v", after, err)
		}
		return nil
	})
	if list := who(); !slices.Equal(list, []store.Key{other}) {
		t.Errorf("mentioned in %v after all", list)
	}
	mustView(t, s, func(r store.Reader) error {
		var names []string
		if err := r.History(live, func(v *store.Version) bool {
			names = append(names, v.Before.Str("name")+"/"+v.Lost.Str("name"))
			return true
		}); err != nil {
			return err
		}
		if want := []string{alias + "/" + alias, alias + "/", alias + "/" + alias, "/"}; !slices.Equal(names, want) {
			return fmt.Errorf("history %q, want %q", names, want)
		}
		return nil
	})
}
