// Package boltstore is the store on bbolt: one file, owned by one process.
//
// # Writing
//
// Updates wait in a bounded queue; one goroutine takes all that wait into one
// bbolt transaction, so that they share its two syncs. A closure that fails or
// panics after it wrote makes the group run again without it, and its error
// goes to its own caller only: closures may therefore run several times.
// Closures run on the committer's goroutine and must not call Update or View
// of the same store. State that many closures of a group touch (scopes,
// counters, clients, due marks) is kept in memory and written once a commit.
//
// # File
//
// All numbers in keys are big-endian, so keys sort by them.
//
//	meta           seq, durable, schema
//	runs           first seq -> epoch, last seq (0: the run goes on)
//	times          seq -> ms: commits from seq on were made at or after ms
//	dict           names of scopes, people, types and words <-> small numbers
//	scopes         scope no -> count, sum, floor, last, closed
//	records        rev -> header with type no and id, document
//	ids            type no, id -> rev
//	index          scope no, seq -> block of entries from that seq on: op, type
//	               no, rev; one entry per (scope, record)
//	history        rev -> what that change undid, and the header it replaced
//	verdicts       person no, block -> fps and verdicts in the order they came
//	verdict_fps    person no, block -> first bytes of the fps, to find them by
//	clients        person no, client -> last n, chain
//	raw            fp -> bytes of a mutation
//	waiters        type, id, number -> case
//	decisions      n -> link of the hash chain
//	decision_keys  kind, key -> n of the newest
//	credentials, counters, due
//
// Bodies lie in order of time, since the place of a random key would cost a
// page each; a changed record moves to its new rev. Entries of the index and
// verdicts lie in blocks of some dozens, which a commit writes once however
// many of its closures added to them: a key of its own for each would be most
// of what a commit costs.
//
// A record's header knows the seq of its entry in each scope that it is in or
// has left, which is how an old entry is found when the record moves on. Its
// newest cause stands in the header and goes into the history when it is
// replaced: a record that was only created has no history entry of its own.
//
// # Errors
//
// A full disk is store.ErrFull: nothing was written, reads go on, and writes
// work again when there is room. Any other error of a commit leaves its
// outcome unknown: the store stops for good (store.ErrStopped) and tells
// Fatal, for only a fresh start can find out what the file holds.
package boltstore
