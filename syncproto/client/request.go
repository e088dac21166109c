package client

import (
	"errors"
	"slices"
	"strings"

	"github.com/banso/banso/syncproto"
)

// request is a message on its way, with what is needed to apply its answer.
type request struct {
	msg syncproto.Request
	tag string       // sent in place of the pull list
	id  syncproto.ID // kept in the local database until the answer is applied (rule C5)
}

// prepare builds the next request and notes its id.
func (e *Engine) prepare() (*request, error) {
	id := e.newID()
	e.mu.Lock()
	limit, turn := e.cap, e.turn
	e.mu.Unlock()
	now := e.cfg.Now().UnixMilli()
	var req *request
	var known int
	err := e.local.Update(func(tx LocalTx) (err error) {
		req = &request{id: id}
		meta, err := tx.Meta()
		if err != nil {
			return err
		}
		req.msg = syncproto.Request{Proto: syncproto.ProtoCurrent, Schema: e.cfg.Schema, App: e.cfg.App,
			Client: meta.Client, Seen: meta.Seen, Top: meta.Top, Clock: now, Limit: e.cfg.Limits.Changes}
		req.msg.Push, err = e.pushList(tx, &meta, limit)
		if err != nil {
			return err
		}
		req.msg.Pull, known, err = e.pullList(tx, &meta, now, turn)
		if err != nil {
			return err
		}
		meta.Request = id
		return tx.SetMeta(meta)
	})
	if known > e.cfg.Limits.Scopes {
		e.mu.Lock()
		e.turn++
		e.mu.Unlock()
	}
	return req, err
}

func (e *Engine) pushList(tx LocalTx, meta *Meta, limit int) (syncproto.Push, error) {
	push := syncproto.Push{First: meta.Ack + 1, Prev: meta.Chain, List: []syncproto.RawMutation{}}
	size, next := 0, meta.Ack+1
	var gap bool
	err := tx.Outbox(next, func(it *Item) bool {
		size += len(it.Raw) + 1
		if len(push.List) == limit || len(push.List) > 0 && size > e.cfg.Limits.Bytes {
			return false
		}
		gap = gap || it.N != next
		next++
		push.List = append(push.List, it.Raw)
		return true
	})
	if err == nil && gap {
		err = errors.New("client: the outbox has a gap")
	}
	return push, err
}

// pullList names the scopes to ask for: those without a month and the newest
// months first; where they are more than the limit, the others take turns in
// its second half. It returns also how many there are.
func (e *Engine) pullList(tx LocalTx, meta *Meta, now int64, turn int) ([]syncproto.Pull, int, error) {
	list := []syncproto.Pull{}
	server := now + meta.OffsetMs
	err := tx.Scopes(func(s ScopeState) bool {
		if !s.Revoked && !s.Archived {
			list = append(list, syncproto.Pull{Scope: s.Scope, Cur: s.Cur, Since: s.Since,
				Bad: s.Bad && server >= s.RetryMs})
		}
		return true
	})
	known, most := len(list), e.cfg.Limits.Scopes
	if known <= most || err != nil {
		return list, known, err
	}
	slices.SortStableFunc(list, func(a, b syncproto.Pull) int {
		return strings.Compare(monthOrder(b.Scope), monthOrder(a.Scope))
	})
	fixed := most - most/2
	rest := list[fixed:]
	cut := turn * (most / 2) % len(rest)
	rest = append(slices.Clone(rest[cut:]), rest[:cut]...)
	return append(list[:fixed:fixed], rest[:most-fixed]...), known, nil
}

// monthOrder sorts scopes without a month last, that is newest.
func monthOrder(s syncproto.Scope) string {
	if i := strings.LastIndexByte(string(s), '/'); i >= 0 {
		return string(s[i+1:])
	}
	return "~"
}
