package boltlocal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/boltlocal"
	"github.com/banso/banso/syncproto/client/localtest"
)

func open(t *testing.T, path string) *boltlocal.Local {
	t.Helper()
	l, err := boltlocal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLocal_Suite(t *testing.T) {
	localtest.Run(t, func(t *testing.T) (client.Local, func() client.Local) {
		path := filepath.Join(t.TempDir(), "phone.db")
		l := open(t, path)
		return l, func() client.Local {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = open(t, path)
			return l
		}
	})
}

func TestOpen_Damaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "phone.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"cut": whole[:len(whole)/4], "cut inside a page": whole[:100], "other": []byte("not a database, but long enough to look at"),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := boltlocal.Open(path)
		if err == nil {
			l.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if !errors.Is(err, boltlocal.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
