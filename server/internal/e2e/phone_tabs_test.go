package e2e

import (
	"net/http"
	"testing"
)

// TestPhone_TwoTabs: two tabs are one phone: what one saves the other shows at
// once, both may send, and the server gets it once.
func TestPhone_TwoTabs(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.ready()
	other := b.tab()
	other.Open("/")
	other.See("Đã gửi tất cả")
	w.line.set(true)
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	other.See("1 mục chờ gửi")
	other.logOne("HOP_TO", "Số thành viên dự", 6, "")
	b.See("2 mục chờ gửi")
	w.line.set(false)
	for _, x := range []*browser{b, other} {
		x.JS(`dispatchEvent(new Event("online"))`, nil)
	}
	b.See("Đã gửi tất cả")
	other.See("Đã gửi tất cả")
	b.Gone("chờ gửi:")
	w.waitFor("both on the server", func() bool { return len(w.queue()) == 2 })
	b.screen("#/entries")
	b.Until("two entries", `document.querySelectorAll('[data-standing="pending_review"]').length === 2`)
	b.Silent()
	other.Silent()
}

// loginPage is what a captive portal says to everything, with 200.
var loginPage = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!doctype html><title>Wi-Fi miễn phí</title><form><input name=phone><button>Đăng nhập</button></form>"))
})

// TestPhone_CaptivePortal: a Wi-Fi that answers everything with its login page
// neither lets a code be used up nor passes for a server that has taken work.
func TestPhone_CaptivePortal(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	code := w.code(pMember)
	b.Open("/#/vao/" + code)
	b.ready()
	w.behind(loginPage)
	b.Tap("Vào sổ")
	b.See("Mạng này bắt đăng nhập trước (Wi-Fi công cộng)")
	w.behind(nil)
	b.Tap("Vào sổ")
	b.See("Đã gửi tất cả")
	b.closeTour()

	w.behind(loginPage)
	b.Open("/") // the worker keeps the login page out
	b.logOne("VNEID", "Số người kích hoạt", 4, picture(t, 7, 400, 300))
	b.See("1 mục chờ gửi: Wi-Fi này cần đăng nhập trước")
	b.screen("#/sync")
	b.See("Lần gần nhất: mạng trả về trang lạ. Hãy mở trình duyệt để đăng nhập Wi-Fi.")
	w.behind(nil)
	b.Tap("Gửi lại ngay")
	b.See("Đã gửi tất cả")
	b.screen("#/entries")
	b.See("ảnh đã nhận")
	if n := len(w.queue()); n != 1 {
		t.Errorf("%d in the queue", n)
	}
	b.Silent()
}

// TestPhone_Practice: what is tried out reaches nobody, and the real book goes
// on afterwards, photos included.
func TestPhone_Practice(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.screen("#/settings")
	b.Tap("Mở sổ tập")
	b.See("Đang tập dùng: không gửi đi đâu")
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	b.See("Đã lưu vào sổ tập.")
	b.screen("#/settings")
	b.Tap("Về sổ thật")
	b.See("Đã gửi tất cả")
	b.screen("#/entries")
	b.See("Tháng này chưa ghi việc nào")
	b.logOne("HOP_TO", "Số thành viên dự", 6, picture(t, 9, 400, 300))
	b.screen("#/entries")
	b.See("ảnh đã nhận")
	if q := w.queue(); len(q) != 1 {
		t.Errorf("%d in the queue", len(q))
	}
	b.Silent()
}
