package console

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/banso/banso/admin/client"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/syncproto"
)

// write sends a mutation of a type and what follows it.
func (p *phone) write(typ string, id syncproto.ID, set syncproto.Doc, ops ...syncproto.Op) {
	p.w.t.Helper()
	raws := []syncproto.RawMutation{p.make(syncproto.OpCreate, id, func(m *syncproto.Mutation) { m.Type, m.Set = typ, set })}
	for _, op := range ops {
		raws = append(raws, p.make(op, id, func(m *syncproto.Mutation) { m.Type = typ }))
	}
	for _, v := range p.push(raws) {
		if v.V != syncproto.Applied {
			p.w.t.Fatalf("%s: %+v", typ, v)
		}
	}
}

// report sends the report of a team's month.
func (w *world) report(who, team string) {
	w.t.Helper()
	w.phone[who].write(syncproto.TypeReport, syncproto.DerivedID(syncproto.TypeReport, w.team[team], month), syncproto.Doc{
		"team": syncproto.Str(string(w.team[team])), "month": syncproto.Str(month), "summary": syncproto.Str("Đã hướng dẫn bà con nộp hồ sơ.")}, syncproto.OpSubmit)
}

// approveAll decides what waits in commune A.
func (w *world) approveAll() {
	w.t.Helper()
	q, err := w.as[vice].ReviewQueue(w.t.Context(), w.unit["A"], month, "", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var list []client.Decision
	for _, it := range q.Items {
		list = append(list, client.Decision{Key: newID(), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "approve"})
	}
	if _, err := w.as[vice].Review(w.t.Context(), list); err != nil {
		w.t.Fatal(err)
	}
}

// looked holds a screen against what every screen must be.
func looked(t *testing.T, b *web.Tab, where string) {
	t.Helper()
	b.Until("all to stand still", `document.getAnimations().every((a) => a.playState === "finished")`)
	b.Until(where+" to need no scrolling sideways", `document.scrollingElement.scrollWidth <= innerWidth`)
	b.Accessible(web.Axe(t, root), where)
	b.Picture("month-" + where)
}

// TestMonth_FromReviewToPaid: the chair sees what is missing and what approving
// the rest would give, confirms exactly what he saw, and the accountant lists
// and pays it; the province sees it.
func TestMonth_FromReviewToPaid(t *testing.T) {
	w := newWorld(t)
	w.phone["m1"].plain("T1", 3)
	w.report("m1", "T1")
	w.approveAll()
	w.phone["m2"].plain("T2", 2)
	w.report("m2", "T2")
	w.jump(18 * 24 * time.Hour)
	b := w.enter(chair, web.Desk)
	b.JS(`location.hash = "#/month"`, nil)
	b.See("Chốt tháng 11/2023")
	b.See("nếu duyệt hết: 500.000 đồng")
	b.See("Đã chọn 1 tổ, 500.000 đồng") // T3 can still mend its month
	looked(t, b, "waiting")
	b.JS(`document.querySelector("summary").click()`, nil)
	b.See("Trang giải thích kết quả")
	looked(t, b, "details")
	b.Tap("Chốt 1 tổ")
	b.See("Chỉ chốt đúng số liệu đang xem")
	looked(t, b, "ask")
	w.phone["m1"].log(entry{team: "T1", day: month + "-28", kind: "DVC_NOP_HO_SO", measures: `{"so_ho_so":2}`, paper: "Sổ, trang 9"})
	w.approveAll() // the month is not what the chair looked at any more, and T2 is reviewed
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("Số liệu của tháng đã thay đổi từ lúc xem")
	b.See("Đã chọn 2 tổ, 1.000.000 đồng")
	b.Tap("Chốt 2 tổ")
	b.See("thôn Lan Đình: Đủ điều kiện")
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("2/3")
	b.TapOn(`input[aria-label="Chọn Tổ CĐSCĐ thôn Phúc Đình"]`)
	b.Tap("Chốt 1 tổ")
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("3/3")
	looked(t, b, "closed")
	b.Silent()

	if _, err := w.as[province].Fund(t.Context(), client.Funding{Policy: "yb-nq60-team", Decision: "1845/QĐ-UBND", On: "2023-12-05", From: month, To: "2023-12",
		Teams: []client.ID{w.team["T1"], w.team["T2"]}, Months: 2, Total: 2_000_000, Origin: "A"}); err != nil {
		t.Fatal(err)
	}
	a := w.enter(accountant, web.Phone)
	a.JS(`location.hash = "#/lists"`, nil)
	a.See("Chưa có danh sách nào")
	a.Tap("Lập danh sách")
	a.Until("policies to choose from", `document.querySelector("dialog .button.main:not([aria-disabled])")`)
	a.Tap("Lập dự thảo")
	a.See("2 dòng, 1.000.000 đồng")
	looked(t, a, "lists")
	b.JS(`location.hash = "#/lists"`, nil)
	b.Tap("Phát hành")
	b.See("Mã đối chiếu in trên danh sách")
	a.Run(chromedp.Reload())
	a.Tap("Xác nhận đã chi")
	a.Write("Số phiếu chi", "PC 17")
	a.JS(`document.querySelector("dialog .button.main").click()`, nil)
	a.See("đã chi 1.000.000 đồng")
	a.Tap("Lập danh sách")
	a.Until("policies to choose from", `document.querySelector("dialog .button.main:not([aria-disabled])")`)
	a.Tap("Lập dự thảo")
	a.See("Không có khoản nào để lập danh sách.")
	a.Tap("Đóng")
	a.JS(`location.hash = "#/month"`, nil)
	a.See("Sổ quyết định đến số")
	looked(t, a, "phone")
	a.Silent()

	w.phone["m3"].write(syncproto.TypeDispute, syncproto.NewRecordID(rand.Reader, w.now()), syncproto.Doc{"team": syncproto.Str(string(w.team["T3"])),
		"month": syncproto.Str(month), "question": syncproto.Str("Vì sao tổ tôi không được chi?")})
	b.JS(`location.hash = "#/disputes"`, nil)
	b.See("Vì sao tổ tôi không được chi?")
	b.Tap("Trả lời")
	b.Write("Trả lời cho tổ", "Tháng này tổ chưa gửi báo cáo.")
	looked(t, b, "answer")
	b.Tap("Giải thích, không đổi số tiền")
	b.See("Trả lời: Tháng này tổ chưa gửi báo cáo.")

	p := w.enter(province, web.Desk)
	p.JS(`location.hash = "#/money/2023"`, nil)
	p.See("1845/QĐ-UBND")
	p.See("Tổng đã cấp kinh phí trong năm: 1.000.000 đồng")
	looked(t, p, "province")
	seen := map[string]bool{}
	w.speaks(b, seen)
	w.speaks(p, seen)
	w.speaks(w.enter(system, web.Desk), seen)
	b.Silent()
	p.Silent()
}
