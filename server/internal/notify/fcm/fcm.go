//go:build !nofirebase

package fcm

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	firebase "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/errorutils"
	"firebase.google.com/go/v4/messaging"
	"github.com/go-json-experiment/json"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/option"

	"github.com/banso/banso/server/internal/notify"
)

// What a phone shows whose app is not running: the same for everybody.
const (
	Title = "Bản Số"
	Body  = "Bạn có tin mới. Mở ứng dụng để xem."
)

const (
	scope     = "https://www.googleapis.com/auth/firebase.messaging"
	batchTime = 45 * time.Second // of one Send, the SDK's own tries included
)

// Config of a Channel. Credentials and Now are required.
type Config struct {
	Credentials []byte // a service account's key file
	Now         func() time.Time
	Endpoint    string // of another service, for a demo or a test
	// Transport takes the place of the default one below OAuth.
	Transport http.RoundTripper
}

// Channel implements notify.Channel.
type Channel struct {
	client *messaging.Client
	grants oauth2.TokenSource
	now    func() time.Time
}

// New makes a Channel. It does not go to the network.
func New(ctx context.Context, c Config) (*Channel, error) {
	var head struct {
		Type    string `json:"type"`
		Project string `json:"project_id"`
	}
	if err := json.Unmarshal(c.Credentials, &head); err != nil || head.Type != "service_account" || head.Project == "" {
		return nil, errors.New("push-fcm is no key file of a service account")
	}
	conf, err := google.JWTConfigFromJSON(c.Credentials, scope)
	if err != nil {
		return nil, errors.New("push-fcm is no key file of a service account")
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 50,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 20 * time.Second, IdleConnTimeout: time.Minute}
	}
	base := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: c.Transport, Timeout: 20 * time.Second})
	grants := oauth2.ReuseTokenSource(nil, conf.TokenSource(base))
	opts := []option.ClientOption{option.WithHTTPClient(oauth2.NewClient(base, grants))}
	if c.Endpoint != "" {
		opts = append(opts, option.WithEndpoint(strings.TrimSuffix(c.Endpoint, "/")+"/v1"))
	}
	app, err := firebase.NewApp(ctx, &firebase.Config{ProjectID: head.Project}, opts...)
	if err != nil {
		return nil, err
	}
	client, err := app.Messaging(ctx)
	return &Channel{client: client, grants: grants, now: c.Now}, err
}

// Name implements notify.Channel.
func (*Channel) Name() string { return notify.ChannelFCM }

// Check implements notify.Channel.
func (*Channel) Check(a notify.Address) error {
	if len(a.Token) < 20 || strings.ContainsFunc(a.Token, func(r rune) bool { return r <= ' ' || r > '~' }) || a.P256DH != "" || a.Auth != "" {
		return errors.New("fcm: this is no registration token")
	}
	return nil
}

// Send implements notify.Channel. SendEach reports nil even if all fail: each
// answer is looked at.
func (c *Channel) Send(ctx context.Context, list []notify.Message) []notify.Outcome {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	out := make([]notify.Outcome, len(list))
	if o, ok := c.granted(); !ok {
		for i := range out {
			out[i] = o
		}
		return out
	}
	msgs := make([]*messaging.Message, len(list))
	for i := range list {
		msgs[i] = c.message(&list[i])
	}
	res, err := c.client.SendEach(ctx, msgs)
	for i := range out {
		switch {
		case err != nil:
			out[i] = notify.Outcome{Fate: notify.Refused, Why: "invalid"}
		case !res.Responses[i].Success:
			out[i] = outcome(res.Responses[i].Error)
		}
	}
	return out
}

// granted fetches the access token if it has expired. The SDK would try that
// four times for each message, and tell a refused key from a lost network no
// more.
func (c *Channel) granted() (notify.Outcome, bool) {
	_, err := c.grants.Token()
	var refused *oauth2.RetrieveError
	switch {
	case err == nil:
		return notify.Outcome{}, true
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500: // a wrong or expired key, or a clock that is off
		return notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}, false
	}
	return notify.Outcome{Fate: notify.Down, Why: "unreachable"}, false
}

func (c *Channel) message(m *notify.Message) *messaging.Message {
	ev, _ := notify.EventOf(m.Kind)
	life := m.Life.Truncate(time.Second)
	priority, apns := "normal", "5"
	if m.Urgency == notify.Now {
		priority, apns = "high", "10"
	}
	return &messaging.Message{
		Token:        m.Target.Token,
		Data:         map[string]string{"t": string(m.Kind), "i": string(m.ID), "g": m.Tag},
		Notification: &messaging.Notification{Title: Title, Body: Body},
		Android: &messaging.AndroidConfig{CollapseKey: m.Tag, Priority: priority, TTL: &life,
			Notification: &messaging.AndroidNotification{Tag: m.Tag, ChannelID: string(ev.Group)}},
		APNS: &messaging.APNSConfig{
			Headers: map[string]string{"apns-collapse-id": m.Tag, "apns-priority": apns, "apns-push-type": "alert",
				"apns-expiration": strconv.FormatInt(c.now().Add(life).Unix(), 10)},
			Payload: &messaging.APNSPayload{Aps: &messaging.Aps{MutableContent: true, ThreadID: string(ev.Group)}},
		},
	}
}

// outcome reads an error of the SDK.
func outcome(err error) notify.Outcome {
	switch {
	case messaging.IsUnregistered(err):
		return notify.Outcome{Fate: notify.Gone, Why: "unregistered"}
	case messaging.IsSenderIDMismatch(err):
		return notify.Outcome{Fate: notify.Gone, Why: "sender_mismatch"}
	case messaging.IsThirdPartyAuthError(err):
		return notify.Outcome{Fate: notify.Refused, Why: "apns_credentials"}
	case messaging.IsInvalidArgument(err) && strings.Contains(err.Error(), "registration token"):
		return notify.Outcome{Fate: notify.Gone, Why: "no_token"}
	case messaging.IsInvalidArgument(err):
		return notify.Outcome{Fate: notify.Refused, Why: "invalid_argument"}
	case messaging.IsQuotaExceeded(err):
		return notify.Outcome{Fate: notify.Later, Why: "quota", After: retryAfter(err)}
	case errorutils.IsUnauthenticated(err), errorutils.IsPermissionDenied(err):
		return notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}
	case messaging.IsUnavailable(err), messaging.IsInternal(err):
		return notify.Outcome{Fate: notify.Down, Why: "unavailable", After: retryAfter(err)}
	case errorutils.HTTPResponse(err) == nil:
		return notify.Outcome{Fate: notify.Down, Why: "unreachable"}
	}
	return notify.Outcome{Fate: notify.Refused, Why: "http_" + strconv.Itoa(errorutils.HTTPResponse(err).StatusCode)}
}

func retryAfter(err error) time.Duration {
	res := errorutils.HTTPResponse(err)
	if res == nil {
		return 0
	}
	n, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || n < 0 || n > 7*24*3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}
