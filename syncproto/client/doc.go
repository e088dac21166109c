// Package client is the sync engine of a phone: what a person does becomes a
// mutation in a local outbox, and one round trip pushes the outbox and pulls
// what changed. It is used by tests, tools and native apps; the web app has
// the same engine in TypeScript.
//
// Shapes. A Local is the database of one person on one device: base (the
// server's copy of records), outbox (mutations without a verdict), sent
// (mutations with a verdict that the server's backups do not hold yet), a
// cursor for each scope, a log of verdicts for the person, and the identity.
// An Engine works on a Local through a Transport. What is shown is always base
// with the outbox laid over it; nothing is ever marked dirty.
//
// Rules C1 to C11 of SPEC.md bind this package; the test of rule Cn is named
// TestCn_….
//
// Units: Ms fields and t are milliseconds since 1970 UTC, of the phone's clock
// unless the name says server; n counts from 1 within a client. The phone's
// clock decides nothing: waiting times that must be right use the server's.
//
// Errors: a mutation that the server would refuse for its size or form is
// refused when it is saved (RefusedError); what the network or the server does
// wrong is in the Outcome, never an error; an error of a method otherwise
// means that the local database failed and nothing was changed.
package client
