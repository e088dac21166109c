package blob

import (
	"encoding/binary"
	"hash/crc32"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// pngKeeps are the chunks that are needed to show a picture.
var pngKeeps = map[string]bool{
	"IHDR": true, "PLTE": true, "tRNS": true, "IDAT": true, "IEND": true, "sRGB": true, "gAMA": true,
}

// Frame of a chunk: length, type, data, checksum.
const (
	pngHead = 8
	pngTail = 4
)

// cleanPNG keeps the chunks of pngKeeps and checks every checksum.
func cleanPNG(b []byte) ([]byte, error) {
	e := &editor{b: b}
	e.keep(len(pngMagic))
	data := false
	for first := true; ; first = false {
		if e.left() < pngHead+pngTail {
			return nil, errCut
		}
		head := e.b[e.r:]
		n := binary.BigEndian.Uint32(head)
		if uint64(n) > uint64(e.left()-pngHead-pngTail) {
			return nil, errCut
		}
		size := pngHead + int(n) + pngTail
		name := string(head[4:pngHead])
		if crc32.ChecksumIEEE(head[4:pngHead+n]) != binary.BigEndian.Uint32(head[pngHead+n:]) {
			return nil, errForm
		}
		switch {
		case first != (name == "IHDR"):
			return nil, errForm
		case name == "acTL":
			return nil, errMoving
		case !pngKeeps[name]:
			if name[0]&0x20 == 0 {
				return nil, errFlavour // critical, and not of the standard
			}
			e.drop(size)
			continue
		}
		data = data || name == "IDAT"
		e.keep(size)
		if name == "IEND" {
			if !data || n != 0 {
				return nil, errForm
			}
			return e.done(), nil
		}
	}
}
