package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// browser is a Chromium with the screen of a small phone and a profile that
// outlives it.
type browser struct{ *web.Tab }

// endPhones removes what all journeys shared.
func endPhones() {
	web.End()
	if firstPhones.phoneFirst != nil {
		_ = os.RemoveAll(filepath.Dir(firstPhones.dir))
	}
}

// newPhone takes a new phone in hand: a browser without a past.
func (w *phoneWorld) newPhone(t *testing.T) *browser {
	t.Helper()
	return &browser{web.New(t, w.base, web.Phone)}
}

// tab opens one more tab on the same phone.
func (b *browser) tab() *browser {
	b.T.Helper()
	return &browser{b.Tab.Tab()}
}

// phoneBrowser starts a process of its own, on a folder that outlives it.
func phoneBrowser(t *testing.T, base, profile string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	return &browser{web.Own(t, base, profile, web.Phone, more...)}
}

// photo hands a file to the hidden input behind "take a photo".
func (b *browser) photo(path string) {
	b.T.Helper()
	b.Until("the camera's input", `document.querySelector('input[data-photo="camera"]')`)
	b.Run(chromedp.SetUploadFiles(`input[data-photo="camera"]`, []string{path}, chromedp.ByQuery))
}

// activate goes in with a code by its link.
func (b *browser) activate(code string) {
	b.T.Helper()
	b.Open("/#/vao/" + code)
	b.Tap("Vào sổ")
	b.See("Đã gửi tất cả")
	b.closeTour()
}

func (b *browser) closeTour() {
	b.T.Helper()
	b.TapOn("dialog .icon")
	b.Until("the tour to close", `!document.querySelector("dialog")`)
}

// screen goes to another screen.
func (b *browser) screen(hash string) {
	b.T.Helper()
	b.JS("location.hash = "+strconv.Quote(hash), nil)
}

// ready waits until the service worker holds the app.
func (b *browser) ready() {
	b.T.Helper()
	b.Until("the service worker", `navigator.serviceWorker && navigator.serviceWorker.controller`)
}
