package e2e

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// verified runs banso verify on a stopped server's folder.
func verified(t *testing.T, data string, more ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = app.Main(t.Context(), append([]string{"verify", "--data", data}, more...), &out, &out)
	return code, out.String()
}

// losePayment deletes the record of a sum that was listed: banso check and
// banso verify both say so.
func losePayment(t *testing.T, data string) {
	t.Helper()
	var out bytes.Buffer
	if code := app.Main(t.Context(), []string{"check", "--data", data}, &out, &out); code != 0 {
		t.Fatalf("before anything is lost: %d\n%s", code, out.String())
	}
	st, err := boltstore.Open(app.StorePath(data), boltstore.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	lost := false
	err = st.Update(t.Context(), func(tx store.Tx) error {
		var key store.Key
		if err := tx.Members("sys:payments", syncproto.TypePayment, func(rec *store.Record) bool {
			key, lost = rec.Key, true
			return false
		}); err != nil {
			return err
		}
		_, err := tx.Delete(key, store.Cause{})
		return err
	})
	if err := errors.Join(err, st.Close()); err != nil || !lost {
		t.Fatal(err, lost)
	}
	out.Reset()
	if code := app.Main(t.Context(), []string{"check", "--data", data}, &out, &out); code == 0 || !strings.Contains(out.String(), "is listed but has no record") {
		t.Errorf("check: %d\n%s", code, out.String())
	}
	if code, said := verified(t, data); code == 0 || !strings.Contains(said, "is listed but has no record") {
		t.Errorf("verify: %d\n%s", code, said)
	}
}

// provePapers holds the lists that a province exported, and the fingerprint
// that stands on them, against its decisions.
func provePapers(t *testing.T, data string) {
	t.Helper()
	lists, err := filepath.Glob(filepath.Join(data, "out", "chi-tra-*.xlsx"))
	if err != nil || len(lists) == 0 {
		t.Fatalf("no lists in %s: %v", data, err)
	}
	code, said := verified(t, data, "--list", lists[0])
	m := regexp.MustCompile(`: list (\S+), decision \d+, .*, fingerprint ([0-9A-Z-]{19})\n  all \d+ cells`).FindStringSubmatch(said)
	if code != 0 || m == nil {
		t.Fatalf("%d\n%s", code, said)
	}
	if code, said := verified(t, data, "--list", strings.TrimSuffix(lists[0], "xlsx")+"csv", "--number", m[1]); code != 0 || !strings.Contains(said, "cells are those of the list") {
		t.Errorf("CSV: %d\n%s", code, said)
	}
	if code, said := verified(t, data, "--print", m[2]); code != 0 || !strings.Contains(said, m[2]+" is decision ") || !strings.Contains(said, "  list ") {
		t.Errorf("%d\n%s", code, said)
	}
	if code, said := verified(t, data, "--print", "0000-0000-0000-0000"); code == 0 {
		t.Errorf("an unknown fingerprint: %s", said)
	}
	f, err := excelize.OpenFile(lists[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, v := range map[string]any{"G11": 900_000, "D11": "Người Khác"} {
		if err := f.SetCellValue(f.GetSheetName(0), cell, v); err != nil {
			t.Fatal(err)
		}
	}
	forged := filepath.Join(t.TempDir(), "forged.xlsx")
	if err := f.SaveAs(forged); err != nil {
		t.Fatal(err)
	}
	code, said = verified(t, data, "--list", forged)
	if code == 0 || !strings.Contains(said, `!G11: the list says `) || !strings.Contains(said, `!D11: the list says `) || !strings.Contains(said, "2 cells differ") {
		t.Errorf("%d\n%s", code, said)
	}
	if err := os.WriteFile(forged, []byte("PK nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := verified(t, data, "--list", forged); code == 0 {
		t.Errorf("not a workbook: %s", said)
	}
}
