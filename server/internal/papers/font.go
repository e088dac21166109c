package papers

import (
	"embed"
	"strings"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// fonts is Be Vietnam Pro (SIL Open Font License, font/OFL.txt).
//
//go:embed font
var fonts embed.FS

const family = "bevietnampro"

// faces are the styles of the font by fpdf's name for them.
var faces = []struct{ style, file string }{
	{"", "BeVietnamPro-Regular.ttf"},
	{"B", "BeVietnamPro-Bold.ttf"},
	{"I", "BeVietnamPro-Italic.ttf"},
	{"BI", "BeVietnamPro-BoldItalic.ttf"},
}

// addFonts embeds the font into a document: only the glyphs that it uses. The
// reader of fonts is the one that knows which characters there are.
func addFonts(f *fpdf.Fpdf, fonts faceReader) (*sfnt.Font, error) {
	var regular *sfnt.Font
	for _, face := range faces {
		data, err := fonts.ReadFile("font/" + face.file)
		if err != nil {
			return nil, err
		}
		if face.style == "" {
			if regular, err = sfnt.Parse(data); err != nil {
				return nil, err
			}
		}
		f.AddUTF8FontFromBytes(family, face.style, data)
	}
	return regular, f.Error()
}

// faceReader is where font files come from; tests bring a spoilt one.
type faceReader interface {
	ReadFile(name string) ([]byte, error)
}

// missing stands for a character that the font lacks.
const missing = '□'

// covered replaces what the font lacks, so that a gap is seen. It also keeps
// fpdf to the characters for which it has widths.
func covered(font *sfnt.Font, s string) string {
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r < 0x80 && r >= ' ' || r == '\n' {
			return r
		}
		if r > 0xffff {
			return missing
		}
		if i, err := font.GlyphIndex(&buf, r); err != nil || i == 0 {
			return missing
		}
		return r
	}, s)
}
