package client

import (
	"context"
	"net/http"
)

// PushState says by which ways this server pushes.
type PushState struct {
	Channels []string `json:"channels"`
	Vapid    string   `json:"vapid,omitzero"`
	Mail     bool     `json:"mail,omitzero"` // officers can have letters
}

// PushAddress is where a device takes pushes.
type PushAddress struct {
	Channel string `json:"channel"` // "fcm" | "webpush"
	Token   string `json:"token"`   // registration token, or endpoint
	P256DH  string `json:"p256dh,omitzero"`
	Auth    string `json:"auth,omitzero"`
}

// PushState returns the server's ways of pushing.
func (c *Client) PushState(ctx context.Context) (s PushState, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/push", out: &s})
	return s, err
}

// RegisterPush binds an address to the device that is signed in.
func (c *Client) RegisterPush(ctx context.Context, a PushAddress) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/push", in: a})
	return err
}

// UnregisterPush takes the device off.
func (c *Client) UnregisterPush(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: "/v1/push"})
	return err
}

// NotifyPrefs is what a person chose to hear, and when.
type NotifyPrefs struct {
	NoPush    bool     `json:"no_push,omitzero"`
	QuietFrom int      `json:"quiet_from"` // minutes after midnight, UTC+7
	QuietTo   int      `json:"quiet_to"`
	Silent    []string `json:"silent,omitzero"`
	Hidden    []string `json:"hidden,omitzero"`
	Mail      string   `json:"mail,omitzero"`    // gets an officer's letter each morning
	Summary   string   `json:"summary,omitzero"` // weekly | monthly: gets the dashboard's figures by letter
	SMS       string   `json:"sms,omitzero"`     // gets a hint of what is urgent
	ChangedMs int64    `json:"changed_ms,omitzero"`
}

// NotifyPrefs returns the caller's preferences.
func (c *Client) NotifyPrefs(ctx context.Context) (p NotifyPrefs, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/me/notifications", out: &p})
	return p, err
}

// SetNotifyPrefs replaces them.
func (c *Client) SetNotifyPrefs(ctx context.Context, p NotifyPrefs) (out NotifyPrefs, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/me/notifications", in: p, out: &out})
	return out, err
}

// Delivery is one message from its cause to the screen.
type Delivery struct {
	ID       ID     `json:"id"`
	To       ID     `json:"to"`
	Kind     string `json:"kind"`
	AtMs     int64  `json:"at_ms"`
	State    string `json:"state"`
	Why      string `json:"why,omitzero"`
	Channel  string `json:"channel,omitzero"`
	Tries    int    `json:"tries,omitzero"`
	SentMs   int64  `json:"sent_ms,omitzero"`
	ShownMs  int64  `json:"shown_ms,omitzero"`
	OpenedMs int64  `json:"opened_ms,omitzero"`
}

// Deliveries are the figures of some days.
type Deliveries struct {
	On     []string `json:"on"`
	Paused []struct {
		Channel string `json:"channel"`
		Why     string `json:"why"`
		UntilMs int64  `json:"until_ms"`
	} `json:"paused"`
	Days []struct {
		Day     string `json:"day"`
		Channel string `json:"channel"`
		State   string `json:"state"`
		N       int64  `json:"n"`
	} `json:"days"`
	Targets []struct {
		Channel string `json:"channel"`
		Devices int64  `json:"devices"`
		Failing int64  `json:"failing"`
		Silent  int64  `json:"silent"`
	} `json:"targets"`
	Waiting int64      `json:"waiting"`
	Parked  []Delivery `json:"parked"`
	Units   []struct {
		Unit    ID    `json:"unit"`
		Members int64 `json:"members"`
		Without int64 `json:"without"`
	} `json:"units"`
}

// Deliveries returns the figures of the days from the first to the last.
func (c *Client) Deliveries(ctx context.Context, from, to string) (d Deliveries, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/deliveries", query: values("from", from, "to", to), out: &d})
	return d, err
}

// Delivery returns one message.
func (c *Client) Delivery(ctx context.Context, id ID) (d Delivery, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/deliveries/" + esc(id), out: &d})
	return d, err
}

// Announce is what a commune or the province writes to teams.
type Announce struct {
	Key     ID     `json:"key"`
	Kind    string `json:"kind"` // "announcement" | "task"
	Title   string `json:"title"`
	Text    string `json:"text"`
	TitleEn string `json:"title_en,omitzero"` // empty: the Vietnamese
	TextEn  string `json:"text_en,omitzero"`
	Units   []ID   `json:"units,omitzero"`
	To      string `json:"to"` // "all" | "silent" | "missing"
	Month   string `json:"month,omitzero"`
	AtMs    int64  `json:"at_ms,omitzero"`
	UntilMs int64  `json:"until_ms,omitzero"`
	DryRun  bool   `json:"dry_run,omitzero"`
}

// Announced is an announcement and how far it has come.
type Announced struct {
	ID         ID     `json:"id"`
	By         ID     `json:"by"`
	CreatedMs  int64  `json:"created_ms"`
	State      string `json:"state"` // "preview" | "scheduled" | "sent" | "cancelled"
	Teams      int64  `json:"teams"`
	People     int64  `json:"people"`
	TeamsSeen  int64  `json:"teams_seen"`
	PeopleSeen int64  `json:"people_seen"`
	Announce   `json:",embed"`
}

// Announcements lists those that the caller may write, newest first.
func (c *Client) Announcements(ctx context.Context) ([]Announced, error) {
	var out struct {
		Announcements []Announced `json:"announcements"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/announcements", out: &out})
	return out.Announcements, err
}

// Announce writes to teams. The same key twice is once.
func (c *Client) Announce(ctx context.Context, in Announce) (a Announced, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/announcements", in: in, out: &a})
	return a, err
}

// Unread are the teams of an announcement where nobody has read it.
type Unread struct {
	Teams []UnreadTeam `json:"teams"`
	More  int64        `json:"more,omitzero"`
}

// UnreadTeam is one of them.
type UnreadTeam struct {
	Team    ID     `json:"team"`
	Name    string `json:"name"`
	Commune ID     `json:"commune"`
}

// UnreadAnnouncement names the teams that have not read an announcement.
func (c *Client) UnreadAnnouncement(ctx context.Context, id ID) (u Unread, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/announcements/" + esc(id) + "/unread", out: &u})
	return u, err
}

// CancelAnnouncement takes one back.
func (c *Client) CancelAnnouncement(ctx context.Context, id ID) (a Announced, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/announcements/" + esc(id) + "/cancel", out: &a})
	return a, err
}
