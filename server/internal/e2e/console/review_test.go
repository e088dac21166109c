package console

import (
	"fmt"
	"testing"

	"github.com/banso/banso/admin/client"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/syncproto"
)

// known approves one entry of each author, so that nobody is a first-timer.
func (w *world) known() {
	w.t.Helper()
	for i, team := range []string{"T1", "T2", "T3"} {
		p := w.phone[fmt.Sprintf("m%d", i+1)]
		id := p.log(entry{team: team, day: month + "-02", kind: "HOP_TO", measures: `{"so_nguoi":3}`, paper: "BB 01", minute: -9000})[0]
		a, err := w.as[chair].Activity(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		if v, err := w.as[chair].Review(w.t.Context(), []client.Decision{{Key: newID(), Type: "activity", ID: id, Seen: a.C, Decision: "approve"}}); err != nil || v[0].V != syncproto.Applied {
			w.t.Fatal(v, err)
		}
	}
}

// waiting is the queue as somebody of the commune sees it.
func (w *world) waiting(who string) []client.QueueItem {
	w.t.Helper()
	var all []client.QueueItem
	for cursor := ""; ; {
		q, err := w.as[who].ReviewQueue(w.t.Context(), w.unit["A"], month, cursor, 200)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, q.Items...)
		if cursor = q.Next; cursor == "" {
			return all
		}
	}
}

