// Package traces sends what the server does, as OpenTelemetry spans over
// OTLP/HTTP, to a collector that the operator names. It is off by default, and
// off means that nothing is wrapped and nothing is paid.
//
// Spans are
//
//	POST /v1/sync      a request, by its route: never its path, which holds ids
//	  read             a snapshot of the store
//	  write            from asking for the transaction until it is durable, the
//	                   wait for the group and the syncs to disk included
//	    decide         what the transaction itself did; twice if it ran twice
//	push fcm           a batch of messages handed to a push service
//
// No span names a person, a phone, an address or a record: attributes are
// routes, statuses, counts and the request id that the log has too. That is
// why the usual middleware is not used: it notes paths, addresses and browsers.
// A trace that a caller claims to be part of is not believed, or callers could
// have themselves traced.
//
// A collector that is away costs spans, never a request: they wait in a bounded
// queue and are dropped when it is full.
package traces
