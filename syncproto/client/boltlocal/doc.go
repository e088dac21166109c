// Package boltlocal is a client.Local in one bbolt file: the local database of
// native apps. What was saved is on the disk when Update returns.
//
// Buckets: meta (one value), records (type 0 id), members (scope 0 type 0 id,
// an index), scopes (name), outbox and sent (n, big-endian), log (number,
// big-endian). A value is a JSON head; a record's document and a mutation's
// bytes follow it after a line feed, so that they are kept byte for byte.
package boltlocal
