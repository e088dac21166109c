package jobs

import (
	"context"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// A long file is tried on a snapshot first, so that what is bad keeps it out
// before anything is written; then it is written a part in each transaction,
// beside the phones. What was written so far is noted in the transaction that
// wrote it. See ADR 0020.
const (
	atOnce    = 1000 // rows that are written in one transaction with the end of the job
	partRows  = 500  // of a longer file, in one transaction
	partWrote = 1500 // records that are taken back in one transaction
)

// turn is an import on its way back.
type turn struct {
	Left  int               `json:"left"` // records to take back
	End   State             `json:"end"`
	Msg   string            `json:"msg,omitzero"`
	MsgVi string            `json:"msg_vi,omitzero"`
	Stays []roster.Obstacle `json:"stays,omitzero"`
}

// long takes in a file of many rows.
func (s *Service) long(ctx context.Context, j *Job, tbl *roster.Table, p *progress) error {
	at, skip, err := s.standOf(ctx, j.ID)
	if err != nil {
		return err
	}
	tick := s.tick(ctx, p)
	of := 2 * tbl.Len() // each is tried, then written
	if at.Report == nil {
		if err := s.begin(ctx, j.ID); err != nil {
			return err
		}
		rep, err := s.Roster.Try(ctx, domain.Caller{Person: j.By}, tbl, func(done, _ int) error { return tick(done, of) })
		if err != nil {
			return err
		}
		if rep.Bad > 0 && !j.SkipBad {
			return s.refuse(ctx, j.ID, rep)
		}
		if at, skip, err = s.tried(ctx, j.ID, rep); err != nil {
			return err
		}
	}
	for at.Turn == nil {
		err := tick(tbl.Len()+at.Rows, of)
		if err == nil && at.Rows == tbl.Len() {
			if err = s.written(ctx, j.ID); err == nil {
				return nil
			}
		} else if err == nil {
			at, err = s.writePart(ctx, j, tbl, skip, at)
		}
		if at.Turn == nil {
			at.Turn, err = turned(err)
		}
		if err != nil {
			return err
		}
	}
	return s.takeBack(ctx, j, at)
}

// written ends an import of which all is written.
func (s *Service) written(ctx context.Context, id domain.ID) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now, err := stillWaits(tx, id)
		if err != nil {
			return err
		}
		at, _, err := store.LoadCredential[stand](tx, kindStand, string(id))
		if err != nil {
			return err
		}
		if at.Stop {
			return errStopped
		}
		now.Report = at.Report
		return errors.Join(now.end(tx, Done), now.tell(tx))
	})
}

// turned says whether an import must go back because of an error: it was
// cancelled, or a row or a right is not what it was when the file was tried.
func turned(err error) (*turn, error) {
	told := refusal(err)
	switch {
	case errors.Is(err, errStopped):
		return &turn{Left: -1, End: Cancelled, Msg: "Stopped while it was written: all of it was taken back.", MsgVi: "Dừng khi đang ghi: đã trả lại như trước khi nhập."}, nil
	case told != nil:
		return &turn{Left: -1, End: Failed, Msg: told.Msg + " All of it was taken back.", MsgVi: told.Vi + " Đã trả lại như trước khi nhập."}, nil
	}
	return nil, err
}

// tried notes that a file was tried.
func (s *Service) tried(ctx context.Context, id domain.ID, rep *roster.ImportReport) (at stand, skip map[int]bool, err error) {
	bad := rep.BadLines()
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		at = stand{Report: reportOf(rep)}
		at.Report.Created, at.Report.Updated, at.Report.Unchanged, at.Report.Bad = 0, 0, 0, 0 // counted when they are written
		_, err := stillFresh(tx, id)
		return errors.Join(err, store.SaveCredential(tx, kindStand, string(id), at), store.SaveCredential(tx, kindStand, partID(id, 1), bad))
	})
	return at, lines(bad), err
}

func lines(list []int) map[int]bool {
	out := map[int]bool{}
	for _, n := range list {
		out[n] = true
	}
	return out
}

// standOf reads how far an import is.
func (s *Service) standOf(ctx context.Context, id domain.ID) (at stand, skip map[int]bool, err error) {
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		if at, _, err = store.LoadCredential[stand](r, kindStand, string(id)); err != nil {
			return err
		}
		bad, _, err := store.LoadCredential[[]int](r, kindStand, partID(id, 1))
		skip = lines(bad)
		return err
	})
	return at, skip, err
}

// writePart writes the next rows, what takes them back, and how far that is.
func (s *Service) writePart(ctx context.Context, j *Job, tbl *roster.Table, skip map[int]bool, at stand) (stand, error) {
	next := at
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if _, err := stillWaits(tx, j.ID); err != nil {
			return err
		}
		var err error
		if next, _, err = store.LoadCredential[stand](tx, kindStand, string(j.ID)); err != nil {
			return err
		}
		if next.Stop {
			return errStopped
		}
		r := next.Report
		rep := &roster.ImportReport{Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Bad: r.Bad}
		to := min(next.Rows+partRows, tbl.Len())
		tr, err := s.Roster.Part(tx, domain.Caller{Person: j.By}, tbl, next.Rows, to, skip, rep)
		if err != nil {
			return err
		}
		if err := saveTrace(tx, partID(j.ID, next.Rows/partRows), tr); err != nil {
			return err
		}
		next.Rows = to
		r.Created, r.Updated, r.Unchanged, r.Bad = rep.Created, rep.Updated, rep.Unchanged, rep.Bad
		return store.SaveCredential(tx, kindStand, string(j.ID), next)
	})
	if err != nil {
		return at, err
	}
	return next, nil
}

