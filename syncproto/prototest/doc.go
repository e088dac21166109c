// Package prototest tries servers and phones of the sync protocol.
//
// Transport is an http.RoundTripper that does to messages what villages do:
// it loses requests and answers, doubles, delays, cuts and reorders them, and
// plays a server that has no time. Its luck comes from a seed, so that the
// same seed and the same requests give the same faults; a Script sets them by
// hand. It starts no goroutine and waits only with timers, so it works in a
// testing/synctest bubble.
//
// Conformance runs the wire-level checks of SPEC.md against any Server.
//
// Units: rates are per mille of requests; durations are time.Duration. Faults
// come back as *FaultError.
package prototest
