package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/banso/banso/admin/client"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// hurries makes the ten seconds of taking back short, and lets no lot fall.
const hurries = `(() => { const real = window.setTimeout; window.setTimeout = (f, ms, ...a) => real(f, ms === 10000 ? 400 : ms, ...a);
	localStorage.setItem("banso/console/review/share", "0"); })()`

// desk seats somebody before the queue of the month.
func (w *world) desk(name string) *web.Tab {
	w.t.Helper()
	b := w.enter(name, web.Desk)
	b.JS(hurries, nil)
	b.JS(`location.hash = "#/account"`, nil)
	b.See("Nơi đang đăng nhập")
	b.JS(`location.hash = "#/review"`, nil)
	return b
}

// decisions counts the decisions on an activity that were written.
func (w *world) decisions(id syncproto.ID) (n int) {
	w.t.Helper()
	err := w.app.Store().View(context.Background(), func(r store.Reader) error {
		n = 0
		return r.History(store.Key{Type: syncproto.TypeActivity, ID: id}, func(v *store.Version) bool {
			if v.Op == string(syncproto.OpReview) {
				n++
			}
			return true
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// returns lets the vice chair send the first n of those that fit back.
func (w *world) returns(fits func(client.QueueItem) bool, n int) {
	w.t.Helper()
	var list []client.Decision
	for _, it := range w.waiting(vice) {
		if fits(it) && len(list) < n {
			list = append(list, client.Decision{Key: newID(), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "return", Reason: "Ghi lại ngày"})
		}
	}
	got, err := w.as[vice].Review(w.t.Context(), list)
	if err != nil || len(got) != n {
		w.t.Fatal(len(got), err)
	}
	for _, v := range got {
		if v.V != syncproto.Applied {
			w.t.Fatalf("%+v", v)
		}
	}
}

// TestReview_SessionEnds: the session ends between two parts of one stroke. The
// chair is told so, signs in where he is, and the rest follows: each entry is
// decided once. Meanwhile the vice chair sits before the same queue: what she
// decides otherwise first stays, and each is told of what the other did.
func TestReview_SessionEnds(t *testing.T) {
	w := newWorld(t)
	w.known()
	mine := w.phone["m1"].plain("T1", 130)
	others := w.phone["m2"].plain("T2", 40)
	c, v := w.desk(chair), w.desk(vice)
	c.See("170 việc chờ duyệt")
	v.See("170 việc chờ duyệt")

	var part, looks atomic.Int32
	w.mu.Lock()
	w.meet = func(r *http.Request) {
		if r.URL.Path == "/v1/review/decisions" && part.Add(1) == 2 {
			w.endSessions(chair)
		}
		if strings.HasPrefix(r.URL.Path, "/v1/activities/") {
			looks.Add(1)
		}
	}
	w.mu.Unlock()
	press(c, "j", "a") // T1, of which a hundred go at once
	c.See("Phiên làm việc đã hết")
	c.See("Việc đang làm dở vẫn còn đây.")
	c.Accessible(web.Axe(t, root), "a session that ended")
	if n := len(w.waiting(vice)); n != 70 {
		t.Errorf("%d wait while the chair is out, want the 30 that were not sent and the 40 of T2", n)
	}
	w.returns(func(it client.QueueItem) bool { return slices.Contains(mine, it.ID) }, 1) // in the part that was not sent
	c.Write("Tên đăng nhập", "login."+chair)
	c.Write("Mật khẩu", password)
	c.JS(`document.querySelector("dialog form").requestSubmit()`, nil)
	c.See("129 đã quyết định")
	c.See("Chưa ghi quyết định “Duyệt”")
	for _, id := range mine {
		if n := w.decisions(id); n != 1 {
			t.Errorf("%s was decided %d times", id, n)
		}
	}
	c.Tap("Đã hiểu, đọc lại danh sách")
	c.See("40 việc chờ duyệt")

	press(v, "j", "o", "j", "x") // T1 open, its first entry: the chair approved it
	v.Tap("Không phải việc của tổ")
	v.JS(`[...document.querySelectorAll("dialog .button")].at(-1).click()`, nil)
	v.See("Chưa ghi quyết định “Không duyệt”")
	v.See("người khác đã quyết định trước")
	v.See("Nguyễn Văn Chủ (mẫu)")
	v.Tap("Đã hiểu, đọc lại danh sách")
	v.See("40 việc chờ duyệt")

	w.returns(func(client.QueueItem) bool { return true }, 40)
	looks.Store(0)
	press(c, "a") // T2 as it was
	c.See("Chưa ghi 40 quyết định “Duyệt”")
	c.Accessible(web.Axe(t, root), "forty decisions that were not taken")
	looked(t, c, "conflict")
	if n := looks.Load(); n > 1 {
		t.Errorf("a conflict over forty asks the server %d times", n)
	}
	c.Tap("Đã hiểu, đọc lại danh sách")
	c.See("Không còn việc nào chờ duyệt")
	for _, id := range others {
		if n := w.decisions(id); n != 1 {
			t.Errorf("%s was decided %d times", id, n)
		}
	}
	v.Silent()
	v.Cancel()
	w.anotherComesIn(c)
	c.Silent()
}

// anotherComesIn: whoever signs in in place of the person whose session ended
// sends nothing of what that person decided.
func (w *world) anotherComesIn(c *web.Tab) {
	w.t.Helper()
	mine := w.phone["m3"].plain("T3", 3)
	c.JS(`location.hash = "#/account"`, nil)
	c.See("Nơi đang đăng nhập")
	c.JS(`location.hash = "#/review"`, nil)
	c.See("3 việc chờ duyệt")
	w.endSessions(chair)
	press(c, "a")
	c.See("Phiên làm việc đã hết")
	c.Write("Tên đăng nhập", "login."+vice)
	c.Write("Mật khẩu", password)
	c.JS(`document.querySelector("dialog form").requestSubmit()`, nil)
	c.See("Trần Thị Phó (mẫu)")
	c.See("3 việc chờ duyệt")
	for _, id := range mine {
		if n := w.decisions(id); n != 0 {
			w.t.Errorf("%s was decided %d times by nobody", id, n)
		}
	}
}
