package notify

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Quiet hours and caps that hold until a person chooses others (assumed, A).
const (
	quietFrom  = 21 * 60 // minutes after midnight, UTC+7
	quietTo    = 7 * 60
	maxPerDay  = 12 // pushes of one person a day, but for those that are urgent
	maxLastFew = 40 // urgent ones too: nobody gets forty messages
)

// Prefs is what a person chose to hear, and when.
type Prefs struct {
	NoPush    bool    `json:"no_push,omitzero"`    // nothing on the lock screen
	QuietFrom int     `json:"quiet_from"`          // minutes after midnight, UTC+7
	QuietTo   int     `json:"quiet_to"`            // equal to QuietFrom: no quiet hours
	Silent    []Group `json:"silent,omitzero"`     // no push, but in the inbox
	Hidden    []Group `json:"hidden,omitzero"`     // neither; money and security can't be
	Mail      string  `json:"mail,omitzero"`       // gets the officer's letter each morning
	Summary   Summary `json:"summary,omitzero"`    // gets the dashboard's figures by letter: weekly or monthly
	SMS       string  `json:"sms,omitzero"`        // gets a hint of what is urgent: +84…
	ChangedMs int64   `json:"changed_ms,omitzero"` // 0: never chosen
}

func defaultPrefs() Prefs { return Prefs{QuietFrom: quietFrom, QuietTo: quietTo} }

func prefsOf(r store.Reader, person domain.ID) (Prefs, error) {
	p, ok, err := store.LoadCredential[Prefs](r, kindPrefs, string(person))
	if err == nil && !ok {
		p = defaultPrefs()
	}
	return p, err
}

func (p *Prefs) hides(ev *Event) bool { return !ev.Firm() && slices.Contains(p.Hidden, ev.Group) }

func (p *Prefs) silences(ev *Event) bool { return p.NoPush || slices.Contains(p.Silent, ev.Group) }

// quietUntil returns the end of the quiet hours that a moment lies in, or the
// moment itself.
func (p *Prefs) quietUntil(now time.Time) time.Time {
	if p.QuietFrom == p.QuietTo {
		return now
	}
	at := now.In(domain.Zone)
	start := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, domain.Zone)
	minute := at.Hour()*60 + at.Minute()
	end := start.Add(time.Duration(p.QuietTo) * time.Minute)
	if p.QuietFrom < p.QuietTo { // within one day
		if minute >= p.QuietFrom && minute < p.QuietTo {
			return end
		}
		return now
	}
	switch {
	case minute < p.QuietTo:
		return end
	case minute >= p.QuietFrom:
		return end.Add(24 * time.Hour)
	}
	return now
}

// number is a phone number as gateways take it.
var number = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

var groups = []Group{Work, Reminder, Money, Security, Office, Operation}

func (p *Prefs) check() error {
	for _, m := range []int{p.QuietFrom, p.QuietTo} {
		if m < 0 || m >= 24*60 {
			return &domain.Error{Code: domain.Invalid, Field: "quiet_from", Msg: "Quiet hours are minutes after midnight, 0 to 1439.",
				Vi: "Giờ yên lặng tính bằng phút từ nửa đêm, 0 đến 1439."}
		}
	}
	if _, err := mail.ParseAddress(p.Mail); p.Mail != "" && (err != nil || strings.ContainsAny(p.Mail, " <>\r\n") || len(p.Mail) > 254) {
		return &domain.Error{Code: domain.Invalid, Field: "mail", Msg: "This is no mail address.", Vi: "Địa chỉ thư điện tử không hợp lệ."}
	}
	if p.Summary != "" && p.Summary != SummaryWeekly && p.Summary != SummaryMonthly {
		return &domain.Error{Code: domain.Invalid, Field: "summary", Msg: "A summary comes weekly or monthly.", Vi: "Bản tổng hợp gửi hằng tuần (weekly) hoặc hằng tháng (monthly)."}
	}
	if p.SMS != "" && !number.MatchString(p.SMS) {
		return &domain.Error{Code: domain.Invalid, Field: "sms", Msg: "Write the number as +84 and 9 digits.", Vi: "Hãy ghi số dạng +84 và 9 chữ số."}
	}
	for _, list := range [][]Group{p.Silent, p.Hidden} {
		for i, g := range list {
			if !slices.Contains(groups, g) || slices.Contains(list[:i], g) {
				return &domain.Error{Code: domain.Invalid, Field: "silent", Msg: "There is no such group of notifications.",
					Vi: "Không có nhóm thông báo này."}
			}
		}
	}
	if slices.Contains(p.Hidden, Money) || slices.Contains(p.Hidden, Security) {
		return &domain.Error{Code: domain.Unprocessable, Field: "hidden", Msg: "What concerns money and security always comes to the inbox; it can be kept off the lock screen.",
			Vi: "Tin về tiền và bảo mật luôn vào hộp thư; chỉ có thể tắt trên màn hình khóa."}
	}
	return nil
}

// Prefs returns what the caller chose.
func (s *Service) Prefs(ctx context.Context, who domain.Caller) (p Prefs, err error) {
	if who.PushOnly {
		return p, forbidden()
	}
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		p, err = prefsOf(r, who.Person)
		return err
	})
	return p, err
}

// SetPrefs writes what the caller chooses, in place of what was.
func (s *Service) SetPrefs(ctx context.Context, who domain.Caller, p Prefs) (Prefs, error) {
	if who.PushOnly {
		return p, forbidden()
	}
	if err := p.check(); err != nil {
		return p, err
	}
	err := s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		p.ChangedMs = tx.Now().UnixMilli()
		return store.SaveCredential(tx, kindPrefs, string(who.Person), p)
	})
	return p, err
}

func forbidden() error {
	return domain.E(domain.Forbidden, "You have no right to do this.", "Bạn không có quyền làm việc này.")
}
