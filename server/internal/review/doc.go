// Package review is how a commune's chair decides on activities and monthly
// reports.
//
// The state machine (machine.go) is pure: given where a record stands and what
// somebody wants, it says what comes next. syncsvc calls it when it decides a
// mutation, so that a phone, the console and an adopted case all obey the same
// table:
//
//	received ──submit──> pending_review ──approve──> approved
//	   ^  ^                 │  │  └──────reject───> rejected (final)
//	   │  └────withdraw─────┘  └──return──> returned ──submit──> pending_review
//	   └─ withdrawn ─submit─> …     approved ──revoke──> returned
//
// A decision is a compare-and-set on the content hash c that the reviewer
// looked at and on the review state. The reviewer's own earlier decision on
// the same content counts as seen: he may change his mind (but not about a
// rejection) without looking again. The same decision on the same content does
// nothing; any other decision that meets another content or another state is
// stale and is dropped.
//
// Service is the chair's desk: Queue lists what waits for one commune and
// month, the riskiest first, with the reason of each flag (risk.go), or what
// was decided, so that an approval can be found and taken back; Decide
// turns single and bulk decisions into mutations and hands them to a
// Submitter, so that they take the path of every other mutation.
//
// Rules: nobody reviews what he authored himself (R15, an assumption of the
// policy file); a return, a rejection and a revocation need a reason; waiving
// evidence needs one too (R11).
package review
