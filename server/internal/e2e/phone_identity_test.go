package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/app"
	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestPhone_Revoked: a lost phone hands over what was written on it, then it
// is emptied; the work waits for the chair, and a new phone gets all back.
func TestPhone_Revoked(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	w.waitFor("the first", func() bool { return len(w.queue()) == 1 })
	w.line.set(true)
	photo := picture(t, 7, 1200, 900)
	b.logOne("VNEID", "Số người kích hoạt", 4, photo)
	b.See("1 mục chờ gửi")
	before := w.photoFiles()
	devices, err := w.as[pSys].Devices(t.Context(), w.who[pMember])
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if err := w.as[pSys].RevokeDevice(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
	}
	b.back(w)
	b.See("Máy này đã bị thu hồi quyền. Việc chưa gửi đã được máy chủ nhận trước khi xóa. Cần mã mới để vào lại.")
	var left []string
	b.JS(`indexedDB.databases().then((l) => l.map((d) => d.name).filter((n) => n.startsWith("banso/")))`, &left)
	if len(left) != 0 {
		t.Errorf("left on the phone: %v", left)
	}
	if n := w.photoFiles(); n <= before {
		t.Errorf("%d photos with the server, %d before: the photo was wiped with the phone", n, before)
	}
	cases, err := w.as[pChair].Cases(t.Context(), "", w.unit["A"])
	if err != nil || len(cases) == 0 {
		t.Fatalf("the chair sees %d cases, %v", len(cases), err)
	}
	b.Silent()

	again := w.newPhone(t)
	again.activate(w.code(pMember))
	again.screen("#/entries")
	again.Until("the entry that was sent", `document.querySelectorAll('[data-standing="pending_review"]').length === 1`)
	again.screen("#/inbox")
	again.See("Bạn chưa có tên trong tổ vào ngày thực hiện")
	again.Silent()
}

