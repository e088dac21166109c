package backup

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// signing makes a service of the world sign with a key of its own.
func signing(t *testing.T, s *Service) ed25519.PrivateKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Signer, s.cfg.Sign = public, func(text []byte) []byte { return ed25519.Sign(private, text) }
	return private
}

// TestManifest_Signed: whoever may write into a place can neither change what a
// manifest says nor put a backup of his own there unnoticed.
func TestManifest_Signed(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	s, _ := w.service(true, place)
	signing(t, s)
	w.record("một")
	w.photo(1)
	made := w.make(s)
	mine := []string{Fingerprint(s.cfg.Signer)}
	if err := errors.Join(made.SignedBy(mine), made.SignedBy(nil), made.SignedBy([]string{AnySigner})); err != nil || made.Version != manifestVersion {
		t.Fatal(made.Version, err)
	}
	path := place.path(dirSnaps + "/" + made.ID + manifestSuffix)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Manifest){
		"commit": func(m *Manifest) { m.Commit++ }, "time": func(m *Manifest) { m.AtMs-- }, "fold": func(m *Manifest) { m.Fold = strings.Repeat("0", 64) },
		"photos": func(m *Manifest) { m.List, m.Photos = "", 0 }, "packed file": func(m *Manifest) { m.Snap.SHA256 = strings.Repeat("0", 64) },
		"signature": func(m *Manifest) { m.Sig[3] ^= 1 }, "no signature": func(m *Manifest) { m.Sig = nil },
		"no signer": func(m *Manifest) { m.Signer = "" }, "other signer": func(m *Manifest) { m.Signer = strings.Repeat("ab", 32) },
		"older version with a signature": func(m *Manifest) { m.Version = 1 },
	} {
		var m Manifest
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		change(&m)
		writeManifest(t, path, m)
		if list, bad, err := List(t.Context(), place); err != nil || len(list) != 0 || len(bad) != 1 {
			t.Errorf("%s changed: %d believed, %d not, %v", name, len(list), len(bad), err)
		}
	}
	stripped := made.Manifest
	stripped.Version, stripped.Signer, stripped.Sig = 1, "", nil
	writeManifest(t, path, stripped)
	if _, m, err := Find(t.Context(), []Target{place}, ""); err != nil || !errors.Is(m.SignedBy(mine), ErrSigner) {
		t.Errorf("a signature taken off: %v", err)
	}
	_, err = s.Drill(t.Context())
	mustSay(t, err, "nobody")
}

// TestDrill_Stranger: a newer backup that another server made is not taken for
// one of ours, although it is whole and encrypted to the same people.
func TestDrill_Stranger(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	s, _ := w.service(false, place)
	signing(t, s)
	w.make(s)
	if _, err := s.Drill(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := newWorld(t)
	for range 20 {
		other.record("bịa ra")
	}
	stranger, _ := other.service(false, place)
	signing(t, stranger)
	other.pass(1)
	if _, err := stranger.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := s.Drill(t.Context())
	if !errors.Is(err, ErrSigner) || !s.Status().DrillBad {
		t.Errorf("a stranger's backup: %v", err)
	}
}

func writeManifest(t *testing.T, path string, m Manifest) {
	t.Helper()
	b, err := json.Marshal(m)
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
