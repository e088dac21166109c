package jobs

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Work does the job that waits longest and reports whether one was there.
func (s *Service) Work(ctx context.Context) (more bool, err error) {
	var j *Job
	var in packed
	if err := s.Store.View(ctx, func(r store.Reader) error {
		j = nil
		id := ""
		if err := r.Due(dueJob, func(key string) bool {
			if id == "" || madeMs(key) < madeMs(id) {
				id = key
			}
			return true
		}); err != nil || id == "" {
			return err
		}
		if j, err = load(r, domain.ID(id)); err != nil {
			return err
		}
		in, _, err = store.LoadCredential[packed](r, kindInput, id)
		return err
	}); err != nil || j == nil {
		return false, err
	}
	p := &progress{}
	s.setLive(j.ID, p)
	defer s.setLive(j.ID, nil)
	switch j.Kind {
	case Undo:
		err = s.undo(ctx, j, p)
	case Import:
		err = s.doImport(ctx, j, in, p)
	default:
		err = s.make(ctx, j, in, p)
	}
	told := refusal(err)
	switch {
	case err == nil, errors.Is(err, errStale):
		return true, nil
	case ctx.Err() != nil: // the server stops: it waits for the next start
		return false, ctx.Err()
	case errors.Is(err, errStopped):
		return true, s.finish(ctx, j.ID, Cancelled, nil)
	case told != nil:
		return true, s.finish(ctx, j.ID, Failed, told)
	}
	return false, err
}

// refusal is what says of an error that a job can't be done: nil for what may be
// over when it is tried again.
func refusal(err error) *domain.Error {
	var told *domain.Error
	if errors.As(err, &told) && told.Code != domain.Unavailable && told.Code != domain.Full {
		return told
	}
	return nil
}

func (s *Service) setLive(id domain.ID, p *progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live == nil {
		s.live = map[domain.ID]*progress{}
	}
	if s.live[id] = p; p == nil {
		delete(s.live, id)
	}
}

// tick notes how far a job is, and ends it if it is to stop.
func (s *Service) tick(ctx context.Context, p *progress) func(done, of int) error {
	return func(done, of int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		p.rows, p.of = done, of
		if p.stop {
			return errStopped
		}
		return nil
	}
}

// finish ends a job that wrote nothing.
func (s *Service) finish(ctx context.Context, id domain.ID, as State, why *domain.Error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		j, err := load(tx, id)
		if err != nil || j.State != Waiting {
			return err
		}
		if why != nil {
			j.Msg, j.MsgVi = why.Msg, why.Vi
		}
		if err := j.end(tx, as); err != nil || as == Cancelled {
			return err
		}
		return j.tell(tx)
	})
}

// stillWaits is what a job's transaction begins with: it may have been
// cancelled, and its follower may run twice.
func stillWaits(tx store.Tx, id domain.ID) (*Job, error) {
	j, err := load(tx, id)
	if err == nil && j.State != Waiting {
		err = errStopped
	}
	return j, err
}

func (s *Service) doImport(ctx context.Context, j *Job, in packed, p *progress) error {
	file, err := in.open()
	if err != nil {
		return err
	}
	tbl, err := roster.Read(roster.Kind(j.What), bytes.NewReader(file))
	if err != nil {
		return err
	}
	if tbl.Len() > atOnce {
		return s.long(ctx, j, tbl, p)
	}
	var now *Job
	opt := roster.ImportOptions{SkipBad: j.SkipBad, Tick: s.tick(ctx, p)}
	opt.First = func(tx store.Tx) (err error) { now, err = stillWaits(tx, j.ID); return err }
	opt.Last = func(tx store.Tx, rep *roster.ImportReport, tr *roster.Trace) error {
		return errors.Join(s.imported(tx, now, rep, tr), now.tell(tx))
	}
	rep, err := s.Roster.Import(ctx, domain.Caller{Person: j.By}, roster.Kind(j.What), bytes.NewReader(file), opt)
	if err != nil || rep.Applied {
		return err
	}
	return s.refuse(ctx, j.ID, rep)
}

// refuse ends an import whose bad rows kept all out.
func (s *Service) refuse(ctx context.Context, id domain.ID, rep *roster.ImportReport) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now, err := stillFresh(tx, id)
		if err != nil {
			return err
		}
		now.Report = reportOf(rep)
		now.Msg, now.MsgVi = "Nothing was taken in: "+strconv.Itoa(rep.Bad)+" rows are bad.", "Chưa nhập dòng nào: có "+strconv.Itoa(rep.Bad)+" dòng sai."
		return errors.Join(now.end(tx, Failed), now.tell(tx))
	})
}

func (s *Service) undo(ctx context.Context, j *Job, p *progress) error {
	tr, err := s.traceOf(ctx, j.Undoes)
	if err != nil {
		return err
	}
	if len(tr.Wrote) > partWrote {
		return s.undoLong(ctx, j, tr, p)
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now, err := stillWaits(tx, j.ID)
		if err != nil {
			return err
		}
		of, err := load(tx, j.Undoes)
		if err != nil {
			return err
		}
		if err := errors.Join(undoable(tx, of), roster.MayImport(tx, domain.Caller{Person: j.By}, roster.Kind(of.What), domain.DateOf(tx.Now()))); err != nil {
			return err
		}
		if now.Stands, err = roster.Undo(tx, tr, store.Cause{By: j.By, Op: "undo_import"}, s.ActiveUntil); err != nil {
			return err
		}
		if len(now.Stands) > 0 {
			return now.blocked(tx)
		}
		return now.undone(tx, len(tr.Wrote))
	})
}

// blocked ends an undo that found what stands on the import.
func (s *Service) blocked(ctx context.Context, id domain.ID, found []roster.Obstacle) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now, err := stillWaits(tx, id)
		if err != nil {
			return err
		}
		now.Stands = found
		return now.blocked(tx)
	})
}

func (j *Job) blocked(tx store.Tx) error {
	j.Msg, j.MsgVi = "Nothing was taken back: other things stand on this import by now.", "Chưa hoàn tác gì: đã có dữ liệu khác dựa vào lần nhập này."
	return errors.Join(j.end(tx, Failed), j.tell(tx))
}

// undone ends an undo, and says so of its import.
func (j *Job) undone(tx store.Tx, records int) error {
	of, err := load(tx, j.Undoes)
	if err != nil {
		return err
	}
	of.Undone = j.ID
	j.Rows, j.Of = records, records
	return errors.Join(of.put(tx), drop(tx, kindTrace, of.ID), j.end(tx, Done), j.tell(tx))
}
