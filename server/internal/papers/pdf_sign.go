package papers

const (
	signSize = 11.0
	signRoom = 20.0 // mm for a signature
	copySize = 9.5
)

// signatures are the blocks of those who sign, and nơi nhận: left of them,
// where the page has room for that, else below.
func (p *printer) signatures() {
	signers, copies := p.s.head.Signers, p.s.head.Copies
	if len(signers) == 0 && len(copies) == 0 {
		return
	}
	p.gap(4)
	beside := len(copies) > 0 && (p.s.landscape || len(signers) == 1)
	if len(signers) > 0 {
		p.signerRow(signers, beside)
	}
	if len(copies) > 0 && (!beside || len(signers) == 0) {
		p.gap(2)
		left := p.copies(p.inner() / 2)
		p.add(atom{h: left.h, draw: func(y float64) { left.at(marginLeft, y) }})
	}
}

// signerRow puts the blocks side by side, the names on one line, nơi nhận in a
// column of its own before them if it stands beside.
func (p *printer) signerRow(signers []Signer, beside bool) {
	x, left := marginLeft, placed{at: func(float64, float64) {}}
	w := p.inner() / float64(len(signers))
	switch {
	case len(signers) == 1:
		w = p.inner() / 2
		x += w
	case beside:
		w = p.inner() / float64(len(signers)+1)
		x += w
	}
	if beside {
		left = p.copies(x - marginLeft - 4)
	}
	blocks, names := make([]placed, 0, len(signers)), make([]placed, 0, len(signers))
	high, low := 0.0, 0.0
	for _, s := range signers {
		b, n := p.signer(s, w), p.signed(s, w)
		blocks, names = append(blocks, b), append(names, n)
		high, low = max(high, b.h), max(low, n.h)
	}
	p.add(atom{h: max(left.h, high+low), keep: !beside, draw: func(y float64) {
		left.at(marginLeft, y)
		for i := range signers {
			blocks[i].at(x+float64(i)*w, y)
			names[i].at(x+float64(i)*w, y+high)
		}
	}})
}

// placed is something of a known height that can be drawn anywhere.
type placed struct {
	h  float64
	at func(x, y float64)
}

// piece is one line of a placed block.
type piece struct {
	style, align, s string
	size, y         float64
}

// signer is for whom and as what somebody signs, with room for it.
func (p *printer) signer(s Signer, w float64) placed {
	list, y := p.centred(nil, 0, "B", signSize, w-4, s.For, s.By, s.Role)
	list, y = p.centred(list, y, "I", copySize, w-4, p.s.signHint)
	return p.place(list, y+signRoom, w)
}

// signed is the name below the signature; names of several stand side by side.
func (p *printer) signed(s Signer, w float64) placed {
	list, y := p.centred(nil, 0, "B", signSize, w-4, s.Name)
	return p.place(list, y, w)
}

func (p *printer) centred(list []piece, y float64, style string, size, w float64, texts ...string) ([]piece, float64) {
	for _, s := range texts {
		for _, l := range p.wrap(style, size, w, s) {
			list = append(list, piece{style, "C", l, size, y})
			y += lineHeight(size)
		}
	}
	return list, y
}

func (p *printer) copies(w float64) placed {
	if len(p.s.head.Copies) == 0 {
		return p.place(nil, 0, w)
	}
	list := []piece{{"BI", "L", "Nơi nhận:", copySize + 1, 0}}
	y := lineHeight(copySize + 1)
	for i, c := range p.s.head.Copies {
		end := ";"
		if i == len(p.s.head.Copies)-1 {
			end = "."
		}
		for _, l := range p.wrap("", copySize, w, "- "+c+end) {
			list = append(list, piece{"", "L", l, copySize, y})
			y += lineHeight(copySize)
		}
	}
	return p.place(list, y, w)
}

func (p *printer) place(list []piece, h, w float64) placed {
	return placed{h: h, at: func(x, y float64) {
		for _, l := range list {
			p.put(l.style, l.size, x, y+l.y, w, l.align, l.s)
		}
	}}
}
