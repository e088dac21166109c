// Package syncproto is the sync protocol of Bản Số, version 1: what a phone
// and the server say to each other, how it is written, hashed and merged. It
// is pure: no network, no clock, no files; whoever needs time or randomness
// passes it in. SPEC.md beside this file is the contract; testdata/vectors
// holds the same contract as data, for engines in other languages.
//
// Shapes. A Request pushes mutations and pulls scopes; a Response brings
// verdicts and pages of changes. A mutation travels as its bytes
// (RawMutation), which never change once made: its fingerprint is over them.
// DecodeRequest reads the envelope strictly and leaves mutations alone;
// DecodeMutation reads one of them. A Doc is the document of a record: fields
// with values in canonical form, so that equal values are equal bytes.
//
// Units. Times are milliseconds since 1970 UTC, months "yyyy-mm" and days
// "yyyy-mm-dd" in UTC+7, ids 128 bits as 22 characters of base64url, digests
// the first 128 bits of a SHA-256. Numbers are integers of at most 53 bits.
//
// Errors. ErrEnvelope: the message as a whole is refused (a 400). ErrProfile:
// this mutation or document is refused and nothing else around it. ErrBadID: a string is no id. A mutation that is refused by a rule
// is never an error but a Verdict.
package syncproto
