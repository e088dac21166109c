package app

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestWatch: the operators hear, once a day, of a certificate that phones
// refuse, and once of a restore that was tried.
func TestWatch(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler()) // signed by nobody that phones trust
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer srv.Close()
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, domain.Zone)
	a, err := New(t.Context(), Config{Data: t.TempDir(), Now: func() time.Time { return now }, Rand: rand.Reader, LogTo: io.Discard, Handful: true, Origin: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	operator := syncproto.DerivedID("person", "", "operator")
	err = a.store.Update(t.Context(), func(tx store.Tx) error {
		return roster.PutGrant(tx, syncproto.DerivedID("grant", operator, ""), domain.Grant{Person: operator, Role: domain.RoleSystem, Name: "Quản trị thử",
			Interval: domain.Interval{From: "2023-01-01"}}, store.Cause{})
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		a.watchOrigin(ctx)
		cancel()
	}
	if _, err := a.backups.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.backups.Drill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := a.tellOfBackups(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int{}
	err = a.store.View(t.Context(), func(r store.Reader) error {
		clear(got)
		return r.Members(syncproto.UserScope(operator), syncproto.TypeInbox, func(rec *store.Record) bool {
			d, err := syncproto.SplitCanonical(rec.Doc)
			got[d.Str("kind")]++
			return err == nil && d.Str("body_vi") != ""
		})
	})
	if err != nil || len(got) != 2 || got["certificate_trouble"] != 1 || got["job_done"] != 1 {
		t.Errorf("%v %v", got, err)
	}
}

// TestConfig_Origin: only an https address is one.
func TestConfig_Origin(t *testing.T) {
	for origin, ok := range map[string]bool{"": true, "https://banso.example.vn": true, "http://banso.example.vn": false, "banso.example.vn": false, "https://": false} {
		c := Config{Origin: origin, LogTo: io.Discard}
		if err := c.fill(); (err == nil) != ok {
			t.Errorf("%q: %v", origin, err)
		}
	}
}
