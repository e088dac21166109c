package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// personKey is the number of a person and 16 bytes more.
func (r *reader) personKey(person syncproto.ID, tail syncproto.Bytes16) ([]byte, bool) {
	no := r.lookup(r.s.people, string(person))
	if no == 0 {
		return nil, false
	}
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, 20), no), tail[:]...), true
}

// Client implements store.Reader.
func (r *reader) Client(person, client syncproto.ID) (store.Client, error) {
	id, ok := client.Bytes()
	if !ok {
		return store.Client{}, nil
	}
	k, ok := r.personKey(person, id)
	if !ok {
		return store.Client{}, nil
	}
	v := r.get(bClients, k)
	if v == nil {
		return store.Client{}, nil
	}
	return decodeClient(v)
}

// Raw implements store.Reader.
func (r *reader) Raw(fp syncproto.FP) (syncproto.RawMutation, error) {
	v := r.b(bRaw).Get(fp[:])
	if v == nil {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(v), nil
}

// Waiters implements store.Reader.
func (r *reader) Waiters(k store.Key) (list []syncproto.ID, err error) {
	p, err := waitPrefix(k)
	if err != nil {
		return nil, nil //nolint:nilerr // nothing can wait for such a key
	}
	return list, r.prefix(bWaiters, p, func(_, v []byte) bool {
		list = append(list, syncproto.ID(v))
		return true
	})
}

// prefix walks the pairs whose key begins with p, in order; k is what follows
// p. yield may write.
func (r *reader) prefix(bucket int, p []byte, yield func(k, v []byte) bool) error {
	c := r.b(bucket).Cursor()
	k, v := c.Seek(p)
	for k != nil && bytes.HasPrefix(k, p) {
		gen := r.gen()
		if !yield(k[len(p):], v) {
			return nil
		}
		if r.gen() != gen {
			last := append(bytes.Clone(k), 0)
			k, v = c.Seek(last)
		} else {
			k, v = c.Next()
		}
	}
	return nil
}

// Decision implements store.Reader.
func (r *reader) Decision(kind, key string) (store.Decision, error) {
	p, err := pairKey(kind, key)
	if err != nil {
		return store.Decision{}, store.ErrNotFound
	}
	n := r.b(bDecisionKeys).Get(p)
	if n == nil {
		return store.Decision{}, store.ErrNotFound
	}
	d, err := decodeDecision(fromBE64(n), r.b(bDecisions).Get(n))
	d.Body = bytes.Clone(d.Body)
	return d, err
}

// LastDecision implements store.Reader.
func (r *reader) LastDecision() (store.Decision, error) {
	k, v := r.b(bDecisions).Cursor().Last()
	if k == nil {
		return store.Decision{}, store.ErrNotFound
	}
	d, err := decodeDecision(fromBE64(k), v)
	d.Body = bytes.Clone(d.Body)
	return d, err
}

// Decisions implements store.Reader.
func (r *reader) Decisions(from int64, yield func(*store.Decision) bool) error {
	c := r.b(bDecisions).Cursor()
	for k, v := c.Seek(be64(max(from, 1))); k != nil; {
		d, err := decodeDecision(fromBE64(k), v)
		if err != nil {
			return fmt.Errorf("decision %d: %w", fromBE64(k), err)
		}
		if !yield(&d) {
			return nil
		}
		k, v = c.Seek(be64(d.N + 1)) // yield may have written
	}
	return nil
}

// Credential implements store.Reader.
func (r *reader) Credential(kind, id string) (jsontext.Value, error) {
	k, err := pairKey(kind, id)
	if err != nil {
		return nil, store.ErrNotFound
	}
	v := r.b(bCredentials).Get(k)
	if v == nil {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(v), nil
}

// Credentials implements store.Reader.
func (r *reader) Credentials(kind, prefix string, yield func(string, jsontext.Value) bool) error {
	p, err := pairKey(kind, prefix)
	if err != nil {
		return err
	}
	return r.prefix(bCredentials, p, func(k, v []byte) bool { return yield(prefix+string(k), v) })
}

// Counters implements store.Reader.
func (r *reader) Counters(prefix string, yield func(string, int64) bool) error {
	return r.prefix(bCounters, []byte(prefix), func(k, v []byte) bool {
		return yield(prefix+string(k), fromBE64(v))
	})
}

// Due implements store.Reader.
func (r *reader) Due(kind string, yield func(string) bool) error {
	p, err := pairKey(kind, "")
	if err != nil {
		return err
	}
	return r.prefix(bDue, p, func(k, _ []byte) bool { return yield(string(k)) })
}
