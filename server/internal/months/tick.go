package months

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// dueClose is the kind of due mark of a team-month that the clock is to close;
// dueCloseOn is of one whose days were moved: its key begins with the lock day,
// "<yyyy-mm-dd>/<yyyy-mm>/<team>".
const (
	dueClose   = "month_close"
	dueCloseOn = "month_close_on"
)

const (
	typeClock                   = "month_clock"
	scopeMonths syncproto.Scope = "sys:months"
)

// clock is how far the server's clock has moved the months: it begins with
// the month in which the server first ran, so that no month before it is
// closed by nobody for nothing.
type clock struct {
	First  domain.Month `json:"first"`
	Opened domain.Month `json:"opened"`         // newest month whose progress is there for all teams
	Locked domain.Month `json:"locked"`         // newest month handed to the clock for closing
	Roster int64        `json:"roster"`         // newest change of teams and registrations that was followed
	Shape  int          `json:"shape,omitzero"` // of the progress records: an older one has them written again
}

// progressShape is what progress records hold: 1 since they name the commune
// under which the month is counted.
const progressShape = 1

var clockKey = store.Key{Type: typeClock, ID: syncproto.DerivedID(typeClock, "", "")}

// Tick moves the months by the server's clock: it opens a new month, and from
// the beginning of a month's lock day closes what has no undecided submission.
// What has one waits, is shown as overdue, and closes when the last is
// decided. It does a bounded part and reports whether more is to do; calling
// it often costs one read.
func (s *Service) Tick(ctx context.Context) (more bool, err error) {
	step, err := s.stepDue(ctx)
	if err != nil || !step {
		return false, err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		more = false
		moved, err := s.moveClock(tx)
		if err != nil {
			return err
		}
		spreading, err := s.spreadSome(tx)
		if err != nil {
			return err
		}
		waking, err := wakeMoved(tx)
		if err != nil {
			return err
		}
		closing, err := s.closeSome(tx)
		more = moved || spreading || waking || closing
		return err
	})
	return more, err
}

// stepDue looks, without writing, whether there is anything to do.
func (s *Service) stepDue(ctx context.Context) (due bool, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		due = false
		c, found, err := readClock(r, s.now())
		if err != nil {
			return err
		}
		next, err := s.next(r, c, s.now())
		due = !found || next != c
		return err
	})
	if err != nil || due {
		return due, err
	}
	if due, err = s.anyDue(ctx, dueClose, dueSpread); err != nil || due {
		return due, err
	}
	err = s.store.View(ctx, func(r store.Reader) error {
		keys, err := lockedBy(r, domain.DateOf(s.now()), 1)
		due = len(keys) > 0
		return err
	})
	return due, err
}

// lockedBy returns the first n marks of moved months whose lock day has come.
func lockedBy(r store.Reader, today domain.Date, n int) (keys []string, err error) {
	err = r.Due(dueCloseOn, func(k string) bool {
		if on, _, _ := strings.Cut(k, "/"); domain.Date(on) > today || len(keys) == n {
			return false
		}
		keys = append(keys, k)
		return true
	})
	return keys, err
}

// closeLater leaves a month to the clock until its lock day.
func closeLater(tx store.Tx, team domain.ID, month domain.Month, lock domain.Date) error {
	return tx.MarkDue(dueCloseOn, string(lock)+"/"+dueKey(team, month))
}

func readClock(r store.Reader, now time.Time) (c clock, found bool, err error) {
	rec, err := r.Record(clockKey)
	if errors.Is(err, store.ErrNotFound) {
		m := domain.MonthOf(now)
		return clock{First: m, Opened: m.Add(-1), Locked: m.Add(-1), Shape: progressShape}, false, nil
	}
	if err != nil {
		return c, false, err
	}
	return c, true, json.Unmarshal(rec.Doc, &c)
}

// rosterSeq is the newest change of what verdicts of open months take from
// the roster: the teams, and the registrations of this year and the last.
func rosterSeq(r store.Reader, cur domain.Month) (seq int64, err error) {
	for _, name := range []syncproto.Scope{roster.ScopeTeams, roster.ScopeRegistrations(cur.Year()), roster.ScopeRegistrations(cur.Year() - 1)} {
		sc, err := r.Scope(name)
		if err != nil {
			return 0, err
		}
		seq = max(seq, sc.Last)
	}
	return seq, nil
}

