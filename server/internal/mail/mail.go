package mail

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	lib "github.com/wneessen/go-mail"
)

// sendTime bounds one letter.
const sendTime = 20 * time.Second

// Sender sends from one address by one server.
type Sender struct {
	client *lib.Client
	from   string
}

// Letter is what is sent. A letter with an ID that was sent twice is one to
// mail systems that look.
type Letter struct {
	To, Subject, Text string
	ID                string // empty: a random one
}

// Parse reads smtp[s]://user:password@host:port/?from=…; To is what stands
// there as to=…, empty if nothing. smtp uses TLS if the server offers it,
// smtps from the start. An error never names the password.
func Parse(address string) (s *Sender, to string, err error) {
	bad := errors.New("not of the form smtp[s]://user:password@host:port/?from=…")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Query().Get("from") == "" {
		return nil, "", bad
	}
	opts := []lib.Option{lib.WithTimeout(sendTime)}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		opts = append(opts, lib.WithPort(port))
	}
	if u.Scheme == "smtps" {
		opts = append(opts, lib.WithSSL())
	} else {
		opts = append(opts, lib.WithTLSPolicy(lib.TLSOpportunistic))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		opts = append(opts, lib.WithSMTPAuth(lib.SMTPAuthAutoDiscover), lib.WithUsername(u.User.Username()), lib.WithPassword(password))
	}
	client, err := lib.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, "", bad
	}
	return &Sender{client: client, from: u.Query().Get("from")}, u.Query().Get("to"), nil
}

// Send hands a letter to the server.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	msg := lib.NewMsg()
	if err := errors.Join(msg.From(s.from), msg.To(l.To)); err != nil {
		return errors.New("from or to is no mail address") // it may be a person's
	}
	msg.Subject(l.Subject)
	if l.ID != "" {
		msg.SetMessageIDWithValue(l.ID)
	}
	msg.SetBodyString(lib.TypeTextPlain, l.Text)
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		var refused *lib.SendError
		if errors.As(err, &refused) { // its text names the recipient
			return fmt.Errorf("the mail server refuses the letter, for now: %v", refused.IsTemp())
		}
		return fmt.Errorf("the mail could not be sent: %w", err)
	}
	return nil
}
