package notify

import (
	"errors"
	"fmt"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Note is something that one person is to hear of.
type Note struct {
	To   domain.ID
	Kind Kind
	// Key names the cause: one note of a person has it, ever.
	Key string
	// Tag names what it is news of: a newer note with it takes the place of an
	// older one on the screen. Empty: the note stands alone.
	Tag   string
	About store.Key
	Team  domain.ID
	Month domain.Month
	// Fields are further fields of the record, empty ones left out.
	Fields map[string]string
	// Args fill the texts of the catalogue.
	Args map[string]string
	// Title and Body take the place of the catalogue's, if they are set.
	Title, Body Text
	// UntilMs ends its life before the catalogue does; 0 leaves it.
	UntilMs int64
	// Quiet writes the inbox record and sends nothing.
	Quiet bool
	Cause store.Cause
}

// ID is that of the inbox record.
func (n *Note) ID() domain.ID { return syncproto.DerivedID(syncproto.TypeInbox, n.To, n.Key) }

// Tell writes a note in the transaction of its cause. What was told once, or
// what the person keeps out of the inbox, is told no more.
func Tell(tx store.Tx, n Note) error {
	ev, ok := EventOf(n.Kind)
	if !ok {
		return fmt.Errorf("notify: there is no event %q", n.Kind)
	}
	if n.To == "" {
		return nil // nobody to tell: the clock closed it, or the author is gone
	}
	p, err := prefsOf(tx, n.To)
	if err != nil || p.hides(ev) {
		return err
	}
	key := store.Key{Type: syncproto.TypeInbox, ID: n.ID()}
	if _, err := tx.Record(key); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	c := n.Cause
	c.Op = "notify"
	if _, err := tx.Put(store.Put{Key: key, Doc: n.doc(ev, tx.Now().UnixMilli()),
		Scopes: []syncproto.Scope{syncproto.UserScope(n.To)}, Cause: c}); err != nil {
		return err
	}
	if ev.Way != Push || n.Quiet {
		return nil
	}
	return enqueue(tx, &n, ev)
}

// TellTeam tells the leader and the deputies of a team, or all members.
func TellTeam(tx store.Tx, n Note, all bool) error {
	people, err := peopleOf(tx, n.Team, domain.DateOf(tx.Now()), all)
	if err != nil {
		return err
	}
	return tellAll(tx, n, people)
}

// peopleOf are the leader and deputies of a team on a day, or all members.
func peopleOf(r store.Reader, team domain.ID, on domain.Date, all bool) (list []domain.ID, err error) {
	seen := map[domain.ID]bool{}
	err = roster.TeamGrants(r, team, func(g domain.Grant) bool {
		if g.Has(on) && (all || g.Role == domain.RoleLeader || g.Role == domain.RoleDeputy) && !seen[g.Person] {
			seen[g.Person] = true
			list = append(list, g.Person)
		}
		return true
	})
	return list, err
}

// Tally counts an event that is told with the digest of the day.
func Tally(tx store.Tx, to domain.ID, k Kind) error {
	if to == "" {
		return nil
	}
	return tx.Count(tallyKey(to, k), 1)
}

func tallyKey(to domain.ID, k Kind) string { return "digest/" + string(to) + "/" + string(k) }

// doc is the inbox record.
func (n *Note) doc(ev *Event, nowMs int64) syncproto.Doc {
	d := syncproto.Doc{"kind": syncproto.Str(string(n.Kind)), "at": syncproto.Int(nowMs)}
	title, body := ev.Title, ev.Body
	if n.Title != (Text{}) {
		title = n.Title
	}
	if n.Body != (Text{}) {
		body = n.Body
	}
	var pairs []string
	for k, v := range n.Args {
		pairs = append(pairs, "{"+k+"}", v)
	}
	fill := strings.NewReplacer(pairs...).Replace
	set := func(f, v string) {
		if v != "" {
			d[f] = syncproto.Str(v)
		}
	}
	set("title_vi", fill(title.Vi))
	set("title_en", fill(title.En))
	set("body_vi", fill(body.Vi))
	set("body_en", fill(body.En))
	set("type", n.About.Type)
	set("id", string(n.About.ID))
	set("team", string(n.Team))
	set("month", string(n.Month))
	for f, v := range n.Fields {
		set(f, v)
	}
	if n.Tag != "" {
		set("tag", n.tag())
	}
	return d
}

// tag is what a screen tells messages apart by: it says nothing to others.
func (n *Note) tag() string {
	t := n.Tag
	if t == "" {
		t = n.Key
	}
	return string(syncproto.DerivedID("tag", n.To, t))[:12]
}
