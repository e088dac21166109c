package notify

import (
	"context"
	"time"

	"github.com/banso/banso/server/internal/domain"
)

// Names of channels.
const (
	ChannelFCM     = "fcm"
	ChannelWebPush = "webpush"
	ChannelSMS     = "sms"  // to a number that the person chose, for what is urgent
	ChannelMail    = "mail" // in figures: letters of the morning
)

// Message is one push to one target: all that leaves this machine, and the
// country.
type Message struct {
	Kind    Kind
	ID      domain.ID // of the inbox record: says nothing to who can't read it
	Tag     string    // at most 12 characters of base64url
	Urgency Urgency
	Life    time.Duration
	Target  Address
}

// Address is where a device takes pushes: a registration token (fcm), or an
// endpoint with the browser's keys (webpush).
type Address struct {
	Channel string `json:"channel"`
	Token   string `json:"token"`           // registration token, or endpoint
	P256DH  string `json:"p256dh,omitzero"` // webpush only
	Auth    string `json:"auth,omitzero"`   // webpush only
}

// Fate is what became of a message.
type Fate uint8

// Fates.
const (
	Sent    Fate = iota
	Gone         // the target is no more: forget it
	Refused      // this message is not taken; another may be
	Later        // the target asks to come again
	Down         // the channel itself does not work, whatever the message
)

func (f Fate) String() string { return [...]string{"sent", "gone", "refused", "later", "down"}[f] }

// WhyCredentials is why a channel is down that does not take the server's keys.
const WhyCredentials = "credentials"

// Outcome is the fate of one message. Why is a short code for people, without
// token or text.
type Outcome struct {
	Fate  Fate
	Why   string
	After time.Duration // Later, Down: as long as was asked for, 0 if nothing was said
}

// Channel brings messages to devices.
type Channel interface {
	Name() string
	// Check refuses an address that it will never send to.
	Check(Address) error
	// Send returns the outcome of each message, in their order. It gives up
	// when ctx ends; what is not known to have been taken is Later or Down.
	Send(ctx context.Context, list []Message) []Outcome
}

// MaxBatch is the most messages of one Send.
const MaxBatch = 500
