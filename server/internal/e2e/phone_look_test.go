package e2e

import (
	"context"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/banso/banso/deploy/webbuild/texttest"
	web "github.com/banso/banso/server/internal/e2e/browser"
)

var updateScreens = flag.Bool("update-screens", false, "take the pictures of the phone's screens anew")

const (
	phoneStrings = "../phone/src/strings"
	kitStrings   = "../../../deploy/webbuild/kit/strings"
	phoneScreens = "../phone/testdata/screens"
	axeSource    = "../../../deploy/webbuild/node_modules/axe-core/axe.min.js"
)

// screens is a browser that looks at every screen it comes to.
type screens struct {
	*browser
	w     *phoneWorld
	lang  string
	texts map[string]string // of this language
	other map[string]string // of the other
	axe   string
	seen  int
}

func newScreens(t *testing.T, w *phoneWorld, lang string) *screens {
	t.Helper()
	axe, err := os.ReadFile(axeSource)
	if err != nil {
		t.Skip("no axe-core: npm ci in deploy/webbuild")
	}
	other := map[string]string{"vi": "en", "en": "vi"}[lang]
	s := &screens{browser: phoneBrowser(t, w.base, t.TempDir()), w: w, lang: lang, axe: string(axe), texts: phoneTexts(t, lang), other: phoneTexts(t, other)}
	s.before(fakeScanner + `navigator.mediaDevices.getUserMedia = async () => new MediaStream();`)
	s.clock()
	return s
}

// phoneTexts are the app's own texts and those it shares.
func phoneTexts(t *testing.T, lang string) map[string]string {
	t.Helper()
	m := texttest.Texts(t, kitStrings, lang)
	maps.Copy(m, texttest.Texts(t, phoneStrings, lang))
	return m
}

// clock makes the pages' clock that of the world's server, so that pictures
// taken another day are the same.
func (s *screens) clock() {
	s.T.Helper()
	shift := strconv.FormatInt(s.w.now().UnixMilli(), 10) + " - Date.now()"
	script := `(() => { const D = Date, shift = Number(sessionStorage.shift ??= ` + shift + `);
		globalThis.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now() + shift); } static now() { return D.now() + shift; } }; })()`
	s.Run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}),
		emulation.SetScrollbarsHidden(true), emulation.SetDeviceMetricsOverride(360, 640, 1, false))
}

// key is a text of the app in the language of the walk.
func (s *screens) key(name string) string {
	s.T.Helper()
	text, ok := s.texts[name]
	if !ok {
		s.T.Fatalf("no text %q", name)
	}
	text, _, _ = strings.Cut(text, "{")
	return strings.TrimSpace(text)
}

func (s *screens) tapKey(name string) { s.T.Helper(); s.Tap(s.key(name)) }
func (s *screens) seeKey(name string) { s.T.Helper(); s.See(s.key(name)) }
func (s *screens) shut() {
	s.T.Helper()
	s.TapOn("dialog .icon")
	s.Until("the sheet to close", `!document.querySelector("dialog")`)
}

// look checks what is on screen now, light and dark, small and with big
// letters, and takes its picture if asked to.
func (s *screens) look(name string) {
	s.T.Helper()
	s.seen++
	s.Until("the screen to be read", `!document.body.innerText.includes(`+strconv.Quote(s.key("reading"))+`)`)
	s.JS(`new Promise((done) => { // until nothing has changed for a moment
		let h; const again = () => { clearTimeout(h); h = setTimeout(() => (o.disconnect(), done(0)), 50); };
		const o = new MutationObserver(again); o.observe(document.body, { subtree: true, childList: true, characterData: true }); again(); })`, nil)
	s.JS(`document.activeElement?.blur?.()`, nil)
	for _, look := range []string{"light", "dark"} {
		if louder := *updateScreens || os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak"; !louder && (look == "dark") != (s.lang == "en") {
			continue
		}
		s.JS(`document.documentElement.dataset.look = "`+look+`"`, nil)
		s.Accessible(s.axe, name+", "+s.lang+", "+look)
		s.picture(name, name+"."+s.lang+"."+look+".png")
	}
	s.JS(`document.documentElement.dataset.look = "auto"`, nil)
	s.words(name)
	s.targets(name)
	s.Run(emulation.SetDeviceMetricsOverride(320, 640, 1, false))
	s.JS(`document.documentElement.style.fontSize = "200%"`, nil)
	s.Fits(name + ", " + s.lang + ", 320 px and 200 %")
	s.JS(`document.documentElement.style.fontSize = ""`, nil)
	s.Run(emulation.SetDeviceMetricsOverride(360, 640, 1, false))
}

