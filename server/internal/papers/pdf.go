package papers

import (
	"io"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// Margins of NĐ 30/2020 in mm.
const (
	marginTop    = 20.0
	marginBottom = 20.0
	marginLeft   = 30.0
	marginRight  = 15.0
)

const mmPerPt = 25.4 / 72

// printer lays a sheet out on pages. First everything becomes atoms, pieces
// that are never cut; then they are put on pages.
type printer struct {
	f     *fpdf.Fpdf
	font  *sfnt.Font
	s     sheet
	w, h  float64 // of the page
	atoms []atom
}

// atom is a piece of height h. keep: it stays on one page with the next one.
// Where a row begins a page, the head of its table is drawn again before it.
type atom struct {
	h     float64
	draw  func(y float64)
	keep  bool
	solid bool // a row or a line of running text
	head  *atom
}

func writePDF(w io.Writer, s sheet) error { return printWith(w, s, fonts) }

func printWith(w io.Writer, s sheet, fonts faceReader) error {
	p, err := newPrinter(s, fonts)
	if err != nil {
		return err
	}
	p.lay()
	return p.f.Output(w)
}

// newPrinter makes an empty document for a sheet.
func newPrinter(s sheet, fonts faceReader) (*printer, error) {
	p := &printer{s: s, w: 210, h: 297}
	orientation := "P"
	if s.landscape {
		p.w, p.h, orientation = 297, 210, "L"
	}
	p.f = fpdf.New(orientation, "mm", "A4", "")
	p.f.SetCatalogSort(true)
	p.f.SetMargins(marginLeft, marginTop, marginRight)
	p.f.SetAutoPageBreak(false, 0)
	p.f.SetCellMargin(0)
	on := s.head.On.Start().UTC().Truncate(24 * time.Hour)
	p.f.SetCreationDate(on)
	p.f.SetModificationDate(on)
	p.f.SetTitle(join(" – ", s.title...), true)
	p.f.SetLang("vi")
	p.f.SetProducer("Bản Số", true)
	var err error
	p.font, err = addFonts(p.f, fonts)
	return p, err
}

// lay puts the sheet on pages.
func (p *printer) lay() {
	p.cover()
	p.compose()
	p.paginate()
}

// cover replaces what the font lacks in the whole sheet, once.
func (p *printer) cover() {
	fix := func(s *string) { *s = covered(p.font, *s) }
	h := &p.s.head
	for _, s := range []*string{&h.Superior, &h.District, &h.Issuer, &h.Number, &h.Symbol, &h.Place, &h.Print, &h.Replaces.Number, &h.Replaced.Number} {
		fix(s)
	}
	for i := range h.Signers {
		g := &h.Signers[i]
		for _, s := range []*string{&g.For, &g.By, &g.Role, &g.Name} {
			fix(s)
		}
	}
	for _, list := range [][]string{h.Copies, h.Notes, p.s.title} {
		for i := range list {
			fix(&list[i])
		}
	}
	for i := range p.s.blocks {
		fix(&p.s.blocks[i].text)
		if tb := p.s.blocks[i].table; tb != nil {
			for _, row := range tb.rows {
				for j := range row {
					fix(&row[j].s)
				}
			}
		}
	}
}

// compose makes the atoms of the whole paper.
func (p *printer) compose() {
	p.letterhead()
	p.titles()
	for _, b := range p.s.blocks {
		if b.table != nil {
			p.table(b.table)
			continue
		}
		p.text(b)
	}
	p.notes()
	// The last two rows or lines go with the signatures, which never stand alone.
	for i, kept := len(p.atoms)-1, 0; i >= 0 && kept < 2; i-- {
		p.atoms[i].keep = true
		if p.atoms[i].solid {
			kept++
		}
	}
	p.signatures()
}

// paginate puts the atoms on pages.
func (p *printer) paginate() {
	bottom := p.h - marginBottom
	p.page()
	y, fresh := marginTop, true
	for i, a := range p.atoms {
		need, again := p.chain(i), 0.0
		if a.head != nil {
			again = a.head.h
		}
		if !fresh && y+need > bottom && (again+need <= p.room() || y+a.h > bottom) {
			p.page()
			y, fresh = marginTop, true
		}
		if fresh && i > 0 && a.head != nil {
			a.head.draw(y)
			y += a.head.h
		}
		a.draw(y)
		y, fresh = y+a.h, false
	}
}

// room is the height between the margins.
func (p *printer) room() float64 { return p.h - marginTop - marginBottom }

// chain is the height of an atom and of those that it must stay with.
func (p *printer) chain(i int) float64 {
	h := p.atoms[i].h
	for p.atoms[i].keep && i+1 < len(p.atoms) {
		i++
		h += p.atoms[i].h
	}
	return h
}

func (p *printer) add(a atom) { p.atoms = append(p.atoms, a) }

// inner is the width between the margins.
func (p *printer) inner() float64 { return p.w - marginLeft - marginRight }
