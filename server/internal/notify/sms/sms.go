package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/notify"
)

// Text is all that a message says, without marks so that it fits into one.
const Text = "Ban So: ban co tin quan trong. Mo ung dung de xem."

// Signature is the header that proves to the gateway who asks.
const Signature = "X-Banso-Signature"

const sendTime = 15 * time.Second

// Config of a Channel.
type Config struct {
	Webhook string // https address of the gateway; http on this machine
	Secret  string // that the body is signed with
	// Transport takes the place of the default one.
	Transport http.RoundTripper
}

// Channel implements notify.Channel.
type Channel struct {
	cfg    Config
	client *http.Client
}

// New makes a Channel.
func New(c Config) (*Channel, error) {
	u, err := url.Parse(c.Webhook)
	local := err == nil && u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")
	if err != nil || u.Host == "" || u.Scheme != "https" && !local {
		return nil, errors.New("sms-webhook is no https address")
	}
	if len(c.Secret) < 16 {
		return nil, errors.New("sms-secret has at least 16 characters")
	}
	return &Channel{cfg: c, client: &http.Client{Transport: c.Transport, Timeout: sendTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Name implements notify.Channel.
func (*Channel) Name() string { return notify.ChannelSMS }

// Check implements notify.Channel.
func (*Channel) Check(a notify.Address) error {
	if !strings.HasPrefix(a.Token, "+") || a.P256DH != "" || a.Auth != "" {
		return errors.New("sms: this is no number")
	}
	return nil
}

// request is what the gateway gets. The same id twice is one message.
type request struct {
	ID   string `json:"id"`
	To   string `json:"to"`
	Text string `json:"text"`
}

// Send implements notify.Channel, one message after the other: they are few.
func (c *Channel) Send(ctx context.Context, list []notify.Message) []notify.Outcome {
	out := make([]notify.Outcome, len(list))
	for i := range list {
		out[i] = c.one(ctx, &list[i])
	}
	return out
}

func (c *Channel) one(ctx context.Context, m *notify.Message) notify.Outcome {
	body, err := json.Marshal(request{ID: string(m.ID), To: m.Target.Token, Text: Text})
	if err != nil {
		return notify.Outcome{Fate: notify.Refused, Why: "payload"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.Webhook, bytes.NewReader(body))
	if err != nil {
		return notify.Outcome{Fate: notify.Down, Why: "unreachable"}
	}
	mac := hmac.New(sha256.New, []byte(c.cfg.Secret))
	mac.Write(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(Signature, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	res, err := c.client.Do(req)
	if err != nil {
		return notify.Outcome{Fate: notify.Down, Why: "unreachable"}
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4<<10)) // so that the connection serves again
	return outcome(res)
}

func outcome(res *http.Response) notify.Outcome {
	why := "http_" + strconv.Itoa(res.StatusCode)
	n, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || n < 0 || n > 7*24*3600 {
		n = 0
	}
	after := time.Duration(n) * time.Second
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		return notify.Outcome{Fate: notify.Sent}
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}
	case s == http.StatusTooManyRequests:
		return notify.Outcome{Fate: notify.Later, Why: why, After: after}
	case s >= 500:
		return notify.Outcome{Fate: notify.Down, Why: why, After: after}
	}
	return notify.Outcome{Fate: notify.Refused, Why: why}
}