// press strikes keys, one after the other.
func press(b *web.Tab, keys ...string) int {
	for _, k := range keys {
		b.JS(fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: %q, bubbles: true }))`, k), nil)
		b.JS(`new Promise((done) => setTimeout(done, 30))`, nil)
	}
	return len(keys)
}

// TestReview: a chair clears 300 unremarkable entries and some odd ones by
// keyboard, takes a stroke back, and is told of the one that a phone changed
// under his eyes.
func TestReview(t *testing.T) {
	w := newWorld(t)
	w.known()
	w.phone["m1"].plain("T1", 100)
	w.phone["m2"].plain("T2", 100)
	w.phone["m3"].plain("T3", 100)
	odd := w.phone["m1"].log(entry{team: "T1", day: month + "-14", kind: "VNEID", measures: `{"so_nguoi":4}`, note: "Hỗ trợ bà con ở đầu bản", minute: 5000})
	b := w.enter(chair, web.Desk)
	axe := web.Axe(t, root)
	b.See("301 việc chờ duyệt")
	b.See("Chưa có minh chứng")
	w.inspect(b, "review")
	w.phone["m1"].paper(odd[0], "Sổ họp, trang 9") // after the chair's look

	strokes := press(b, "a") // the odd one, as it was seen
	b.See("300 việc chờ duyệt")
	strokes += press(b, "u")
	b.See("301 việc chờ duyệt")
	strokes += press(b, "a")
	for left := true; left && strokes < 200; b.JS(`!!document.querySelector('[role="option"]:not([data-row="head"])')`, &left) {
		strokes += press(b, "a")
	}
	b.See("0 việc chờ duyệt")
	t.Logf("%d keystrokes", strokes)
	if strokes > 120 {
		t.Errorf("%d keystrokes for 300 unremarkable entries, more than 120", strokes)
	}
	b.See("300 đã quyết định")
	b.See("Chưa ghi quyết định “Duyệt”")
	b.See("Sổ họp, trang 9")
	b.Accessible(axe, "a decision that was not taken")
	if got := w.waiting(chair); len(got) != 1 || got[0].ID != odd[0] {
		t.Errorf("%d wait, want the changed one", len(got))
	}
	b.Tap("Đã hiểu, đọc lại danh sách")
	b.See("1 việc chờ duyệt")
	press(b, "r")
	b.Tap("Thiếu minh chứng")
	b.JS(`[...document.querySelectorAll("dialog .button")].at(-1).click()`, nil)
	b.See("0 việc chờ duyệt")
	w.takesBack(b)
	b.JS(`location.hash = "#/account"`, nil) // leaving sends what waits
	b.See("Nơi đang đăng nhập")
	w.delegates(b)
	b.Until("the return to arrive", `fetch("/v1/activities/`+string(odd[0])+`").then((r) => r.json()).then((a) => a.doc.state === "returned")`)
	b.Silent()
}

// takesBack: the chair finds an approval among 301, without accents, remarks on
// it and takes it back; the month's table comes as a workbook.
func (w *world) takesBack(b *web.Tab) {
	w.t.Helper()
	b.Tap("Đã duyệt")
	b.See("việc đã duyệt")
	b.Accessible(web.Axe(w.t, root), "what is approved")
	b.Until("the list", `document.querySelector(".queue")`)
	var frame float64 // only the lines in sight are drawn: 1,000 cost what 300 do
	b.JS(`(async () => {
		const q = document.querySelector(".queue"), gaps = [];
		for (let i = 0, last = performance.now(); i < 40; i++) {
			q.scrollTop += 400;
			await new Promise(requestAnimationFrame);
			gaps.push(performance.now() - last);
			last = performance.now();
		}
		if (q.querySelectorAll('[role="option"]').length > 60) return 1e6;
		return gaps.sort((a, b) => a - b)[20];
	})()`, &frame)
	w.t.Logf("a frame takes %.0f ms while scrolling", frame)
	if frame > 100 {
		w.t.Errorf("scrolling takes %.0f ms a frame", frame)
	}
	b.JS(`{ const x = document.querySelector("input[type=search]"); x.value = "hop to sen"; x.dispatchEvent(new Event("input", { bubbles: true })) }`, nil)
	b.See("Hà Thị Sen (mẫu)")
	b.Tap("Ghi ý kiến")
	b.Write("Ý kiến", "Đã gọi hỏi tổ trưởng.")
	b.Tap("Lưu ý kiến")
	b.See("Nguyễn Văn Chủ (mẫu) ·")
	b.Tap("Rút lại duyệt")
	b.Write("Lý do", "Duyệt nhầm.")
	b.JS(`[...document.querySelectorAll("dialog .button")].at(-1).click()`, nil)
	b.See("Không tìm thấy việc nào.")
	b.Tap("Trả lại")
	b.Until("the approval to be back among the returned", `[...document.querySelectorAll('[data-row="item"]')].some((r) => r.innerText.includes("Họp"))`)
	var table string
	b.JS(`fetch("/v1/communes/`+string(w.unit["A"])+`/months/`+month+`/paper?kind=activities&format=xlsx").then((r) => r.headers.get("Content-Type"))`, &table)
	if table != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {
		w.t.Errorf("the table is %q", table)
	}
}

// delegates: the chair lets an officer decide for some days and takes it back.
func (w *world) delegates(b *web.Tab) {
	w.t.Helper()
	b.JS(`location.hash = "#/delegation"`, nil)
	b.See("Hoàng Thị Việc (mẫu)")
	b.JS(`document.querySelector("main .card .button.main").click()`, nil)
	b.See("đang có hiệu lực")
	w.inspect(b, "delegation")
	w.phone["m2"].plain("T2", 1)
	it := w.waiting(chair)[0]
	decide := func() syncproto.Verdict {
		v, err := w.as[officer].Review(w.t.Context(), []client.Decision{{Key: newID(), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "return", Reason: "Thử"}})
		if err != nil {
			w.t.Fatal(err)
		}
		return v[0]
	}
	if v := decide(); v.V != syncproto.Applied {
		w.t.Errorf("an officer to whom it was delegated: %+v", v)
	}
	b.JS(`document.querySelector("main .card .button.danger").click()`, nil)
	b.See("Chưa có ủy quyền nào.")
	if v := decide(); v.Code != syncproto.CodeForbidden {
		w.t.Errorf("an officer whose delegation has ended: %+v", v)
	}
}
