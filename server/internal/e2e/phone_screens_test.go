package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// TestPhone_Screens walks through the app as its people do, in both languages.
// On every screen: no violation of axe, light in one language and dark in the
// other (both in both with CHECK=full); big enough for thumbs;
// nothing cut off at 320 px with letters of twice the size; no word of the
// other language. With -update-screens the pictures are taken anew.
func TestPhone_Screens(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel() // each walk has a world of its own
			w := newScreenWorld(t)
			if lang == "en" { // in the other walk the chair says it at the end
				if _, err := w.as[sChair].SetContact(t.Context(), w.unit["M"], "Văn phòng UBND xã", "0216 000 000"); err != nil {
					t.Fatal(err)
				}
			}
			s := newScreens(t, w, lang)
			s.atTheDoor()
			s.asMember()
			s.asLeader()
			s.asChair()
			s.leaving()
			if lang == "en" {
				s.asLeaver()
			}
			s.Silent()
			t.Logf("%d screens", s.seen)
		})
	}
}

func (s *screens) atTheDoor() {
	s.T.Helper()
	s.Open("/")
	if s.lang == "en" {
		s.Tap("English")
	}
	s.seeKey("enter.hello")
	s.look("enter")
	s.tapKey("enter.go")
	s.seeKey("enter.no_code")
	s.look("enter_no_code")
	s.tapKey("enter.scan")
	s.Until("the camera", `document.querySelector("video")`)
	s.look("scan")
	s.tapKey("enter.officer")
	s.seeKey("enter.login")
	s.look("login")
}

// come activates a person by link.
func (s *screens) come(name string) {
	s.T.Helper()
	s.Open("/#/vao/" + s.w.code(name))
	s.Until("the code", `document.querySelector("input.code")?.value`)
	s.tapKey("enter.go")
	s.seeKey("line.all")
	s.Until("the tour", `document.querySelector("dialog")`)
}

func (s *screens) asMember() {
	s.T.Helper()
	s.come(sMember)
	s.look("tour")
	s.tapKey("tour.next")
	s.tapKey("tour.next")
	s.tapKey("tour.start")
	s.Until("the tour to end", `!document.querySelector("dialog")`)
	s.seeKey("home.missing")
	s.look("month")
	s.JS(`[...document.querySelectorAll(".why")].at(-1).click()`, nil)
	s.Until("why", `document.querySelector("dialog")`)
	s.look("why")
	s.shut()
	s.screen("#/?month=2023-11")
	s.seeKey("stage.closed")
	s.look("month_closed")
	s.tapKey("dispute.ask")
	s.look("dispute")
	s.shut()
	s.tapKey("contact.open")
	if s.lang == "vi" {
		s.seeKey("contact.none")
	} else {
		s.See("0216 000 000")
	}
	s.look("contact")
	s.screen("#/entries")
	s.Until("entries", `document.querySelector('[data-standing="returned"]')`)
	s.look("entries")
	s.TapOn(`[data-standing="returned"]`)
	s.seeKey("entry.copy")
	s.look("entry_returned")
	s.tapKey("entry.remove")
	s.look("entry_remove")
	s.shut()
	s.screen("#/inbox")
	s.seeKey("inbox.yours")
	s.look("inbox")
	s.TapOn("[data-case]")
	s.seeKey("case.what")
	s.look("case")
	s.screen("#/log")
	s.seeKey("log.search")
	s.look("log")
	s.TapOn(`[data-kind="DVC_NOP_HO_SO"]`)
	s.seeKey("log.counts")
	s.photo(picture(s.T, 3, 800, 600))
	s.seeKey("photo.waiting")
	s.look("log_form")
	s.w.line.set(true)
	s.tapKey("log.save")
	s.seeKey("log.saved")
	s.look("saved_offline")
	s.TapOn(".toast .icon")
	s.waited()
	s.w.line.set(false)
	s.JS(`dispatchEvent(new Event("online"))`, nil)
	s.screen("#/team")
	s.seeKey("team.members")
	s.look("team")
	s.screen("#/sync")
	s.seeKey("sync.now")
	s.seeKey("line.all")
	s.look("sync")
	s.settings()
}

