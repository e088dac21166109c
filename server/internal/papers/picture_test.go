package papers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Text in a PDF may be right and its picture wrong: an encoder or a font that
// loses marks still copies and searches well. So pages are drawn and each
// letter is compared with what the font itself gives.

const dpi = 300.0

// letters is every letter that Vietnamese adds to ASCII, a line for each group.
var letters = []string{"à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ đ", "è é ẻ ẽ ẹ ê ề ế ể ễ ệ ì í ỉ ĩ ị", "ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ",
	"ù ú ủ ũ ụ ư ừ ứ ử ữ ự ỳ ý ỷ ỹ ỵ", "À Á Ả Ã Ạ Ă Ằ Ắ Ẳ Ẵ Ặ Â Ầ Ấ Ẩ Ẫ Ậ Đ", "È É Ẻ Ẽ Ẹ Ê Ề Ế Ể Ễ Ệ Ì Í Ỉ Ĩ Ị",
	"Ò Ó Ỏ Õ Ọ Ô Ồ Ố Ổ Ỗ Ộ Ơ Ờ Ớ Ở Ỡ Ợ", "Ù Ú Ủ Ũ Ụ Ư Ừ Ứ Ử Ữ Ự Ỳ Ý Ỷ Ỹ Ỵ"}

// alphabet is a report whose running text, notes and signer have all letters:
// in the regular, the italic and the bold style.
func alphabet() TeamReport {
	r := sampleReport()
	r.Figures, r.Difficulties, r.Proposals = nil, "", ""
	r.Summary = strings.Join(letters, "\n")
	r.Head.Notes, r.Head.Invented = letters, false
	r.Head.Signers = []Signer{{Name: strings.Join(letters, "\n")}}
	return r
}

type styled struct {
	file string
	size float64
}

var printed = []styled{{"BeVietnamPro-Regular.ttf", 11}, {"BeVietnamPro-Italic.ttf", 9.5}, {"BeVietnamPro-Bold.ttf", signSize}}

func TestPicture(t *testing.T) {
	for file, looks := range score(t, fonts) {
		if n := len(slices.Compact(strings.Fields(strings.Join(letters, " ")))); len(looks) != n {
			t.Fatalf("%s: %d letters were compared, want %d", file, len(looks), n)
		}
		for r, l := range looks {
			if l.itself < 0.7 || l.itself < l.bare+0.02 {
				t.Errorf("%s: the picture of %c is like it by %.2f, like the bare letter by %.2f", file, r, l.itself, l.bare)
			}
		}
	}
}

// TestPicture_Bites: with a font whose accented letters have lost their marks
// the text of the PDF is still right, and the pictures show it.
func TestPicture_Bites(t *testing.T) {
	spoilt := markless{t: t}
	var b bytes.Buffer
	s, err := layOut(alphabet())
	if err != nil {
		t.Fatal(err)
	}
	if err := printWith(&b, s, spoilt); err != nil {
		t.Fatal(err)
	}
	if page := textPDF(t, b.Bytes())[0]; !page.has(letters[0]) {
		t.Fatal("the text layer lost letters too")
	}
	for file, looks := range score(t, spoilt) {
		noticed := 0
		for r, l := range looks {
			if l.itself < l.bare+0.02 {
				noticed++
			} else if strings.ContainsRune("ằẵợữộđĐẶỄỠ", r) {
				t.Errorf("%s: %c without its mark is like it by %.2f, like the bare letter by %.2f", file, r, l.itself, l.bare)
			}
		}
		if noticed < 110 {
			t.Errorf("%s: only %d of %d letters without marks were noticed", file, noticed, len(looks))
		}
	}
}

// look is how much the picture of a letter is like the letter in the true
// font, and like the same letter without its marks: 1 is the same.
type look struct{ itself, bare float64 }

// score draws the alphabet with a source of fonts and looks at each letter in
// each style.
func score(t *testing.T, from faceReader) map[string]map[rune]look {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Skip("pdftoppm (package poppler-utils) is not installed: pages cannot be looked at")
	}
	s, err := layOut(alphabet())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "page")
	var b bytes.Buffer
	if err := printWith(&b, s, from); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".pdf", b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "-gray", "-r", fmt.Sprint(dpi), path+".pdf", path).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	found := make(map[string]map[rune]look)
	for _, st := range printed {
		found[st.file] = make(map[rune]look)
	}
	seen := 0
	for no, page := range textPDF(t, b.Bytes()) {
		picture := readPGM(t, fmt.Sprintf("%s-%d.pgm", path, no+1))
		for _, line := range linesWith(page, letters) {
			// Running text comes first, then notes, then names; each in its style.
			st := printed[seen/len(letters)]
			compare(t, picture, st, line, found[st.file])
			seen++
		}
	}
	return found
}

