// Package httpapi is the HTTP door: it decodes, asks who is calling, calls one
// service method and encodes. No rule of the domain lives here, and no
// transaction can be opened from here (the store is out of sight).
//
// Every route stands in one table (routes.go) with who may knock at it and how
// its load is counted; openapi.yaml describes the same routes for everybody
// else, and a test holds the two together.
//
// Order of a request: id and log, recover, admission (before a byte of the
// body is read), access token, body (bounded before and after gzip, at a
// minimum rate), strict decoding, service, answer (gzip from 512 bytes).
//
// Errors leave as application/problem+json (RFC 9457) from problem.go alone.
// What is not a domain.Error is a 500 with the request's id and no text.
//
// Units: as in domain. Times of rate limits and deadlines are wall time, those
// in answers the server's own clock, which a demo may turn.
package httpapi
