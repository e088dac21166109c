package boltstore

import (
	"bytes"
	"encoding/binary"

	"github.com/banso/banso/syncproto"
)

func (c *checker) person(k []byte) bool {
	if len(k) < 4 {
		return false
	}
	name, err := c.r.text(c.r.s.people, binary.BigEndian.Uint32(k))
	return err == nil && name != ""
}

// verdicts also checks that the lists of fps find each of them.
func (c *checker) verdicts() error {
	var full int64
	err := c.each(bVerdicts, &full, func(k, v []byte) error {
		if len(k) != 8 || len(v) == 0 || !c.person(k) {
			return c.problem("verdicts %x: %v", k, errCorrupt)
		}
		person, no := binary.BigEndian.Uint32(k), binary.BigEndian.Uint32(k[4:])*verdictBlock
		d := dec{b: v}
		for n := 0; len(d.b) > 0; n++ {
			list := c.r.b(bVerdictFPs).Get(numbersKey(person, no/fpsBlock))
			at := int(no%fpsBlock) * fpLen
			fp := d.b16()
			ver, code, err := decodeVerdict(d.block())
			if err == nil {
				_, err = c.r.text(c.r.s.words, code)
			}
			if err != nil || d.bad || n >= verdictBlock || ver.Rev > c.seq || len(list) < at+fpLen || !bytes.HasPrefix(fp[:], list[at:at+fpLen]) {
				return c.problem("verdicts %x: %v in place %d", k, errCorrupt, n)
			}
			no++
			c.rep.Verdicts++
		}
		return nil
	})
	if err != nil {
		return err
	}
	var blocks, listed int64
	if err := c.each(bVerdictFPs, &blocks, func(k, v []byte) error {
		listed += int64(len(v) / fpLen)
		if len(k) != 8 || len(v) == 0 || len(v)%fpLen != 0 || len(v) > fpsBlock*fpLen {
			return c.problem("fps %x: %v", k, errCorrupt)
		}
		return nil
	}); err != nil {
		return err
	}
	if listed != c.rep.Verdicts {
		return c.problem("fps: %d for %d verdicts", listed, c.rep.Verdicts)
	}
	return nil
}

func (c *checker) clients() error {
	return c.each(bClients, &c.rep.Clients, func(k, v []byte) error {
		if _, err := decodeClient(v); err != nil || len(k) != 20 || !c.person(k) {
			return c.problem("client %x: %v", k, errCorrupt)
		}
		return nil
	})
}

// rest looks at what has no structure to recompute.
func (c *checker) rest() error {
	if err := c.each(bRaw, &c.rep.Raws, func(k, v []byte) error {
		if fp := syncproto.Fingerprint(v); string(k) != string(fp[:]) {
			return c.problem("mutation %x: its fp is %x", k, fp[:])
		}
		return nil
	}); err != nil {
		return err
	}
	if err := c.each(bWaiters, &c.rep.Waiters, func(k, v []byte) error {
		if len(k) < 10 || len(v) == 0 {
			return c.problem("waiter %q: %v", k, errCorrupt)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := c.each(bCounters, &c.rep.Counters, func(k, v []byte) error {
		if len(v) != 8 || fromBE64(v) == 0 {
			return c.problem("counter %q: %v", k, errCorrupt)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := c.each(bDue, &c.rep.Due, func([]byte, []byte) error { return nil }); err != nil {
		return err
	}
	return c.each(bCredentials, &c.rep.Credentials, func(k, v []byte) error {
		if len(v) == 0 {
			return c.problem("credential %q: is empty", k)
		}
		return nil
	})
}
