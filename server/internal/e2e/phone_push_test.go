package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"github.com/banso/banso/server/internal/app"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestPhone_Push: a push that says only a kind, an id and a tag becomes a
// notification with the Vietnamese text of the phone's own record; the server
// hears through sync that it was shown; a push without content says nothing in
// particular. A real subscription needs the internet, so the push is delivered
// by the browser's own tools.
func TestPhone_Push(t *testing.T) {
	w := newPhoneWorldWith(t, app.Config{Push: app.Push{Contact: "mailto:quantri@example.vn"}})
	b := w.newPhone(t)
	b.activate(w.code(pMember))
	b.ready()
	worker := b.pushable()
	b.logOne("VNEID", "Số người kích hoạt", 4, "")
	b.See("Đã gửi tất cả")
	b.screen("#/")
	b.See("Báo cho bạn khi có tin?") // asked only now that something was received
	w.waitFor("the activity at the chair's", func() bool { return len(w.queue()) == 1 })
	w.decideAll("return", "Thiếu số hộ")
	id, doc := w.note(pMember, "returned")

	sw := b.worker()
	sw.JS(`navigator.setAppBadge = (n) => { self.badged = n; return Promise.resolve(); }; 0`, nil) // this platform has none
	b.JS(`navigator.setAppBadge = (n) => { window.badged = n; return Promise.resolve(); }; navigator.clearAppBadge = () => navigator.setAppBadge(0); 0`, nil)
	returned := func() { b.deliver(worker, fmt.Sprintf(`{"t":"returned","i":%q,"g":"tag4567890ab"}`, id)) }
	returned()
	b.tray("the notification", `.some((n) => n.tag === "tag4567890ab")`, returned)
	var shown struct{ Title, Body, Link string }
	b.JS(`(async () => { const n = (await (await navigator.serviceWorker.ready).getNotifications()).find((n) => n.tag === "tag4567890ab");
		return { Title: n.title, Body: n.body, Link: n.data.link }; })()`, &shown)
	if shown.Title != doc.Str("title_vi") || shown.Body != doc.Str("body_vi") || shown.Link != "#/entry/"+doc.Str("id") {
		t.Errorf("shown %+v, the record says %s", shown, doc.AppendCanonical(nil))
	}
	w.waitFor("the receipt", func() bool { _, d := w.note(pMember, "returned"); return d.Bool("shown") })

	returned() // the same once more
	empty := func() { b.deliver(worker, "") }
	empty()
	b.tray("the push without content", `.some((n) => n.title === "Bạn có tin mới")`, empty)
	b.tray("two notifications, not three", `.length === 2`)
	sw.Until("the number on the app's sign", `self.badged === 1`)

	// The browser dropped the subscription: the page asks for the key anew.
	asked := `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/v1/push")).length`
	before := 0
	b.JS(asked, &before)
	sw.JS(`self.dispatchEvent(new ExtendableEvent("pushsubscriptionchange")); 0`, nil)
	b.Until("a new subscription", fmt.Sprintf("%s > %d", asked, before))

	// A tap leads to the entry, counts as read, and takes the number off.
	sw.JS(`self.registration.getNotifications({ tag: "tag4567890ab" }).then(([n]) => { self.dispatchEvent(new NotificationEvent("notificationclick", { notification: n })); })`, nil)
	b.Until("the entry", fmt.Sprintf("location.hash === %q", "#/entry/"+doc.Str("id")))
	b.See("Thiếu số hộ")
	w.waitFor("the receipt of the tap", func() bool { _, d := w.note(pMember, "returned"); return d.Bool("opened") && d.Bool("read") })
	b.screen("#/")
	b.Until("no number on the app's sign", `window.badged === 0`)
	b.tray("one notification left", `.length === 1`)
	w.summary(b, worker)
	b.Silent()
	w.closedApp(b, worker)
}

