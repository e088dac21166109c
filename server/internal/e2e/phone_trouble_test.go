package e2e

import (
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// before runs a script in each page before the app's own.
func (b *browser) before(script string) {
	b.T.Helper()
	b.Run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
}

// TestPhone_Codes: a code that is no code, one that was used and one that has
// expired each get a sentence that says what to do.
func TestPhone_Codes(t *testing.T) {
	w := newPhoneWorld(t)
	used, old := w.code(pMember), w.code(pMate)
	first := w.newPhone(t)
	first.activate(used)
	b := w.newPhone(t)
	b.Open("/")
	b.Write("Mã kích hoạt", "K7Q2M")
	b.Tap("Vào sổ")
	b.See("Mã gồm 10 chữ và số, ví dụ K7Q2M-9X4TB. Hãy xem lại.")
	b.Write("Mã kích hoạt", used)
	b.Tap("Vào sổ")
	b.See("Mã không đúng, đã hết hạn hoặc đã được dùng. Hãy xin mã mới.")
	w.jump(31 * day)
	b.Write("Mã kích hoạt", old)
	b.Tap("Vào sổ")
	b.Gone("Mã không đúng, đã hết hạn hoặc đã được dùng.") // typing clears the old answer
	b.See("Mã không đúng, đã hết hạn hoặc đã được dùng. Hãy xin mã mới.")
	w.line.set(true)
	b.Tap("Vào sổ")
	b.See("Chưa có mạng. Hãy đến chỗ có sóng rồi thử lại.")
	w.line.set(false)
	b.Write("Mã kích hoạt", strings.ToLower(strings.ReplaceAll(w.code(pMate), "-", " ")))
	b.Tap("Vào sổ")
	b.See("Đã gửi tất cả")
	b.Silent()
}

// fakeScanner stands for the platform's QR reader, which Debian's Chromium lacks.
const fakeScanner = `window.BarcodeDetector = class { async detect() { return window.shown ? [{ rawValue: window.shown }] : []; } };
HTMLMediaElement.prototype.play = async () => {};`

// TestPhone_Scanner: a QR code of somebody else, a camera that may not be
// used, and then ours.
func TestPhone_Scanner(t *testing.T) {
	w := newPhoneWorld(t)
	code := w.code(pMember)
	b := w.newPhone(t)
	b.before(fakeScanner + `navigator.mediaDevices.getUserMedia = async () => { if (window.deny) throw new DOMException("no", "NotAllowedError"); return new MediaStream(); };`)
	b.Open("/")
	b.JS(`window.deny = true`, nil)
	b.Tap("Quét mã QR")
	b.See("Chưa được phép dùng máy ảnh. Hãy gõ mã bằng tay.")
	b.JS(`window.deny = false, window.shown = "https://example.com/khuyen-mai"`, nil)
	b.Tap("Quét mã QR")
	b.See("Mã QR này không phải của Bản Số. Hãy hỏi lại tổ trưởng.")
	b.JS(`window.shown = `+fmt.Sprintf("%q", w.base+"/#/vao/"+code), nil)
	b.Tap("Quét mã QR")
	b.Until("the code in the field", `document.querySelector("input.code").value.length > 9`)
	b.Tap("Vào sổ")
	b.See("Đã gửi tất cả")
	b.Silent()
}

// TestPhone_Pictures: what is no picture is refused in words and takes nothing
// with it; a picture of 40 megapixels is made small.
func TestPhone_Pictures(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.screen("#/log")
	b.TapOn(`[data-kind="VNEID"]`)
	b.Write("Ghi chú", "Vẫn còn")
	dir := t.TempDir()
	file := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b.photo(file("vo.jpg", []byte("\xff\xd8\xff\xe0 không phải ảnh")))
	b.See("Máy không mở được ảnh này. Hãy chụp lại, hoặc chọn ảnh JPEG.")
	b.photo(file("trong.jpg", nil))
	b.See("Ảnh trống. Hãy chụp lại.")
	b.photo(file("iphone.heic", append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 4096)...)))
	b.See("Máy không mở được ảnh này. Hãy chụp lại, hoặc chọn ảnh JPEG.")
	big, err := os.Create(filepath.Join(dir, "to.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(big, image.NewGray(image.Rect(0, 0, 7300, 5480)), nil); err != nil {
		t.Fatal(err)
	}
	if err := big.Close(); err != nil {
		t.Fatal(err)
	}
	b.photo(big.Name())
	b.See("ảnh chưa gửi")
	b.Gone("Máy không mở được ảnh này")
	b.Until("the note", `[...document.querySelectorAll("textarea")].some((x) => x.value === "Vẫn còn")`)
	b.Tap("Lưu và gửi")
	w.waitFor("the photo", func() bool { return len(w.queue()) == 1 && w.photosHeld() == 1 })
	b.wifiOnly(t, w)
	b.dropsPhotos(t)
	b.Silent()
}

