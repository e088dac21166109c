// Package ledger owns the money after a decision: what may be listed, lists
// for payment, what was paid, received and spent, and how a funding decision's
// total is used up.
//
// What a (policy, subject, period) is due is decided elsewhere: by the latest
// close of a team's month and its adjustments (months.Dues), or by a support
// decision for an officer or a unit. What was listed stands in one record per
// (policy, subject, period), domain.Payment, which changes only in the
// transaction that appends the decision it follows from:
//
//	payable = due − listed, if it is funded and not withheld
//	payable < 0 is a recovery (thu hồi)
//
// A list is first a draft: the payables of some communes and months as they
// were at a commit. Issuing it takes two people and a verified backup that
// holds the draft and all closes under it; then one transaction works out
// every line again, refuses the list if any differs, and appends decision
// "list". A list never changes after that. It may be replaced, before anything
// of it is paid, by a dated successor: the successor's transaction first takes
// all lines of the predecessor back, so that its lines are the whole truth. Its
// papers bear the names of the rosters at the moment of issue (then.go), however
// often they are drawn.
//
// Where officers or units fail only assumed rules (badge A), the proposer may
// accept them for a reason, which the second person confirms with the rest
// (support_accept.go): of an award that rises, the difference is listed. Paying
// only the difference is assumed by this system (badge A).
//
//	kind of decision  key                     body
//	list              its number              Issued
//	payment           <number>/<voucher>      Voucher
//	support           <policy>/<subject>/<period>  Support
//
//	record type    scopes                       document
//	payment        sys:payments, team:<t>, commune:<c>  domain.Payment
//	payment_list   sys:lists, commune:<c>       List
//	payment_draft  sys:drafts                   lines of a draft, until it is issued
//	receipt, spending  team:<t>, commune:<c>    Receipt, Spending
//
// Numbers of lists are "<n>/<year>/<symbol>-<code>": n counts from 1 within
// the year of issue, the kind's symbol (DSCT chi trả, DSDC điều chỉnh, DSCB cán
// bộ, DSKT khen thưởng, DSHD người được
// huy động) and the code that the commune carries on that day
// ("TINH" for a list of several). n is taken in the issuing transaction, so a
// list that is not issued takes none and there is no gap.
//
// Two people (badge A: our rule): who drafted a list can't issue it, who issued
// it can't confirm it paid.
//
// Money is int64 đồng, periods "2023-06" or "once", days yyyy-mm-dd in UTC+7.
// Sources: R5, R6, R7, R14 and R16 of the policy file; NQ 60/2022/NQ-HĐND for
// what support may be spent on.
package ledger
