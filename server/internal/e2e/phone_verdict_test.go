package e2e

import (
	"crypto/rand"
	"strconv"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

const day = 24 * time.Hour

// login signs an officer in with name and password.
func (b *browser) login(name string) {
	b.t.Helper()
	b.open("/")
	b.tap("Tôi là cán bộ, có tên đăng nhập")
	b.write("Tên đăng nhập", "login."+name)
	b.write("Mật khẩu", attackPassword)
	b.tap("Vào sổ")
	b.see("Đã gửi tất cả")
	b.closeTour()
}

// direct is a new phone whose line is never cut.
func (w *phoneWorld) direct(t *testing.T) *browser {
	b := w.newPhone(t)
	b.base = w.http.URL
	return b
}

// edit changes the count of the only entry in the book.
func (b *browser) edit(measure, n string) {
	b.t.Helper()
	b.screen("#/entries")
	b.tapOn(`[data-standing]`)
	b.tap("Sửa")
	b.write(measure, n)
	b.tap("Lưu bản sửa")
	b.see("Đã lưu bản sửa.")
}

// back mends the line and lets the phone notice.
func (b *browser) back(w *phoneWorld) {
	b.t.Helper()
	w.line.set(false)
	b.js(`dispatchEvent(new Event("online"))`, nil)
}

// TestPhone_Conflict: member and leader correct the same figure, the member
// without a network. Nobody's figure is lost: it stands aside, both versions
// are seen, and the leader chooses.
func TestPhone_Conflict(t *testing.T) {
	w := newPhoneWorld(t)
	b, leader := w.newPhone(t), w.direct(t)
	b.activate(w.code(pMember))
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	w.waitFor("the submission", func() bool { return len(w.queue()) == 1 })
	leader.activate(w.code(pLeader))
	w.line.set(true)
	b.edit("Số hồ sơ nộp", "5")
	leader.edit("Số hồ sơ nộp", "4")
	w.waitFor("the leader's figure", func() bool { return w.measure("so_ho_so") == 4 })

	b.back(w)
	b.see("Có thay đổi bị để riêng.")
	b.tap("Xem và xử lý")
	b.see("Số liệu đã được người khác sửa")
	b.see("Tổ trưởng xem hai bản và chọn bản đúng.")
	b.see("5 hồ sơ")
	b.see("Bản đang có trên máy chủ")
	b.see("4 hồ sơ")

	leader.screen("#/inbox")
	leader.see("Việc để riêng của người khác")
	leader.tapOn("[data-case]")
	leader.see("5 hồ sơ")
	leader.see("4 hồ sơ")
	leader.tap("Nhận lại")
	leader.see("Đã nhận lại")
	w.waitFor("the member's figure", func() bool { return w.measure("so_ho_so") == 5 })
	b.see("Việc này đã được giải quyết.")
	b.screen("#/inbox")
	b.see("Việc để riêng đã được nhận")
	b.screen("#/entries")
	b.until("no entry aside", `document.querySelectorAll('[data-standing="pending_review"]').length === 1`)
	b.silent()
	leader.silent()
}

// measure is a figure of the only submission that waits.
func (w *phoneWorld) measure(key string) int64 {
	w.t.Helper()
	q := w.queue()
	if len(q) != 1 {
		w.t.Fatalf("%d in the queue", len(q))
	}
	a, err := w.as[pChair].Activity(w.t.Context(), q[0].ID)
	if err != nil {
		w.t.Fatal(err)
	}
	d, err := syncproto.DecodeDoc(a.Doc)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := syncproto.DecodeDoc(d["measures"])
	if err != nil {
		w.t.Fatal(err)
	}
	n, _ := m.Int(key)
	return n
}

// reported hands in the leader's report of this month and approves it.
func (w *phoneWorld) reported() {
	w.t.Helper()
	w.signIn(pLeader)
	p := w.phone[pLeader]
	id := syncproto.DerivedID(syncproto.TypeReport, w.team["T1"], w.month())
	p.push(p.do(syncproto.OpCreate, syncproto.TypeReport, id, func(m *syncproto.Mutation) {
		m.Set = syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "month": syncproto.Str(w.month()), "summary": syncproto.Str("Đã làm.")}
	}), p.do(syncproto.OpSubmit, syncproto.TypeReport, id, nil))
	if n := w.decideAll("approve", ""); n != 1 {
		w.t.Fatalf("%d decided", n)
	}
}

