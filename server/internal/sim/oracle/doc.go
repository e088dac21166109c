// Package oracle judges a history of the simulation from outside. It sees what
// people typed, the bytes that reached the server and the bytes that came
// back, knows from the harness when the server was killed, backed up and
// restored and who held which office when, and checks the invariants of
// syncproto/SPEC.md with its own small arithmetic. Of the server's chain of
// decisions it makes books of its own: what each team-month is due, listed and
// paid. A restore takes them back to what the backup holds.
//
// It imports the standard library only, on purpose: a mistake in the shared
// types, in the canonical form, in a digest or in the merge cannot hide itself
// by being made on both sides. A test keeps it so.
//
// Ids, scopes and hashes are strings in their wire form; days are yyyy-mm-dd
// and months yyyy-mm in UTC+7; revs and commits are the server's seq.
//
// An Oracle is not safe for concurrent use; the harness calls it at distinct
// moments of the bubble's clock.
package oracle
