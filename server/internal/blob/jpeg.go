package blob

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	mTEM  = 0x01
	mSOF0 = 0xc0 // baseline
	mSOF1 = 0xc1 // extended sequential
	mSOF2 = 0xc2 // progressive
	mDHT  = 0xc4
	mRST0 = 0xd0
	mRST7 = 0xd7
	mSOI  = 0xd8
	mEOI  = 0xd9
	mSOS  = 0xda
	mDQT  = 0xdb
	mDRI  = 0xdd
	mAPP0 = 0xe0
	mAPPE = 0xee // Adobe: how colours are to be read
	mAPPF = 0xef
	mCOM  = 0xfe
)

// Lengths of the two application segments that stay, without their markers.
const (
	jfifLen  = 16 // without its thumbnail
	adobeLen = 14
)

// cleanJPEG keeps frames, tables and scans, the JFIF head without its
// thumbnail and the Adobe colour note.
func cleanJPEG(b []byte) ([]byte, error) {
	e := &editor{b: b}
	e.keep(2) // SOI, kindOf saw it
	frame, scan := false, false
	for {
		m, err := e.marker()
		if err != nil {
			return nil, err
		}
		if m == mEOI {
			if !frame || !scan {
				return nil, errForm
			}
			e.b[e.w], e.b[e.w+1] = 0xff, mEOI
			e.w += 2
			return e.done(), nil
		}
		if m == mTEM || mRST0 <= m && m <= mSOI {
			return nil, errForm // alone only within a scan, or a second picture
		}
		n, err := e.segment()
		if err != nil {
			return nil, err
		}
		switch {
		case m == mSOF0 || m == mSOF1 || m == mSOF2:
			if frame {
				return nil, errForm
			}
			frame = true
		case m == mSOS:
			if !frame {
				return nil, errForm
			}
			scan = true
			e.put(m, n)
			if err := e.entropy(); err != nil {
				return nil, err
			}
			continue
		case mAPP0 <= m && m <= mAPPF, m == mCOM:
			e.application(m, n)
			continue
		case m != mDHT && m != mDQT && m != mDRI:
			return nil, errFlavour
		}
		e.put(m, n)
	}
}

// marker reads the next marker and its fill bytes.
func (e *editor) marker() (byte, error) {
	if e.left() < 2 {
		return 0, errCut
	}
	if e.b[e.r] != 0xff {
		return 0, errForm
	}
	for e.left() > 0 && e.b[e.r] == 0xff {
		e.drop(1)
	}
	if e.left() == 0 {
		return 0, errCut
	}
	m := e.b[e.r]
	e.drop(1)
	if m == 0 {
		return 0, errForm
	}
	return m, nil
}

// segment is the length of the segment that begins here, its own two bytes
// included.
func (e *editor) segment() (int, error) {
	if e.left() < 2 {
		return 0, errCut
	}
	n := int(binary.BigEndian.Uint16(e.b[e.r:]))
	switch {
	case n < 2:
		return 0, errForm
	case n > e.left():
		return 0, errCut
	}
	return n, nil
}

// put keeps a segment of n bytes under its marker.
func (e *editor) put(m byte, n int) {
	e.b[e.w], e.b[e.w+1] = 0xff, m
	e.w += 2
	e.keep(n)
}

// application keeps what readers need of an application segment and drops the
// rest: EXIF, XMP, profiles, previews and comments live here.
func (e *editor) application(m byte, n int) {
	seg := e.b[e.r : e.r+n]
	switch {
	case m == mAPP0 && n >= jfifLen && bytes.HasPrefix(seg[2:], []byte("JFIF\x00")):
		seg[0], seg[1] = 0, jfifLen
		seg[jfifLen-2], seg[jfifLen-1] = 0, 0 // no thumbnail
		e.put(m, jfifLen)
		e.drop(n - jfifLen)
	case m == mAPPE && n == adobeLen && bytes.HasPrefix(seg[2:], []byte("Adobe")):
		e.put(m, n)
	default:
		e.drop(n)
	}
}

// entropy keeps the coded data of a scan, up to the marker that ends it.
func (e *editor) entropy() error {
	for at := e.r; ; {
		i := bytes.IndexByte(e.b[at:], 0xff)
		if i < 0 || at+i+1 >= len(e.b) {
			return errCut
		}
		at += i
		switch next := e.b[at+1]; {
		case next == 0xff: // fill
			at++
		case next == 0 || mRST0 <= next && next <= mRST7:
			at += 2
		default:
			e.keep(at - e.r)
			return nil
		}
	}
}