func linesWith(page readPage, texts []string) []drawn {
	var list []drawn
	for _, d := range page {
		if slices.Contains(texts, d.text) {
			list = append(list, d)
		}
	}
	return list
}

// compare looks at each letter of a line.
func compare(t *testing.T, page *image.Gray, st styled, line drawn, looks map[rune]look) {
	face := trueFace(t, st)
	x, y := line.x/25.4*dpi, line.y/25.4*dpi
	for _, r := range line.text {
		advance, ok := face.GlyphAdvance(r)
		if !ok {
			t.Fatalf("%s lacks %c", st.file, r)
		}
		if r != ' ' {
			frame := image.Rect(int(x)-1, int(y)-60, int(x)+advance.Ceil()+8, int(y)+24)
			looks[r] = look{itself: best(page, drawLetter(face, frame, x, y, r)), bare: best(page, drawLetter(face, frame, x, y, bare(r)))}
		}
		x += float64(advance) / 64
	}
}

func drawLetter(face font.Face, frame image.Rectangle, x, y float64, r rune) *image.Gray {
	picture := image.NewGray(frame)
	d := font.Drawer{Dst: picture, Src: image.White, Face: face, Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}}
	d.DrawString(string(r))
	return picture
}

// bare is a letter without its marks.
func bare(r rune) rune {
	switch r {
	case 'đ':
		return 'd'
	case 'Đ':
		return 'D'
	}
	return []rune(norm.NFD.String(string(r)))[0]
}

// best is the correlation of a picture with the page around its place.
func best(page, want *image.Gray) float64 {
	most := 0.0
	for dx := -2; dx <= 2; dx++ {
		for dy := -2; dy <= 2; dy++ {
			var sum, a2, b2 float64
			for y := want.Rect.Min.Y; y < want.Rect.Max.Y; y++ {
				for x := want.Rect.Min.X; x < want.Rect.Max.X; x++ {
					a, b := float64(want.GrayAt(x, y).Y), 255-float64(page.GrayAt(x+dx, y+dy).Y)
					sum, a2, b2 = sum+a*b, a2+a*a, b2+b*b
				}
			}
			if a2 > 0 && b2 > 0 {
				most = max(most, sum/math.Sqrt(a2*b2))
			}
		}
	}
	return most
}

func trueFace(t *testing.T, st styled) font.Face {
	t.Helper()
	data, err := fonts.ReadFile("font/" + st.file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := opentype.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: st.size, DPI: dpi, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	return face
}

func readPGM(t *testing.T, path string) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var w, h, most int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P5\n%d %d\n%d\n", &w, &h, &most); err != nil || most != 255 || len(data) < w*h {
		t.Fatalf("%s is no grey picture: %v", path, err)
	}
	return &image.Gray{Pix: data[len(data)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// markless serves fonts in which a letter with marks has the outline of the
// one without, as a broken subset or encoder gives them.
type markless struct{ t *testing.T }

func (m markless) ReadFile(name string) ([]byte, error) {
	data, err := fonts.ReadFile(name)
	if err != nil || !strings.HasSuffix(name, ".ttf") {
		return data, err
	}
	spoilt := bytes.Clone(data)
	for _, r := range strings.ReplaceAll(strings.Join(letters, ""), " ", "") {
		at, size := outline(m.t, data, r)
		from, less := outline(m.t, data, bare(r))
		if less > size {
			continue // there is no room for it: ì is shorter than i
		}
		copy(spoilt[at:], data[from:from+less])
	}
	return spoilt, nil
}

// outline is where the outline of a letter lies in a TrueType file.
func outline(t *testing.T, data []byte, r rune) (at, size int) {
	f, err := sfnt.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	glyph, err := f.GlyphIndex(&buf, r)
	if err != nil || glyph == 0 {
		t.Fatalf("no glyph for %c: %v", r, err)
	}
	tables := make(map[string]int)
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		rec := data[12+16*i:]
		tables[string(rec[:4])] = int(binary.BigEndian.Uint32(rec[8:]))
	}
	place := func(i int) int {
		if binary.BigEndian.Uint16(data[tables["head"]+50:]) == 0 {
			return 2 * int(binary.BigEndian.Uint16(data[tables["loca"]+2*i:]))
		}
		return int(binary.BigEndian.Uint32(data[tables["loca"]+4*i:]))
	}
	return tables["glyf"] + place(int(glyph)), place(int(glyph)+1) - place(int(glyph))
}
