package webpush

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	lib "github.com/SherClockHolmes/webpush-go"
	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/notify"
)

const (
	workers    = 16  // requests at a time
	recordSize = 256 // of what is sent, whatever it says
	tickleSize = 128 // of a push without content
)

// Config of a Channel. Private, Public and Contact are required.
type Config struct {
	Private, Public string   // VAPID keys, base64url
	Contact         string   // "mailto:…" or "https://…": whom a push service asks
	Hosts           []string // that pushes go to; default DefaultHosts
	// Dial and Transport take the place of the guarded ones: for a demo or a
	// test whose push service is on this machine.
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error)
	Transport *http.Transport
}

// Channel implements notify.Channel.
type Channel struct {
	cfg    Config
	client *http.Client
}

// New makes a Channel.
func New(c Config) (*Channel, error) {
	if !strings.HasPrefix(c.Contact, "mailto:") && !strings.HasPrefix(c.Contact, "https://") {
		return nil, errors.New("push-contact is a mailto: or https: address")
	}
	if len(c.Hosts) == 0 {
		c.Hosts = DefaultHosts
	}
	if c.Dial == nil {
		c.Dial = guardedDial
	}
	return &Channel{cfg: c, client: newClient(c.Dial, c.Transport)}, nil
}

// Name implements notify.Channel.
func (*Channel) Name() string { return notify.ChannelWebPush }

// Check implements notify.Channel.
func (c *Channel) Check(a notify.Address) error {
	if err := checkEndpoint(a.Token, c.cfg.Hosts); err != nil {
		return err
	}
	point, err := decode(a.P256DH)
	if err != nil {
		return err
	}
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return err
	}
	secret, err := decode(a.Auth)
	if err == nil && len(secret) != 16 {
		err = errors.New("webpush: the secret has 16 bytes")
	}
	return err
}

func decode(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

// payload is what a browser decrypts.
type payload struct {
	T notify.Kind `json:"t"`
	I string      `json:"i"`
	G string      `json:"g"`
}

// Send implements notify.Channel.
func (c *Channel) Send(ctx context.Context, list []notify.Message) []notify.Outcome {
	out := make([]notify.Outcome, len(list))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(list)) {
		wg.Go(func() {
			for i := range next {
				out[i] = c.one(ctx, &list[i])
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func (c *Channel) one(ctx context.Context, m *notify.Message) notify.Outcome {
	if err := c.Check(m.Target); err != nil { // the list of hosts has changed since
		return notify.Outcome{Fate: notify.Gone, Why: "not_allowed"}
	}
	body, err := json.Marshal(payload{T: m.Kind, I: string(m.ID), G: m.Tag})
	if err != nil {
		return notify.Outcome{Fate: notify.Refused, Why: "payload"}
	}
	o := c.post(ctx, m, body, recordSize)
	if o.Why == tooLarge {
		o = c.post(ctx, m, nil, tickleSize)
	}
	return o
}

const tooLarge = "too_large"

func (c *Channel) post(ctx context.Context, m *notify.Message, body []byte, size uint32) notify.Outcome {
	sub := &lib.Subscription{Endpoint: m.Target.Token, Keys: lib.Keys{P256dh: m.Target.P256DH, Auth: m.Target.Auth}}
	res, err := lib.SendNotificationWithContext(ctx, body, sub, &lib.Options{
		HTTPClient: c.client, RecordSize: size, Subscriber: strings.TrimPrefix(c.cfg.Contact, "mailto:"), Topic: m.Tag,
		TTL: max(0, int(m.Life/time.Second)), Urgency: urgency(m.Urgency),
		VAPIDPublicKey: c.cfg.Public, VAPIDPrivateKey: c.cfg.Private,
	})
	if errors.Is(err, errAddress) {
		return notify.Outcome{Fate: notify.Gone, Why: "not_allowed"}
	}
	if err != nil {
		return notify.Outcome{Fate: notify.Down, Why: "unreachable"}
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4<<10)) // so that the connection serves again
	return outcome(res)
}

func outcome(res *http.Response) notify.Outcome {
	why := "http_" + strconv.Itoa(res.StatusCode)
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		return notify.Outcome{Fate: notify.Sent}
	case s == http.StatusNotFound || s == http.StatusGone:
		return notify.Outcome{Fate: notify.Gone, Why: why}
	case s == http.StatusRequestEntityTooLarge:
		return notify.Outcome{Fate: notify.Refused, Why: tooLarge}
	case s == http.StatusTooManyRequests:
		return notify.Outcome{Fate: notify.Later, Why: why, After: retryAfter(res)}
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}
	case s >= 500:
		return notify.Outcome{Fate: notify.Down, Why: why, After: retryAfter(res)}
	}
	return notify.Outcome{Fate: notify.Refused, Why: why}
}

// retryAfter reads seconds; a date is left to the usual pause, since the clocks
// may differ.
func retryAfter(res *http.Response) time.Duration {
	n, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || n < 0 || n > 7*24*3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}

func urgency(u notify.Urgency) lib.Urgency {
	switch u {
	case notify.Now:
		return lib.UrgencyHigh
	case notify.Soon:
		return lib.UrgencyNormal
	}
	return lib.UrgencyLow
}