// photoFiles counts what the server's folder of photos holds.
func (w *phoneWorld) photoFiles() (n int) {
	_ = filepath.WalkDir(filepath.Join(w.data, "blobs"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}

// TestPhone_ClonedProfile: a phone was copied (a backup put on a second
// phone). Both go on; nothing is lost or counted twice.
func TestPhone_ClonedProfile(t *testing.T) {
	w := newPhoneWorld(t)
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	b := phoneBrowser(t, w.base, one)
	b.activate(w.code(pMember))
	b.ready()
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	w.waitFor("the first", func() bool { return len(w.queue()) == 1 })
	w.line.set(true)
	b.logOne("HOP_TO", "Số thành viên dự", 5, "")
	b.Kill()
	if err := os.CopyFS(two, os.DirFS(one)); err != nil {
		t.Fatal(err)
	}
	b, clone := phoneBrowser(t, w.base, one), phoneBrowser(t, w.base, two)
	b.Open("/")
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	clone.Open("/")
	clone.logOne("TUYEN_TRUYEN_LOA", "Số lượt tin phát", 2, "")
	b.See("2 mục chờ gửi")
	clone.See("2 mục chờ gửi")
	w.jump(2 * time.Hour) // both must renew their access
	b.back(w)
	b.See("Đã gửi tất cả")
	clone.back(w)
	clone.See("Đã gửi tất cả")
	w.waitFor("each entry once", func() bool { return len(w.queue()) == 4 })
	clone.screen("#/entries")
	clone.Until("four entries", `document.querySelectorAll('[data-standing="pending_review"]').length === 4`)
	b.Silent()
	clone.Silent()
}

// TestPhone_ServerRestored: the server was put back to a backup that lacks
// what a phone had handed in; the phone notices and hands it in once more,
// photo included.
func TestPhone_ServerRestored(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	w.waitFor("the first", func() bool { return len(w.queue()) == 1 })
	var backup string
	w.restart(func(data string) string { backup = w.copyOf(t, data); return data })
	b.JS(`dispatchEvent(new Event("online"))`, nil)
	b.logOne("VNEID", "Số người kích hoạt", 4, picture(t, 11, 800, 600))
	b.screen("#/entries")
	b.See("ảnh đã nhận")
	w.waitFor("both", func() bool { return len(w.queue()) == 2 })
	w.line.set(true)
	w.restart(func(string) string { return w.copyOf(t, backup) })
	if n := len(w.queue()); n != 1 {
		t.Fatalf("%d after the restore", n)
	}
	b.back(w)
	w.waitFor("what the backup lacked", func() bool { return len(w.queue()) == 2 })
	b.See("Đã gửi tất cả")
	w.waitFor("the photo", func() bool { return w.photosHeld() == 1 })
	b.Until("the photo received", web.Shows("ảnh đã nhận")+`&& document.querySelectorAll('[data-standing="pending_review"]').length === 2`)
	b.Silent()
}

// restart closes the server and opens it on another folder.
func (w *phoneWorld) restart(on func(old string) string) {
	w.t.Helper()
	w.mu.Lock()
	a := w.app
	w.app = nil
	w.mu.Unlock()
	if err := a.Close(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.open(on(w.data))
}

// photosHeld counts the photos in the queue whose bytes the server has.
func (w *phoneWorld) photosHeld() int { return len(w.photoNames()) }

// TestPhone_TwoPeople: two neighbours share a phone; neither sees nor sends
// the other's work, and each has a PIN.
func TestPhone_TwoPeople(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.ready()
	w.line.set(true)
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	b.See("1 mục chờ gửi, đã giữ an toàn trên máy")
	b.screen("#/settings")
	b.Tap("Đặt mã PIN")
	b.Write("Mã PIN", "4821")
	b.TapOn("dialog .main")
	b.See("Đã đặt mã PIN.")
	b.Tap("Người khác dùng máy")
	b.See("Sổ của mỗi người để riêng, không ai thấy của ai.")
	time.Sleep(time.Second) // what A's phone had begun to send meets the cut line
	w.line.set(false)
	b.Tap("Thêm người")
	b.Write("Mã kích hoạt", w.code(pMate))
	b.Enter("Mã kích hoạt")
	b.See("Đã gửi tất cả")
	b.closeTour()
	b.screen("#/entries")
	b.See("Tháng này chưa ghi việc nào")
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	w.waitFor("one entry", func() bool { return len(w.queue()) > 0 })
	if n := len(w.queue()); n != 1 {
		t.Errorf("%d in the queue: one sent the other's work", n)
	}
	b.screen("#/settings")
	b.Tap("Người khác dùng máy")
	b.Tap("A (thử)")
	b.See("Sổ của A (thử)")
	b.wrongPINs()
	b.Tap("Quên PIN: vào bằng mã mới")
	b.Write("Mã kích hoạt", w.code(pMember))
	b.Tap("Vào sổ")
	w.waitFor("both on the server", func() bool { return len(w.queue()) == 2 })
	b.See("Đã gửi tất cả")
	b.Silent()
}

// wrongPINs tries until the phone makes one wait.
func (b *browser) wrongPINs() {
	b.T.Helper()
	for range 4 {
		b.Write("Mã PIN", "1111")
		b.Tap("Mở khóa")
		b.See("Mã PIN chưa đúng. Hãy thử lại.")
		b.Until("an empty field", `document.querySelector("input").value === ""`)
	}
	b.Write("Mã PIN", "1111")
	b.Tap("Mở khóa")
	b.See("Sai nhiều lần. Hãy đợi 15 giây rồi thử lại; dữ liệu vẫn còn nguyên.")
	b.Write("Mã PIN", "4821") // not even the right one
	b.Enter("Mã PIN")
	b.See("giây rồi thử lại")
}

// TestPhone_SignOut: who signs out with unsent work reads how much there is,
// and finds it again.
func TestPhone_SignOut(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	w.line.set(true)
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, picture(t, 13, 400, 300))
	b.screen("#/settings")
	b.Tap("Đăng xuất")
	b.See("Còn 2 thao tác và 1 ảnh chưa gửi. Nếu đăng xuất, chúng vẫn nằm trên máy này và gửi tiếp khi bạn vào lại.")
	b.Tap("Đăng xuất, giữ phần chưa gửi")
	b.See("đã đăng xuất")
	w.line.set(false)
	b.Tap("A (thử)")
	b.See("Hãy vào lại để A (thử) gửi tiếp. Việc đã ghi vẫn còn trên máy.")
	b.Write("Mã kích hoạt", w.code(pMember))
	b.Tap("Vào sổ")
	b.See("Đã gửi tất cả")
	b.screen("#/entries")
	b.See("ảnh đã nhận")
	if n := len(w.queue()); n != 1 {
		t.Errorf("%d in the queue", n)
	}
	b.screen("#/settings")
	b.Tap("Đăng xuất")
	b.See("Mọi việc đã được gửi.")
	b.Tap("Đăng xuất và xóa sổ khỏi máy")
	b.See("Chào anh, chị!")
	b.Silent()
}

// TestPhone_MinVersion: an app that the server wants replaced is stopped by a
// wall while the server answers, writes on where there is no network, hands in
// its work all the same, and is let through once it was updated.
func TestPhone_MinVersion(t *testing.T) {
	w := newPhoneWorldWith(t, app.Config{MinApp: "3.0.0"})
	b := w.newPhone(t)
	b.Open("/#/vao/" + w.code(pMember))
	b.Tap("Vào sổ")
	b.See("Bản trên máy này đã quá cũ.")
	b.Gone("Sổ việc")
	b.Accessible(web.Axe(t, "../../.."), "wall")
	b.Fits("wall")
	b.ready()
	b.Tap("Cập nhật ứng dụng ngay")
	b.See("Chưa tải được bản mới.")
	w.line.set(true)
	b.Open("/")
	b.closeTour()
	b.See("Cần cập nhật ứng dụng; việc đã ghi vẫn gửi được")
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, picture(t, 17, 400, 300))
	b.back(w)
	b.See("Bản trên máy này đã quá cũ.")
	w.waitFor("the work of an old app", func() bool { return len(w.queue()) == 1 && w.photosHeld() == 1 })
	b.See("Đã gửi tất cả")
	w.conf.MinApp = ""
	w.restart(func(old string) string { return old })
	w.behind(newVersion(w.app.Handler()))
	// By the wall's button, or where a sync has taken the wall away already, by the offer.
	b.Until("the way to the new version", `(() => {
		const way = document.querySelector("[data-update]") ?? [...document.querySelectorAll("button")].find((x) => x.innerText.includes("Cập nhật ứng dụng ngay"));
		way?.click();
		return !!way; })()`)
	b.See("đã ghi nhận")
	b.Gone("Bản trên máy này đã quá cũ.")
	b.Silent()
}
