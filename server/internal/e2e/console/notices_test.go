package console

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/app"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/server/internal/notify/pushtest"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestNotices: a chair writes to his teams, having seen how many it reaches,
// and sees who has read it; the province sees how it arrived and whom no push
// reaches.
func TestNotices(t *testing.T) {
	far := &pushtest.Service{Contact: "mailto:quantri@example.vn", Now: time.Now}
	srv := httptest.NewTLSServer(far)
	defer srv.Close()
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	w := newWorld(t, func(c *app.Config) {
		c.Push = app.Push{Contact: far.Contact, Hosts: []string{strings.TrimPrefix(srv.URL, "https://")}, Dial: (&net.Dialer{}).DialContext,
			Mail:      "smtp://127.0.0.1:9/?from=banso@example.vn",
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	})
	w.takesPushes("m1", srv.URL, far)
	axe := web.Axe(t, root)

	b := w.enter(chair, web.Desk)
	b.JS(`location.hash = "#/notices"`, nil)
	b.See("Chưa gửi tin nào")
	b.Tap("Soạn tin")
	b.See("Xã Việt Thành")
	b.Write("Tiêu đề", "Họp giao ban tháng 11")
	b.Write("Nội dung", "Mời tổ trưởng họp lúc 8 giờ thứ năm tại UBND xã.")
	b.Tap("Tổ chưa ghi nhận gì")
	b.Tap("Xem sẽ tới bao nhiêu tổ")
	b.See("Sẽ tới 3 tổ, 3 người.")
	b.Tap("Mọi tổ")
	b.Gone("Sẽ tới 3 tổ")
	b.Tap("Xem sẽ tới bao nhiêu tổ")
	b.Accessible(axe, "writing")
	b.Fits("writing")
	b.Picture("notices_new")
	b.Tap("Gửi tới 3 tổ")
	b.See("Đã xem: 0/3 tổ")

	for end := time.Now().Add(web.Patience); ; time.Sleep(50 * time.Millisecond) { // before it is read, after which it is not sent
		far.Lock()
		n := far.Signed
		far.Unlock()
		if n == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing was pushed")
		}
	}
	w.phone["m1"].read("announcement")
	b.Open("/console/?again#/notices")
	b.See("Đã xem: 1/3 tổ")
	b.See("1/3 người")
	b.Accessible(axe, "messages")
	b.Fits("messages")
	b.Picture("notices")
	b.Tap("2 tổ chưa xem")
	b.Until("the teams by name", `document.querySelectorAll("dialog li").length === 2`)
	b.Until("all to stand still", `document.getAnimations().every((a) => a.playState === "finished")`)
	b.Accessible(axe, "who has not read")
	b.Fits("who has not read")
	b.Picture("notices_unread")
	b.Tap("Đóng")
	b.Tap("Thu hồi")
	b.Tap("Thu hồi tin này")
	b.See("Đã thu hồi")

	b.JS(`location.hash = "#/account"`, nil)
	b.Write("Thư điện tử mỗi sáng", "nobody")
	b.Tap("Lưu")
	b.See("Địa chỉ thư điện tử không hợp lệ.")
	b.Write("Thư điện tử mỗi sáng", "chu.tich@example.vn")
	b.Tap("Lưu")
	b.See("Đã lưu.")
	b.Accessible(axe, "account")
	b.Fits("account")
	b.Picture("wishes")
	b.TapOn(`[data-group="reminder"] .chip:nth-child(3)`)
	b.TapOn(`[data-group="money"] .chip:nth-child(2)`)
	b.Until("money can't be kept out of the inbox", `document.querySelectorAll('[data-group="money"] .chip').length === 2`)
	b.Write("Đến", "06:30")
	b.Tap("Lưu")
	b.Until("it to be kept", `!document.querySelector(".card .error")`)
	want := client.NotifyPrefs{QuietFrom: 21 * 60, QuietTo: 6*60 + 30, Silent: []string{"money"}, Hidden: []string{"reminder"}, Mail: "chu.tich@example.vn"}
	for end := time.Now().Add(web.Patience); ; time.Sleep(50 * time.Millisecond) {
		p, err := w.as[chair].NotifyPrefs(t.Context())
		p.ChangedMs = 0
		d := cmp.Diff(want, p)
		if err == nil && d == "" {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err, d)
		}
	}
	b.Silent()

	v := w.enter(viewer, web.Phone)
	v.JS(`location.hash = "#/deliveries"`, nil)
	v.See("Trình duyệt (Web Push)")
	v.Until("one sent in the table", `[...document.querySelectorAll("tbody tr")].some((r) => r.cells[0].innerText === "20/11/2023" && r.cells[2].innerText === "1" && r.cells.length === 8)`)
	v.Until("the commune with two whom nobody reaches", `[...document.querySelectorAll("tbody tr")].some((r) => r.innerText.replace(/\s+/g, " ") === "Xã Việt Thành 3 2")`)
	v.Accessible(axe, "deliveries")
	v.Fits("deliveries")
	v.Picture("deliveries")
	v.Silent()

	p := w.enter(province, web.Phone)
	p.JS(`location.hash = "#/notices/new"`, nil)
	p.Tap("Chọn xã")
	p.See("Hãy chọn ít nhất một xã.")
	p.Write("Tìm xã", "dao thinh")
	p.Tap("Xã Đào Thịnh")
	p.Write("Tiêu đề", "Báo cáo tháng")
	p.Write("Nội dung", "Nhắc các tổ gửi báo cáo.")
	p.Write("Gửi vào ngày", "2023-11-25")
	p.Tap("Xem sẽ tới bao nhiêu tổ")
	p.See("Sẽ tới 1 tổ, 1 người. Gửi lúc 7 giờ sáng 25/11/2023.")
	p.Accessible(axe, "the province writes")
	p.Fits("the province writes")
	p.Picture("notices_province")
	p.Tap("Hẹn gửi tới 1 tổ")
	p.See("Hẹn gửi 07:00 25/11/2023")
	p.Silent()
}

// takesPushes registers a member's phone as a browser of a push service.
func (w *world) takesPushes(name, origin string, far *pushtest.Service) {
	w.t.Helper()
	b, err := pushtest.NewBrowser()
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := w.as[name].PushState(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	far.Public = s.Vapid
	err = w.as[name].RegisterPush(w.t.Context(), client.PushAddress{Channel: "webpush", Token: origin + "/p/" + name, P256DH: b.P256DH(), Auth: b.Auth()})
	if err != nil {
		w.t.Fatal(err)
	}
}

// read waits for a note of a kind and marks it as read, as the app does.
func (p *phone) read(kind string) {
	p.w.t.Helper()
	var id syncproto.ID
	for end := time.Now().Add(web.Patience); id == "" && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		err := p.w.app.Store().View(p.w.t.Context(), func(r store.Reader) error {
			return r.Members(syncproto.UserScope(p.person), syncproto.TypeInbox, func(rec *store.Record) bool {
				if d, err := syncproto.SplitCanonical(rec.Doc); err == nil && d.Str("kind") == kind {
					id = rec.ID
				}
				return true
			})
		})
		if err != nil {
			p.w.t.Fatal(err)
		}
	}
	p.t++
	raw, err := syncproto.EncodeMutation(&syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeInbox, ID: id, By: p.person, T: p.t,
		Set: syncproto.Doc{"read": syncproto.Bool(true)}})
	if err != nil {
		p.w.t.Fatal(err)
	}
	if v := p.push([]syncproto.RawMutation{raw})[0]; v.V != syncproto.Applied {
		p.w.t.Fatalf("reading %q: %+v", id, v)
	}
}
