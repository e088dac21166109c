package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// bytesBody is a body that is there at once.
type bytesBody struct{ *bytes.Reader }

func (bytesBody) Stop() {}

// TestBackup_BringsPhotos: photos come back with a restore, are durable after
// two backups, are copied once, and one that is lost is told.
func TestBackup_BringsPhotos(t *testing.T) {
	ctx, dir, base := t.Context(), fresh(t), t.TempDir()
	a, err := New(ctx, Config{Data: dir, BackupTo: []string{filepath.Join(base, "b")}, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	who := domain.Caller{Person: syncproto.NewRandomID(a.cfg.Rand), Device: syncproto.NewRandomID(a.cfg.Rand)}
	team := syncproto.NewRandomID(a.cfg.Rand)
	if err := a.store.Update(ctx, func(tx store.Tx) error {
		if err := roster.PutTeam(tx, team, domain.Team{Name: "Tổ thử", Commune: syncproto.NewRandomID(a.cfg.Rand)}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutGrant(tx, syncproto.NewRandomID(a.cfg.Rand), domain.Grant{Person: who.Person, Role: domain.RoleMember, Team: team, Name: "Người thử"}, store.Cause{})
	}); err != nil {
		t.Fatal(err)
	}
	var pic bytes.Buffer
	if err := jpeg.Encode(&pic, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%x", sha256.Sum256(pic.Bytes()))
	u, err := a.blobs.Begin(ctx, who, blob.Wanted{Team: team, Name: name, Length: int64(pic.Len())})
	if err == nil {
		_, err = a.blobs.Append(ctx, who, u.ID, 0, bytesBody{bytes.NewReader(pic.Bytes())}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []blob.Stand{blob.Stored, blob.Durable} {
		if _, err := a.Backup(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := a.blobs.Have(ctx, who, team, []string{name}); err != nil || got[0] != want {
			t.Errorf("after backup %d: %v %v, want %s", i+1, got, err, want)
		}
	}
	file := filepath.Join("blobs", name[:2], name)
	if _, err := os.Stat(filepath.Join(base, "b", "photos", name[:2], name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, file)); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, "check", "--data", dir); code != 1 || !strings.Contains(out, "the file is missing") {
		t.Errorf("check of a lost photo: %d %s", code, out)
	}
	other := filepath.Join(base, "other")
	if code, _, msg := run(t, "backup", "now", "--backup-to", other, "--data", dir); code != 1 || !strings.Contains(msg, "missing or damaged") {
		t.Error("a backup without a photo is fine")
	}
	if code, _, msg := run(t, "backup", "now", "--backup-to", filepath.Join(base, "b"), "--data", dir); code != 0 {
		t.Errorf("the place holds the photo already: %s", msg)
	}
	again := filepath.Join(base, "again")
	if code, out, msg := run(t, "restore", "--backup-to", filepath.Join(base, "b"), "--data", again); code != 0 || !strings.Contains(out, "1 photos, 1 of them fetched") {
		t.Fatalf("restore: %d %s%s", code, out, msg)
	}
	if code, out, msg := run(t, "check", "--data", again); code != 0 {
		t.Errorf("check after restore: %d %s%s", code, out, msg)
	}
}
