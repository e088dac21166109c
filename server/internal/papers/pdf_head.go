package papers

import (
	"strconv"
)

const (
	country = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto   = "Độc lập - Tự do - Hạnh phúc"
	draft   = "DỰ THẢO"
)

// page begins a page: its number from the second on, the marks of a draft or a
// replaced paper, and the foot.
func (p *printer) page() {
	p.f.AddPage()
	p.watermark()
	if no := p.f.PageNo(); no > 1 {
		p.put("", 11, marginLeft, 10, p.inner(), "C", strconv.Itoa(no))
	}
	if p.s.head.Draft {
		p.put("B", 10, marginLeft, 10, p.inner(), "R", draft)
	}
	p.f.SetTextColor(90, 90, 90)
	if foot := p.foot(); foot != "" {
		p.put("", p.fit("", 8, p.inner(), foot), marginLeft, p.h-13, p.inner(), "C", foot)
	}
	p.f.SetTextColor(0, 0, 0)
}

// foot names the paper and its fingerprint on every page, so that a loose page
// can be checked.
func (p *printer) foot() string {
	h := p.s.head
	no, check := "", ""
	if h.Number != "" {
		no = h.number() + " ngày " + h.On.Vi()
	}
	if h.Print != "" {
		check = "Mã đối chiếu của sổ quyết định: " + h.Print
	}
	return join(" · ", no, check)
}

func (p *printer) watermark() {
	mark := ""
	switch {
	case p.s.head.Replaced.Number != "":
		mark = "ĐÃ THAY THẾ"
	case p.s.head.Draft:
		mark = draft
	default:
		return
	}
	const size = 84.0
	p.f.SetTextColor(232, 232, 232)
	p.f.TransformBegin()
	p.f.TransformRotate(35, p.w/2, p.h/2)
	p.put("B", size, 0, p.h/2-size*mmPerPt/2, p.w, "C", mark)
	p.f.TransformEnd()
	p.f.SetTextColor(0, 0, 0)
}

// letterhead is the agency on the left, quốc hiệu and tiêu ngữ on the right,
// the number and the place with the date below them.
func (p *printer) letterhead() {
	h := p.s.head
	lw, rw := p.inner()*0.41, p.inner()*0.59-4
	if p.s.landscape {
		lw, rw = p.inner()*0.4, p.inner()*0.48
	}
	rx := marginLeft + p.inner() - rw
	size := p.fit("B", 12, rw, country)
	lh := lineHeight(size)
	above := p.wrap("", size, lw, h.superior())
	issuer := p.wrap("B", size, lw, h.Issuer)
	rows := max(len(above)+len(issuer), 2)
	height := float64(rows)*lh + 3 + lh
	p.add(atom{h: height, draw: func(y float64) {
		ly := y
		for _, s := range above {
			p.put("", size, marginLeft, ly, lw, "C", s)
			ly += lh
		}
		for _, s := range issuer {
			p.put("B", size, marginLeft, ly, lw, "C", s)
			ly += lh
		}
		if n := len(issuer); n > 0 {
			w := p.width("B", size, issuer[n-1]) * 0.4
			p.rule(marginLeft+(lw-w)/2, ly+0.8, w)
		}
		p.put("B", size, rx, y, rw, "C", country)
		p.put("B", size, rx, y+lh, rw, "C", motto)
		w := p.width("B", size, motto)
		p.rule(rx+(rw-w)/2, y+2*lh+0.8, w)
		p.put("", size, marginLeft, y+height-lh, lw, "C", h.number())
		p.put("I", p.fit("I", size, rw, h.placeDate()), rx, y+height-lh, rw, "C", h.placeDate())
	}})
}

// rule draws the line below a motto, an agency or a title.
func (p *printer) rule(x, y, w float64) {
	p.f.SetLineWidth(0.3)
	p.f.Line(x, y, x+w, y)
}

// titles are the name of the paper and what it is about, and what the paper
// replaces or is replaced by.
func (p *printer) titles() {
	p.gap(5)
	last := 0.0
	for i, s := range p.s.title {
		size := 12.0
		if i == 0 {
			size = 14
		}
		for _, l := range p.wrap("B", size, p.inner()*0.9, s) {
			last = p.width("B", size, l)
			p.add(atom{h: lineHeight(size), keep: true, draw: func(y float64) { p.put("B", size, marginLeft, y, p.inner(), "C", l) }})
		}
	}
	w := min(last*0.4, 60)
	p.add(atom{h: 4, keep: true, draw: func(y float64) { p.rule(marginLeft+(p.inner()-w)/2, y+1, w) }})
	for _, s := range replaced(p.s.head) {
		p.text(block{style: centred, text: s})
	}
	p.gap(2)
}

// replaced says which paper stands before or after this one.
func replaced(h Head) []string {
	var list []string
	if h.Replaces.Number != "" {
		list = append(list, "(Thay thế văn bản "+h.Replaces.String()+")")
	}
	if h.Replaced.Number != "" {
		list = append(list, "(Đã được thay thế bằng văn bản "+h.Replaced.String()+")")
	}
	return list
}

// notes are the last lines before the signatures.
func (p *printer) notes() {
	for _, s := range footnotes(p.s.head) {
		p.text(block{style: quiet, text: s})
	}
}

// footnotes are the notes of a paper in all its forms.
func footnotes(h Head) []string {
	list := append([]string(nil), h.Notes...)
	if h.Invented {
		list = append(list, "Số liệu minh họa: tổ, người và hoạt động trong văn bản này là giả định.")
	}
	if h.Reprinted != "" && h.Reprinted != h.On {
		list = append(list, "In lại ngày "+h.Reprinted.Vi()+".")
	}
	return list
}
