package papers

import (
	"strings"
)

// lineHeight of a font size, with room for marks above and below.
func lineHeight(size float64) float64 { return size * mmPerPt * 1.38 }

// width of a text in mm.
func (p *printer) width(style string, size float64, s string) float64 {
	p.f.SetFont(family, style, size)
	return p.f.GetStringWidth(s)
}

// wrap breaks a text into lines of at most w mm, at spaces; a word that is
// longer than a line is broken where it must.
func (p *printer) wrap(style string, size, w float64, s string) []string {
	p.f.SetFont(family, style, size)
	space := p.f.GetStringWidth(" ")
	var lines []string
	for par := range strings.SplitSeq(s, "\n") {
		var b strings.Builder
		used := 0.0
		for _, word := range strings.Fields(par) {
			for _, piece := range p.pieces(word, w) {
				pw := p.f.GetStringWidth(piece)
				if b.Len() > 0 && used+space+pw > w {
					lines, used = append(lines, b.String()), 0
					b.Reset()
				}
				if b.Len() > 0 {
					b.WriteByte(' ')
					used += space
				}
				b.WriteString(piece)
				used += pw
			}
		}
		if b.Len() > 0 {
			lines = append(lines, b.String())
		}
	}
	return lines
}

// pieces cuts a word into parts that fit; most words are one part.
func (p *printer) pieces(word string, w float64) []string {
	if p.f.GetStringWidth(word) <= w {
		return []string{word}
	}
	var parts []string
	start, used := 0, 0.0
	for i, r := range word {
		rw := p.f.GetStringWidth(string(r))
		if i > start && used+rw > w {
			parts, start, used = append(parts, word[start:i]), i, 0
		}
		used += rw
	}
	return append(parts, word[start:])
}

// put draws one line of text, aligned in [x, x+w] by "L", "C" or "R"; y is its
// upper edge.
func (p *printer) put(style string, size, x, y, w float64, align, s string) {
	if s == "" {
		return
	}
	p.f.SetFont(family, style, size)
	switch align {
	case "C":
		x += (w - p.f.GetStringWidth(s)) / 2
	case "R":
		x += w - p.f.GetStringWidth(s)
	}
	p.f.Text(x, y+size*mmPerPt*1.05, s)
}

// fit is the largest size up to the given one at which a text fits on a line.
func (p *printer) fit(style string, size, w float64, s string) float64 {
	for size > 7 && p.width(style, size, s) > w {
		size -= 0.25
	}
	return size
}

// body is the size of running text.
func (p *printer) body() float64 { return 11 }

// text adds the lines of a block.
func (p *printer) text(b block) {
	style, size, align, before := "", p.body(), "L", 0.0
	switch b.style {
	case strong:
		style = "B"
	case quiet:
		style, size = "I", size-1.5
	case heading:
		style, before = "B", 2.5
	case centred:
		align = "C"
	}
	lines := p.wrap(style, size, p.inner(), b.text)
	lh := lineHeight(size)
	for i, s := range lines {
		pad := 0.0
		if i == 0 {
			pad = before
		}
		p.add(atom{h: pad + lh, solid: b.style == plain, keep: b.style == heading || i == 0 && len(lines) > 1 || i == len(lines)-2, draw: func(y float64) {
			p.put(style, size, marginLeft, y+pad, p.inner(), align, s)
		}})
	}
}

// gap adds empty room that may vanish at the end of a page.
func (p *printer) gap(h float64) { p.add(atom{h: h, keep: true, draw: func(float64) {}}) }
