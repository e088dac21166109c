package client_test

import (
	"errors"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// errKilled is the panic of a phone that dies.
var errKilled = errors.New("killed")

// killer is a Local that dies at a chosen step: before a write, before a
// commit or right after one. at 0 means never.
type killer struct {
	client.Local
	at, step int
	updates  int
}

func (k *killer) tick() {
	if k.step++; k.step == k.at {
		panic(errKilled)
	}
}

func (k *killer) Update(fn func(client.LocalTx) error) error {
	k.updates++
	err := k.Local.Update(func(tx client.LocalTx) error {
		if err := fn(&killerTx{tx, k}); err != nil {
			return err
		}
		k.tick()
		return nil
	})
	k.tick()
	return err
}

type killerTx struct {
	client.LocalTx
	k *killer
}

func (t *killerTx) SetMeta(m client.Meta) error {
	t.k.tick()
	return t.LocalTx.SetMeta(m)
}

func (t *killerTx) PutRecord(r *client.Record) error {
	t.k.tick()
	return t.LocalTx.PutRecord(r)
}

func (t *killerTx) DeleteRecord(k client.Key) error {
	t.k.tick()
	return t.LocalTx.DeleteRecord(k)
}

func (t *killerTx) PutScope(s client.ScopeState) error {
	t.k.tick()
	return t.LocalTx.PutScope(s)
}

func (t *killerTx) DeleteScope(s syncproto.Scope) error {
	t.k.tick()
	return t.LocalTx.DeleteScope(s)
}

func (t *killerTx) PutOutbox(it *client.Item) error {
	t.k.tick()
	return t.LocalTx.PutOutbox(it)
}

func (t *killerTx) DeleteOutbox(n int64) error {
	t.k.tick()
	return t.LocalTx.DeleteOutbox(n)
}

func (t *killerTx) PutSent(it *client.Item) error {
	t.k.tick()
	return t.LocalTx.PutSent(it)
}

func (t *killerTx) DeleteSent(n int64) error {
	t.k.tick()
	return t.LocalTx.DeleteSent(n)
}
