package e2e

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/blob"
)

// TestPhone_HealsARestore: work and a photo reach the server after its last
// backup, the disk is lost and restored from that backup. The phone in a
// person's hand notices by itself and brings both back; nobody taps anything.
func TestPhone_HealsARestore(t *testing.T) {
	place := backup.Folder(filepath.Join(t.TempDir(), "place"))
	w := newPhoneWorldWith(t, app.Config{BackupTo: []string{string(place)}})
	b := phoneBrowser(t, w.base, t.TempDir())
	b.activate(w.code(pMember))
	b.ready()
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, picture(t, 3, 1600, 1200))
	w.waitFor("the first entry", func() bool { return len(w.queue()) == 1 })
	b.screen("#/entries")
	b.Until("its photo with the server", `document.body.innerText.split("ảnh đã nhận").length === 2`)
	if _, err := w.app.Backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.logOne("AN_TOAN_SO", "Số người", 12, picture(t, 5, 900, 1600))
	w.waitFor("the second entry", func() bool { return len(w.queue()) == 2 })
	b.screen("#/entries")
	b.Until("both photos with the server", `document.body.innerText.split("ảnh đã nhận").length === 3`)
	b.See("Đã gửi tất cả")

	_, m, err := backup.Find(t.Context(), []backup.Target{place}, "")
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "again")
	if _, err := backup.Restore(t.Context(), place, m, data, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.app.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.open(data)
	if n := len(w.queue()); n != 1 {
		t.Fatalf("%d entries in the restored server", n)
	}
	b.JS(`dispatchEvent(new Event("online"))`, nil) // what a phone's next look at the server is
	w.waitFor("the second entry again", func() bool { return len(w.queue()) == 2 })
	w.waitFor("its photo again", func() bool {
		n, problems, err := blob.Check(t.Context(), w.app.Store(), data)
		return err == nil && n == 2 && len(problems) == 0
	})
	b.Until("both photos with the server", `document.body.innerText.split("ảnh đã nhận").length === 3`)
	b.See("Đã gửi tất cả")
	b.Silent()
}
