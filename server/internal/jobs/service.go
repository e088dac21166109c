package jobs

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Service starts, shows and does jobs.
type Service struct {
	Store  store.Store
	Roster *roster.Service
	Now    func() time.Time
	Rand   io.Reader
	// ActiveUntil says until when, in ms, a person could have worked with what
	// was known of his roles; 0: he was never here.
	ActiveUntil func(r store.Reader, person domain.ID) (int64, error)
	// Makers do the kinds of jobs that other rooms know how to do.
	Makers map[Kind]Maker

	mu   sync.Mutex
	live map[domain.ID]*progress
}

// progress is how far a running job is.
type progress struct {
	rows, of int
	stop     bool
}

var (
	// errStopped ends the transaction of a job that was cancelled.
	errStopped = errors.New("jobs: cancelled")
	// errStale ends that of one whose result must not be kept: it is made again.
	errStale = errors.New("jobs: read too early")
)

// File is what an import is given.
type File struct {
	Kind    roster.Kind
	Name    string // as its owner calls it
	Bytes   []byte
	SkipBad bool
}

// StartImport leaves an import to the worker.
func (s *Service) StartImport(ctx context.Context, who domain.Caller, f File) (Job, error) {
	if roster.Columns(f.Kind) == nil {
		return Job{}, domain.E(domain.NotFound, "There is no such kind of import.", "Không có loại tệp nhập này.")
	}
	in, err := pack(f.Bytes)
	if err != nil {
		return Job{}, err
	}
	var j Job
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		if err := roster.MayImport(tx, who, f.Kind, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		j = s.job(tx, who, Import, f)
		return errors.Join(store.SaveCredential(tx, kindInput, string(j.ID), in), j.put(tx), tx.MarkDue(dueJob, string(j.ID)))
	})
	return j, err
}

func (s *Service) job(tx store.Tx, who domain.Caller, k Kind, f File) Job {
	return Job{ID: syncproto.NewRecordID(s.Rand, tx.Now()), Kind: k, State: Waiting, By: who.Person, MadeMs: tx.Now().UnixMilli(),
		What: string(f.Kind), File: f.Name, SkipBad: f.SkipBad}
}

// Import takes a file in at once. What is kept of it stands among the jobs, so
// that it can be taken back.
func (s *Service) Import(ctx context.Context, who domain.Caller, f File, file io.Reader, dryRun bool) (*roster.ImportReport, error) {
	opt := roster.ImportOptions{DryRun: dryRun, SkipBad: f.SkipBad}
	opt.Last = func(tx store.Tx, rep *roster.ImportReport, tr *roster.Trace) error {
		if len(tr.Wrote) == 0 {
			return nil // the same file again
		}
		j := s.job(tx, who, Import, f)
		return s.imported(tx, &j, rep, tr)
	}
	return s.Roster.Import(ctx, who, f.Kind, file, opt)
}

// imported writes the end of an import, and what takes it back.
func (s *Service) imported(tx store.Tx, j *Job, rep *roster.ImportReport, tr *roster.Trace) error {
	j.Report = reportOf(rep)
	return errors.Join(saveTrace(tx, string(j.ID), tr), j.end(tx, Done))
}

// StartUndo leaves the taking back of an import to the worker.
func (s *Service) StartUndo(ctx context.Context, who domain.Caller, id domain.ID) (j Job, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		of, err := s.visible(tx, who, id)
		if err != nil {
			return err
		}
		if err := roster.MayImport(tx, who, roster.Kind(of.What), domain.DateOf(tx.Now())); err != nil {
			return err
		}
		if err := undoable(tx, of); err != nil {
			return err
		}
		j = s.job(tx, who, Undo, File{Kind: roster.Kind(of.What), Name: of.File})
		j.Undoes = of.ID
		return errors.Join(j.put(tx), tx.MarkDue(dueJob, string(j.ID)))
	})
	return j, err
}

func undoable(r store.Reader, of *Job) error {
	switch _, err := r.Credential(kindTrace, string(of.ID)); {
	case of.Undone != "":
		return domain.E(domain.Conflict, "This import was taken back already.", "Lần nhập này đã được hoàn tác.")
	case of.Kind != Import || of.State != Done || errors.Is(err, store.ErrNotFound):
		return domain.E(domain.Conflict, "This can't be taken back: it is no import of the last 90 days.", "Không hoàn tác được: chỉ hoàn tác lần nhập trong 90 ngày gần đây.")
	default:
		return err
	}
}

