// Package policy reads support policies as data and decides by them: a team's
// month, or an officer's, a unit's, a person's case. It is the only importer
// of CEL.
//
// A policy file is strict JSON of the record profile (integers, no null): who
// issued it, its status, whom it supports and by what basis (scale.go: rates by
// date, tables, tiers, multiples, ranks, caps, components, top-ups), the months
// it covers, the days by which work is submitted, reviewed and locked, and its
// rules. A rule is a CEL expression over named facts together with what the
// phone shows: what there is (have), what is needed (need), a badge that says
// where the rule comes from (S published, I inferred, A assumed by us) and its
// text in Vietnamese and English. Parse refuses whatever is wrong with line,
// column and reason (*FileError); deploy/data/policies/policy.schema.json is
// the part of it that a schema can see.
//
// A decision first reckons the amount from figures and facts, then runs the
// rules. Facts are plain values that others gather. Deciding reads nothing
// else: no clock, no store, no network, so the same file and the same facts
// give the same bytes for ever. That is what makes a close record auditable.
//
//   - Money is whole đồng; multiples are thousandths, and a product that isn't
//     whole is refused with the file unless it states its rounding.
//   - A fact that nobody knows is unknown, not zero: CEL carries it through, and
//     a verdict that depends on it is incomplete and says what is missing. A
//     value that the source does not give is listed as assumed, badge A.
//   - A verdict of zero always has a reason; an amount is the sum of its lines
//     after caps; a top-up is another payer's money and never part of it.
//   - Expressions see only scalars, have no macros, no divisor that could be 0
//     and a bounded cost. One that fails makes the case incomplete; it never
//     pays and never panics. A policy that is not in force (a draft, a proposal,
//     a repealed one) pays nothing whatever its rules say.
//   - A period longer than a month is judged in its last month, but for what
//     accrues (real costs, days, nights): that is judged month by month against
//     the caps of the period and the year.
//
// Several policies may judge one month (Select); of an overlap group one pays
// (DecideAll). Trial and Change are for trying things out.
package policy
