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
	b.Cancel()
	w.changesUnits()
}

// changesUnits: the province looks at what a merge would touch, records it, and
// finds it in the history; then it registers a commune, finds the village without a team,
// and where somebody decides in a chair's place.
func (w *world) changesUnits() {
	w.t.Helper()
	w.imports("places", "commune_code,village,kind,source", "A1,Trúc Đình,thon,BC 1 (thử)", "B1,Thôn Vắng (mẫu),thon,BC 1 (thử)")
	b := w.enter(province, web.Desk)
	b.JS(`location.hash = "#/teams/units"`, nil)
	b.Tap("Ghi thay đổi đơn vị")
	b.Write("Căn cứ", "1673/NQ-UBTVQH15 (thử)")
	for _, name := range []string{"Xã Việt Thành", "Xã Đào Thịnh"} {
		b.Write("Tìm theo tên hoặc mã", name)
		b.JS(`[...document.querySelectorAll(".chip")].find((x) => x.textContent.startsWith("`+name+`")).click()`, nil)
	}
	b.Write("Tên", "Xã Trấn Yên")
	b.Write("Mã", "A1")
	b.JS(`(() => { const s = [...document.querySelectorAll("select")].find((x) => [...x.options].some((o) => o.value === "xa")); s.value = "xa"; s.dispatchEvent(new Event("change", { bubbles: true })); })()`, nil)
	b.Tap("Xem thử")
	b.See("4 tổ đổi xã")
	b.See("kết thúc")
	b.JS(`[...document.querySelectorAll("h2")].find((x) => x.textContent === "Thay đổi này chạm đến").scrollIntoView()`, nil)
	w.inspect(b, "unit_change")
	b.Tap("Ghi thay đổi này")
	b.See("Đã ghi thay đổi.")
	b.Tap("Thay đổi")
	b.See("1673/NQ-UBTVQH15 (thử)")
	b.Tap("Xã Trấn Yên")
	b.See("4 tổ đang thuộc xã này.")
	w.inspect(b, "unit")
	b.JS(`location.hash = "#/teams/units"`, nil)
	b.Tap("Xã đăng ký")
	b.TapOn("details.card summary")
	b.Write("Tìm xã", "tran yen")
	b.Tap("Xã Trấn Yên")
	b.Write("Số quyết định đăng ký", "9/QĐ-UBND (thử)")
	w.inspect(b, "registered")
	b.Tap("Ghi đăng ký của Xã Trấn Yên")
	b.See("Đã ghi đăng ký.")
	b.See("9/QĐ-UBND (thử)")
	b.JS(`location.hash = "#/dashboard"`, nil)
	b.See("Thôn có tổ")
	b.Tap("Xem 1 thôn chưa có tổ")
	b.See("Thôn Vắng (mẫu)")
	b.Gone("Trúc Đình")
	w.inspect(b, "places")
	b.JS(`location.hash = "#/settings"`, nil)
	b.TapOn(`[aria-label="Tắt: Vị trí trên điện thoại"]`)
	b.See("đang tắt")
	b.Write("Lý do 1", "Ảnh chụp cả giấy tờ")
	b.Tap("Lưu lý do")
	b.See("lời của tỉnh")
	b.Tap("Thêm loại")
	b.Write("Tên loại", "Hỗ trợ chữ ký số")
	b.JS(`(() => { const s = document.querySelector("dialog select"); s.value = "DICH_VU_CONG"; s.dispatchEvent(new Event("change", { bubbles: true })); })()`, nil)
	b.Write("Đếm gì", "số người được cấp")
	b.Write("Đơn vị tính", "người")
	w.inspect(b, "kind_add")
	b.Tap("Ghi loại này")
	b.See("Đã thêm.")
	b.Write("Tìm loại", "chu ky so")
	b.See("Hỗ trợ chữ ký số")
	b.Write("Tìm loại", "")
	b.See("Chống lừa đảo trên mạng")
	w.inspect(b, "settings")
	b.JS(`location.hash = "#/delegation"`, nil)
	b.Tap("Xã Trấn Yên")
	b.See(": Xã Trấn Yên")
	b.Accessible(web.Axe(w.t, root), "delegation")
	b.Silent()
	b.Cancel()
}