// Jobs lists the newest jobs: the caller's own, all for who administers.
func (s *Service) Jobs(ctx context.Context, who domain.Caller) ([]Job, error) {
	var out []Job
	err := s.Store.View(ctx, func(r store.Reader) error {
		out = []Job{}
		scope := scopeJobs
		if all, err := s.administers(r, who); err != nil {
			return err
		} else if !all {
			scope += syncproto.Scope("/" + who.Person)
		}
		var ids []domain.ID // of years: only those that are shown are decoded
		if err := r.Members(scope, typeJob, func(rec *store.Record) bool { ids = append(ids, rec.ID); return true }); err != nil {
			return err
		}
		slices.SortFunc(ids, func(a, b domain.ID) int {
			return cmp.Or(cmp.Compare(madeMs(string(b)), madeMs(string(a))), cmp.Compare(b, a))
		})
		for _, id := range ids[:min(len(ids), maxListed)] {
			j, err := load(r, id)
			if err != nil {
				return err
			}
			if j.Report != nil {
				j.Report.Rows = []roster.RowResult{}
			}
			if err := s.show(r, j); err != nil {
				return err
			}
			out = append(out, *j)
		}
		return nil
	})
	return out, err
}

// maxListed jobs are listed.
const maxListed = 100

// Job shows one.
func (s *Service) Job(ctx context.Context, who domain.Caller, id domain.ID) (j Job, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		found, err := s.visible(r, who, id)
		if err != nil {
			return err
		}
		j = *found
		return s.show(r, &j)
	})
	return j, err
}

// show adds who started it and how far it is.
func (s *Service) show(r store.Reader, j *Job) error {
	p, err := roster.Person(r, j.By)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	j.Name = p.Name
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.live[j.ID]; l != nil && j.State == Waiting {
		j.State, j.Rows, j.Of = Running, l.rows, l.of
	}
	return nil
}

// visible returns a job that the caller may see. Who may not isn't told whether
// it exists.
func (s *Service) visible(r store.Reader, who domain.Caller, id domain.ID) (*Job, error) {
	all, err := s.administers(r, who)
	if err != nil {
		return nil, err
	}
	j, err := load(r, id)
	if err == nil && !all && j.By != who.Person || !all && domain.CodeOf(err) == domain.NotFound {
		return nil, domain.E(domain.Forbidden, "Your account has no right to do this.", "Tài khoản của bạn không có quyền làm việc này.")
	}
	return j, err
}

func (s *Service) administers(r store.Reader, who domain.Caller) (bool, error) {
	gs, err := roster.GrantsOf(r, who.Person)
	today := domain.DateOf(s.Now())
	if err == nil && (who.PushOnly || !gs.Active(today)) {
		err = domain.E(domain.Forbidden, "Your account has no right to do this.", "Tài khoản của bạn không có quyền làm việc này.")
	}
	return gs.Anywhere(today, domain.RoleProvince, domain.RoleSystem), err
}

// Cancel ends a job that is not done. One that works in steps, and runs, is
// told to stop after the step at work: it ends as cancelled and says what was
// done.
func (s *Service) Cancel(ctx context.Context, who domain.Caller, id domain.ID) (j Job, err error) {
	if _, err := s.Job(ctx, who, id); err != nil {
		return j, err
	}
	running := s.halt(id)
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		found, err := s.visible(tx, who, id)
		if err != nil {
			return err
		}
		if j = *found; j.State == Cancelled {
			return nil
		}
		if j.State != Waiting {
			return domain.E(domain.Conflict, "The job is done already.", "Việc này đã xong.")
		}
		at, _, err := store.LoadCredential[stand](tx, kindStand, string(id))
		if err != nil {
			return err
		}
		_, made := s.Makers[j.Kind]
		switch {
		case j.Kind == Undo && at.Turn != nil:
			return domain.E(domain.Conflict, "It is being taken back and can't stop half-way.", "Đang hoàn tác, không dừng giữa chừng được.")
		case made && running, at.Rows > 0: // what it has written is told of, or goes back
			j.State, at.Stop = Running, true
			return store.SaveCredential(tx, kindStand, string(id), at)
		}
		return j.end(tx, Cancelled)
	})
	return j, err
}

// halt tells a running job to stop and reports whether it runs. Where its
// transaction holds the writer, whoever writes next waits for its end.
func (s *Service) halt(id domain.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.live[id]
	if l != nil {
		l.stop = true
	}
	return l != nil
}