// waited lets four days pass without a network: the phone reminds on every
// screen, and an iPhone is told how to keep the app.
func (s *screens) waited() {
	s.T.Helper()
	s.ready()
	pass := func(days string) {
		s.JS(`sessionStorage.shift = Number(sessionStorage.shift) + 86_400_000 * `+days, nil)
		s.Open("/")
	}
	s.Run(emulation.SetUserAgentOverride("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1"))
	pass("4")
	s.See(map[string]string{"vi": "đã 4 ngày", "en": "for 4 days"}[s.lang])
	s.seeKey("set.install_apple")
	s.look("waited")
	s.screen("#/sync")
	s.Until("the reminder", `document.querySelectorAll(".note.bad").length > 1`)
	s.look("waited_sync")
	s.screen("#/")
	s.tapKey("close")
	s.Gone(s.key("set.install_apple"))
	s.Run(emulation.SetUserAgentOverride(""))
	pass("-4")
}

func (s *screens) settings() {
	s.T.Helper()
	s.screen("#/settings")
	s.seeKey("set.look")
	s.look("settings")
	s.wishes()
	s.tapKey("out.do")
	s.seeKey("out.title")
	s.look("sign_out")
	s.shut()
	s.tapKey("set.practice_start")
	s.seeKey("line.practice")
	s.screen("#/log")
	s.seeKey("log.search")
	s.look("practice")
	s.screen("#/settings")
	s.tapKey("set.practice_end")
	s.seeKey("line.all")
	s.screen("#/settings")
	s.tapKey("pin.set")
	s.seeKey("pin.form")
	s.look("pin_set")
	s.Write(s.key("pin.pin"), "2468")
	s.JS(`document.querySelector("dialog .main").click()`, nil)
	s.seeKey("pin.set_done")
	s.tapKey("pin.now")
	s.seeKey("pin.open")
	s.look("pin")
	s.Write(s.key("pin.pin"), "1357")
	s.tapKey("pin.open")
	s.seeKey("pin.wrong")
	s.look("pin_wrong")
	s.tapKey("choose.other")
	s.seeKey("choose.title")
	s.look("choose")
}

// wishes: quiet hours and kinds of news, kept by the server.
func (s *screens) wishes() {
	s.T.Helper()
	s.tapKey("wishes.title")
	s.seeKey("wish.quiet_hint")
	if s.count(`[data-group="security"] .chip`) != 2 || s.count(`[data-group="office"]`) != 0 {
		s.T.Error("a member may keep security out of the inbox, or is asked about an office")
	}
	chip := `[data-group="reminder"] .chip:nth-child(2)`
	s.TapOn(chip)
	s.tapKey("wish.save")
	s.seeKey("wish.saved")
	s.look("wishes")
	s.screen("#/settings")
	s.tapKey("wishes.title")
	s.Until("what was chosen", `document.querySelector('`+chip+`')?.ariaPressed === "true"`)
	s.w.line.set(true)
	s.screen("#/settings")
	s.tapKey("wishes.title")
	s.seeKey("error.offline")
	s.look("wishes_offline")
	s.w.line.set(false)
	s.tapKey("again")
	s.seeKey("wish.quiet_hint")
	s.screen("#/settings")
}

func (s *screens) count(selector string) (n int) {
	s.T.Helper()
	s.JS(`document.querySelectorAll(`+strconv.Quote(selector)+`).length`, &n)
	return n
}

func (s *screens) asLeader() {
	s.T.Helper()
	s.come(sLeader)
	s.shut()
	s.screen("#/team")
	s.seeKey("team.ask_silent")
	s.seeKey("home.as_of")
	s.look("team_leader")
	s.Tap("Lò Thị Mai")
	s.seeKey("member.make_code")
	s.tapKey("member.make_code")
	s.Until("the code", `document.querySelector("canvas")`)
	s.tapKey("member.show_phones")
	s.seeKey("member.revoke")
	s.look("member")
	s.money()
	s.screen("#/team")
	s.tapKey("report.write")
	s.seeKey("report.send")
	s.look("report")
}

