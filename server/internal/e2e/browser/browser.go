// Package browser drives a Chromium in tests of the front ends: the phone's and
// the console's. A Tab fails its test where something does not happen, and keeps
// what pages complain of.
//
// Chromium is Debian's; a test that needs it begins with Need, which skips where
// it is not installed. Tabs made by New share one process, each with cookies and
// storage of its own; End stops it after all tests (from TestMain).
package browser

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
	"github.com/chromedp/chromedp/kb"
)

// Patience is how long a journey waits for something to appear. It is long
// because everything shares two cores; what it waits for is an event.
const Patience = 40 * time.Second

// Screen is the size of a page in CSS pixels.
type Screen struct {
	Width, Height int64
	Scale         float64
	Mobile        bool
}

// Screens of the journeys.
var (
	Phone = Screen{360, 640, 2, true}
	Desk  = Screen{1280, 800, 1, false}
)

// chromium is where Debian's Chromium is, "" if it is not installed.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// Need skips a test where there is no Chromium.
func Need(t testing.TB) {
	t.Helper()
	if chromium() == "" {
		t.Skip("no Chromium is installed (Debian: apt-get install chromium)")
	}
}

// Tab is a page, and the profile it belongs to.
type Tab struct {
	T       *testing.T
	Profile string               // folder of a process of its own
	Box     cdp.BrowserContextID // in the common process
	Base    string               // what paths are relative to
	Ctx     context.Context
	Cancel  func()
	Taps    int

	screen Screen
	mu     sync.Mutex
	said   []string // errors of the console
}

// chromiumFlags are those of all browsers of the journeys.
func chromiumFlags() []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.WindowSize(360, 640),
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.WSURLReadTimeout(Patience))
}

var quiet = chromedp.WithErrorf(func(string, ...any) {}) // it logs events that it does not know

// common is one process for all journeys that neither kill it nor look at its
// folder: each has a profile of its own in it.
var common struct {
	sync.Mutex
	ctx context.Context
	end func()
}

// Common is the context of the common process, which it starts.
func Common(t *testing.T) context.Context {
	t.Helper()
	common.Lock()
	defer common.Unlock()
	if common.ctx == nil {
		actx, acancel := chromedp.NewExecAllocator(context.Background(), chromiumFlags()...)
		ctx, ccancel := chromedp.NewContext(actx, quiet)
		if err := chromedp.Run(ctx); err != nil {
			t.Fatalf("start Chromium: %v", err)
		}
		common.ctx, common.end = ctx, func() { ccancel(); acancel() }
	}
	return common.ctx
}

// End stops the common process.
func End() {
	if common.end != nil {
		common.end()
	}
}

// New opens a page of a profile without a past.
func New(t *testing.T, base string, screen Screen) *Tab {
	t.Helper()
	common := Common(t)
	do := cdp.WithExecutor(common, chromedp.FromContext(common).Browser)
	box, err := target.CreateBrowserContext().Do(do)
	if err != nil {
		t.Fatal(err)
	}
	b := &Tab{T: t, Base: base, Box: box, screen: screen}
	b.newTab(common, true)
	drop := b.Cancel
	b.Cancel = func() {
		drop()
		_ = target.DisposeBrowserContext(box).Do(do)
	}
	return b
}

// newTab opens a page in the browser's box.
func (b *Tab) newTab(from context.Context, window bool) {
	b.T.Helper()
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(b.Box).WithNewWindow(window).
		Do(cdp.WithExecutor(from, chromedp.FromContext(from).Browser))
	if err != nil {
		b.T.Fatal(err)
	}
	b.Ctx, b.Cancel = chromedp.NewContext(from, chromedp.WithTargetID(id))
	b.begin()
}

// Tab opens one more page of the same profile.
func (b *Tab) Tab() *Tab {
	b.T.Helper()
	x := &Tab{T: b.T, Profile: b.Profile, Base: b.Base, Box: b.Box, screen: b.screen}
	x.newTab(b.Ctx, false)
	return x
}

// Own starts a process of its own, on a folder that outlives it.
func Own(t *testing.T, base, profile string, screen Screen, more ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	actx, acancel := chromedp.NewExecAllocator(context.Background(), append(append(chromiumFlags(), chromedp.UserDataDir(profile)), more...)...)
	ctx, ccancel := chromedp.NewContext(actx, quiet)
	b := &Tab{T: t, Profile: profile, Base: base, Ctx: ctx, Cancel: func() { ccancel(); acancel() }, screen: screen}
	t.Cleanup(func() { // what the browser started may write for a moment longer
		for try := 0; os.RemoveAll(profile) != nil && try < 100; try++ {
			time.Sleep(50 * time.Millisecond)
		}
	})
	b.begin()
	return b
}

// begin gives the page its size.
func (b *Tab) begin() {
	b.T.Helper()
	chromedp.ListenTarget(b.Ctx, b.hear)
	b.T.Cleanup(func() {
		if b.T.Failed() {
			b.keepPicture()
		}
		b.Cancel()
	})
	b.Run(emulation.SetDeviceMetricsOverride(b.screen.Width, b.screen.Height, b.screen.Scale, b.screen.Mobile), emulation.SetTimezoneOverride("Asia/Ho_Chi_Minh"),
		emulation.SetFocusEmulationEnabled(true)) // several people sit before several screens
}

