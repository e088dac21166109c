package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// phonePatience is how long a journey waits for something to appear. It is
// long because everything shares two cores; what it waits for is an event.
const phonePatience = 40 * time.Second

// chromium is where Debian's Chromium is, "" if it is not installed.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// browser is a Chromium with the screen of a small phone and a profile that
// outlives it.
type browser struct {
	t       *testing.T
	profile string
	box     cdp.BrowserContextID // in the common browser
	base    string
	ctx     context.Context
	cancel  func()
	mu      sync.Mutex
	said    []string // errors of the console
	taps    int
}

// chromiumFlags are those of all browsers of the journeys.
func chromiumFlags() []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.WindowSize(360, 640),
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.WSURLReadTimeout(phonePatience))
}

var quiet = chromedp.WithErrorf(func(string, ...any) {}) // it logs events that it does not know

// commonChromium is one process for all journeys that neither kill it nor
// look at its folder: each has a phone of its own in it.
var commonChromium struct {
	sync.Mutex
	ctx context.Context
	end func()
}

func commonContext(t *testing.T) context.Context {
	t.Helper()
	commonChromium.Lock()
	defer commonChromium.Unlock()
	if commonChromium.ctx == nil {
		actx, acancel := chromedp.NewExecAllocator(context.Background(), chromiumFlags()...)
		ctx, ccancel := chromedp.NewContext(actx, quiet)
		if err := chromedp.Run(ctx); err != nil {
			t.Fatalf("start Chromium: %v", err)
		}
		commonChromium.ctx, commonChromium.end = ctx, func() { ccancel(); acancel() }
	}
	return commonChromium.ctx
}

// endPhones removes what all journeys shared.
func endPhones() {
	if commonChromium.end != nil {
		commonChromium.end()
	}
	if firstPhones.phoneFirst != nil {
		_ = os.RemoveAll(filepath.Dir(firstPhones.dir))
	}
}

// newPhone takes a new phone in hand: a browser without a past.
func (w *phoneWorld) newPhone(t *testing.T) *browser {
	t.Helper()
	common := commonContext(t)
	do := cdp.WithExecutor(common, chromedp.FromContext(common).Browser)
	box, err := target.CreateBrowserContext().Do(do)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, base: w.base, box: box}
	b.newTab(common, true)
	drop := b.cancel
	b.cancel = func() {
		drop()
		_ = target.DisposeBrowserContext(box).Do(do)
	}
	return b
}

// newTab opens a page in the browser's box.
func (b *browser) newTab(from context.Context, window bool) {
	b.t.Helper()
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(b.box).WithNewWindow(window).
		Do(cdp.WithExecutor(from, chromedp.FromContext(from).Browser))
	if err != nil {
		b.t.Fatal(err)
	}
	b.ctx, b.cancel = chromedp.NewContext(from, chromedp.WithTargetID(id))
	b.begin()
}

// tab opens one more tab on the same phone.
func (b *browser) tab() *browser {
	b.t.Helper()
	x := &browser{t: b.t, profile: b.profile, base: b.base, box: b.box}
	x.newTab(b.ctx, false)
	return x
}

// phoneBrowser starts a process of its own, on a folder that outlives it.
func phoneBrowser(t *testing.T, base, profile string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	actx, acancel := chromedp.NewExecAllocator(context.Background(), append(append(chromiumFlags(), chromedp.UserDataDir(profile)), more...)...)
	ctx, ccancel := chromedp.NewContext(actx, quiet)
	b := &browser{t: t, profile: profile, base: base, ctx: ctx, cancel: func() { ccancel(); acancel() }}
	b.begin()
	return b
}

// begin makes the page a small phone's.
func (b *browser) begin() {
	b.t.Helper()
	chromedp.ListenTarget(b.ctx, b.hear)
	b.t.Cleanup(func() {
		if b.t.Failed() {
			b.keepPicture()
		}
		b.cancel()
	})
	b.run(emulation.SetDeviceMetricsOverride(360, 640, 2, true), emulation.SetTimezoneOverride("Asia/Ho_Chi_Minh"),
		emulation.SetFocusEmulationEnabled(true)) // several phones are in several hands
}

// hear keeps what went wrong in a page; no journey may cause any of it.
func (b *browser) hear(ev any) {
	var text string
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			for _, a := range e.Args {
				text += " " + string(a.Value) + a.Description
			}
		}
	}
	if text != "" {
		b.mu.Lock()
		b.said = append(b.said, text)
		b.mu.Unlock()
	}
}

// silent fails if a page threw or logged an error.
func (b *browser) silent() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.said {
		b.t.Errorf("the page says: %s", s)
	}
}

