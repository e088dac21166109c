// Package months owns the team-month: what its facts are, what the policy says
// about it, when it closes, which decision funds it, and what is shown of it.
//
// Facts come from records alone: the team (sys:teams), its members (grants in
// team:<t>), the registration of its commune (sys:registrations/<year>), the
// activities and the report (scope team:<t>/<yyyy-mm>), the policy file
// (sys:policies) and the funding decisions. One function, Verdict, judges; the
// phone's progress record, the chair's list, a close and every read use it.
//
// Life of a month: open until it ends, then grace, closed per team, finalised
// by the province. The days are the policy's, in UTC+7.
//
//   - A chair closes with the csum of what he saw: the sum modulo 2^128 over
//     the live records of the month's scope of
//     first16(SHA-256(type 0 id 0 c 0 state)). A note or a photo's bytes leave
//     it alone, content and decisions change it. Under a policy that pays real
//     costs what the team spent on days of the month is in it too, with whether
//     its proof is here. Closing twice is closing once.
//   - From the beginning of the lock day the clock (Tick) closes what has no
//     undecided submission. Any other month waits, is shown as overdue, and
//     closes by itself when the last submission is decided. So nobody can close
//     over an undecided submission, and no delay of a reviewer costs a month.
//   - What a team sent after the lock while its month waited does not count
//     ("after_lock"); it is for an adjustment (R14), see recount.
//   - Where only assumed rules (badge A) fail, the month is incomplete and pays
//     nothing, unless the chair accepts it with a reason while closing. Nothing
//     is accepted against a published or inferred rule, and nobody accepts a
//     month of a team in which he has a role.
//
// What happens to a month beside and after its close:
//
//   - Extensions (extension.go) move its days later while it is open; the days
//     that held are facts of the close.
//   - Corrections (proposal.go, approve.go) are proposed by one person and
//     decided by another: adjustments of what is due (due.go), and reopenings
//     (reopen.go), after which the next close names the one it supersedes. Late
//     work that they rest on is counted by the function that counts all (late.go).
//   - Several policies may judge it (several.go): one is the main one, which
//     phones show, each has a due of its own. A cap over the year counts the
//     other closed months of the year, in whatever order they were closed.
//   - Real costs (spent.go) count if they were entered before the close, with a
//     paper or a photo that is here. What comes later is set aside
//     ("month_closed"); adopting it proposes a back payment.
//   - What a commune adds from its own budget (topup.go) is a decision of its
//     own, kind "top_up". It stands beside the amount in the verdict of a month
//     that closes after it, and in a column of its own on the list; the ledger
//     lists none of it.
//   - Two people publish a policy once any decision stands (publish.go).
//   - Explain gives all of it in one canonical document, the same for everybody.
//
// Where a row of this page carries no source, it is assumed by this system
// (badge A): the 10 days of a reopened month, who may propose and approve, and
// that the later of two extensions holds, that two people publish a policy.
//
// A close is a decision of kind "close" (domain.Close): it holds the facts and
// the hash of the policy file, and Recompute gives its bytes again. It knows
// nothing of funding. A funding decision (kind "funding") comes on its own day,
// often months later, and points to months of its beneficiaries. What is shown
// of a closed month is a function of its close and of the decisions known now:
// "eligible, waiting for the funding decision" until one has it, "funded" then,
// and "out of window" once a window of its year is decided without it.
//
// Follow-up work never decides money: Touch marks a team-month in the
// transaction that changed a fact, RefreshDue rewrites progress records in
// bounded batches, Tick moves the clock. Marks survive a kill; both functions
// may run at any time and any number of times. A mark for all teams is one mark
// (spread.go) that walks over them.
//
// Trouble, what happens, and the test that says so:
//
//	two closes at once                  one record, both get it           TestClose_TwoAtOnce, e2e TestAttack_CloseRaces
//	a close during pushes               in the record or refused          TestClose_DuringPushes
//	kill -9 between record and answer   asked again, the same record      e2e TestKill9_AtClose
//	the clock over midnight, and back   closes from 1st, 00:00 UTC+7;     TestClose_MidnightInVietnam
//	                                    a step back opens nothing
//	a unit merged in the month          of the commune of the last day,   TestClose_UnitMergedInTheMonth
//	                                    registration of the predecessor
//	a member in two teams               counts where it was logged        TestClose_MemberOfTwoTeams
//	a team dissolved in the month       closes, does not count (R8)       TestClose_TeamDissolvedInTheMonth
//	a registration revoked later        open months change, closed don't  TestClose_RegistrationRevokedLater
//	a policy that can't be compiled,    not published, with line and      policy TestParse_Refuses,
//	costs too much, may divide by zero  reason                            TestParse_RefusesWithPlace
//	a rule that fails on real facts     incomplete, nobody is paid        TestClose_PolicyThatCannotBeEvaluated
//	a backup that lost an issued list   its draft stands, line by line    sim, check list_backed_up
//
// Money is int64 đồng; months are yyyy-mm and days yyyy-mm-dd in UTC+7.
// Refusals are *domain.Error; in a list of closes they are results.
// Sources of the rules: deploy/data/policies, each with its badge.
package months
