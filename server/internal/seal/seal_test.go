package seal_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/seal"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

type world struct {
	t    *testing.T
	now  time.Time
	st   *boltstore.Store
	keys *auth.Keyring
	svc  *seal.Service
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: time.Date(2023, 10, 12, 16, 59, 0, 0, time.UTC)} // 23:59 in UTC+7
	now := func() time.Time { return w.now }
	var err error
	if w.st, err = boltstore.Open(filepath.Join(t.TempDir(), "s.db"), boltstore.Options{Create: true, Now: now, Rand: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.st.Close() })
	if w.keys, err = auth.NewKeyring(rand.Reader, w.now); err != nil {
		t.Fatal(err)
	}
	w.svc = &seal.Service{Store: w.st, Signer: w.keys, Now: now}
	return w
}

func (w *world) decide(n int) {
	w.t.Helper()
	if err := w.st.Update(w.t.Context(), func(tx store.Tx) error {
		_, err := tx.Append("close", fmt.Sprint(n), jsontext.Value(fmt.Sprintf(`{"n":%d}`, n)))
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) stamp() (c domain.Checkpoint, err error) {
	err = w.st.Update(w.t.Context(), func(tx store.Tx) error {
		c, err = w.svc.Stamp(tx)
		return err
	})
	return c, err
}

func (w *world) chain() (list []store.Decision) {
	w.t.Helper()
	if err := w.st.View(w.t.Context(), func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			c := *d
			c.Body = append(jsontext.Value(nil), d.Body...)
			list = append(list, c)
			return true
		})
	}); err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) public() map[string]ed25519.PublicKey {
	m := map[string]ed25519.PublicKey{}
	for _, k := range w.keys.SealKeys() {
		m[k.ID] = k.Public
	}
	return m
}

func TestStamp(t *testing.T) {
	w := newWorld(t)
	if _, err := w.stamp(); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("an empty chain: %v", err)
	}
	w.decide(1)
	first, err := w.stamp()
	if err != nil || first.N != 1 {
		t.Fatalf("stamp: %+v, %v", first, err)
	}
	if again, err := w.stamp(); err != nil || again.N != 1 || again.Fingerprint != first.Fingerprint {
		t.Fatalf("nothing decided since, yet another checkpoint: %+v, %v", again, err)
	}
	if err := w.keys.RotateSeal(rand.Reader, w.now); err != nil {
		t.Fatal(err)
	}
	w.decide(2)
	second, err := w.stamp()
	if err != nil || second.N != 3 || second.Kid == first.Kid {
		t.Fatalf("after a rotation: %+v, %v", second, err)
	}
	list := w.chain()
	for _, i := range []int{1, 3} { // both verify, also the one of the retired key
		if err := seal.Verify(&list[i], &list[i-1], w.public()); err != nil {
			t.Errorf("checkpoint %d: %v", i, err)
		}
	}
}

func TestVerify_Refuses(t *testing.T) {
	w := newWorld(t)
	w.decide(1)
	if _, err := w.stamp(); err != nil {
		t.Fatal(err)
	}
	list := w.chain()
	other, err := auth.NewKeyring(rand.Reader, w.now)
	if err != nil {
		t.Fatal(err)
	}
	stranger := map[string]ed25519.PublicKey{}
	for kid := range w.public() {
		stranger[kid] = other.SealKeys()[0].Public
	}
	rewritten := list[0]
	rewritten.Hash[0] ^= 1
	for _, tc := range []struct {
		name   string
		before store.Decision
		keys   map[string]ed25519.PublicKey
		want   error
	}{
		{"nobody's key", list[0], nil, seal.ErrUnknownKey},
		{"another key under the kid", list[0], stranger, seal.ErrSignature},
		{"a chain written anew", rewritten, w.public(), seal.ErrAbout},
	} {
		if err := seal.Verify(&list[1], &tc.before, tc.keys); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

// TestTick_OnceADay: the day is UTC+7's, and a quiet day makes no checkpoint.
func TestTick_OnceADay(t *testing.T) {
	w := newWorld(t)
	tick := func() int {
		t.Helper()
		if more, err := w.svc.Tick(t.Context()); err != nil || more {
			t.Fatalf("tick: %v, %v", more, err)
		}
		return len(w.chain())
	}
	if n := tick(); n != 0 {
		t.Fatalf("an empty chain got %d links", n)
	}
	w.decide(1)
	if n := tick(); n != 1 {
		t.Fatalf("sealed on the same day: %d links", n)
	}
	w.now = w.now.Add(2 * time.Minute) // midnight in UTC+7 has passed, in UTC it has not
	if n := tick(); n != 2 {
		t.Fatalf("the day after: %d links, want 2", n)
	}
	if n := tick(); n != 2 {
		t.Fatalf("sealed twice: %d links", n)
	}
	w.now = w.now.Add(72 * time.Hour)
	if n := tick(); n != 2 {
		t.Fatalf("quiet days were sealed: %d links", n)
	}
}

func TestFingerprint(t *testing.T) {
	var h [32]byte
	for i := range h {
		h[i] = byte(i * 37)
	}
	if got := seal.Fingerprint(h); got != "00JM-MVWM-Q7F0-6A2D" {
		t.Errorf("fingerprint %s", got)
	}
}
