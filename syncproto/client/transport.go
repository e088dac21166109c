package client

import (
	"context"
	"time"
)

// Transport carries one sync to the server and its answer back. An error means
// that no answer came: whether the server saw the request is unknown, and the
// same mutations are simply sent again.
type Transport interface {
	Sync(ctx context.Context, body []byte) (*Reply, error)
}

// Reply is an answer of the server.
type Reply struct {
	Status     int           // as in HTTP
	RetryAfter time.Duration // 0 if the server did not say
	Body       []byte        // inflated
}
