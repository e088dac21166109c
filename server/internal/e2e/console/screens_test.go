package console

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

const pictures = root + "/admin/console/testdata/screens"

// inspect checks a screen at a desk in light and on a phone in dark, and takes the
// pictures or checks that they are there.
func (w *world) inspect(b *web.Tab, name string) {
	w.t.Helper()
	axe := web.Axe(w.t, root)
	for _, v := range []struct {
		look          string
		width, height int64
	}{{"light", 1280, 800}, {"dark", 360, 720}} {
		b.Run(emulation.SetDeviceMetricsOverride(v.width, v.height, 1, false), emulation.SetScrollbarsHidden(true))
		b.JS(`document.documentElement.dataset.look = "`+v.look+`"; document.activeElement?.blur?.(); new Promise((done) => setTimeout(done, 250))`, nil)
		b.Accessible(axe, name+", "+v.look)
		b.Fits(name + ", " + v.look)
		file := filepath.Join(pictures, name+"."+v.look+".png")
		if *update {
			var shot []byte
			b.Run(chromedp.CaptureScreenshot(&shot))
			if err := os.WriteFile(file, web.FewColours(w.t, shot), 0o644); err != nil {
				w.t.Fatal(err)
			}
		} else if _, err := os.Stat(file); err != nil {
			w.t.Errorf("no picture of this screen (-update takes it): %v", err)
		}
	}
	b.Run(emulation.SetDeviceMetricsOverride(1280, 800, 1, false))
	b.JS(`document.documentElement.dataset.look = "auto"`, nil)
}

// TestFirstRun: the code that a new server printed leads to its first
// administrator; each screen on the way is looked at.
func TestFirstRun(t *testing.T) {
	w, code := freshWorld(t)
	b := web.New(t, w.base, web.Desk)
	b.Open("/console/")
	b.See("Đăng nhập trang quản lý")
	w.inspect(b, "sign_in")
	b.Tap("Máy chủ mới")
	b.Write("Mã thiết lập", code)
	b.Write("Họ và tên", "Quản Trị Đầu Tiên (mẫu)")
	b.Write("Tên đăng nhập", "quantri")
	b.Write("Mật khẩu mới", password)
	w.inspect(b, "setup")
	b.Tap("Bắt đầu")
	b.See("Quản Trị Đầu Tiên (mẫu)")
	b.Write("Tên tỉnh", "Tỉnh Lào Cai")
	b.Write("Mã tỉnh", "15")
	b.JS(`(() => { const f = document.querySelector("main input[type=date]"); f.value = "2020-01-01"; f.dispatchEvent(new Event("input", { bubbles: true })); })()`, nil)
	b.Write("Căn cứ pháp lý", "thử")
	w.inspect(b, "start")
	b.Tap("Ghi tỉnh này")
	b.See("Tỉnh Lào Cai (15)")
	b.Tap("Thêm người")
	b.Write("Họ và tên", "Phạm Văn Tỉnh (mẫu)")
	b.JS(`[...document.querySelectorAll("dialog button")].find((x) => x.textContent === "Thêm").click()`, nil)
	b.TapOn(`[aria-label="Thẻ mã của Phạm Văn Tỉnh (mẫu)"]`)
	b.See("Thẻ mã cho 1 người")
	b.JS(`location.hash = "#/account"`, nil)
	b.See("Quản trị hệ thống")
	w.inspect(b, "account")
	b.Silent()
}
