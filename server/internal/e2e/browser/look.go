package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"slices"
	"testing"
)

// FewColours keeps the 256 commonest colours of a picture: a third of its bytes.
func FewColours(t testing.TB, in []byte) []byte {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	often := map[color.Color]int{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			often[m.At(x, y)]++
		}
	}
	palette := slices.SortedFunc(maps.Keys(often), func(a, b color.Color) int { return often[b] - often[a] })
	few := image.NewPaletted(m.Bounds(), palette[:min(256, len(palette))])
	draw.Draw(few, m.Bounds(), m, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Axe reads axe-core from the npm packages below a folder, or skips.
func Axe(t testing.TB, root string) string {
	t.Helper()
	axe, err := os.ReadFile(root + "/deploy/webbuild/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("no axe-core: npm ci in deploy/webbuild")
	}
	return string(axe)
}

// Accessible runs axe: WCAG 2.2 A and AA, and its best practices.
func (b *Tab) Accessible(axe, where string) {
	b.T.Helper()
	has := false
	if b.JS(`"axe" in window`, &has); !has {
		b.JS(axe+";0", nil)
	}
	var found []string
	b.JS(`axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message ?? "")).join(" | ")))`, &found)
	for _, f := range found {
		b.T.Errorf("%s: axe: %s", where, f)
	}
}

// Fits finds what does not fit into the width of the page.
func (b *Tab) Fits(where string) {
	b.T.Helper()
	var out []string
	b.JS(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
		const bad = [], innerWidth = document.documentElement.clientWidth; // the window's own grows with what sticks out of a phone's page
		if (document.scrollingElement.scrollWidth > innerWidth) bad.push("the page scrolls sideways: " + document.scrollingElement.scrollWidth);
		for (const e of (document.querySelector("dialog") ?? document.body).querySelectorAll("*")) {
			if (!e.getClientRects().length || e.closest(".hidden, .skip, .table, .menu, svg")) continue; // tables and the menu scroll by themselves
			const r = e.getBoundingClientRect(), own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
			if (own && (r.right > innerWidth + 1 || r.left < -1)) bad.push("sticks out: " + e.outerHTML.slice(0, 120));
			if (own && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible" && getComputedStyle(e).textOverflow !== "ellipsis" && !e.matches("input,textarea")) bad.push("cut off: " + e.outerHTML.slice(0, 120));
		}
		done(bad);
	})))`, &out)
	for _, e := range out {
		b.T.Errorf("%s: %s", where, e)
	}
}
