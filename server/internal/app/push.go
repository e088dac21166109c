package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/banso/banso/server/internal/doctor"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/mail"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/fcm"
	"github.com/banso/banso/server/internal/notify/sms"
	"github.com/banso/banso/server/internal/notify/webpush"
)

// Push says by which ways pushes leave; the zero value by none, and everything
// else works.
type Push struct {
	FCM     string   // key file of a Firebase service account; empty: no FCM
	Contact string   // mailto: or https: that web push services may ask; empty: no web push
	Hosts   []string // of web push services; empty: those of today's browsers

	SMSWebhook string // gateway for hints to phone numbers; empty: none
	SMSSecret  string // that its requests are signed with
	Mail       string // smtp[s]://user:password@host:port/?from=… for officers' letters; empty: none

	// For a demo or a test whose services are on this machine.
	FCMEndpoint string
	Dial        func(ctx context.Context, network, addr string) (net.Conn, error)
	Transport   *http.Transport
}

// alone finds a setting that means nothing without another one: whoever gave it
// believes that something is on which is off.
func (p Push) alone() error {
	switch {
	case p.SMSSecret != "" && p.SMSWebhook == "":
		return errors.New("sms-secret needs sms-webhook, the gateway that it signs for")
	case len(p.Hosts) > 0 && p.Contact == "":
		return errors.New("push-hosts needs push-contact: without it no browser gets a push")
	}
	return nil
}

// openPush makes the channels and the service that sends by them.
func (a *App) openPush(ctx context.Context) error {
	var channels []notify.Channel
	p := a.cfg.Push
	if p.FCM != "" {
		key, err := os.ReadFile(p.FCM)
		if err != nil {
			return fmt.Errorf("push-fcm: %w", err)
		}
		ch, err := fcm.New(ctx, fcm.Config{Credentials: key, Now: a.cfg.Now, Endpoint: p.FCMEndpoint})
		if err != nil {
			return err
		}
		channels = append(channels, ch)
	}
	if p.Contact != "" {
		private, public := a.keys.Vapid()
		ch, err := webpush.New(webpush.Config{Private: private, Public: public, Contact: p.Contact, Hosts: p.Hosts, Dial: p.Dial, Transport: p.Transport})
		if err != nil {
			return err
		}
		channels, a.pushKey = append(channels, ch), public
	}
	for i, ch := range channels {
		channels[i] = a.traces.Channel(ch)
	}
	if p.SMSWebhook != "" {
		ch, err := sms.New(sms.Config{Webhook: p.SMSWebhook, Secret: p.SMSSecret})
		if err != nil {
			return err
		}
		channels = append(channels, ch)
	}
	letters, err := p.letters()
	if err != nil {
		return err
	}
	sent := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "banso_push_messages_total",
		Help: "Messages handed to a channel, by what became of them."}, []string{"channel", "fate"})
	a.metrics.MustRegister(sent)
	a.notify = notify.New(notify.Config{Store: a.store, Now: a.cfg.Now, Log: a.cfg.Log, Sessions: a.auth, Months: a.months, Channels: channels, Mail: letters, Origin: a.cfg.Origin,
		Summary: func(ctx context.Context, person domain.ID, period string) (subject, text string, err error) {
			return a.stats.Letter(ctx, person, period, a.cfg.Origin)
		},
		OnSent: func(channel string, f notify.Fate, n int) { sent.WithLabelValues(channel, f.String()).Add(float64(n)) }})
	return nil
}

// letters sends by the mail server that is set up; nil if none is.
func (p Push) letters() (func(ctx context.Context, to, subject, text, id string) error, error) {
	if p.Mail == "" {
		return nil, nil
	}
	by, _, err := mail.Parse(p.Mail)
	if err != nil {
		return nil, fmt.Errorf("mail-smtp is %w", err)
	}
	return func(ctx context.Context, to, subject, text, id string) error {
		return by.Send(ctx, mail.Letter{To: to, Subject: subject, Text: text, ID: id})
	}, nil
}

// examine tries what is set up without going to the network.
func (p Push) examine(ctx context.Context, now func() time.Time) doctor.Push {
	d := doctor.Push{FCM: p.FCM != "", Web: p.Contact != ""}
	if d.FCM {
		key, err := os.ReadFile(p.FCM)
		if err == nil {
			_, err = fcm.New(ctx, fcm.Config{Credentials: key, Now: now})
		}
		var at *fs.PathError
		if errors.As(err, &at) {
			err = fmt.Errorf("push-fcm: %w", at.Err) // a finding names no path
		}
		if err != nil {
			d.Bad = err.Error()
		}
	}
	if d.Web {
		if _, err := webpush.New(webpush.Config{Contact: p.Contact}); err != nil {
			d.Bad = err.Error()
		}
	}
	return d
}

// restoredName is the file that a restore leaves for the next start. It stands
// beside the store: what came back must be the backup, to the byte.
const restoredName = "restored"

func markRestored(data string) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, restoredName), nil, 0o600)
}

// noticeRestore tells notify that this store was restored, so that it does not
// push again what the lost one has pushed.
func (a *App) noticeRestore(ctx context.Context) error {
	path := filepath.Join(a.cfg.Data, restoredName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := a.store.Update(ctx, notify.MarkRestored); err != nil {
		return err
	}
	return os.Remove(path)
}
