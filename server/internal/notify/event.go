package notify

import "time"

// Kind names what happened.
type Kind string

// Kinds of events.
const (
	Returned         Kind = "returned"
	ReportReturned   Kind = "report_returned"
	Rejected         Kind = "rejected"
	Revoked          Kind = "revoked"
	Approved         Kind = "approved"
	Aside            Kind = "aside"
	Adopted          Kind = "adopted"
	Dismissed        Kind = "dismissed"
	Missing          Kind = "missing"
	Confirmed        Kind = "month_confirmed"
	Decided          Kind = "decided"
	Listed           Kind = "listed"
	Paid             Kind = "paid"
	Adjusted         Kind = "adjusted"
	DisputeExplained Kind = "dispute_explained"
	DisputeUpheld    Kind = "dispute_upheld"
	Task             Kind = "task"
	Announcement     Kind = "announcement"
	CodeIssued       Kind = "code_issued"
	AccountLinked    Kind = "account_linked"
	DeviceNew        Kind = "device_new"
	DeviceRevoked    Kind = "device_revoked"
	Unsent           Kind = "unsent"
	Waiting          Kind = "reviews_waiting"
	Overdue          Kind = "review_overdue"
	CloseDue         Kind = "close_due"
	Digest           Kind = "digest"
	JobDone          Kind = "job_done"
	BackupFailed     Kind = "backup_failed"
	PushTrouble      Kind = "push_trouble"
	CertTrouble      Kind = "certificate_trouble"
)

// Urgency orders the outbox and says what may break the night.
type Urgency uint8

// Urgencies. Only Now is sent in quiet hours and beyond the cap of a day.
const (
	Now Urgency = iota
	Soon
	Whenever
)

func (u Urgency) String() string { return [...]string{"now", "soon", "whenever"}[u] }

// Way is how an event reaches its person.
type Way uint8

// Ways.
const (
	Push      Way = iota // inbox and push
	InboxOnly            // inbox alone
	InDigest             // counted, and told with the digest of the day
	OnPhone              // made by the phone itself
)

func (w Way) String() string { return [...]string{"push", "inbox", "digest", "phone"}[w] }

// Group is what a person can switch at once.
type Group string

// Groups. Money and security can't be kept out of the inbox.
const (
	Work      Group = "work"
	Reminder  Group = "reminder"
	Money     Group = "money"
	Security  Group = "security"
	Office    Group = "office"
	Operation Group = "operation"
)

// Text is a text in both languages; {name} is filled in.
type Text struct{ Vi, En string }

// Event is one row of the catalogue.
type Event struct {
	Kind    Kind
	Group   Group
	Who     Text // hears of it
	When    Text
	Urgency Urgency
	Way     Way
	Life    time.Duration // after that it is not pushed any more; 0: for ever in the inbox, never pushed
	Title   Text
	Body    Text   // what to do
	Link    string // address in the app, with {fields} of the record
	// While is the state that the record it is about must still have when the
	// push leaves; "" if it may have any.
	While string
}

// Firm events can't be kept out of the inbox, only off the lock screen.
func (e *Event) Firm() bool { return e.Group == Money || e.Group == Security }

const (
	hour = time.Hour
	day  = 24 * hour
)

// EventOf returns the row of a kind.
func EventOf(k Kind) (*Event, bool) {
	for i := range Events {
		if Events[i].Kind == k {
			return &Events[i], true
		}
	}
	return nil, false
}