// hear keeps what went wrong in a page; no journey may cause any of it.
func (b *Tab) hear(ev any) {
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

// Silent fails if a page threw or logged an error.
func (b *Tab) Silent() {
	b.T.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.said {
		b.T.Errorf("the page says: %s", s)
	}
}

// Run does actions of the protocol in time.
func (b *Tab) Run(a ...chromedp.Action) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	// The first Run starts the browser and binds it to its context: it must not be one that ends.
	if chromedp.FromContext(b.Ctx).Target == nil {
		if err := chromedp.Run(b.Ctx); err != nil {
			b.T.Fatalf("start Chromium: %v", err)
		}
	}
	if err := chromedp.Run(ctx, a...); err != nil {
		b.T.Fatalf("browser: %v", err)
	}
}

// Kill ends the browser as a machine that runs out of power does.
func (b *Tab) Kill() {
	b.T.Helper()
	p := chromedp.FromContext(b.Ctx).Browser.Process()
	if p == nil || p.Kill() != nil {
		b.T.Fatal("the browser can't be killed")
	}
	b.Cancel()
	for _, lock := range []string{"SingletonLock", "SingletonCookie", "SingletonSocket"} {
		_ = os.Remove(filepath.Join(b.Profile, lock))
	}
}

// Open goes to an address of the server.
func (b *Tab) Open(path string) {
	b.T.Helper()
	b.Run(chromedp.Navigate(b.Base + path))
}

// JS evaluates an expression, awaiting a promise.
func (b *Tab) JS(expr string, out any) {
	b.T.Helper()
	b.Run(chromedp.Evaluate(expr, out, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}

// Until waits for an expression to be true.
func (b *Tab) Until(what, expr string) {
	b.T.Helper()
	for end := time.Now().Add(Patience); ; time.Sleep(60 * time.Millisecond) {
		ok := false
		b.JS("!!("+expr+")", &ok)
		if ok {
			return
		}
		if time.Now().After(end) {
			b.T.Fatalf("waited in vain for %s; the page shows:\n%s", what, b.Text())
		}
	}
}

// Text is what the page shows.
func (b *Tab) Text() (s string) {
	b.JS("document.body.innerText", &s)
	return s
}

// See waits for a text on screen.
func (b *Tab) See(text string) { b.T.Helper(); b.Until("“"+text+"”", Shows(text)) }

// Gone waits for a text to leave the screen.
func (b *Tab) Gone(text string) { b.T.Helper(); b.Until("no “"+text+"”", "!("+Shows(text)+")") }

// Shows is an expression that is true while a text is on screen.
func Shows(text string) string {
	return `(document.body?.innerText ?? "").includes(` + strconv.Quote(text) + ")"
}

// find is a script that finds what a thumb would hit: by its words or its name
// for screen readers; the shortest of those that fit.
const find = `(text) => [...document.querySelectorAll("button,a,summary,label.toggle")]
  .filter((e) => e.getClientRects().length && ((e.innerText || "").includes(text) || (e.getAttribute("aria-label") || "").includes(text)))
  .sort((a, b) => (a.closest("dialog") ? 0 : 1) - (b.closest("dialog") ? 0 : 1) || (a.innerText || "").length - (b.innerText || "").length)[0]`

// Tap taps what bears a text.
func (b *Tab) Tap(text string) {
	b.T.Helper()
	call := "(" + find + ")(" + strconv.Quote(text) + ")"
	b.Until("“"+text+"” to tap", call)
	b.JS(call+".click()", nil)
	b.Taps++
}

// TapOn taps what a selector finds.
func (b *Tab) TapOn(selector string) {
	b.T.Helper()
	call := "document.querySelector(" + strconv.Quote(selector) + ")"
	b.Until(selector+" to tap", call)
	b.JS(call+".click()", nil)
	b.Taps++
}

// Enter presses Enter in the field of a name.
func (b *Tab) Enter(label string) {
	b.T.Helper()
	b.JS(fmt.Sprintf(`document.getElementById([...document.querySelectorAll("label")].find((l) => l.innerText.trim().startsWith(%q)).htmlFor).focus()`, label), nil)
	b.Run(chromedp.KeyEvent(kb.Enter))
	b.Taps++
}

// Write types a text into the field of a name, in place of what is there.
func (b *Tab) Write(label, text string) {
	b.T.Helper()
	call := fmt.Sprintf(`((name, text) => {
		const label = [...document.querySelectorAll("label")].find((l) => l.innerText.trim().startsWith(name) && l.htmlFor);
		const box = label && document.getElementById(label.htmlFor);
		if (!box) return false;
		const proto = box.tagName === "TEXTAREA" ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
		Object.getOwnPropertyDescriptor(proto, "value").set.call(box, text);
		box.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})(%q, %q)`, label, text)
	b.Until("the field “"+label+"”", call)
}

// keepPicture writes what is on screen when a test failed.
func (b *Tab) keepPicture() { b.Picture(strings.ReplaceAll(b.T.Name(), "/", "_")) }

// Picture writes what is on screen into the folder PHONE_PICTURES, for who
// looks at it; without one it does nothing.
func (b *Tab) Picture(name string) {
	dir := os.Getenv("PHONE_PICTURES")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.Ctx, 5*time.Second)
	defer cancel()
	var png []byte
	if chromedp.Run(ctx, chromedp.FullScreenshot(&png, 100)) == nil {
		_ = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
}
