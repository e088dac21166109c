package domain

// Caller is who makes a call, as the access token proves it. It carries no
// rights: those are read from the store, in the transaction that needs them.
type Caller struct {
	Person ID
	Device ID // the signed-in device; it is also the session family
	// PushOnly marks a revoked device: it may hand over what it still holds,
	// into cases, and read nothing.
	PushOnly bool
	// Token is the API token that a program came with: it is no person, and
	// Person is the token's id, which no grant names.
	Token ID
}