func (b *browser) run(a ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, phonePatience)
	defer cancel()
	// The first Run starts the browser and binds it to its context: it must not be one that ends.
	if chromedp.FromContext(b.ctx).Target == nil {
		if err := chromedp.Run(b.ctx); err != nil {
			b.t.Fatalf("start Chromium: %v", err)
		}
	}
	if err := chromedp.Run(ctx, a...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

// kill ends the browser as a phone that runs out of power does.
func (b *browser) kill() {
	b.t.Helper()
	p := chromedp.FromContext(b.ctx).Browser.Process()
	if p == nil || p.Kill() != nil {
		b.t.Fatal("the browser can't be killed")
	}
	b.cancel()
	for _, lock := range []string{"SingletonLock", "SingletonCookie", "SingletonSocket"} {
		_ = os.Remove(filepath.Join(b.profile, lock))
	}
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.base + path))
}

// js evaluates an expression, awaiting a promise.
func (b *browser) js(expr string, out any) {
	b.t.Helper()
	b.run(chromedp.Evaluate(expr, out, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}

// until waits for an expression to be true.
func (b *browser) until(what, expr string) {
	b.t.Helper()
	for end := time.Now().Add(phonePatience); ; time.Sleep(60 * time.Millisecond) {
		ok := false
		b.js("!!("+expr+")", &ok)
		if ok {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("waited in vain for %s; the page shows:\n%s", what, b.text())
		}
	}
}

func (b *browser) text() (s string) {
	b.js("document.body.innerText", &s)
	return s
}

// see waits for a text on screen; gone for its absence.
func (b *browser) see(text string)  { b.t.Helper(); b.until("“"+text+"”", shows(text)) }
func (b *browser) gone(text string) { b.t.Helper(); b.until("no “"+text+"”", "!("+shows(text)+")") }

func shows(text string) string {
	return `(document.body?.innerText ?? "").includes(` + strconv.Quote(text) + ")"
}

// find is a script that finds what a thumb would hit: by its words or its name
// for screen readers; the shortest of those that fit.
const find = `(text) => [...document.querySelectorAll("button,a,summary,label.toggle")]
  .filter((e) => e.getClientRects().length && ((e.innerText || "").includes(text) || (e.getAttribute("aria-label") || "").includes(text)))
  .sort((a, b) => (a.closest("dialog") ? 0 : 1) - (b.closest("dialog") ? 0 : 1) || (a.innerText || "").length - (b.innerText || "").length)[0]`

// tap taps what bears a text.
func (b *browser) tap(text string) {
	b.t.Helper()
	call := "(" + find + ")(" + strconv.Quote(text) + ")"
	b.until("“"+text+"” to tap", call)
	b.js(call+".click()", nil)
	b.taps++
}

// tapOn taps what a selector finds.
func (b *browser) tapOn(selector string) {
	b.t.Helper()
	call := "document.querySelector(" + strconv.Quote(selector) + ")"
	b.until(selector+" to tap", call)
	b.js(call+".click()", nil)
	b.taps++
}

// write types a text into the field of a name, in place of what is there.
func (b *browser) write(label, text string) {
	b.t.Helper()
	call := fmt.Sprintf(`((name, text) => {
		const label = [...document.querySelectorAll("label")].find((l) => l.innerText.trim().startsWith(name) && l.htmlFor);
		const box = label && document.getElementById(label.htmlFor);
		if (!box) return false;
		const proto = box.tagName === "TEXTAREA" ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
		Object.getOwnPropertyDescriptor(proto, "value").set.call(box, text);
		box.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})(%q, %q)`, label, text)
	b.until("the field “"+label+"”", call)
}

// photo hands a file to the hidden input behind "take a photo".
func (b *browser) photo(path string) {
	b.t.Helper()
	b.until("the camera's input", `document.querySelector('input[data-photo="camera"]')`)
	b.run(chromedp.SetUploadFiles(`input[data-photo="camera"]`, []string{path}, chromedp.ByQuery))
}

// activate goes in with a code by its link.
func (b *browser) activate(code string) {
	b.t.Helper()
	b.open("/#/vao/" + code)
	b.tap("Vào sổ")
	b.see("Đã gửi tất cả")
	b.closeTour()
}

func (b *browser) closeTour() {
	b.t.Helper()
	b.tapOn("dialog .icon")
	b.until("the tour to close", `!document.querySelector("dialog")`)
}

// screen goes to another screen.
func (b *browser) screen(hash string) {
	b.t.Helper()
	b.js("location.hash = "+strconv.Quote(hash), nil)
}

// ready waits until the service worker holds the app.
func (b *browser) ready() {
	b.t.Helper()
	b.until("the service worker", `navigator.serviceWorker && navigator.serviceWorker.controller`)
}

// keepPicture writes what is on screen beside the test's log, for who looks for the reason.
func (b *browser) keepPicture() {
	dir := os.Getenv("PHONE_PICTURES")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	var png []byte
	if chromedp.Run(ctx, chromedp.CaptureScreenshot(&png)) == nil {
		_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(b.t.Name(), "/", "_")+".png"), png, 0o644)
	}
}
