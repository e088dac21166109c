// Package audit proves a shard's decisions again, years later and from the
// file alone: it trusts nothing that can be recomputed.
//
// Verify walks the chain of decisions from its first link. Each link must hold
// the hash of the one before and of its own canonical bytes; each close must
// come out byte for byte from its own facts and the policy file that it names;
// each checkpoint must be signed by a known key over the link before it; each
// funding's total must be teams × months × rate; and what has a rule of its
// own elsewhere (payment lists, payments, adjustments) is handed to that rule
// by kind. A kind that nobody knows is a problem, not a skip.
//
// A list in hand is held against its decision by ledger.CompareList.
//
// The log (Note, Search) says who changed and who saw what by requests that
// were granted: one line for each change, one a day for each thing that was
// looked at. Lines are only ever added. What phones change is in the history of
// the records themselves.
//
// Problems are sentences for the auditor, with the number of the decision.
// Reading goes on after a problem, so that one report names them all (the first
// MaxProblems). An error means that the file could not be read at all.
package audit
