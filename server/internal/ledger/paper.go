package ledger

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
)

// Format of a paper.
type Format string

const (
	PDF  Format = "pdf"
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// Paper is a rendered paper. Name is safe as a file name: ASCII letters,
// digits, dots and hyphens.
type Paper struct {
	Name, MIME string
	Bytes      []byte
}

// draw renders outside of any transaction: it takes some milliseconds.
func draw(d papers.Doc, name string, f Format) (Paper, error) {
	var b bytes.Buffer
	p := Paper{Name: safeName(name) + "." + string(f)}
	var err error
	switch f {
	case PDF:
		p.MIME, err = "application/pdf", papers.PDF(&b, d)
	case XLSX:
		p.MIME, err = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", papers.XLSX(&b, d)
	case CSV:
		p.MIME, err = "text/csv", papers.CSV(&b, d)
	default:
		return p, refuse("format", "The format is pdf, xlsx or csv.", "Định dạng phải là pdf, xlsx hoặc csv.")
	}
	p.Bytes = b.Bytes()
	if err != nil {
		err = fmt.Errorf("paper %s: %w", p.Name, err)
	}
	return p, err
}

// safeName keeps what is safe in a header and on any disk.
func safeName(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-':
			return c
		}
		return '-'
	}, s)
}

// headOf is the head of a paper of a commune, or of the province if it is
// empty.
func (s *Service) headOf(n *namer, commune domain.ID, on domain.Date) papers.Head {
	h := papers.Head{On: on, Invented: s.Invented}
	if commune == "" {
		province := n.ownProvince(on)
		h.Issuer = strings.ToUpper("Ủy ban nhân dân " + province)
		h.Place = bare(province)
		h.Signers = []papers.Signer{{Role: "Người lập"}, {For: "TM. ỦY BAN NHÂN DÂN", Role: "CHỦ TỊCH"}}
		h.Copies = []string{"Kho bạc Nhà nước", "Lưu: VT"}
		return h
	}
	name := n.unit(commune, on)
	district, province := n.parents(commune, on)
	h.Issuer, h.Place = strings.ToUpper("Ủy ban nhân dân "+name), bare(name)
	if province != "" {
		h.Superior = strings.ToUpper("Ủy ban nhân dân " + province)
	}
	if district != "" {
		h.District = strings.ToUpper("Ủy ban nhân dân " + district)
	}
	h.Signers = []papers.Signer{{Role: "Kế toán"}, {For: "TM. ỦY BAN NHÂN DÂN", Role: "CHỦ TỊCH"}}
	h.Copies = []string{bare(province) + ": Ủy ban nhân dân tỉnh (báo cáo)", "Các tổ có tên", "Lưu: VT, KT"}
	if province == "" {
		h.Copies = h.Copies[1:]
	}
	return h
}

// kinds of units, as names begin with them.
var unitKinds = []string{"Xã ", "Phường ", "Thị trấn ", "Đặc khu ", "Huyện ", "Thị xã ", "Thành phố ", "Tỉnh "}

// bare is a unit's name without its kind, for the place of a paper.
func bare(name string) string {
	for _, k := range unitKinds {
		if rest, ok := strings.CutPrefix(name, k); ok {
			return rest
		}
	}
	return name
}