// logWithPaper writes an activity down that a paper of the commune proves.
func (b *browser) logWithPaper(kind, measure string, n int) {
	b.t.Helper()
	b.screen("#/log")
	b.tapOn(`[data-kind="` + kind + `"]`)
	b.write(measure, strconv.Itoa(n))
	b.tap("Thêm giấy tờ xã đang giữ")
	b.write("Số hoặc tên giấy tờ", "Sổ trực, trang "+strconv.Itoa(n))
	b.tapOn("dialog .main")
	b.see("Giấy tờ: Sổ trực")
	b.tap("Lưu và gửi")
	b.see("Đã lưu")
}

// TestPhone_ClosedMonth: work of a month that was closed while its phone was
// away stands aside; the chair proposes to pay for it, a second person
// approves, and the phone shows the money.
func TestPhone_ClosedMonth(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	w.line.set(true)
	b.logWithPaper("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3)
	w.reported()
	month := w.month()
	w.jump(27 * day) // beyond the lock on the 15th of the next month
	if err := w.app.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, _, err := w.as[pChair].TeamMonth(t.Context(), w.team["T1"], month, ""); err != nil || !m.Closed {
		t.Fatalf("not closed: %+v, %v", m, err)
	}
	b.back(w)
	b.see("Đã gửi tất cả")
	b.screen("#/inbox")
	b.see("Tháng này đã chốt")
	b.tapOn("[data-case]")
	b.see("Báo Chủ tịch UBND xã. Việc của tháng đã chốt chỉ được tính bằng điều chỉnh.")
	b.see("Chủ tịch UBND xã đã thấy việc này và có thể nhận lại.")
	b.see("3 hồ sơ")

	chair := w.direct(t)
	chair.login(pChair)
	chair.screen("#/inbox")
	chair.see("Tháng này đã chốt")
	chair.tapOn("[data-case]")
	chair.tap("Nhận lại")
	b.see("Chủ tịch đã đề nghị trả bù cho việc này; đang chờ người thứ hai duyệt.")

	list, err := w.as[pProv].Proposals(t.Context(), "", w.team["T1"], "proposed")
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := w.as[pProv].DecideProposal(t.Context(), list[0].ID, "approve", ""); err != nil {
		t.Fatal(err)
	}
	b.see("Việc này đã được giải quyết.")
	b.screen("#/?month=" + month)
	b.see("Đã chốt")
	b.see("500.000 đồng")
	b.see("Được hưởng theo kết quả chốt và điều chỉnh")
	b.see("Chưa đủ điều kiện lúc chốt")
	b.silent()
	chair.silent()
}

// TestPhone_LateAlone: where the late work would not have made the month
// qualify, the chair reads that no back payment can be proposed.
func TestPhone_LateAlone(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	w.line.set(true)
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	w.jump(27 * day)
	if err := w.app.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.back(w)
	b.see("Đã gửi tất cả")
	chair := w.direct(t)
	chair.login(pChair)
	chair.screen("#/inbox")
	chair.tapOn("[data-case]")
	chair.tap("Nhận lại")
	chair.see("Đã nhận lại; máy chủ sẽ xét khi có mạng.")
	chair.tapOn("[data-case]")
	chair.see("Chưa đề nghị trả bù được: tính cả việc này, tháng đó vẫn chưa đủ điều kiện.")
	chair.tap("Không nhận")
	chair.write("Lý do", "Nộp quá muộn")
	chair.tapOn("dialog .danger")
	b.screen("#/inbox")
	b.see("Việc để riêng không được nhận")
	b.see("Lý do: Nộp quá muộn")
	b.silent()
	chair.silent()
}

// TestPhone_StaleReview: what the chair approves without a network is dropped
// if it was changed meanwhile: the chair reads so, sees the new figure, decides.
func TestPhone_StaleReview(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.direct(t)
	b.activate(w.code(pMember))
	b.logWithPaper("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3)
	w.waitFor("the submission", func() bool { return len(w.queue()) == 1 })
	chair := w.newPhone(t)
	chair.login(pChair)
	chair.screen("#/review")
	chair.see("1 việc chờ duyệt")
	w.line.set(true)
	chair.tapOn("[data-item]")
	chair.see("3 hồ sơ")
	b.edit("Số hồ sơ nộp", "9")
	w.waitFor("the new figure", func() bool { return w.measure("so_ho_so") == 9 })
	chair.tap("Duyệt")
	chair.see("Đã duyệt.")
	chair.back(w)
	chair.see("Đã gửi tất cả")
	chair.see("1 quyết định của bạn không có hiệu lực: nội dung đã đổi hoặc người khác đã quyết định trước.")
	chair.tap("Đã hiểu")
	chair.gone("không có hiệu lực")
	chair.tapOn("[data-item]")
	chair.see("9 hồ sơ")
	chair.tap("Duyệt")
	w.waitFor("the approval", func() bool { return w.approved("T1") == 1 })
	b.screen("#/entries")
	b.until("approved", `document.querySelector('[data-standing="approved"]')`)
	b.silent()
	chair.silent()
}

// TestPhone_ChairsPocket: the queue is there without a network, riskless work
// is approved in one go, and what a colleague decided first is said.
func TestPhone_ChairsPocket(t *testing.T) {
	w := newPhoneWorld(t)
	w.signIn(pMember)
	w.phone[pMember].submitted(w.team["T1"], "2023-11-16")
	w.decideAll("approve", "") // who has one is no stranger any more
	for i := range 4 {
		p, id := w.phone[pMember], syncproto.NewRecordID(rand.Reader, time.Now().Add(-time.Duration(i)*time.Hour)) // no heap of work in one minute
		p.push(p.activity(id, w.team["T1"], "2023-11-"+strconv.Itoa(17+i)), p.do(syncproto.OpSubmit, syncproto.TypeActivity, id, nil))
	}
	chair := w.newPhone(t)
	chair.login(pChair)
	chair.screen("#/review")
	chair.see("4 việc chờ duyệt")
	w.line.set(true)
	chair.open("/#/review")
	chair.see("4 việc chờ duyệt")
	chair.tap("Chọn 4 việc không có dấu hiệu lạ")
	chair.tap("Duyệt 4 việc đã chọn")
	chair.see("Đã duyệt 4 việc; sẽ gửi khi có mạng.")
	chair.see("0 việc chờ duyệt · 4 quyết định chờ gửi")
	w.signIn(pBoth)
	i := w.queue()[0]
	if _, err := w.as[pBoth].Review(t.Context(), []client.Decision{{Key: newID(), Type: i.Type, ID: i.ID, Seen: i.C, Decision: "return", Reason: "Xem lại số liệu"}}); err != nil {
		t.Fatal(err)
	}
	chair.back(w)
	chair.see("Đã gửi tất cả")
	chair.see("1 quyết định của bạn không có hiệu lực: nội dung đã đổi hoặc người khác đã quyết định trước.")
	w.waitFor("three approvals more", func() bool { return w.approved("T1") == 4 })
	chair.gone("quyết định chờ gửi")
	chair.silent()
}

// TestPhone_MovedMember: who moves to another team reads the old one's book to
// the end and writes into the new one's.
func TestPhone_MovedMember(t *testing.T) {
	w := newPhoneWorld(t)
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, "")
	w.waitFor("the first", func() bool { return len(w.queue()) == 1 })
	w.imports(w.as[pSys], "members", "ref,name,role,team_ref,from,to", "m1,A (thử),member,T1,2022-01-01,2023-11-19", "m1,A (thử),member,T2,2023-11-20,")
	b.see("Tổ Hai")
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	w.waitFor("both in the queue", func() bool { return len(w.queue()) == 2 })
	for _, team := range []string{"T1", "T2"} {
		m, _, err := w.as[pChair].TeamMonth(t.Context(), w.team[team], w.month(), "")
		if err != nil || m.Progress.Pending != 1 {
			t.Errorf("%s: %+v, %v", team, m.Progress, err)
		}
	}
	b.screen("#/")
	b.see("Bạn đã rời một tổ. Sổ của bạn ở đó vẫn đọc được.")
	b.tap("Sổ ở tổ cũ")
	b.see("Tổ Một, tháng 11/2023")
	b.see("3 hồ sơ")
	b.see("Chờ duyệt")
	b.screen("#/log")
	b.gone("Tổ Một")
	b.silent()
}