// wifiOnly: who chose so sends the record over a mobile line and its photo
// only over Wi-Fi.
func (b *browser) wifiOnly(t *testing.T, w *phoneWorld) {
	b.JS(`Object.defineProperty(navigator, "connection", { value: { type: "cellular" } })`, nil)
	b.screen("#/settings")
	b.Tap("Chỉ gửi ảnh khi có Wi-Fi")
	b.Until("the choice", `document.querySelector("label.toggle input").checked`)
	b.logOne("VNEID", "Số người kích hoạt", 2, picture(t, 30, 300, 200))
	w.waitFor("the record", func() bool { return len(w.queue()) == 2 })
	b.See("Đã gửi tất cả")
	b.screen("#/sync")
	b.See("1 trên 2 ảnh")
	if n := w.photosHeld(); n != 1 {
		t.Fatalf("%d photos arrived over a mobile line", n-1)
	}
	b.JS(`navigator.connection.type = "wifi", dispatchEvent(new Event("online"))`, nil)
	w.waitFor("the photo over Wi-Fi", func() bool { return w.photosHeld() == 2 })
}

// dropsPhotos: what was taken for a draft that was dropped goes from the phone
// a day later; what a draft or a saved entry names stays.
func (b *browser) dropsPhotos(t *testing.T) {
	for i, then := range []string{"Bỏ bản nháp", ""} {
		b.screen("#/log")
		b.TapOn(`[data-kind="VNEID"]`)
		b.photo(picture(t, 40+i, 300, 200))
		b.See("ảnh chưa gửi")
		b.screen("#/log")
		if then != "" {
			b.Tap(then)
			b.Gone(then)
		}
	}
	photos := func(change string) (n int) {
		b.JS(`(async () => {
			const name = (await indexedDB.databases()).map((d) => d.name).find((n) => n.startsWith("banso/"));
			const db = await new Promise((done) => { const o = indexedDB.open(name); o.onsuccess = () => done(o.result); });
			const s = db.transaction("photos", "readwrite").objectStore("photos");
			const all = await new Promise((done) => { const q = s.getAll(); q.onsuccess = () => done(q.result); });
			`+change+`
			await new Promise((done) => { s.transaction.oncomplete = done; });
			db.close();
			return all.length; })()`, &n)
		return n
	}
	if n := photos(`for (const k of all) s.put({ ...k, madeMs: k.madeMs - 2 * 86_400_000 }, k.sha);`); n != 4 {
		t.Fatalf("%d photos, not 4", n)
	}
	b.Open("/")
	b.See("Đã gửi tất cả")
	for end := time.Now().Add(10 * time.Second); photos("") != 3; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d photos, not 3", photos(""))
		}
	}
}

// TestPhone_DeniedLocation: without the permission the place is written by hand.
func TestPhone_DeniedLocation(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	common := web.Common(t)
	err := cdpbrowser.SetPermission(&cdpbrowser.PermissionDescriptor{Name: "geolocation"}, cdpbrowser.PermissionSettingDenied).
		WithBrowserContextID(b.Box).Do(cdp.WithExecutor(common, chromedp.FromContext(common).Browser))
	if err != nil {
		t.Fatal(err)
	}
	b.screen("#/log")
	b.TapOn(`[data-kind="VNEID"]`)
	b.TapOn("label.toggle input")
	b.See("Chưa được phép xem vị trí. Không sao, cứ ghi tên địa điểm.")
	b.Write("Địa điểm", "Nhà văn hóa thôn Một")
	b.Tap("Lưu và gửi")
	w.waitFor("the entry", func() bool { return len(w.queue()) == 1 })
	b.Silent()
}

