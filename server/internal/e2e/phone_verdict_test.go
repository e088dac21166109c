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
	b.T.Helper()
	b.Open("/")
	b.Tap("Tôi là cán bộ, có tên đăng nhập")
	b.Write("Tên đăng nhập", "login."+name)
	b.Write("Mật khẩu", attackPassword)
	b.Tap("Vào sổ")
	b.See("Đã gửi tất cả")
	b.closeTour()
}

// direct is a new phone whose line is never cut.
func (w *phoneWorld) direct(t *testing.T) *browser {
	b := w.newPhone(t)
	b.Base = w.http.URL
	return b
}

// edit changes the count of the only entry in the book.
func (b *browser) edit(measure, n string) {
	b.T.Helper()
	b.screen("#/entries")
	b.TapOn(`[data-standing]`)
	b.Tap("Sửa")
	b.Write(measure, n)
	b.Tap("Lưu bản sửa")
	b.See("Đã lưu bản sửa.")
}

// back mends the line and lets the phone notice.
func (b *browser) back(w *phoneWorld) {
	b.T.Helper()
	w.line.set(false)
	b.JS(`dispatchEvent(new Event("online"))`, nil)
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
	b.See("Có thay đổi bị để riêng.")
	b.Tap("Xem và xử lý")
	b.See("Số liệu đã được người khác sửa")
	b.See("Tổ trưởng xem hai bản và chọn bản đúng.")
	b.See("5 hồ sơ")
	b.See("Bản đang có trên máy chủ")
	b.See("4 hồ sơ")

	leader.screen("#/inbox")
	leader.See("Việc để riêng của người khác")
	leader.TapOn("[data-case]")
	leader.See("5 hồ sơ")
	leader.See("4 hồ sơ")
	leader.Tap("Nhận lại")
	leader.See("Đã nhận lại")
	w.waitFor("the member's figure", func() bool { return w.measure("so_ho_so") == 5 })
	b.See("Việc này đã được giải quyết.")
	b.screen("#/inbox")
	b.See("Việc để riêng đã được nhận")
	b.screen("#/entries")
	b.Until("no entry aside", `document.querySelectorAll('[data-standing="pending_review"]').length === 1`)
	b.Silent()
	leader.Silent()
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
	b.T.Helper()
	b.screen("#/log")
	b.TapOn(`[data-kind="` + kind + `"]`)
	b.Write(measure, strconv.Itoa(n))
	b.Tap("Thêm giấy tờ xã đang giữ")
	b.Write("Số hoặc tên giấy tờ", "Sổ trực, trang "+strconv.Itoa(n))
	b.TapOn("dialog .main")
	b.See("Giấy tờ: Sổ trực")
	b.Tap("Lưu và gửi")
	b.See("Đã lưu")
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
	b.See("Đã gửi tất cả")
	b.screen("#/inbox")
	b.See("Tháng này đã chốt")
	b.TapOn("[data-case]")
	b.See("Báo Chủ tịch UBND xã. Việc của tháng đã chốt chỉ được tính bằng điều chỉnh.")
	b.See("Chủ tịch UBND xã đã thấy việc này và có thể nhận lại.")
	b.See("3 hồ sơ")

	chair := w.direct(t)
	chair.login(pChair)
	chair.screen("#/inbox")
	chair.See("Tháng này đã chốt")
	chair.TapOn("[data-case]")
	chair.Tap("Nhận lại")
	b.See("Chủ tịch đã đề nghị trả bù cho việc này; đang chờ người thứ hai duyệt.")

	list, err := w.as[pProv].Proposals(t.Context(), "", w.team["T1"], "proposed")
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := w.as[pProv].DecideProposal(t.Context(), list[0].ID, "approve", ""); err != nil {
		t.Fatal(err)
	}
	b.See("Việc này đã được giải quyết.")
	b.screen("#/?month=" + month)
	b.See("Đã chốt")
	b.See("500.000 đồng")
	b.See("Được hưởng theo kết quả chốt và điều chỉnh")
	b.See("Chưa đủ điều kiện lúc chốt")
	b.Silent()
	chair.Silent()
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
	b.See("Đã gửi tất cả")
	chair := w.direct(t)
	chair.login(pChair)
	chair.screen("#/inbox")
	chair.TapOn("[data-case]")
	chair.Tap("Nhận lại")
	chair.See("Đã nhận lại; máy chủ sẽ xét khi có mạng.")
	chair.TapOn("[data-case]")
	chair.See("Chưa đề nghị trả bù được: tính cả việc này, tháng đó vẫn chưa đủ điều kiện.")
	chair.Tap("Không nhận")
	chair.Write("Lý do", "Nộp quá muộn")
	chair.TapOn("dialog .danger")
	b.screen("#/inbox")
	b.See("Việc để riêng không được nhận")
	b.See("Lý do: Nộp quá muộn")
	b.Silent()
	chair.Silent()
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
	chair.See("1 việc chờ duyệt")
	w.line.set(true)
	chair.TapOn("[data-item]")
	chair.See("3 hồ sơ")
	b.edit("Số hồ sơ nộp", "9")
	w.waitFor("the new figure", func() bool { return w.measure("so_ho_so") == 9 })
	chair.Tap("Duyệt")
	chair.See("Đã duyệt.")
	chair.back(w)
	chair.See("Đã gửi tất cả")
	chair.See("1 quyết định của bạn không có hiệu lực: nội dung đã đổi hoặc người khác đã quyết định trước.")
	chair.Tap("Đã hiểu")
	chair.Gone("không có hiệu lực")
	chair.TapOn("[data-item]")
	chair.See("9 hồ sơ")
	chair.Tap("Duyệt")
	w.waitFor("the approval", func() bool { return w.approved("T1") == 1 })
	b.screen("#/entries")
	b.Until("approved", `document.querySelector('[data-standing="approved"]')`)
	b.Silent()
	chair.Silent()
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
	chair.See("4 việc chờ duyệt")
	w.line.set(true)
	chair.Open("/#/review")
	chair.See("4 việc chờ duyệt")
	chair.Tap("Chọn 4 việc không có dấu hiệu lạ")
	chair.Tap("Duyệt 4 việc đã chọn")
	chair.See("Đã duyệt 4 việc; sẽ gửi khi có mạng.")
	chair.See("0 việc chờ duyệt · 4 quyết định chờ gửi")
	w.signIn(pBoth)
	i := w.queue()[0]
	if _, err := w.as[pBoth].Review(t.Context(), []client.Decision{{Key: newID(), Type: i.Type, ID: i.ID, Seen: i.C, Decision: "return", Reason: "Xem lại số liệu"}}); err != nil {
		t.Fatal(err)
	}
	chair.back(w)
	chair.See("Đã gửi tất cả")
	chair.See("1 quyết định của bạn không có hiệu lực: nội dung đã đổi hoặc người khác đã quyết định trước.")
	w.waitFor("three approvals more", func() bool { return w.approved("T1") == 4 })
	chair.Gone("quyết định chờ gửi")
	chair.Silent()
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
	b.See("Tổ Hai")
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	w.waitFor("both in the queue", func() bool { return len(w.queue()) == 2 })
	for _, team := range []string{"T1", "T2"} {
		m, _, err := w.as[pChair].TeamMonth(t.Context(), w.team[team], w.month(), "")
		if err != nil || m.Progress.Pending != 1 {
			t.Errorf("%s: %+v, %v", team, m.Progress, err)
		}
	}
	b.screen("#/")
	b.See("Bạn đã rời một tổ. Sổ của bạn ở đó vẫn đọc được.")
	b.Tap("Sổ ở tổ cũ")
	b.See("Tổ Một, tháng 11/2023")
	b.See("3 hồ sơ")
	b.See("Chờ duyệt")
	b.screen("#/log")
	b.Gone("Tổ Một")
	b.Silent()
	fresh := w.newPhone(t) // which never held the old team's book
	fresh.activate(w.code(pMember))
	fresh.Tap("Sổ ở tổ cũ")
	fresh.See("Tổ Một, tháng 11/2023")
	fresh.See("3 hồ sơ")
	fresh.See("Chờ duyệt")
	w.line.set(true)
	fresh.screen("#/")
	fresh.Tap("Sổ ở tổ cũ")
	fresh.See("3 hồ sơ")
	fresh.Silent()
}
