package oracle

import "fmt"

// Check names one invariant.
type Check string

// The invariants, in the order in which SPEC.md lists them.
const (
	ExactlyOnce   Check = "exactly_once"      // each accepted mutation changed its record once, in the order of revs
	AckedKept     Check = "acked_kept"        // what a phone was told is done, the server still knows
	TypedKept     Check = "typed_kept"        // what was typed reaches the server while one copy of it lives
	SameVerdict   Check = "same_verdict"      // same fp, same verdict; waiting may become final once
	AckDense      Check = "ack_dense"         // every n <= ack has a verdict
	AsideCase     Check = "aside_has_case"    // set aside or waiting: the case exists with the mutation in it
	ClientOrder   Check = "client_order"      // a client's mutations take effect in the order of n
	CursorForward Check = "cursor_monotone"   // a cursor goes back only by a reset or a loss
	PageComplete  Check = "page_complete"     // after a complete page the phone holds what the server counts
	ReadRights    Check = "read_rights"       // no document outside a grant
	RevokedGone   Check = "revoked_gone"      // a scope without a right leaves the phone, its outbox stays
	SumRecomputed Check = "sum_recomputed"    // count and sum equal those computed from the documents
	OneEntry      Check = "one_entry"         // one entry per (scope, record) in a reading from 0
	Tombstones    Check = "tombstones_stay"   // what is deleted stays deleted
	ClosedConst   Check = "closed_constant"   // the content of a closed month does not change
	CloseOnce     Check = "close_once"        // a second close is the first one
	RecordConst   Check = "record_constant"   // no decision of the chain ever changes
	TwoPeople     Check = "two_people"        // a correction has two people, neither of the team
	MoneyTrue     Check = "money_true"        // the figure that is shown is the one that was decided
	FiguresTrue   Check = "figures_true"      // the dashboard's counters are what the records and decisions give
	ListedDue     Check = "listed_due"        // with each list exactly what is due is listed, and only where it may be
	ListNumbers   Check = "list_numbers"      // numbers of lists count without holes
	ListBacked    Check = "list_backed_up"    // a verified backup holds what a list stands on before it is issued
	PaidListed    Check = "paid_was_listed"   // paid is what was listed, once, by somebody else than its issuer
	CloseIfMatch  Check = "close_if_match"    // a close with another csum is refused
	ReviewLock    Check = "review_lock"       // no edit after a decision
	ReviewSeen    Check = "review_seen"       // no decision on content that was not looked at
	MergeRules    Check = "merge_rules"       // material fields never change under somebody's hands
	Justified     Check = "justified"         // a refusal has its reason in the history
	DurableTrue   Check = "durable_in_backup" // durable is inside the second-newest verified backup
	ShownIsBase   Check = "shown_base_outbox" // what is shown = base + outbox, after any kill
	Unblocked     Check = "poison_unblocked"  // one broken mutation delays nothing behind it
	Converged     Check = "converged"         // without faults all drain and agree
	CaseVisible   Check = "case_visible"      // author and leader see each case
	ForkSeen      Check = "fork_seen"         // a cloned, rolled back or gapped client is told to rotate
	LossSeen      Check = "loss_seen"         // lost history is noticed, and only then
	Digests       Check = "digests"           // h is the hash of the canonical document
	Envelope      Check = "envelope"          // an answer is of the protocol
)

// Finding is a broken invariant.
type Finding struct {
	Check Check
	Msg   string
}

func (f Finding) String() string { return string(f.Check) + ": " + f.Msg }

const maxFindings = 20

// fail notes a finding; the first ones tell the story, the rest is noise.
func (o *Oracle) fail(c Check, format string, args ...any) {
	if len(o.findings) < maxFindings {
		o.findings = append(o.findings, Finding{c, fmt.Sprintf(format, args...)})
	}
}

// Fail lets the harness report what only it can see.
func (o *Oracle) Fail(c Check, format string, args ...any) { o.fail(c, format, args...) }

// Findings are the broken invariants so far, oldest first.
func (o *Oracle) Findings() []Finding { return o.findings }
