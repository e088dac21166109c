package domain

// Checkpoint is the body of decision kind "checkpoint", key "chain": a signed
// statement of where the chain of decisions stood. Its fingerprint is printed
// on payment lists, so that a paper can be held against the system.
type Checkpoint struct {
	N           int64  `json:"n"`    // of the decision it is about
	Hash        string `json:"hash"` // of that decision, 64 hex digits
	AtMs        int64  `json:"at_ms"`
	Kid         string `json:"kid"`
	Sig         []byte `json:"sig"`         // Ed25519, 64 bytes
	Fingerprint string `json:"fingerprint"` // of Hash, for people: "7K3Q-0VDM-…"
}
