package papers

const (
	signSize = 11.0
	signRoom = 22.0 // mm for a signature
	copySize = 9.5
)

// signatures are the blocks of those who sign, and nơi nhận: left of a single
// signer, below several.
func (p *printer) signatures() {
	signers, copies := p.s.head.Signers, p.s.head.Copies
	if len(signers) == 0 && len(copies) == 0 {
		return
	}
	p.gap(4)
	if len(signers) == 1 {
		w := p.inner() / 2
		left, right := p.copies(w-6), p.signer(signers[0], w)
		p.add(atom{h: max(left.h, right.h), draw: func(y float64) {
			left.at(marginLeft, y)
			right.at(marginLeft+w, y)
		}})
		return
	}
	if len(signers) > 0 {
		p.signerRow(signers)
	}
	if left := p.copies(p.inner() / 2); len(copies) > 0 {
		p.atoms[len(p.atoms)-1].keep = true
		p.add(atom{h: left.h, draw: func(y float64) { left.at(marginLeft, y) }})
	}
}

func (p *printer) signerRow(signers []Signer) {
	w := p.inner() / float64(len(signers))
	blocks := make([]placed, 0, len(signers))
	height := 0.0
	for _, s := range signers {
		b := p.signer(s, w)
		blocks, height = append(blocks, b), max(height, b.h)
	}
	p.add(atom{h: height, draw: func(y float64) {
		for i, b := range blocks {
			b.at(marginLeft+float64(i)*w, y)
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

func (p *printer) signer(s Signer, w float64) placed {
	var list []piece
	y := 0.0
	add := func(style string, size float64, text string) {
		for _, l := range p.wrap(style, size, w-4, text) {
			list = append(list, piece{style, "C", l, size, y})
			y += lineHeight(size)
		}
	}
	add("B", signSize, s.For)
	add("B", signSize, s.By)
	add("B", signSize, s.Role)
	add("I", copySize, p.s.signHint)
	y += signRoom
	add("B", signSize, s.Name)
	return p.place(list, y, w-4)
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
