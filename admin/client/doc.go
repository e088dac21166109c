// Package client is the typed HTTP client of a Bản Số server: for the operator
// command, the demo, benchmarks and tests. It speaks what openapi.yaml says
// and knows nothing of the server's insides.
//
// A Client signs in with Setup, Activate or Login, keeps its session, asks for
// new access when the server says the old one has run out (never by its own
// clock) and repeats that one request. It never repeats a request for another
// reason: who calls decides about back-off, with Problem.RetryAfter.
//
// Units: amounts are int64 đồng; months are yyyy-mm, days yyyy-mm-dd in UTC+7;
// names that end in Ms are milliseconds since 1970 UTC.
//
// Errors: an answer that is no success is a *Problem (use errors.As); anything
// else is the transport's error or an answer that could not be read.
package client
