// Package seal signs checkpoints of the chain of decisions.
//
// Each decision holds the hash of the one before it, so the hash of the newest
// stands for all of them: closes, fundings, adjustments, lists, payments. A
// checkpoint (domain.Checkpoint) is an Ed25519 signature over number, hash and
// time of the newest decision, and is itself the next link of the chain. One
// is made before each payment list is issued, and once a day (UTC+7) if the
// chain has grown. Whoever holds a paper list can compare its fingerprint, and
// whoever holds the public key can prove years later that the chain up to
// there has not been written anew.
//
// The signed statement is the text
//
//	banso checkpoint 1
//	n <number>
//	hash <64 hex digits>
//	at <ms since 1970>
//
// each line ended by a line feed. The fingerprint is the first 80 bits of the
// hash in Crockford's base 32, in groups of four.
package seal