// next is the clock after one step.
func (s *Service) next(r store.Reader, c clock, now time.Time) (clock, error) {
	cur := domain.MonthOf(now)
	if c.Shape < progressShape {
		c.Shape = progressShape
		return c, nil
	}
	seq, err := rosterSeq(r, cur)
	if err != nil || seq > c.Roster {
		c.Roster = max(seq, c.Roster)
		return c, err
	}
	if c.Opened < cur {
		c.Opened = c.Opened.Add(1)
		return c, nil
	}
	m := c.Locked.Add(1)
	if m >= cur {
		return c, nil
	}
	p, err := s.policyFor(r, domain.Team{Level: domain.LevelVillage}, m)
	if errors.Is(err, errNoPolicy) {
		return c, nil
	}
	if err == nil && domain.DateOf(now) >= p.Dates(m).Lock {
		c.Locked = m
	}
	return c, err
}

func (s *Service) moveClock(tx store.Tx) (moved bool, err error) {
	c, found, err := readClock(tx, tx.Now())
	if err != nil {
		return false, err
	}
	n, err := s.next(tx, c, tx.Now())
	if err != nil || n == c && found {
		return false, err
	}
	if n.Shape != c.Shape { // a phone may have brought work of a year before the first month
		if err := mark(tx, spread{mode: spreadKnown, from: c.First.Add(-12), to: domain.MonthOf(tx.Now())}); err != nil {
			return false, err
		}
	}
	if cur := domain.MonthOf(tx.Now()); n.Roster != c.Roster && c.Opened == cur {
		if err := markSpread(tx, max(cur.Add(-2), n.First), cur); err != nil {
			return false, err
		}
	}
	if n.Opened != c.Opened { // the month before turns from open to grace
		if err := markSpread(tx, max(n.Opened.Add(-1), n.First), n.Opened); err != nil {
			return false, err
		}
	}
	if n.Locked != c.Locked {
		if err := mark(tx, spread{mode: spreadClose, from: n.Locked, to: n.Locked}); err != nil {
			return false, err
		}
	}
	doc, err := syncproto.DocOf(n)
	if err != nil {
		return false, err
	}
	_, err = tx.Put(store.Put{Key: clockKey, Doc: doc, Scopes: []syncproto.Scope{scopeMonths}, Cause: store.Cause{Op: "tick"}})
	return true, err
}

// wakeMoved hands moved months whose lock day has come to the clock.
func wakeMoved(tx store.Tx) (more bool, err error) {
	keys, err := lockedBy(tx, domain.DateOf(tx.Now()), closeBatch)
	for _, k := range keys {
		_, rest, _ := strings.Cut(k, "/")
		if err := errors.Join(tx.ClearDue(dueCloseOn, k), tx.MarkDue(dueClose, rest)); err != nil {
			return false, err
		}
	}
	return len(keys) == closeBatch, err
}

// closeSome closes some months that the clock has reached.
func (s *Service) closeSome(tx store.Tx) (left bool, err error) {
	keys, left, err := take(tx, dueClose, closeBatch)
	if err != nil {
		return false, err
	}
	for _, k := range keys {
		if err := tx.ClearDue(dueClose, k); err != nil {
			return false, err
		}
		team, month, ok := splitDue(k)
		if !ok {
			continue
		}
		if err := s.closeByClock(tx, team, month); err != nil {
			return false, err
		}
	}
	return left, nil
}

// closeByClock closes a month whose lock day has come, and leaves one whose day
// was moved until then.
func (s *Service) closeByClock(tx store.Tx, team domain.ID, month domain.Month) error {
	if _, closed, err := closedBy(tx, team, month); closed || err != nil {
		return err
	}
	g, err := s.gather(tx, team, month, tx.Now())
	if err == nil && domain.DateOf(tx.Now()) < g.dates.Lock {
		return closeLater(tx, team, month, g.dates.Lock)
	}
	if err == nil {
		_, err = s.close(tx, team, month, "", "", "")
	}
	if skippable(err) { // undecided: the progress record says overdue
		err = Touch(tx, team, month)
	}
	return err
}

// waited reports whether a month stands beyond its lock only because its last
// submission has just been decided: the clock closes it now.
func waited(tx store.Tx, j *judged) (bool, error) {
	if j.closed || j.undecided > 0 || domain.DateOf(tx.Now()) < j.LockOn {
		return false, nil
	}
	c, found, err := readClock(tx, tx.Now())
	return found && c.First <= j.Month && j.Month <= c.Locked, err
}
