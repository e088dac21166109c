package console

import (
	"testing"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestPersons: somebody asks to be de-identified while he leads a team, and
// the screen says what to do first; then a name is set right, and the copy of
// what is kept is made after a step-up and handed over.
func TestPersons(t *testing.T) {
	w := newWorld(t)
	b := w.enter(province, web.Desk)
	b.JS(`location.hash = "#/persons"`, nil)
	b.See("Chưa có ai hỏi về dữ liệu của mình.")
	ask := func(name, kind string) {
		b.Tap("Ghi yêu cầu mới")
		b.Write("Họ tên", name)
		b.Tap("Tìm")
		b.See("tổ trưởng, Tổ CĐSCĐ")
		b.JS(`(() => { const s = document.querySelector("main select"); s.value = "`+kind+`"; s.dispatchEvent(new Event("change", { bubbles: true })); })()`, nil)
	}
	ask("mi po", "deidentify")
	b.Write("Nội dung đơn", "Đơn giấy ngày 20/11 (thử)")
	w.inspect(b, "person_new")
	b.Tap("Ghi yêu cầu")
	b.See("Người này còn giữ vai trò: tổ trưởng, Tổ CĐSCĐ thôn Phúc Đình")
	b.Tap("Tìm ghi chép có nhắc tên")
	b.See("Không có ghi chép nào nhắc tên.")
	w.inspect(b, "person_deidentify")
	b.Tap("← Mọi yêu cầu")
	ask("van on", "correct")
	b.Tap("Ghi yêu cầu")
	b.Write("Họ tên đúng", "Lò Văn Ơn Đúng (mẫu)")
	b.Tap("Sửa họ tên")
	b.See("Đã sửa họ tên.")
	b.Tap("← Mọi yêu cầu")
	ask("thi sen", "export")
	b.Tap("Ghi yêu cầu")
	b.Tap("Tải bản sao")
	b.See("Đã tải bản sao.")
	b.Tap("Đã giao bản sao")
	b.See("đã trả lời 20/11/2023")
	b.Tap("← Mọi yêu cầu")
	b.See("còn 2 ngày làm việc")
	w.inspect(b, "persons")
	b.Silent()
	b.Cancel()
}