// fullDisk makes the browser's storage answer as a full one does, while
// window.full is set.
const fullDisk = `{ const put = IDBObjectStore.prototype.put;
	IDBObjectStore.prototype.put = function (...a) {
		if (window.full && ["photo_bytes", "outbox"].includes(this.name)) throw new DOMException("full", "QuotaExceededError");
		return put.apply(this, a);
	};
	const room = StorageManager.prototype.estimate;
	StorageManager.prototype.estimate = async function () { return window.full ? { usage: 999e6, quota: 1000e6 } : room.call(this); }; }`

// TestPhone_FullStorage: a phone without room says so, keeps what was typed,
// and saves it once there is room.
func TestPhone_FullStorage(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.before(fullDisk)
	b.activate(w.code(pMember))
	b.screen("#/log")
	b.TapOn(`[data-kind="VNEID"]`)
	b.Write("Ghi chú", "Trước khi đầy")
	b.JS(`window.full = true`, nil)
	photo := picture(t, 19, 1200, 900)
	b.photo(photo)
	b.See("Máy đã đầy bộ nhớ, chưa giữ được ảnh. Hãy xóa bớt rồi thử lại; phần đã gõ vẫn còn.")
	b.Tap("Lưu và gửi")
	b.See("Máy không ghi được, có thể đã đầy bộ nhớ. Bản nháp vẫn còn; hãy giải phóng bộ nhớ rồi lưu lại.")
	b.screen("#/sync")
	b.See("Bộ nhớ máy đã đầy, ảnh mới có thể không lưu được. Hãy giải phóng bộ nhớ.")
	b.JS(`window.full = false`, nil)
	b.screen("#/log/form")
	b.Until("the note", `[...document.querySelectorAll("textarea")].some((x) => x.value === "Trước khi đầy")`)
	b.photo(photo)
	b.See("ảnh chưa gửi")
	b.Tap("Lưu và gửi")
	w.waitFor("the entry", func() bool { return len(w.queue()) == 1 && w.photosHeld() == 1 })
	b.Silent()
}

// TestPhone_Clocks: a clock that is wrong by years moves no day, loses no
// work, and is said.
func TestPhone_Clocks(t *testing.T) {
	w := newPhoneWorld(t)
	for _, c := range []struct {
		off  time.Duration
		says string
		who  string
	}{{3 * 365 * day, "Nhanh 1.095 ngày", pMember}, {-3 * 365 * day, "Chậm 1.095 ngày", pMate}} {
		b := w.newPhone(t)
		b.before(fmt.Sprintf(`{ const D = Date, off = %d - D.now();
			globalThis.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now() + off); } static now() { return D.now() + off; } }; }`,
			w.now().Add(c.off).UnixMilli()))
		b.activate(w.code(c.who))
		n := len(w.queue())
		b.screen("#/log")
		b.TapOn(`[data-kind="VNEID"]`)
		b.See("Thứ Hai, 20/11/2023")
		b.Tap("Lưu và gửi")
		w.waitFor("the entry", func() bool { return len(w.queue()) == n+1 })
		b.screen("#/sync")
		b.See(c.says)
		b.See("Đồng hồ máy sai không làm mất việc: máy chủ dùng giờ của mình.")
		b.Silent()
	}
	for _, i := range w.queue() {
		if !strings.Contains(string(i.Doc), `"done_on":"2023-11-20"`) {
			t.Errorf("%s", i.Doc)
		}
	}
}

// newVersion serves the same app under another version, as after an update.
func newVersion(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/sw.js" {
			h.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		r.Header.Del("If-None-Match")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write([]byte(strings.Replace(rec.Body.String(), `"version":"`, `"version":"2`, 1)))
	})
}

// TestPhone_Update: a new version is offered while a form is half typed, and
// taking it loses no letter.
func TestPhone_Update(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.ready()
	b.screen("#/log")
	b.TapOn(`[data-kind="VNEID"]`)
	b.Write("Ghi chú", "Đang gõ dở")
	w.behind(newVersion(w.app.Handler()))
	b.JS(`navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)`, nil)
	b.See("Có bản mới.")
	b.JS(`window.before = true`, nil)
	b.TapOn("[data-update]")
	b.Until("the new page", `!window.before && `+web.Shows("Kết quả"))
	b.Until("the note", `[...document.querySelectorAll("textarea")].some((x) => x.value === "Đang gõ dở")`)
	b.Gone("Có bản mới.")
	b.Tap("Lưu và gửi")
	w.waitFor("the entry", func() bool { return len(w.queue()) == 1 })
	b.Silent()
}
