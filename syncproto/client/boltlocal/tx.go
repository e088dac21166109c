package boltlocal

import (
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

type tx struct{ reader }

func (t tx) put(bucket, key []byte, head any, body []byte) error {
	v, err := json.Marshal(head)
	if err != nil {
		return err
	}
	if body != nil {
		v = append(append(v, '\n'), body...)
	}
	return t.t.Bucket(bucket).Put(key, v)
}

func (t tx) SetMeta(m client.Meta) error { return t.put(bMeta, kMeta, &m, nil) }

func (t tx) PutRecord(rec *client.Record) error {
	if err := t.unindex(rec.Key); err != nil {
		return err
	}
	for _, m := range rec.Marks {
		if err := t.t.Bucket(bMembers).Put(memberKey(m.Scope, rec.Key), nil); err != nil {
			return err
		}
	}
	return t.put(bRecords, recordKey(rec.Key), rec, rec.Doc)
}

func (t tx) DeleteRecord(k client.Key) error {
	if err := t.unindex(k); err != nil {
		return err
	}
	return t.t.Bucket(bRecords).Delete(recordKey(k))
}

// unindex takes the marks of the record that is there out of the index.
func (t tx) unindex(k client.Key) error {
	old, err := t.Record(k)
	if errors.Is(err, client.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, m := range old.Marks {
		if err := t.t.Bucket(bMembers).Delete(memberKey(m.Scope, k)); err != nil {
			return err
		}
	}
	return nil
}

func (t tx) PutScope(s client.ScopeState) error { return t.put(bScopes, []byte(s.Scope), &s, nil) }

func (t tx) DeleteScope(s syncproto.Scope) error { return t.t.Bucket(bScopes).Delete([]byte(s)) }

func (t tx) PutOutbox(it *client.Item) error { return t.put(bOutbox, num(it.N), it, it.Raw) }

func (t tx) DeleteOutbox(n int64) error { return t.t.Bucket(bOutbox).Delete(num(n)) }

func (t tx) PutSent(it *client.Item) error { return t.put(bSent, num(it.N), it, it.Raw) }

func (t tx) DeleteSent(n int64) error { return t.t.Bucket(bSent).Delete(num(n)) }

func (t tx) AddLog(e *client.LogEntry) error {
	b := t.t.Bucket(bLog)
	seq, err := b.NextSequence()
	if err != nil {
		return err
	}
	e.Seq = int64(seq)
	if old := e.Seq - client.MaxLog; old > 0 {
		if err := b.Delete(num(old)); err != nil {
			return err
		}
	}
	return t.put(bLog, num(e.Seq), e, nil)
}
