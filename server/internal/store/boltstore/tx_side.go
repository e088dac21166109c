package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// SetClosed implements store.Tx.
func (t *txn) SetClosed(scope syncproto.Scope, closed bool) error {
	no, err := t.number(t.s.scopes, string(scope))
	if err != nil {
		return err
	}
	if no == 0 {
		return fmt.Errorf("store: a scope needs a name")
	}
	st, err := t.scope(no)
	if err != nil {
		return err
	}
	if st.Closed != closed {
		st.Closed, st.dirty = closed, true
		t.touch()
	}
	return nil
}

// newPersonKey is personKey for writing.
func (t *txn) newPersonKey(person syncproto.ID, tail syncproto.Bytes16) ([]byte, error) {
	if person == "" {
		return nil, fmt.Errorf("store: a person is missing")
	}
	if _, err := t.number(t.s.people, string(person)); err != nil {
		return nil, err
	}
	k, _ := t.personKey(person, tail)
	return k, nil
}

// PutVerdict implements store.Tx.
func (t *txn) PutVerdict(person syncproto.ID, fp syncproto.FP, v syncproto.Verdict) error {
	kind := slices.Index(verdictKinds[:], v.V)
	if _, ok := v.Case.Bytes(); kind < 1 || v.N < 0 || v.Rev < 0 || v.Case != "" && !ok {
		return fmt.Errorf("store: verdict %.12q cannot be kept", v.V)
	}
	if person == "" {
		return fmt.Errorf("store: a person is missing")
	}
	no, err := t.number(t.s.people, string(person))
	if err != nil {
		return err
	}
	code, err := t.number(t.s.words, string(v.Code))
	if err != nil {
		return err
	}
	return t.setVerdict(no, &fp, appendVerdict(make([]byte, 0, 64), v, byte(kind), code))
}

// PutClient implements store.Tx.
func (t *txn) PutClient(person, client syncproto.ID, c store.Client) error {
	id, ok := client.Bytes()
	if !ok || c.Last < 0 {
		return fmt.Errorf("store: %.30q is no id of a client", client)
	}
	k, err := t.newPersonKey(person, id)
	if err != nil {
		return err
	}
	t.clients[string(k)] = &clientState{Client: c, dirty: true}
	t.touch()
	return nil
}

// Client implements store.Reader.
func (t *txn) Client(person, client syncproto.ID) (store.Client, error) {
	if id, ok := client.Bytes(); ok {
		if k, ok := t.personKey(person, id); ok {
			if c := t.clients[string(k)]; c != nil {
				return c.Client, nil
			}
		}
	}
	return t.reader.Client(person, client)
}

// KeepRaw implements store.Tx.
func (t *txn) KeepRaw(fp syncproto.FP, m syncproto.RawMutation) error {
	return t.put(bRaw, bytes.Clone(fp[:]), bytes.Clone(m))
}

// Wait implements store.Tx.
func (t *txn) Wait(k store.Key, caseID syncproto.ID) error {
	p, err := waitPrefix(k)
	if err != nil {
		return err
	}
	if caseID == "" {
		return fmt.Errorf("store: a case is missing")
	}
	if list, err := t.Waiters(k); err != nil || slices.Contains(list, caseID) {
		return err
	}
	n, err := t.b(bWaiters).NextSequence()
	if err != nil {
		return t.fail(err)
	}
	return t.put(bWaiters, binary.BigEndian.AppendUint64(p, n), []byte(caseID))
}

// Unwait implements store.Tx.
func (t *txn) Unwait(k store.Key, caseID syncproto.ID) error {
	p, err := waitPrefix(k)
	if err != nil {
		return err
	}
	var found []byte
	err = t.prefix(bWaiters, p, func(tail, v []byte) bool {
		if string(v) == string(caseID) {
			found = append(bytes.Clone(p), tail...)
		}
		return found == nil
	})
	if err != nil || found == nil {
		return err
	}
	return t.del(bWaiters, found)
}

// PutCredential implements store.Tx.
func (t *txn) PutCredential(kind, id string, doc jsontext.Value) error {
	k, err := pairKey(kind, id)
	if err != nil {
		return err
	}
	return t.put(bCredentials, k, bytes.Clone(doc))
}

// DeleteCredential implements store.Tx.
func (t *txn) DeleteCredential(kind, id string) error {
	k, err := pairKey(kind, id)
	if err != nil || t.b(bCredentials).Get(k) == nil {
		return err
	}
	return t.del(bCredentials, k)
}

// Count implements store.Tx.
func (t *txn) Count(key string, delta int64) error {
	if key == "" || len(key) > maxKeyPart {
		return fmt.Errorf("store: the key of a counter has %d bytes", len(key))
	}
	if delta == 0 {
		return nil
	}
	c := t.counters[key]
	if c == nil {
		c = &counter{n: fromBE64(t.get(bCounters, []byte(key)))}
		t.counters[key] = c
	}
	if delta > 0 && c.n > math.MaxInt64-delta || delta < 0 && c.n < math.MinInt64-delta {
		return fmt.Errorf("store: counter %.60q overflows", key)
	}
	c.n += delta
	c.dirty = true
	t.wrote = true
	return nil
}

// Counters implements store.Reader.
func (t *txn) Counters(prefix string, yield func(string, int64) bool) error {
	if err := t.fail(t.flushCounters()); err != nil {
		return err
	}
	return t.reader.Counters(prefix, yield)
}

// MarkDue implements store.Tx.
func (t *txn) MarkDue(kind, key string) error { return t.setDue(kind, key, true) }

// ClearDue implements store.Tx.
func (t *txn) ClearDue(kind, key string) error { return t.setDue(kind, key, false) }

func (t *txn) setDue(kind, key string, is bool) error {
	k, err := pairKey(kind, key)
	if err != nil {
		return err
	}
	m := t.due[string(k)]
	if m == nil {
		was := t.get(bDue, k) != nil
		m = &mark{was: was, is: was}
		t.due[string(k)] = m
	}
	if m.is != is {
		m.is = is
		t.wrote = true
	}
	return nil
}

// Due implements store.Reader.
func (t *txn) Due(kind string, yield func(string) bool) error {
	if err := t.fail(t.flushDue()); err != nil {
		return err
	}
	return t.reader.Due(kind, yield)
}

// SetDurable implements store.Tx.
func (t *txn) SetDurable(commit int64) error {
	if commit < 0 || commit > t.seq {
		return fmt.Errorf("store: commit %d is not part of this store", commit)
	}
	return t.put(bMeta, bytes.Clone(keyDurable), be64(commit))
}