// pictured are the main screens, whose pictures are kept and shown in README.
var pictured = map[string]bool{"enter": true, "month": true, "log": true, "log_form": true, "saved_offline": true, "entries": true,
	"inbox": true, "review": true, "decide": true}

// picture takes the picture of a main screen, or checks that there is one:
// letters are drawn a little differently on every machine.
func (s *screens) picture(name, file string) {
	s.T.Helper()
	var shot []byte
	switch kept := filepath.Join(phoneScreens, file); {
	case *updateScreens && pictured[name]:
		s.Run(chromedp.CaptureScreenshot(&shot))
		if err := os.WriteFile(kept, web.FewColours(s.T, shot), 0o644); err != nil {
			s.T.Fatal(err)
		}
	case pictured[name]:
		if _, err := os.Stat(kept); err != nil {
			s.T.Errorf("no picture of this screen (-update-screens takes it): %v", err)
		}
	}
	if dir := os.Getenv("PHONE_PICTURES"); dir != "" { // the whole screen, for who looks for what is wrong
		s.Run(emulation.SetDeviceMetricsOverride(360, 1500, 1, false), chromedp.CaptureScreenshot(&shot), emulation.SetDeviceMetricsOverride(360, 640, 1, false))
		_ = os.WriteFile(filepath.Join(dir, file), shot, 0o644)
	}
}

// words finds texts of the app that stand there in the other language.
func (s *screens) words(where string) {
	s.T.Helper()
	var shown []string
	s.JS(`[...new Set(document.body.innerText.split("\n").map((x) => x.trim()).filter(Boolean))]`, &shown)
	known := map[string]bool{}
	for _, text := range s.texts {
		known[text] = true
	}
	foreign := map[string]string{}
	for k, text := range s.other {
		if !known[text] && !strings.HasPrefix(k, "kind.") && !strings.HasPrefix(k, "measure.") {
			foreign[text] = k
		}
	}
	for _, line := range shown {
		if k := foreign[line]; k != "" {
			s.T.Errorf("%s (%s): %q (%s) is in the wrong language", where, s.lang, line, k)
		}
		if strings.Contains(line, "undefined") || strings.Contains(line, "NaN") || strings.Contains(line, "[object") || strings.Contains(line, "{") {
			s.T.Errorf("%s (%s): says %q", where, s.lang, line)
		}
	}
}

// targets finds what a thumb can't hit: below 44 px in either direction.
func (s *screens) targets(where string) {
	s.T.Helper()
	var small []string
	s.JS(`[...(document.querySelector("dialog") ?? document).querySelectorAll("button,a[href],summary,input,textarea,select")]
		.map((e) => e.matches("input[type=checkbox],input[type=radio]") ? (e.closest("label") ?? e) : e)
		.filter((e) => e.getClientRects().length && !e.matches("input[type=file]") && !e.closest(".hidden"))
		.map((e) => ({ e, r: e.getBoundingClientRect() })).filter(({ r }) => r.width < 43.9 || r.height < 43.9)
		.map(({ e, r }) => Math.round(r.width) + "x" + Math.round(r.height) + " " + e.outerHTML.slice(0, 120))`, &small)
	for _, e := range small {
		s.T.Errorf("%s (%s): too small for a thumb: %s", where, s.lang, e)
	}
}
