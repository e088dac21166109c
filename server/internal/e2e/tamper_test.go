package e2e

import (
	"bytes"
	varint "encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/demo"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// TestVerify_FindsEveryFlippedByte plays a small province, so that the chain
// holds closes, fundings, lists and checkpoints, and then flips single bits of
// decisions in the file: each must be found.
func TestVerify_FindsEveryFlippedByte(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	var out bytes.Buffer
	if err := demo.Run(t.Context(), demo.Options{Addr: "127.0.0.1:0", Data: data, Exit: true, JSON: true, Scale: 0.012, Seed: 11,
		Wall: time.Now, LogTo: t.Output()}, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	rep, err := app.Audit(t.Context(), data)
	if err != nil || rep.Found != 0 {
		t.Fatalf("before any flip: %+v, %v", rep, err)
	}
	provePapers(t, data)
	for _, kind := range []string{"close", "funding", "list", "payment"} {
		if rep.Kinds[kind] == 0 {
			t.Fatalf("the demo left no %s: %v", kind, rep.Kinds)
		}
	}
	path := app.StorePath(data)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	places := decisionsIn(t, path, file)
	if int64(len(places)) < rep.Decisions {
		t.Fatalf("only %d of %d decisions were found in the file", len(places), rep.Decisions)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	for i := range flips() {
		p := places[rnd.IntN(len(places))]
		off, bit := rnd.IntN(p.size), byte(1)<<rnd.IntN(8)
		flip := func(bit byte) {
			for _, at := range p.at {
				if _, err := f.WriteAt([]byte{file[at+off] ^ bit}, int64(at+off)); err != nil {
					t.Fatal(err)
				}
			}
		}
		flip(bit)
		if rep, err := app.Audit(t.Context(), data); err == nil && rep.Found == 0 {
			t.Fatalf("seed %d, flip %d: bit %08b of byte %d of decision %d was not noticed", seed, i, bit, off, p.n)
		}
		flip(0)
	}
	if rep, err := app.Audit(t.Context(), data); err != nil || rep.Found != 0 {
		t.Fatalf("after all flips were taken back: %+v, %v", rep, err)
	}
	losePayment(t, data)
}

// flips is how many bits are tried.
func flips() int {
	switch os.Getenv("CHECK") {
	case "full":
		return 2000
	case "soak":
		return 10000
	}
	return 100
}

// place is where a decision's value lies in the file. Pages that were freed
// may hold older copies of it; all of them are flipped alike.
type place struct {
	n    int64
	at   []int
	size int
}

// decisionsIn finds the stored values by the hashes at their beginning.
func decisionsIn(t *testing.T, path string, file []byte) (list []place) {
	t.Helper()
	st, err := boltstore.Open(path, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.View(t.Context(), func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			mark := append(append([]byte{}, d.Prev[:]...), d.Hash[:]...)
			size := len(mark) + len(varint.AppendVarint(nil, d.AtMs)) + len(d.Kind) + len(d.Key) + len(d.Body) + 2
			p := place{n: d.N, size: size}
			for from := 0; ; {
				i := bytes.Index(file[from:], mark)
				if i < 0 {
					break
				}
				p.at = append(p.at, from+i)
				from += i + 1
			}
			if len(p.at) > 0 {
				list = append(list, p)
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
	return list
}
