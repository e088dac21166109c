// Package store is the boundary to disk: one Store of domain transactions for
// one shard (a province). It is an interface only; boltstore is the engine and
// storetest the suite that every engine passes.
//
// What a store keeps:
//
//   - records: a type, an id, a canonical document, and the scopes they live
//     in. Everything that people see or that decides something is a record,
//     the server's own facts (units, grants, registrations, policies, funding)
//     too: those live in scopes named "sys:…", which are never delivered.
//   - per scope: exactly one index entry for each record, at the seq at which
//     (scope, record) last changed; count and sum of the live records; floor;
//     whether it is closed (then every write into it is refused).
//   - history: each change of a record appends what it replaced.
//   - verdicts by (person, fp), the state of each client, raw bytes of
//     mutations that stand aside or wait, and which record they wait for.
//   - decisions: an append-only hash chain (closes, fundings).
//   - credentials: password hashes, sessions, devices, activation codes, and
//     the addresses and the outbox of pushes; never replicated, deletable.
//   - counters, kept in the write transaction, and due marks: work that must
//     follow a commit and survives a kill.
//   - runs: (epoch, first, last) of each run of the server.
//
// seq is one number per written record, taken inside the write transaction,
// so numbers are in commit order and a rollback gives them back. "Commit" is
// the seq of the newest committed write. Times are UTC; Ms is milliseconds
// since 1970.
package store
