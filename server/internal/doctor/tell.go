package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/mail"
)

// Ears are who is told when something needs a hand. Empty ones are nobody.
type Ears struct {
	Webhook string // https address that takes the report as JSON
	Mail    string // smtp[s]://user:password@host:port/?from=…&to=…
}

// again is after which time the same trouble is told once more.
const again = 24 * time.Hour

const toldName = "doctor.json"

// told is what was said last.
type told struct {
	AtMs  int64    `json:"at_ms"`
	Level Level    `json:"level"`
	What  []string `json:"what"`
}

// Report is what a webhook gets.
type Report struct {
	Host     string    `json:"host"`
	Level    Level     `json:"level"`
	Findings []Finding `json:"findings"` // what needs a hand, or nothing once all is well again
}

// Tell says what needs a hand, if it is news: other than last time, or a day
// old. When all is well again it says so once. It notes in dir what it said
// only after all ears took it.
func Tell(ctx context.Context, dir string, found []Finding, ears Ears, now time.Time) error {
	if ears == (Ears{}) {
		return nil
	}
	host, err := os.Hostname()
	if err != nil {
		host = "banso"
	}
	rep := Report{Host: host, Level: Worst(found), Findings: []Finding{}}
	next := told{AtMs: now.UnixMilli(), Level: rep.Level, What: []string{}}
	for _, f := range found {
		if f.Level == Soon || f.Level == Now {
			rep.Findings = append(rep.Findings, f)
			next.What = append(next.What, f.Check+" "+string(f.Level))
		}
	}
	path := filepath.Join(dir, toldName)
	if before, err := lastTold(path); err == nil && !news(before, next) {
		return nil
	}
	if err := errors.Join(rep.webhook(ctx, ears.Webhook), rep.mail(ctx, ears.Mail)); err != nil {
		return err
	}
	b, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

func lastTold(path string) (t told, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return told{Level: Fine}, nil // never told: as if all had been well
	}
	return t, json.Unmarshal(b, &t)
}

func news(before, next told) bool {
	if strings.Join(before.What, ",") != strings.Join(next.What, ",") {
		return true
	}
	return len(next.What) > 0 && next.AtMs-before.AtMs >= again.Milliseconds()
}

func (r Report) webhook(ctx context.Context, to string) error {
	if to == "" {
		return nil
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("doctor-webhook is no address")
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		var u *url.Error // names the address, which may hold a secret
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("the webhook could not be told: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode > 299 {
		return fmt.Errorf("the webhook answered %d", res.StatusCode)
	}
	return nil
}

func (r Report) mail(ctx context.Context, to string) error {
	if to == "" {
		return nil
	}
	by, whom, err := mail.Parse(to)
	if err != nil || whom == "" {
		return errors.New("doctor-mail is not of the form smtp[s]://user:password@host:port/?from=…&to=…")
	}
	return by.Send(ctx, mail.Letter{To: whom, Subject: r.subject(), Text: Text(r.Findings)})
}

func (r Report) subject() string {
	switch r.Level {
	case Now:
		return "Bản Số " + r.Host + ": cần xử lý ngay / needs a hand now"
	case Soon:
		return "Bản Số " + r.Host + ": cần xem sớm / needs a look"
	}
	return "Bản Số " + r.Host + ": đã ổn / all is well again"
}

// marks stand before the lines of a report.
var marks = map[Level]string{Unknown: "?", Fine: "ok", Soon: "!", Now: "!!"}

// Text is a report for people, Vietnamese first.
func Text(found []Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%-2s %s\n   %s\n", marks[f.Level], f.Vi, f.En)
		if f.DoVi != "" {
			fmt.Fprintf(&b, "   → %s\n   → %s\n", f.DoVi, f.DoEn)
		}
	}
	if len(found) == 0 {
		b.WriteString("Không có gì cần xử lý.\nNothing needs a hand.\n")
	}
	return b.String()
}
