package blob

import "encoding/binary"

// Frame of a RIFF file and of its chunks.
const (
	riffHead  = 12
	chunkHead = 8
)

// Flags of a VP8X chunk.
const (
	vp8xMoving = 0x02
	vp8xAlpha  = 0x10
	vp8xLen    = 10
)

// cleanWebP keeps the frame, and with it the alpha plane and the extended head
// that announces nothing else. The size that the head tells must be that of
// the frame, for readers make room by it.
func cleanWebP(b []byte) ([]byte, error) {
	riff := uint64(binary.LittleEndian.Uint32(b[4:])) + 8
	if riff > uint64(len(b)) {
		return nil, errCut
	}
	e := &editor{b: b[:riff]}
	parts, err := webpParts(e.b)
	if err != nil {
		return nil, err
	}
	frame, alpha, ext := parts["frame"], parts["ALPH"], parts["VP8X"]
	if frame.size == 0 || alpha.size > 0 && (ext.size == 0 || alpha.at > frame.at) {
		return nil, errForm
	}
	w, h, err := vp8Size(e.b[frame.at:][:frame.size])
	if err != nil {
		return nil, err
	}
	e.keep(riffHead)
	if alpha.size > 0 {
		head := e.b[ext.at+chunkHead:]
		if w != 1+int(uint24(head[4:])) || h != 1+int(uint24(head[7:])) {
			return nil, errForm
		}
		clear(head[1:4])
		head[0] = vp8xAlpha
		e.r = ext.at
		e.keep(ext.size)
		e.r = alpha.at
		e.keep(alpha.size)
	}
	e.r = frame.at
	e.keep(frame.size)
	binary.LittleEndian.PutUint32(e.b[4:], uint32(e.w-8)) //nolint:gosec // below len(b)
	return e.done(), nil
}

// part is where a chunk lies, head and padding included; size 0: absent.
type part struct{ at, size int }

// webpParts finds the chunks that are needed: "frame" is the VP8 or VP8L one.
func webpParts(b []byte) (map[string]part, error) {
	parts := map[string]part{}
	for at := riffHead; at < len(b); {
		if len(b)-at < chunkHead {
			return nil, errCut
		}
		name := string(b[at : at+4])
		n := uint64(binary.LittleEndian.Uint32(b[at+4:]))
		n += n & 1 // chunks are padded
		if n > uint64(len(b)-at-chunkHead) {
			return nil, errCut
		}
		p := part{at, chunkHead + int(n)}
		switch name {
		case "VP8 ", "VP8L":
			name = "frame"
		case "VP8X":
			if n != vp8xLen || at != riffHead {
				return nil, errForm
			}
			if b[at+chunkHead]&vp8xMoving != 0 {
				return nil, errMoving
			}
		case "ANIM", "ANMF":
			return nil, errMoving
		}
		if _, twice := parts[name]; twice && name == "frame" {
			return nil, errForm
		}
		parts[name] = p
		at += p.size
	}
	return parts, nil
}

// vp8Size reads the size of a frame from its own head.
func vp8Size(chunk []byte) (w, h int, err error) {
	d := chunk[chunkHead:]
	if string(chunk[:4]) == "VP8L" {
		if len(d) < 5 || d[0] != 0x2f {
			return 0, 0, errForm
		}
		bits := binary.LittleEndian.Uint32(d[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff), nil
	}
	if len(d) < 10 || d[0]&1 != 0 || d[3] != 0x9d || d[4] != 0x01 || d[5] != 0x2a {
		return 0, 0, errForm
	}
	return int(binary.LittleEndian.Uint16(d[6:])) & 0x3fff, int(binary.LittleEndian.Uint16(d[8:])) & 0x3fff, nil
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
