package console

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	plan "github.com/banso/banso/deploy/demo"
	"github.com/banso/banso/server/internal/demo"
	web "github.com/banso/banso/server/internal/e2e/browser"
)

// showing plays a small demo, lets it go on serving, and returns where it is
// and the logins that it printed, by role.
func showing(t *testing.T) (base string, logins map[string]plan.Login) {
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
	return "http://" + addr, logins
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
	base, logins := showing(t)
	wall := shows(t, base, logins["province_viewer"])
	wall.JS(`location.hash = "#/dashboard?wall=1"`, nil)
	wall.See("Tháng của tổ đã chốt") // the wall's first thing; others follow by themselves
	number := func(tile string) int {
		var s string
		wall.JS(`document.querySelector("[data-tile=`+tile+`] .figure-n").textContent`, &s)
		n, err := strconv.Atoi(strings.ReplaceAll(s, ".", ""))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	closed, waits := number("closed"), number("waiting")
	if waits == 0 {
		t.Error("nothing waits on the wall")
	}

	c := shows(t, base, logins["chair"])
	c.See("tháng 1/2024")
	c.See(" việc chờ duyệt")
	for left, n := true, 0; left && n < 120; n++ {
		press(c, "a")
		c.JS(`!!document.querySelector('[role="option"]:not([data-row="head"])')`, &left)
	}
	c.See("0 việc chờ duyệt")
	c.JS(`location.hash = "#/month"`, nil)
	c.See("Chốt tháng 1/2024")
	c.Until("all of the month to be decided", `(() => { const again = document.querySelector(".confirm"); if (!again) { location.hash = "#/account"; setTimeout(() => location.hash = "#/month", 50); } return again; })()`)
	var teams int
	c.JS(`document.querySelectorAll(".teams tbody input").length`, &teams)
	c.Tap(fmt.Sprintf("Chốt %d tổ", teams))
	c.JS(`document.querySelector("dialog .button.main").click()`, nil)
	c.See(fmt.Sprintf("%d/%d", teams, teams))
	c.JS(`{ window.kept = []; const real = URL.createObjectURL; URL.createObjectURL = (b) => { kept.push(b.type); return real.call(URL, b); }; }`, nil)
	c.TapOn(`.paper [aria-label*="PDF"]`)
	c.Until("the list", `kept.includes("application/pdf")`)
	c.Silent()

	wall.Until("the wall to show it with its next poll", asks+`, document.querySelector("[data-tile=closed]") || dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" })), document.querySelector("[data-tile=closed] .figure-n")?.textContent === "`+strconv.Itoa(closed+teams)+
		`" && document.querySelector("[data-tile=waiting] .figure-n")?.textContent === "0"`)
	wall.Silent()
}
