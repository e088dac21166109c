package console

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

var update = flag.Bool("update", false, "write the committed pictures anew")

// asks lets an open dashboard ask now what it asks every half minute, as it
// does when somebody looks at it again.
const asks = `document.dispatchEvent(new Event("visibilitychange"))`

// counted is how many activities of a commune's month the store holds: counted
// from the records, without any counter.
func (w *world) counted(unit, month string) (n int) {
	w.t.Helper()
	err := w.app.Store().View(context.Background(), func(r store.Reader) error {
		n = 0
		return r.Members(syncproto.CommuneMonthScope(w.unit[unit], month), syncproto.TypeActivity, func(*store.Record) bool { n++; return true })
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestDashboard_FollowsThePhones: what a viewer sees is what the phones sent,
// within one poll, and opens into the records that it counts.
func TestDashboard_FollowsThePhones(t *testing.T) {
	w := newWorld(t)
	day := func(n int) entry {
		return entry{team: "T1", day: fmt.Sprintf("2023-11-%02d", n), kind: "VNEID", measures: `{"so_nguoi_kich_hoat":3}`, paper: "BB 1", minute: n}
	}
	w.phone["m1"].log(day(1), day(2), day(3))
	w.aims("Hoạt động trong tháng 11", "4")
	b := w.enter(viewer, web.Desk)
	b.Open("/console/#/dashboard")
	shown := func(what string) {
		t.Helper()
		want := fmt.Sprint(w.counted("A", "2023-11"))
		b.Until(what+": "+want, asks+`, document.querySelector("[data-tile=logged] .figure-n")?.textContent === "`+want+`" && document.querySelector("[data-tile=waiting] .figure-n").textContent === "`+want+
			`" && document.querySelector("[data-figure=league] td.strong").textContent === "`+want+`"`)
	}
	shown("three from a phone")
	other := day(4)
	other.team = "T2"
	w.phone["m1"].log(day(5))
	w.phone["m2"].log(other)
	shown("five from two phones")
	b.See("0 trên 4") // approved ones count, and none is yet
	b.See("Tổ im lặng quá 30 ngày")
	b.See("Tổ CĐSCĐ thôn Phúc Đình")
	axe := web.Axe(t, root)
	b.Accessible(axe, "dashboard")
	w.look(b, "dashboard.light")
	b.JS(`document.documentElement.dataset.look = "dark"`, nil)
	b.Accessible(axe, "dashboard, dark")
	w.look(b, "dashboard.dark")
	keeps(b)
	b.TapOn(`[data-figure=trend] [aria-label]~button:last-of-type`)
	b.Until("the chart as a picture", `kept.includes("image/png")`)
	b.TapOn(`[data-figure=trend] [aria-label]~button`)
	b.Until("the chart's figures", `kept.some((type) => type.startsWith("text/csv"))`)
	b.JS(`document.querySelector("[data-tile=logged] .link").click()`, nil)
	b.See("Không gồm ghi chú, ảnh và tên người.")
	b.Until("a row of each record", fmt.Sprintf(`document.querySelectorAll("tbody tr").length === %d`, w.counted("A", "2023-11")))
	b.Silent()
	b.Cancel()
	p := w.enter(viewer, web.Phone)
	p.Open("/console/#/dashboard")
	p.See("Từ ghi nhận đến chi trả")
	p.Until("a page no wider than the phone", `document.scrollingElement.scrollWidth <= innerWidth`)
	w.look(p, "dashboard.phone")
	p.Open("/console/#/dashboard?wall=1")
	p.See("Toàn màn hình")
	p.Accessible(axe, "wall")
	p.Cancel()
}

// aims lets the province set an indicator: so many approved activities.
func (w *world) aims(name, target string) {
	w.t.Helper()
	b := w.enter(province, web.Desk)
	b.Open("/console/#/dashboard")
	b.See("Chưa đặt chỉ tiêu nào.")
	b.Tap("Thêm chỉ tiêu")
	b.Write("Tên chỉ tiêu", name)
	b.Write("Mức cần đạt", target)
	b.Tap("Ghi chỉ tiêu")
	b.See("0 trên " + target)
	b.Silent()
	b.Cancel()
}

// look keeps a picture of the page: with -update among the committed ones.
func (w *world) look(b *web.Tab, name string) {
	w.t.Helper()
	if !*update {
		return
	}
	var shot []byte
	b.Run(chromedp.FullScreenshot(&shot, 100))
	path := filepath.Join("testdata", name+".png")
	if err := os.WriteFile(path, web.FewColours(w.t, shot), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// keeps notes in "kept" the type of each file that a page lets be kept.
func keeps(b *web.Tab) {
	b.JS(`{ window.kept = []; const real = URL.createObjectURL; URL.createObjectURL = (b) => { kept.push(b.type); return real.call(URL, b); }; }`, nil)
}
