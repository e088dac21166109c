package boltlocal

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"go.etcd.io/bbolt"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

type reader struct{ t *bbolt.Tx }

// decode reads a head and returns a copy of what follows it.
func decode(v []byte, head any) ([]byte, error) {
	h, body, _ := bytes.Cut(v, []byte{'\n'})
	if err := json.Unmarshal(h, head); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return bytes.Clone(body), nil
}

func (r reader) Meta() (m client.Meta, err error) {
	if v := r.t.Bucket(bMeta).Get(kMeta); v != nil {
		_, err = decode(v, &m)
	}
	return m, err
}

func recordKey(k client.Key) []byte {
	return append(append([]byte(k.Type), 0), k.ID...)
}

func memberKey(s syncproto.Scope, k client.Key) []byte {
	return append(append([]byte(s), 0), recordKey(k)...)
}

func (r reader) Record(k client.Key) (*client.Record, error) { return r.record(recordKey(k)) }

func (r reader) record(key []byte) (*client.Record, error) {
	v := r.t.Bucket(bRecords).Get(key)
	if v == nil {
		return nil, client.ErrNotFound
	}
	var rec client.Record
	doc, err := decode(v, &rec)
	rec.Doc = doc
	return &rec, err
}

func (r reader) Members(scope syncproto.Scope, typ string, yield func(*client.Record) bool) error {
	head := append([]byte(scope), 0)
	prefix := head
	if typ != "" {
		prefix = append(append(bytes.Clone(head), typ...), 0)
	}
	c := r.t.Bucket(bMembers).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		rec, err := r.record(k[len(head):])
		if err != nil {
			return fmt.Errorf("%w: index: %w", ErrDamaged, err)
		}
		if !yield(rec) {
			return nil
		}
	}
	return nil
}

func (r reader) Scope(name syncproto.Scope) (s client.ScopeState, err error) {
	v := r.t.Bucket(bScopes).Get([]byte(name))
	if v == nil {
		return s, client.ErrNotFound
	}
	_, err = decode(v, &s)
	return s, err
}

func (r reader) Scopes(yield func(client.ScopeState) bool) error {
	c := r.t.Bucket(bScopes).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		var s client.ScopeState
		if _, err := decode(v, &s); err != nil {
			return err
		}
		if !yield(s) {
			return nil
		}
	}
	return nil
}

func (r reader) Outbox(from int64, yield func(*client.Item) bool) error {
	return r.items(bOutbox, from, yield)
}

func (r reader) Sent(yield func(*client.Item) bool) error { return r.items(bSent, 0, yield) }

func (r reader) items(bucket []byte, from int64, yield func(*client.Item) bool) error {
	c := r.t.Bucket(bucket).Cursor()
	for k, v := c.Seek(num(max(from, 0))); k != nil; k, v = c.Next() {
		var it client.Item
		raw, err := decode(v, &it)
		if err != nil {
			return err
		}
		it.Raw = raw
		if !yield(&it) {
			return nil
		}
	}
	return nil
}

func (r reader) Log(yield func(*client.LogEntry) bool) error {
	c := r.t.Bucket(bLog).Cursor()
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		var e client.LogEntry
		if _, err := decode(v, &e); err != nil {
			return err
		}
		if !yield(&e) {
			return nil
		}
	}
	return nil
}
