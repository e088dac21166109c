package client

import (
	"errors"
	"time"

	"github.com/banso/banso/syncproto"
)

// Status is what a person may want to know about their phone and the server.
type Status struct {
	Client      syncproto.ID
	Seen        *syncproto.Seen // newest commit held; nil before first contact
	Unsent      int64           // mutations without a verdict
	Kept        int64           // mutations with one that are not yet in the server's backups
	LastSuccess time.Time       // phone's clock; zero: never
	Offset      time.Duration   // server's clock minus the phone's
	Upgrade     string          // "none", "soft" or "hard"
	Agree       bool            // all counts and sums agreed when last compared
	Problems    []Problem
	Scopes      []ScopeState
	Last        Outcome // of the newest round trip of this engine
}

// ProblemKind names what is wrong.
type ProblemKind string

const (
	ProblemDiffers ProblemKind = "copy_differs" // a scope stays different after reading it anew
	ProblemSignIn  ProblemKind = "sign_in"      // the person must sign in
	ProblemOffline ProblemKind = "offline"      // the newest round trip had no answer
	ProblemRefused ProblemKind = "refused"      // the server does not take this app's requests
	ProblemUpgrade ProblemKind = "upgrade"      // the app is too old
	ProblemClock   ProblemKind = "clock_skewed" // phone's clock is more than a day off; nothing depends on it
)

// Problem is something that a person or support should know.
type Problem struct {
	Kind  ProblemKind
	Scope syncproto.Scope // ProblemDiffers
}

// Status reads it from the local database.
func (e *Engine) Status() (s Status, err error) {
	e.mu.Lock()
	last := e.last
	e.mu.Unlock()
	err = e.local.View(func(r LocalReader) error {
		s = Status{Agree: true, Last: last}
		meta, err := r.Meta()
		if err != nil {
			return err
		}
		s.Client, s.Seen, s.Unsent, s.Upgrade = meta.Client, meta.Seen, meta.Top-meta.Ack, meta.Upgrade
		s.Offset = time.Duration(meta.OffsetMs) * time.Millisecond
		if meta.LastMs != 0 {
			s.LastSuccess = time.UnixMilli(meta.LastMs)
		}
		if err := r.Sent(func(*Item) bool { s.Kept++; return true }); err != nil {
			return err
		}
		return r.Scopes(func(sc ScopeState) bool {
			s.Scopes = append(s.Scopes, sc)
			s.Agree = s.Agree && !sc.Bad
			if sc.Differs {
				s.Problems = append(s.Problems, Problem{ProblemDiffers, sc.Scope})
			}
			return true
		})
	})
	s.note()
	return s, err
}

func (s *Status) note() {
	kinds := map[Kind]ProblemKind{SignIn: ProblemSignIn, Offline: ProblemOffline, Refused: ProblemRefused}
	if k, ok := kinds[s.Last.Kind]; ok {
		s.Problems = append(s.Problems, Problem{Kind: k})
	}
	if s.Upgrade == "hard" {
		s.Problems = append(s.Problems, Problem{Kind: ProblemUpgrade})
	}
	if s.Offset.Abs() > 24*time.Hour {
		s.Problems = append(s.Problems, Problem{Kind: ProblemClock})
	}
}

// ServerTime is the phone's best guess of the server's clock.
func (e *Engine) ServerTime() (time.Time, error) {
	meta, err := e.meta()
	return e.cfg.Now().Add(time.Duration(meta.OffsetMs) * time.Millisecond), err
}

// Log returns the verdicts that a person should see, newest first.
func (e *Engine) Log() (list []LogEntry, err error) {
	err = e.local.View(func(r LocalReader) error {
		list = nil
		return r.Log(func(l *LogEntry) bool { list = append(list, *l); return true })
	})
	return list, err
}

// ErrBadScope says that a name is not one of a deliverable scope.
var ErrBadScope = errors.New("client: not a scope")

// AddScope asks for a scope that the server does not add by itself: an older
// month. The next sync reads it from the beginning.
func (e *Engine) AddScope(scope syncproto.Scope) error {
	if _, ok := scope.Parse(); !ok {
		return ErrBadScope
	}
	return e.local.Update(func(tx LocalTx) error {
		s, err := tx.Scope(scope)
		switch {
		case errors.Is(err, ErrNotFound):
			s = ScopeState{Scope: scope}
		case err != nil:
			return err
		case !s.Archived:
			return nil
		}
		s.Archived = false
		return tx.PutScope(s)
	})
}

// Verify computes every count and sum again from the documents in base and
// returns the scopes whose kept figures differ. For tests and for support; it
// reads everything.
func (e *Engine) Verify() (differ []syncproto.Scope, err error) {
	err = e.local.View(func(r LocalReader) error {
		differ = nil
		var scopes []ScopeState
		if err := r.Scopes(func(s ScopeState) bool { scopes = append(scopes, s); return true }); err != nil {
			return err
		}
		for _, s := range scopes {
			var n int64
			var sum syncproto.Sum
			err := r.Members(s.Scope, "", func(rec *Record) bool {
				n++
				sum = syncproto.AddSum(sum, syncproto.Addend(s.Scope, rec.Type, rec.ID, rec.Rev, syncproto.Fingerprint(rec.Doc)))
				return true
			})
			if err != nil {
				return err
			}
			if n != s.Count || sum != s.Sum {
				differ = append(differ, s.Scope)
			}
		}
		return nil
	})
	return differ, err
}
