// Package syncsvc is the server's side of the sync protocol, and the only
// place where a mutation is decided: those of phones (Sync), of the console
// (Submit) and of set-aside cases that somebody adopts or that waited.
//
// # Deciding
//
// Mutations are decoded before the write transaction begins. In it each is
// decided in order by decide, a pure function of the state, the mutation and
// the server's time, that returns a verdict and the writes; apply makes them
// true and keeps the verdict by (person, fp). A mutation whose decision
// panics or fails is set aside as "internal" and the batch runs again without
// it. One file per record type holds the rules: activity.go, report.go,
// reviewing.go, inbox.go, adopt.go.
//
// The first rule that is broken names the code, in this order: form
// (too_large, invalid), author (forbidden), operation (unknown_op), existence
// (parent_unknown, parent_aside, deleted), day (future_date, invalid when
// older than three years), right (not_member, forbidden), own work aside
// (parent_aside), closed month, review lock, conflict, catalogue.
//
// Choices where the protocol leaves one:
//
//   - not_member waits (V is waiting) until a grant of its author is entered,
//     or the chair adopts it. From a revoked device (PushOnly) everything
//     stands aside as not_member, so that the chair may bring it back.
//   - A second create of a used id that says something else is invalid; of a
//     deleted id, deleted. Adopting either makes a record under a new id
//     derived from the case, with alias_of.
//   - A report is never deleted (unknown_op): its derived id could not be used
//     again. Who leads the team in that month or today may write it.
//   - A submit of what is decided or pending already is noop, so that two
//     phones that both submit don't make a case.
//   - Whether somebody may review is asked for the day of receipt.
//   - Adopting waives the case's code, but never month_closed (what the chair
//     accepts becomes a proposal to pay it back, and the case closes when a
//     second person has approved it), future_date, unknown_op and internal: those are
//     decided again as they are. For what the author corrects (invalid,
//     future_date, …) the adopt mutation may carry corrected fields in "set".
//     If another rule still forbids it, the adoption's verdict is aside with
//     that code and names the same case, which stays open under that code.
//     An adopted mutation keeps its author; one that stood aside keeps its
//     verdict (the case record tells), one that waited gets its final one.
//   - Dismissing needs a reason; author, leaders and chair may do it.
//   - Cases of bytes that name no team go to the author's team of today.
//   - An approval makes no inbox record: the month's progress shows it.
//   - A record of a phone that both moved and came back in one answer is put,
//     never ack.
//
// # Bounds
//
// "at" names the commit that the author held. The store knows when commits
// were made to a minute (Reader.CommitMs, a lower bound); that is NotBeforeMs,
// 0 if the commit is unknown. NotAfterMs is the time of the transaction that
// received it. Both are kept with the record's newest content and in cases,
// and decide nothing by themselves.
//
// # Delivering
//
// A pull reads one snapshot after the commit. Requested scopes come first,
// then those the person has by himself: ref, user, his teams and communes with
// the current and two last months. A scope with nothing new gets no page. A
// page that starts from 0 has reset set. A requested scope without a right is
// revoked (purge). Nothing to push and nothing new costs one read transaction.
//
// # Cases
//
// A case is a record "case" in team:<t> and commune:<c> (code, state, the
// mutation as text if it is valid text, bounds, author, h, c and rev of the
// server's record then) and "own_case" under the same id in user:<author> (code
// and own mutation only). The raw bytes are kept in the store. Waiting cases
// are listed by what they wait for and decided again in the transaction that
// touches it, in order, until none moves; beyond maxSettle the rest is marked
// due and followed by RedecideDue.
//
// Rules: the protocol's verdict table; R15 of the policy file (the reviewer is
// not the author). Texts of all codes are in texts.go and are written into ref
// by SeedRef.
package syncsvc