// summary: an approval shows at the open app's entry with its next sync; what it
// says in the tray is the next morning's summary, one for the whole day.
func (w *phoneWorld) summary(b *browser, worker serviceworker.RegistrationID) {
	w.t.Helper()
	b.logOne("HOP_TO", "Số thành viên dự", 6, "")
	w.waitFor("the activity at the chair's", func() bool { return len(w.queue()) == 1 })
	w.decideAll("approve", "")
	b.screen("#/entries?only=received")
	b.Until("the approval", `document.querySelector('[data-standing="approved"]')`)
	w.jump(day)
	if err := w.app.Post(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	var id syncproto.ID
	var doc syncproto.Doc
	w.waitFor("the morning's summary", func() bool { id, doc = w.note(pMember, "digest"); return id != "" })
	b.deliver(worker, fmt.Sprintf(`{"t":"digest","i":%q,"g":"digest67890ab"}`, id))
	b.tray("the summary", fmt.Sprintf(`.some((n) => n.body === %q)`, doc.Str("body_vi")))
	b.screen("#/inbox")
	b.See("1 mục đã được duyệt.")
}

// closedApp: with no page open the worker hands on what was written down before,
// fetches the record that a push is about and shows what it says; a tap opens
// the app on the right screen. Nobody can tap the tray of a browser without a
// screen: the event is made inside the worker, which may then open no window, so
// that the address it asks for is opened in its place.
func (w *phoneWorld) closedApp(b *browser, worker serviceworker.RegistrationID) {
	w.t.Helper()
	w.line.set(true)
	b.logOne("HOP_TO", "Số thành viên dự", 6, "")
	b.Run(chromedp.Navigate("about:blank"))
	w.line.set(false)
	b.Run(serviceworker.DispatchSyncEvent(b.Base, worker, "unsent", false))
	w.waitFor("what the closed app held", func() bool { return len(w.queue()) == 1 })
	w.decideAll("return", "Thiếu biên bản họp")
	id, doc := w.note(pMember, "returned")
	deliver := func() { b.deliver(worker, fmt.Sprintf(`{"t":"returned","i":%q,"g":"closed567890a"}`, id)) }
	deliver()
	sw := b.worker()
	tray := `(async () => (await self.registration.getNotifications({ tag: "closed567890a" })).map((n) => n.body).join())()`
	var shown string
	for n := 1; shown == ""; n++ {
		time.Sleep(60 * time.Millisecond)
		if sw.JS(tray, &shown); n%150 == 0 {
			deliver()
		}
		if n == 600 {
			w.t.Fatal("the tray of the closed app stays empty")
		}
	}
	if shown != doc.Str("body_vi") {
		w.t.Fatalf("the tray of the closed app shows %q, the record says %q", shown, doc.Str("body_vi"))
	}
	var pages int
	sw.JS(`self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((l) => l.length)`, &pages)
	if pages != 0 {
		w.t.Fatalf("%d pages are open", pages)
	}
	sw.JS(`self.clients.openWindow = (to) => { self.windowAt = to; return Promise.resolve(null); };
		self.registration.getNotifications({ tag: "closed567890a" }).then(([n]) => { self.dispatchEvent(new NotificationEvent("notificationclick", { notification: n })); })`, nil)
	sw.Until("a window asked for", `self.windowAt`)
	var to string
	sw.JS(`self.windowAt`, &to)
	b.Open(to)
	b.Until("the entry", fmt.Sprintf("location.hash === %q", "#/entry/"+doc.Str("id")))
	b.See("Thiếu biên bản họp")
}

// worker is the service worker as something to evaluate in.
func (b *browser) worker() *web.Tab {
	b.T.Helper()
	list, err := chromedp.Targets(b.Ctx)
	if err != nil {
		b.T.Fatal(err)
	}
	for _, i := range list {
		if i.Type == "service_worker" && i.BrowserContextID == b.Box {
			ctx, cancel := chromedp.NewContext(b.Ctx, chromedp.WithTargetID(i.TargetID))
			b.T.Cleanup(cancel)
			return &web.Tab{T: b.T, Base: b.Base, Box: b.Box, Ctx: ctx, Cancel: cancel}
		}
	}
	b.T.Fatal("no service worker is running")
	return nil
}

// tray waits for something to be true of the notifications that are shown. The
// browser's tool drops a push now and then where the worker just wakes or goes
// to sleep; again delivers it once more, which its tag makes one.
func (b *browser) tray(what, is string, again ...func()) {
	b.T.Helper()
	for began, next := time.Now(), 8*time.Second; ; time.Sleep(60 * time.Millisecond) {
		ok := false
		b.JS(`(async () => (await (await navigator.serviceWorker.ready).getNotifications())`+is+`)()`, &ok)
		past := time.Since(began)
		switch {
		case ok:
			return
		case past > web.Patience:
			b.T.Fatalf("waited in vain for %s", what)
		case past > next:
			next += 8 * time.Second
			for _, f := range again {
				f()
			}
		}
	}
}

// pushable lets the site notify and returns the registration of its worker.
func (b *browser) pushable() (id serviceworker.RegistrationID) {
	b.T.Helper()
	do := cdp.WithExecutor(b.Ctx, chromedp.FromContext(b.Ctx).Browser)
	if err := cdpbrowser.GrantPermissions([]cdpbrowser.PermissionType{cdpbrowser.PermissionTypeNotifications}).
		WithOrigin(b.Base).WithBrowserContextID(b.Box).Do(do); err != nil {
		b.T.Fatal(err)
	}
	found := make(chan serviceworker.RegistrationID, 16)
	chromedp.ListenTarget(b.Ctx, func(ev any) {
		e, ok := ev.(*serviceworker.EventWorkerRegistrationUpdated)
		for i := 0; ok && i < len(e.Registrations); i++ {
			if r := e.Registrations[i]; !r.IsDeleted && strings.HasPrefix(r.ScopeURL, b.Base) {
				found <- r.RegistrationID
			}
		}
	})
	b.Run(serviceworker.Enable())
	select {
	case id = <-found:
	case <-time.After(web.Patience):
		b.T.Fatal("the browser names no service worker")
	}
	return id
}

func (b *browser) deliver(worker serviceworker.RegistrationID, data string) {
	b.T.Helper()
	b.Run(serviceworker.DeliverPushMessage(b.Base, worker, data))
}

// note is the newest note of a kind.
func (w *phoneWorld) note(who, kind string) (id syncproto.ID, doc syncproto.Doc) {
	w.t.Helper()
	err := w.app.Store().View(w.t.Context(), func(r store.Reader) error {
		return r.Members(syncproto.UserScope(w.who[who]), syncproto.TypeInbox, func(rec *store.Record) bool {
			d, err := syncproto.SplitCanonical(rec.Doc)
			if err == nil && d.Str("kind") == kind {
				id, doc = rec.ID, d
			}
			return err == nil
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id, doc
}
