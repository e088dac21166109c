package client

import (
	"context"
	"net/http"
)

// AuditReport is what a walk over all decisions found.
type AuditReport struct {
	Decisions   int64            `json:"decisions"`
	Kinds       map[string]int64 `json:"kinds"`
	Sealed      int64            `json:"sealed"` // number up to which signed checkpoints reach
	Head        string           `json:"head"`   // hash of the newest decision, 64 hex digits
	Fingerprint string           `json:"fingerprint"`
	Found       int64            `json:"found"` // problems, also those not named
	Problems    []AuditProblem   `json:"problems"`
}

// AuditProblem is something that does not hold.
type AuditProblem struct {
	N    int64  `json:"n,omitzero"` // number of the decision
	Kind string `json:"kind,omitzero"`
	Text string `json:"text"`
}

// Verify proves every decision of the shard again.
func (c *Client) Verify(ctx context.Context) (AuditReport, error) {
	var out AuditReport
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/verify", out: &out})
	return out, err
}

// Checkpoint is a signed statement of where the chain of decisions stood.
type Checkpoint struct {
	N           int64  `json:"n"`
	Hash        string `json:"hash"`
	AtMs        int64  `json:"at_ms"`
	Kid         string `json:"kid"`
	Sig         []byte `json:"sig"`
	Fingerprint string `json:"fingerprint"`
}

// Checkpoint returns the newest checkpoint.
func (c *Client) Checkpoint(ctx context.Context) (Checkpoint, error) {
	var out Checkpoint
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/checkpoint", out: &out})
	return out, err
}
