package e2e

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// noisePicture is a picture that stays large when the phone makes it small.
func noisePicture(t *testing.T, side int, seed uint64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nhieu.jpg")
	if err := os.WriteFile(path, noise(t, side, seed), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPhone_UploadCuts: a photo whose line is cut again and again goes on from
// the byte where it was, and arrives whole.
func TestPhone_UploadCuts(t *testing.T) {
	const cuts = 50
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	w.line.set(true)
	b.logOne("VNEID", "Số người kích hoạt", 4, noisePicture(t, 640, 1))
	w.line.bound(9_000)
	b.JS(`window.nudge = setInterval(() => dispatchEvent(new Event("online")), 60)`, nil)
	w.waitFor("the photo", func() bool { return len(w.queue()) == 1 && w.photosHeld() == 1 })
	b.JS(`clearInterval(window.nudge)`, nil)
	if n := w.line.cuts(); n < cuts {
		t.Errorf("the line was cut %d times only", n)
	} else {
		t.Logf("%d cuts", n)
	}
	w.line.bound(0)
	name := w.photoNames()[0]
	got, err := w.as[pChair].Photo(t.Context(), name, false)
	if err != nil {
		t.Fatal(err)
	}
	// The server has compared what arrived with the name before it cleaned it.
	if m, err := jpeg.Decode(bytes.NewReader(got)); err != nil || m.Bounds().Dx() != 640 {
		t.Errorf("what arrived is no whole picture: %v", err)
	}
}

// photoNames are the photos of the queue that the server holds.
func (w *phoneWorld) photoNames() (names []string) {
	for _, i := range w.queue() {
		for _, e := range heldIn(w.t, i.Doc) {
			if n, ok := strings.CutPrefix(e, "photo:"); ok {
				names = append(names, n)
			}
		}
	}
	return names
}

// TestPhone_Kills: the browser dies right after each save, at any moment;
// nothing that was said to be saved is missing.
func TestPhone_Kills(t *testing.T) {
	n := 4
	if os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak" {
		n = 50
	}
	if testing.Short() {
		n = 2
	}
	w := newPhoneWorld(t)
	profile := t.TempDir()
	b := phoneBrowser(t, w.base, profile)
	b.activate(w.code(pMember))
	b.ready()
	w.line.set(true)
	for i := range n {
		b.logOne("VNEID", "Số người kích hoạt", i+1, "")
		time.Sleep(time.Duration(rand.IntN(80)) * time.Millisecond)
		b.Kill()
		b = phoneBrowser(t, w.base, profile)
		b.Open("/")
		b.See(strconv.Itoa(i+1) + " mục chờ gửi")
	}
	b.back(w)
	w.waitFor("all on the server", func() bool { return len(w.queue()) == n })
	b.Silent()
}

// logMany writes entries down by a script in the page that taps as a person
// does, only faster.
const logMany = `(async (n) => {
	const until = async (f) => { for (let i = 0; i < 2000; i++) { const v = f(); if (v) return v; await new Promise((r) => setTimeout(r, 5)); } throw new Error("stuck at " + location.hash); };
	for (let i = 0; i < n; i++) {
		location.hash = "#/log";
		(await until(() => document.querySelector('[data-kind="VNEID"]'))).click();
		(await until(() => document.querySelector(".stepper .button:last-of-type"))).click();
		await until(() => document.querySelector(".stepper input").value === "1");
		(await until(() => document.querySelector(".foot .main"))).click();
		await until(() => location.hash === "#/" && !document.querySelector(".foot"));
	}
	return n;
})(%d)`

// TestPhone_Season: ninety days without a network, then everything over a slow
// line that loses much.
func TestPhone_Season(t *testing.T) {
	records, photos, side := 44, 2, 120
	bits, patience := 512_000, 2*time.Minute
	if os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak" {
		records, photos, side, bits, patience = 2000, 50, 240, 128_000, 30*time.Minute
	}
	if testing.Short() {
		records, photos = 10, 1
	}
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	w.line.set(true)
	for i := range photos {
		b.logOne("VNEID", "Số người kích hoạt", 1, noisePicture(t, side, uint64(i)))
	}
	var costs []time.Duration // of an entry, by tens
	for n := photos; n < records; n += 10 {
		began := time.Now()
		some := min(10, records-n)
		b.JS(fmt.Sprintf(logMany, some), nil)
		costs = append(costs, time.Since(began)/time.Duration(some))
	}
	sameCost(t, costs)
	began := time.Now()
	b.See(domain.Money(records).Figures() + " mục chờ gửi") // 2.000
	b.drawsSome(records)
	w.jump(90 * day)
	b.screen("#/sync")
	w.line.slow(bits, 30)
	b.back(w)
	end := time.Now().Add(patience)
	var done time.Duration // until the last record was there
	for all := false; !all && time.Now().Before(end); time.Sleep(time.Second) {
		b.JS(`dispatchEvent(new Event("online"))`, nil)
		if done == 0 && w.received() == records {
			done = time.Since(began)
		}
		if done > 0 {
			b.JS(web.Shows("Không có ảnh chờ gửi"), &all)
		}
	}
	if n := w.received(); n != records {
		t.Fatalf("%d of %d arrived", n, records)
	}
	b.Until("all photos", web.Shows("Không có ảnh chờ gửi"))
	b.See("Đã gửi tất cả")
	t.Logf("%d records over %d bit/s with 30 %% loss: %v; with %d photos: %v", records, bits, done, photos, time.Since(began))
}

// drawsSome looks at the book of entries, which draws 40 at a time.
func (b *browser) drawsSome(records int) {
	b.T.Helper()
	if records <= 40 {
		return
	}
	const rows = `document.querySelectorAll("[data-entry]").length`
	b.screen("#/entries")
	b.Until("the first entries", rows+" === 40")
	b.Tap("Xem thêm")
	b.Until("more of them", fmt.Sprintf("%s === %d", rows, min(records, 80)))
}

// sameCost compares entries when few wait with entries when all do.
func sameCost(t *testing.T, costs []time.Duration) {
	t.Helper()
	const tens = 5
	if len(costs) < 4*tens {
		return // the little season says nothing about it
	}
	first, last := slices.Min(costs[tens:2*tens]), slices.Min(costs[len(costs)-tens:])
	t.Logf("an entry with some %d waiting: %v, with some %d: %v", 10*tens, first, 10*len(costs), last)
	if last > 2*first+20*time.Millisecond {
		t.Error("an entry costs more the more wait")
	}
}

// received counts what the server has of November, decided or set aside.
func (w *phoneWorld) received() int {
	w.t.Helper()
	q, err := w.as[pChair].ReviewQueue(w.t.Context(), w.unit["A"], "2023-11", "", 1)
	if err != nil {
		w.t.Fatal(err)
	}
	n := int(q.Total)
	err = w.app.Store().View(w.t.Context(), func(r store.Reader) error { // the chair's list of cases is shorter than a season
		return r.Members(syncproto.CommuneScope(w.unit["A"]), syncproto.TypeCase, func(rec *store.Record) bool {
			if d, err := syncproto.SplitCanonical(rec.Doc); err == nil && d.Str("code") == "month_closed" && d.Str("op") == "create" {
				n++
			}
			return true
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}
