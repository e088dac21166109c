package console

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// choose hands a file to the page as if its owner had picked it.
func (w *world) choose(b *web.Tab, name, text string) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	b.Run(chromedp.SetUploadFiles("main input[type=file]", []string{path}))
}

// TestImport: a file is tried with what is wrong row by row, corrected, taken in
// as a job, and taken back as a whole; the jobs stand in one place, where a
// large export is started too.
func TestImport(t *testing.T) {
	w := newWorld(t)
	b := w.enter(province, web.Desk)
	b.JS(`location.hash = "#/imports"`, nil)
	b.See("Kéo tệp vào đây")
	const good = "Mã,Tên,Vai trò,Mã tổ,Từ ngày,Đến ngày\nm1,Hà Thị Sen (mẫu),leader,T1,2022-01-01,\nn1,Lò Thị Hòa (mẫu),member,T1,2023-11-01,\nn2,Lò Thị Hoà (mẫu),member,T1,2023-11-01,\n"
	w.choose(b, "tổ trúc đình.csv", good+"n3,Vàng A Sử (mẫu),member,T9,2023-11-01,\n")
	b.See("Chưa có tổ nào mang mã này")
	b.Tap("Cần xem: 1")
	b.See("Tổ đã có người tên gần giống")
	b.Tap("Sai: 1")
	w.inspect(b, "imports")
	w.choose(b, "tổ trúc đình.csv", good)
	b.Tap("Nhập 2 dòng")
	b.See("Nhập tổ trúc đình.csv: đã xong")
	members := func() int {
		people, err := w.as[province].People(t.Context(), w.team["T1"])
		if err != nil {
			t.Fatal(err)
		}
		return len(people)
	}
	if n := members(); n != 3 {
		t.Errorf("%d members after the import", n)
	}
	b.TapOn(`[aria-label="Hoàn tác tổ trúc đình.csv"]`)
	b.Tap("Hoàn tác cả lần nhập")
	b.See("đã hoàn tác")
	if n := members(); n != 1 {
		t.Errorf("%d members after the import was taken back", n)
	}
	b.JS(`location.hash = "#/jobs"`, nil)
	b.See("Hoàn tác tổ trúc đình.csv")
	b.TapOn("main details summary")
	b.Tap("Bắt đầu xuất")
	b.See("Tải kết quả")
	w.inspect(b, "jobs")
	b.Silent()
}
