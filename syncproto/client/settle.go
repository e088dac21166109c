package client

import "github.com/banso/banso/syncproto"

// settleLag keeps laying acked mutations over base until every scope has been
// read to its end.
func (a *answer) settleLag(p *pages) error {
	more := false
	err := a.tx.Scopes(func(s ScopeState) bool {
		more = more || s.More
		return !more
	})
	if err != nil {
		return err
	}
	if !more {
		return a.clearLag()
	}
	for _, it := range a.lag {
		rec, err := p.record(it.Key)
		if err != nil {
			return err
		}
		if v := a.verdictOf(it.N); v == nil || rec != nil && rec.Rev >= v.Rev {
			continue
		}
		it.Lag = true
		a.meta.Lagging = true
		if err := a.tx.PutSent(it); err != nil {
			return err
		}
	}
	return nil
}

func (a *answer) verdictOf(n int64) *syncproto.Verdict {
	for i := range a.resp.Verdicts {
		if a.resp.Verdicts[i].N == n {
			return &a.resp.Verdicts[i]
		}
	}
	return nil
}

func (a *answer) clearLag() error {
	if !a.meta.Lagging {
		return nil
	}
	a.meta.Lagging = false
	var lagging []*Item
	err := a.tx.Sent(func(it *Item) bool {
		if it.Lag {
			lagging = append(lagging, it)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, it := range lagging {
		done := *it
		done.Lag = false
		if err := a.tx.PutSent(&done); err != nil {
			return err
		}
	}
	return nil
}

// revoke notes scopes that may no longer be read and purges those whose
// mutations all have their verdict (rule C8). Which mutations belong to a
// scope is the server's to know, so all that are waiting now count.
func (a *answer) revoke(b *base) error {
	if err := b.flush(); err != nil {
		return err
	}
	for _, r := range a.resp.Revoked {
		if _, err := a.tx.Scope(r.Scope); err == ErrNotFound {
			continue
		}
		s, err := b.scope(r.Scope)
		if err != nil {
			return err
		}
		if r.Action == actionArchive {
			s.Archived, s.More = true, false
			continue
		}
		s.Revoked, s.UpTo, s.More = true, a.meta.Top, false
	}
	if err := b.flush(); err != nil {
		return err
	}
	var due []syncproto.Scope
	err := a.tx.Scopes(func(s ScopeState) bool {
		if s.Revoked && s.UpTo <= a.meta.Ack {
			due = append(due, s.Scope)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, s := range due {
		if err := b.purge(s); err != nil {
			return err
		}
	}
	return nil
}

// actionArchive keeps what a scope brought but asks for no more of it.
const actionArchive = "archive"

// forget drops what the server's backups hold (rule C3).
func (a *answer) forget() error {
	var done []int64
	err := a.tx.Sent(func(it *Item) bool {
		if it.Stamp > a.resp.Durable {
			return false
		}
		if !it.Lag {
			done = append(done, it.N)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, n := range done {
		if err := a.tx.DeleteSent(n); err != nil {
			return err
		}
	}
	return nil
}
