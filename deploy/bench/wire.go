package main

import (
	"context"
	"fmt"
)

// wire counts bytes: a push of 10 records and a sync that changes nothing,
// both with gzip, bodies and, beside them, everything that crosses the socket.
func (b *bench) wire(ctx context.Context) ([]row, error) {
	s, phones, err := b.serve(ctx, "wire", 1)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	p := phones[0]
	p.Prepare(perPush, today)
	sent, received := p.Conn.Sent, p.Conn.Received
	if _, _, err := p.Sync(true); err != nil {
		return nil, err
	}
	up, down := p.Conn.Sent-sent, p.Conn.Received-received
	if err := p.Drain(); err != nil {
		return nil, err
	}
	if err := p.Drain(); err != nil { // cursors have settled
		return nil, err
	}
	sent, received = p.Conn.Sent, p.Conn.Received
	a, _, err := p.Sync(true)
	if err != nil {
		return nil, err
	}
	body := int64(p.BodyBytes) + int64(a.WireBytes)
	return []row{
		judged("push of 10 records with gzip, both ways, heads included, in one round trip", fmt.Sprintf("%d B up, %d B down", up, down), "<= 4.5 KB", up+down <= 4608),
		judged("sync that changes nothing, bodies both ways", fmt.Sprintf("%d B", body), "<= 400 B", body <= 400),
		told("the same with heads and token", fmt.Sprintf("%d B up, %d B down", p.Conn.Sent-sent, p.Conn.Received-received)),
	}, nil
}