// takeBack withdraws what an import wrote, a part in each transaction, and ends
// its job.
func (s *Service) takeBack(ctx context.Context, j *Job, at stand) error {
	tr, err := s.traceOf(ctx, j.ID)
	if err != nil {
		return err
	}
	if at.Turn.Left < 0 {
		at.Turn.Left = len(tr.Wrote)
	}
	if err := s.backPart(ctx, j, tr, at, nil); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now, err := stillWaits(tx, j.ID)
		if err != nil {
			return err
		}
		last, _, err := store.LoadCredential[stand](tx, kindStand, string(j.ID))
		if err != nil {
			return err
		}
		now.Msg, now.MsgVi, now.Stands = last.Turn.Msg, last.Turn.MsgVi, last.Turn.Stays
		return errors.Join(drop(tx, kindTrace, j.ID), now.end(tx, last.Turn.End), now.tell(tx))
	})
}

// backPart goes back until nothing is left, noting after each part how much is.
func (s *Service) backPart(ctx context.Context, j *Job, tr *roster.Trace, at stand, tick func(done, of int) error) error {
	for at.Turn.Left > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if tick != nil {
			if err := tick(len(tr.Wrote)-at.Turn.Left, len(tr.Wrote)); err != nil && !errors.Is(err, errStopped) {
				return err // a way back is gone to its end
			}
		}
		next := *at.Turn
		if err := s.Store.Update(ctx, func(tx store.Tx) error {
			if _, err := stillWaits(tx, j.ID); err != nil {
				return err
			}
			next = *at.Turn
			from := max(0, next.Left-partWrote)
			stays, err := roster.UndoPart(tx, tr, from, next.Left, store.Cause{By: j.By, Op: "undo_import"})
			if err != nil {
				return err
			}
			next.Left = from
			next.Stays = append(next.Stays[:len(next.Stays):len(next.Stays)], stays...)
			return store.SaveCredential(tx, kindStand, string(j.ID), stand{Rows: at.Rows, Report: at.Report, Turn: &next})
		}); err != nil {
			return err
		}
		at.Turn = &next
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		if _, err := stillWaits(tx, j.ID); err != nil {
			return err
		}
		return store.SaveCredential(tx, kindStand, string(j.ID), at)
	})
}

func saveTrace(tx store.Tx, id string, tr *roster.Trace) error {
	raw, err := json.Marshal(tr)
	if err != nil {
		return err
	}
	p, err := pack(raw)
	if err != nil {
		return err
	}
	return store.SaveCredential(tx, kindTrace, id, p)
}

// traceOf reads what an import wrote, all parts of it.
func (s *Service) traceOf(ctx context.Context, id domain.ID) (tr *roster.Trace, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		tr = nil
		var bad error
		err := r.Credentials(kindTrace, string(id), func(_ string, doc jsontext.Value) bool {
			var p packed
			var raw []byte
			part := &roster.Trace{}
			if bad = json.Unmarshal(doc, &p); bad == nil {
				raw, bad = p.open()
			}
			if bad == nil {
				bad = json.Unmarshal(raw, part)
			}
			if tr == nil {
				tr = part
			} else {
				tr.Wrote = append(tr.Wrote, part.Wrote...)
			}
			return bad == nil
		})
		if tr == nil {
			tr = &roster.Trace{}
		}
		return errors.Join(err, bad)
	})
	return tr, err
}

// undoLong takes back an import that wrote much.
func (s *Service) undoLong(ctx context.Context, j *Job, tr *roster.Trace, p *progress) error {
	at, _, err := s.standOf(ctx, j.ID)
	if err != nil {
		return err
	}
	if at.Turn == nil {
		var found []roster.Obstacle
		if err := s.Store.View(ctx, func(r store.Reader) error {
			of, err := load(r, j.Undoes)
			if err == nil {
				err = errors.Join(undoable(r, of), roster.MayImport(r, domain.Caller{Person: j.By}, roster.Kind(of.What), domain.DateOf(s.Now())))
			}
			if err == nil {
				found, err = roster.Obstacles(r, tr, s.ActiveUntil)
			}
			return err
		}); err != nil {
			return err
		}
		if len(found) > 0 {
			return s.blocked(ctx, j.ID, found)
		}
		at.Turn = &turn{Left: len(tr.Wrote), End: Done}
	}
	if err := s.backPart(ctx, j, tr, at, s.tick(ctx, p)); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now, err := stillWaits(tx, j.ID)
		if err != nil {
			return err
		}
		last, _, err := store.LoadCredential[stand](tx, kindStand, string(j.ID))
		if err != nil {
			return err
		}
		if now.Stands = last.Turn.Stays; len(now.Stands) > 0 {
			n := strconv.Itoa(len(now.Stands))
			now.Msg, now.MsgVi = n+" records were changed meanwhile and stay.", n+" bản ghi vừa được người khác sửa nên giữ lại."
		}
		return now.undone(tx, len(tr.Wrote))
	})
}
