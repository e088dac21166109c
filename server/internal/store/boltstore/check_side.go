package boltstore

import (
	"encoding/binary"

	"github.com/banso/banso/syncproto"
)

func (c *checker) person(k []byte) bool {
	if len(k) != 20 {
		return false
	}
	name, err := c.r.text(c.r.s.people, binary.BigEndian.Uint32(k))
	return err == nil && name != ""
}

func (c *checker) verdicts() error {
	return c.each(bVerdicts, &c.rep.Verdicts, func(k, v []byte) error {
		ver, code, err := decodeVerdict(v)
		if err == nil {
			_, err = c.r.text(c.r.s.words, code)
		}
		if err != nil || !c.person(k) || ver.Rev > c.seq {
			return c.problem("verdict %x: %v", k, errCorrupt)
		}
		return nil
	})
}

func (c *checker) clients() error {
	return c.each(bClients, &c.rep.Clients, func(k, v []byte) error {
		if _, err := decodeClient(v); err != nil || !c.person(k) {
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
