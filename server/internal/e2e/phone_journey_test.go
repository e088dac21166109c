package e2e

import (
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// picture writes a JPEG of some size; seed makes it differ from others.
func picture(t *testing.T, seed, w, h int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(x*seed + y), uint8(y * seed >> 2), uint8(x ^ y*seed), 255})
		}
	}
	path := filepath.Join(t.TempDir(), "anh"+strconv.Itoa(seed)+".jpg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// logOne writes an activity down with one count.
func (b *browser) logOne(kind, measure string, n int, photo string) {
	b.T.Helper()
	b.screen("#/log")
	b.TapOn(`[data-kind="` + kind + `"]`)
	b.Write(measure, strconv.Itoa(n))
	if photo != "" {
		b.photo(photo)
		b.See("ảnh chưa gửi")
	}
	b.Tap("Lưu và gửi")
	b.Until("the form to close", `location.hash === "#/" && !document.querySelector(".foot")`)
	b.See("Đã lưu")
}

// TestPhone_OfflineDay is the whole promise: what was logged without a network
// is there after the phone died, arrives with its photos when the network is
// back, is decided by the chair, and moves the month.
func TestPhone_OfflineDay(t *testing.T) {
	w := newPhoneWorld(t)
	profile := t.TempDir()
	b := phoneBrowser(t, w.base, profile)
	b.activate(w.code(pMember))
	b.See("Chưa đủ điều kiện")
	b.ready()

	w.line.set(true)
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, picture(t, 3, 1600, 1200))
	b.logOne("AN_TOAN_SO", "Số người", 12, picture(t, 5, 900, 1600))
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	b.logOne("HOP_TO", "Số thành viên dự", 6, "")
	b.logOne("TUYEN_TRUYEN_LOA", "Số lượt tin phát", 2, "")
	b.Silent()
	b.Kill()

	b = phoneBrowser(t, w.base, profile)
	b.Open("/")
	b.See("5 mục chờ gửi")
	b.Until("five waiting", `document.querySelector('[data-n="waiting"]')?.innerText === "5"`)
	b.screen("#/entries")
	b.Until("five entries", `document.querySelectorAll('[data-standing="waiting"]').length === 5`)
	if n := len(w.queue()); n != 0 {
		t.Fatalf("%d entries reached the server over a cut line", n)
	}

	w.line.set(false)
	b.JS(`dispatchEvent(new Event("online"))`, nil)
	b.See("Đã gửi tất cả")
	b.Until("five pending", `document.querySelectorAll('[data-standing="pending_review"]').length === 5`)
	w.waitFor("five submissions in the chair's queue", func() bool { return len(w.queue()) == 5 })
	b.Until("both photos with the server", `document.body.innerText.split("ảnh đã nhận").length === 3`)

	if n := w.decideAll("approve", ""); n != 5 {
		t.Fatalf("%d were approved", n)
	}
	b.Until("five approved", `document.querySelectorAll('[data-standing="approved"]').length === 5`)
	b.screen("#/")
	w.waitFor("the month's progress", func() bool { return w.approved("T1") == 5 })
	b.Until("the month to move", `(() => { const d = document.querySelector("details"); if (d) d.open = true; return `+web.Shows("Có: 2 hoạt động. Cần: 1 hoạt động.")+`; })()`)
	b.Until("three that prove nothing", `document.querySelector('[data-n="lost"]')?.innerText === "3"`) // approved, but without evidence
	b.Silent()
}

// approved is how many activities of this month the server counts as approved.
func (w *phoneWorld) approved(team string) int64 {
	w.t.Helper()
	m, _, err := w.as[pChair].TeamMonth(w.t.Context(), w.team[team], w.month(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	return m.Progress.Approved
}

// TestPhone_FiveTaps counts the taps of a kind that was logged before.
func TestPhone_FiveTaps(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	b.screen("#/")
	b.See("đã ghi nhận")
	b.Taps = 0
	b.Tap("Ghi nhận")
	b.See("Hay làm gần đây")
	b.TapOn(`[data-kind="DVC_NOP_HO_SO"]`)
	b.Tap("Thêm: Số hồ sơ nộp")
	b.Tap("Lưu và gửi")
	b.See("Đã lưu")
	if b.Taps > 5 {
		t.Errorf("%d taps", b.Taps)
	}
	b.See("Đã gửi tất cả")
	w.waitFor("both on the server", func() bool { return len(w.queue()) == 2 })

	b.Tap("Hoàn tác")
	b.See("Kết quả") // the form is back with what was typed
	b.Until("the count to be there", `[...document.querySelectorAll(".stepper input")].some((i) => i.value === "1")`)
	w.waitFor("the undo on the server", func() bool { return len(w.queue()) == 1 })
	b.Silent()
}

// TestPhone_DraftSurvives: what is half typed is there after the browser was
// killed in the middle of a word.
func TestPhone_DraftSurvives(t *testing.T) {
	w := newPhoneWorld(t)
	profile := t.TempDir()
	b := phoneBrowser(t, w.base, profile)
	b.activate(w.code(pMember))
	b.ready()
	b.screen("#/log")
	b.TapOn(`[data-kind="VNEID"]`)
	b.Write("Ghi chú", "Nhà văn hóa thôn Mộ")
	time.Sleep(300 * time.Millisecond) // one write to disk
	b.Kill()
	b = phoneBrowser(t, w.base, profile)
	b.Open("/#/log")
	b.See("Bạn đang ghi dở")
	b.Tap("Ghi tiếp")
	typed := `[...document.querySelectorAll("textarea")].some((x) => x.value === "Nhà văn hóa thôn Mộ")`
	b.Until("the note", typed)
	b.screen("#/log") // another kind by mistake
	b.TapOn(`[data-kind="HOP_TO"]`)
	b.See("Đã bỏ bản ghi dở")
	b.Tap("Hoàn tác")
	b.See("Bạn đang ghi dở")
	b.Tap("Ghi tiếp")
	b.Until("the note again", typed)
	b.Silent()
}
