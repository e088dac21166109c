package console

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestRoster: a chair finds a team without accents, adds somebody, prints his
// code, and ends a role; the province looks at units of before 1/7/2025.
func TestRoster(t *testing.T) {
	w := newWorld(t)
	b := w.enter(chair, web.Desk)
	b.JS(`location.hash = "#/teams"`, nil)
	b.See("3 tổ")
	b.Write("Tìm tổ", "truc dinh")
	b.See("1 tổ")
	w.inspect(b, "teams")
	b.Tap("Tổ CĐSCĐ thôn Trúc Đình")
	b.See("Hà Thị Sen (mẫu)")
	b.Tap("Thêm người")
	b.Write("Họ và tên", "Lường Thị Hoà (mẫu)")
	b.JS(`[...document.querySelectorAll("dialog button")].find((x) => x.textContent === "Thêm").click()`, nil)
	b.See("Đã thêm.")
	b.See("Lường Thị Hoà (mẫu)")
	w.inspect(b, "team")
	b.TapOn(`[aria-label="Kết thúc vai trò của Lường Thị Hoà (mẫu)"]`)
	b.JS(`[...document.querySelectorAll("dialog .button.danger")][0].click()`, nil)
	b.See("Đã ghi ngày kết thúc.")
	b.Tap("In thẻ mã cho 2 người")
	b.See("Dùng một lần")
	w.inspect(b, "cards")
	var printed string // what stands on the paper
	b.Run(emulation.SetEmulatedMedia().WithMedia("print"))
	b.JS(`document.getElementById("main").innerText`, &printed)
	b.Run(emulation.SetEmulatedMedia().WithMedia(""))
	if !strings.Contains(printed, "Lường Thị Hoà (mẫu)") || strings.Contains(printed, "In trên giấy A4") || strings.Contains(printed, "Các tổ") {
		t.Errorf("printed: %q", printed)
	}
	b.Tap("Xong")
	b.JS(`location.hash = "#/teams/staff"`, nil)
	b.See("Trần Thị Phó (mẫu)")
	b.JS(`location.hash = "#/teams/units"`, nil)
	b.Tap("Trước 01/07/2025")
	b.See("Xã Việt Thành")
	b.Accessible(web.Axe(t, root), "units")
	b.Silent()
}
