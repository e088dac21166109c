package console

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	plan "github.com/banso/banso/deploy/demo"
	"github.com/banso/banso/server/internal/demo"
	web "github.com/banso/banso/server/internal/e2e/browser"
)

// showing plays a small demo, lets it go on serving, and returns where it is,
// how many team-months it closed and the logins that it printed, by role.
func showing(t *testing.T) (base string, closed int64, logins map[string]plan.Login) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	_ = free.Close()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := demo.Run(ctx, demo.Options{Addr: addr, Data: filepath.Join(t.TempDir(), "demo"), JSON: true, Scale: 0.012, Seed: 5,
			Wall: time.Now, LogTo: io.Discard}, in, io.Discard)
		_ = in.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	var r plan.Result
	if err := json.UnmarshalDecode(jsontext.NewDecoder(out), &r); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	logins = map[string]plan.Login{}
	for _, l := range r.Logins {
		logins[l.Role] = l
	}
	for _, m := range r.Months {
		closed += m.Closed
	}
	return "http://" + addr, closed, logins
}

// shows opens the console for a login of the demo.
func shows(t *testing.T, base string, l plan.Login) *web.Tab {
	t.Helper()
	b := web.New(t, base, web.Desk)
	b.Open("/console/")
	b.Write("Tên đăng nhập", l.Login)
	b.Write("Mật khẩu", l.Password)
	b.Tap("Đăng nhập")
	b.See("Đăng xuất")
	return b
}

// TestDemo_ChairToWall: with the printed logins the chair clears the month's
// queue, confirms the month and takes its list along; the province's wall shows
// it with its next poll.
func TestDemo_ChairToWall(t *testing.T) {
	web.Need(t)
	base, closed, logins := showing(t)
	wall := shows(t, base, logins["province_viewer"])
	wall.JS(`location.hash = "#/dashboard?wall=1"`, nil)
	onWall := func(what, waits string, closed int64) {
		t.Helper()
		wall.Until(what, `(() => {
			if (Date.now() - (window.asked ?? 0) > 2000) { window.asked = Date.now(); `+asks+` }
			const n = (tile) => document.querySelector(".wall [data-tile=" + tile + "] .figure-n")?.textContent;
			if (!n("closed")) dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
			return n("closed") === "`+fmt.Sprint(closed)+`" && n("waiting") `+waits+`;
		})()`)
	}
	onWall("the wall with what was played", `!== "0"`, closed)

	c := shows(t, base, logins["chair"])
	c.See("tháng 1/2024")
	c.See(" việc chờ duyệt")
	for left, n := true, 0; left && n < 120; n++ {
		press(c, "a")
		c.JS(`!!document.querySelector('[role="option"]:not([data-row="head"])')`, &left)
	}
	c.See("0 việc chờ duyệt")
	var teams, ready int
	for end := time.Now().Add(web.Patience); ready == 0 || ready < teams; time.Sleep(300 * time.Millisecond) { // verdicts follow the decisions
		if time.Now().After(end) {
			t.Fatalf("%d of %d teams can be confirmed; the page shows:\n%s", ready, teams, c.Text())
		}
		c.JS(`location.hash = "#/account"`, nil)
		c.See("Nơi đang đăng nhập")
		c.JS(`location.hash = "#/month"`, nil)
		c.Until("the month's teams", `document.querySelector(".teams tbody tr")`)
		c.JS(`document.querySelectorAll(".teams tbody tr").length`, &teams)
		c.JS(`document.querySelectorAll(".teams tbody input").length`, &ready)
	}
	c.See("Chốt tháng 1/2024")
	c.Tap(fmt.Sprintf("Chốt %d tổ", teams))
	c.JS(`document.querySelector("dialog .button.main").click()`, nil)
	c.See(fmt.Sprintf("%d/%d", teams, teams))
	keeps(c)
	c.TapOn(`.paper [aria-label*="PDF"]`)
	c.Until("the list", `kept.includes("application/pdf")`)
	c.Silent()

	onWall("the wall to show it with its next poll", `=== "0"`, closed+int64(teams))
	wall.Silent()
}