// money: the leader confirms what arrived and writes down what it bought.
func (s *screens) money() {
	s.T.Helper()
	s.screen("#/?month=2023-11")
	s.seeKey("stage.closed")
	s.tapKey("pay.title")
	s.seeKey("pay.paid_on")
	s.seeKey("pay.state.paid")
	s.tapKey("pay.say")
	s.seeKey("pay.confirm")
	s.look("purse_receive")
	s.JS(`document.querySelector("dialog .main").click()`, nil)
	s.seeKey("pay.state.received")
	s.tapKey("pay.add")
	s.TapOn("dialog .chip:nth-child(2)")
	s.Write(s.key("pay.amount_field"), "120000")
	s.photo(picture(s.T, 5, 400, 300))
	s.seeKey("photo.waiting")
	s.Write(s.key("pay.paper"), "Hóa đơn 0012")
	s.look("purse_spend")
	s.JS(`document.querySelector("dialog .main").click()`, nil)
	s.See("0012")
	s.seeKey("line.all")
	s.look("purse")
}

func (s *screens) asChair() {
	s.T.Helper()
	s.screen("#/settings")
	s.tapKey("choose.other")
	s.tapKey("choose.more")
	s.tapKey("enter.officer")
	s.Write(s.key("enter.login"), "chutich.banmau")
	s.Write(s.key("enter.password"), attackPassword)
	s.tapKey("enter.go")
	s.seeKey("line.all")
	s.shut()
	s.screen("#/review")
	s.Until("the queue", `document.querySelector("[data-item]")`)
	s.See("Giàng A Páo (giả định)")
	s.look("review")
	s.JS(`document.querySelector("a[data-item]").click()`, nil)
	s.seeKey("review.approve")
	s.look("decide")
	s.tapKey("review.return")
	s.seeKey("review.return_hint")
	s.look("decide_return")
	s.shut()
	s.screen("#/teams")
	s.See("Suối Mẫu")
	s.look("teams")
	s.tapKey("contact.change")
	s.Write(s.key("contact.number"), "0216.000.000")
	s.look("contact_set")
	s.tapKey("contact.save")
	s.seeKey("contact.saved")
	s.See("0216 000 000")
	s.screen("#/inbox")
	s.seeKey("inbox.title")
	s.look("inbox_chair")
}

// leaving: who signed out and comes again; a book that the browser threw away.
func (s *screens) leaving() {
	s.T.Helper()
	s.screen("#/settings")
	s.tapKey("out.do")
	s.tapKey("out.keep_sent")
	s.seeKey("choose.out")
	s.Tap("Trần Văn Bình")
	s.Until("the note", `document.querySelector(".note.wait")`)
	s.look("again")
	s.tapKey("enter.back")
	s.JS(`new Promise((done, failed) => { const r = indexedDB.deleteDatabase("banso/`+string(s.w.who[sLeader])+`"); r.onsuccess = () => done(0); r.onerror = failed; r.onblocked = failed; })`, nil)
	s.Tap("Hà Văn Tân")
	s.seeKey("evicted")
	s.seeKey("line.all")
	s.shut()
	s.look("evicted")
	s.screen("#/settings")
	s.tapKey("choose.other")
}

// asLeaver: who is out of the team reads his own work, and none of the team's.
func (s *screens) asLeaver() {
	s.T.Helper()
	s.w.imports(s.w.as[pSys], "members", "ref,name,role,team_ref,from,to", "sm,Giàng A Páo (giả định),member,S1,2022-01-01,2023-12-17")
	s.Tap("Giàng A Páo")
	s.Write(s.key("pin.pin"), "2468")
	s.tapKey("pin.open")
	s.seeKey("home.no_team")
	s.look("left")
	s.tapKey("past.title")
	s.seeKey("past.text")
	s.See("Tổ CĐSCĐ thôn Suối Mẫu")
	s.See(s.key("measure.so_ho_so") + ": 4")
	s.look("past")
	if text := s.Text(); strings.Contains(text, s.key("kind.LOP_KY_NANG_SO")) {
		s.T.Errorf("the work of others is kept too:\n%s", text)
	}
	s.wiped()
}

// wiped: a phone that was reported lost is empty at its next contact.
func (s *screens) wiped() {
	s.T.Helper()
	sys, ctx := s.w.as[pSys], s.T.Context()
	devices, err := sys.Devices(ctx, s.w.who[sMember])
	if err != nil {
		s.T.Fatal(err)
	}
	for _, d := range devices {
		if err := sys.RevokeDevice(ctx, d.ID); err != nil {
			s.T.Fatal(err)
		}
	}
	s.JS(`dispatchEvent(new Event("online"))`, nil)
	s.seeKey("wiped")
	s.look("wiped")
}
