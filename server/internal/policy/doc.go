// Package policy reads support policies as data and decides a team's month by
// them. It is the only importer of CEL.
//
// A policy file is strict JSON of the record profile (integers, no null): who
// issued it, its status, the rate in đồng, the months it covers, the days by
// which work is submitted, reviewed and locked, and its rules. A rule is a
// CEL expression over named facts together with what the phone shows: what
// there is (have), what is needed (need), a badge that says where the rule
// comes from (S published, I inferred, A assumed by us) and its text in
// Vietnamese and English.
//
// Facts are plain values that package months gathers. Deciding reads nothing
// else: no clock, no store, no network, so the same file and the same facts
// give the same bytes for ever. That is what makes a close record auditable.
//
// Expressions see only scalars, have no macros and run under a cost limit.
// One that fails makes the month incomplete, with the reason; it never pays
// and never panics. A policy that is not in force (a draft, a proposal, a
// repealed one) pays nothing whatever its rules say.
package policy
