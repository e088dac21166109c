package jobs

import (
	"context"
	"encoding/base64"
	"errors"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Maker does the jobs of one kind. What they are asked is a document of the
// room that does them.
//
// A job whose server stops is asked of its maker again from the beginning. So
// Make writes nothing, or only what doing it twice leaves as doing it once.
type Maker struct {
	// Check says at the start whether the caller may ask for this at all, and
	// what it is about (Job.What).
	Check func(ctx context.Context, who domain.Caller, ask []byte) (what string, err error)
	// Make calls tick between units of its work and returns with its error, if
	// it gives one, and with what was made until then.
	Make func(ctx context.Context, who domain.Caller, ask []byte, tick func(done, of int) error) (Made, error)
}

// Made is what came of a job: a file, if it has bytes, and a sentence.
type Made struct {
	Name, MIME string
	Bytes      []byte
	En, Vi     string
}

// Bounds of what is made.
const (
	maxOutput  = 32 << 20
	outputPart = 512 << 10 // bytes written in one transaction
	maxTries   = 4         // beginnings of a job that never comes to its end
)

// stand is what is noted of a job under way.
type stand struct {
	Tries int  `json:"tries,omitzero"`
	Stop  bool `json:"stop,omitzero"`  // it is to end at the next place where it can
	Stale bool `json:"stale,omitzero"` // somebody was de-identified since it began: what it read may name them

	// Of a long import: what its trial said, with the counts of what is written;
	// rows that are written or need not be; the way back, if it is on that.
	Report *Report `json:"report,omitzero"`
	Rows   int     `json:"rows,omitzero"`
	Turn   *turn   `json:"turn,omitzero"`
}

// Start leaves a job to the worker.
func (s *Service) Start(ctx context.Context, who domain.Caller, k Kind, ask []byte) (Job, error) {
	what, err := s.Makers[k].Check(ctx, who, ask)
	if err != nil {
		return Job{}, err
	}
	in, err := pack(ask)
	if err != nil {
		return Job{}, err
	}
	var j Job
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		j = s.job(tx, who, k, File{})
		j.What = what
		return errors.Join(store.SaveCredential(tx, kindInput, string(j.ID), in), j.put(tx), tx.MarkDue(dueJob, string(j.ID)))
	})
	return j, err
}

// make does a job of another room.
func (s *Service) make(ctx context.Context, j *Job, in packed, p *progress) error {
	ask, err := in.open()
	if err != nil {
		return err
	}
	if err := s.begin(ctx, j.ID); err != nil {
		return err
	}
	made, err := s.Makers[j.Kind].Make(ctx, domain.Caller{Person: j.By}, ask, s.tick(ctx, p))
	as, told := Done, refusal(err)
	switch {
	case err == nil:
	case errors.Is(err, errStopped):
		as = Cancelled
	case told != nil && len(made.Bytes) > 0: // it says of what, in its file
		as, made.En, made.Vi = Failed, told.Msg, told.Vi
	default:
		return err
	}
	return s.keep(ctx, j.ID, as, made)
}

// begin counts the beginnings of a job: one that brings the server down each
// time must not do so for ever.
func (s *Service) begin(ctx context.Context, id domain.ID) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		if _, err := stillWaits(tx, id); err != nil {
			return err
		}
		at, _, err := store.LoadCredential[stand](tx, kindStand, string(id))
		if err != nil {
			return err
		}
		if at.Stop {
			return errStopped
		}
		if !at.Stale {
			at.Tries++
		}
		if at.Tries > maxTries {
			return domain.E(domain.Conflict, "The server had trouble with this several times and gave it up. Its log says more.",
				"Máy chủ nhiều lần gặp lỗi khi làm việc này nên đã dừng. Nhật ký máy chủ có chi tiết.")
		}
		at.Stale = false
		return store.SaveCredential(tx, kindStand, string(id), at)
	})
}

// part is a piece of a result.
type part struct {
	B string `json:"b"`
}

// keep writes what was made, a piece in each transaction, and then that the job
// has ended.
func (s *Service) keep(ctx context.Context, id domain.ID, as State, made Made) error {
	if len(made.Bytes) > maxOutput {
		return domain.E(domain.TooLarge, "What came of it is larger than 32 MiB: ask for fewer months or one commune.",
			"Kết quả lớn hơn 32 MiB: hãy chọn ít tháng hơn hoặc một xã.")
	}
	n := 0
	for from := 0; from < len(made.Bytes); from += outputPart {
		piece := part{base64.StdEncoding.EncodeToString(made.Bytes[from:min(from+outputPart, len(made.Bytes))])}
		if err := s.Store.Update(ctx, func(tx store.Tx) error {
			if _, err := stillFresh(tx, id); err != nil {
				return err
			}
			return store.SaveCredential(tx, kindOutput, partID(id, n), piece)
		}); err != nil {
			return err
		}
		n++
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		j, err := stillFresh(tx, id)
		if err != nil {
			return err
		}
		j.Msg, j.MsgVi = made.En, made.Vi
		if n > 0 {
			j.Result = &Result{Name: made.Name, MIME: made.MIME, Bytes: len(made.Bytes), Parts: n, UntilMs: tx.Now().Add(keepOutput).UnixMilli()}
		}
		if err := j.end(tx, as); err != nil || as == Cancelled {
			return err
		}
		return j.tell(tx)
	})
}

// stillFresh is stillWaits of a job whose result may still be kept.
func stillFresh(tx store.Tx, id domain.ID) (*Job, error) {
	j, err := stillWaits(tx, id)
	if err != nil {
		return nil, err
	}
	at, _, err := store.LoadCredential[stand](tx, kindStand, string(id))
	if err == nil && at.Stale {
		err = errStale
	}
	return j, err
}

// Result returns the file that a job made to who asked for it.
func (s *Service) Result(ctx context.Context, who domain.Caller, id domain.ID) (out Made, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		j, err := s.visible(r, who, id)
		if err != nil {
			return err
		}
		if j.By != who.Person {
			return domain.E(domain.Forbidden, "Only who started a job fetches what it made.", "Chỉ người yêu cầu mới tải được kết quả.")
		}
		if j.Result == nil {
			return domain.E(domain.NotFound, "This job has made no file.", "Việc này không có tệp kết quả.")
		}
		out = Made{Name: j.Result.Name, MIME: j.Result.MIME, Bytes: make([]byte, 0, j.Result.Bytes), En: j.Msg, Vi: j.MsgVi}
		for n := range j.Result.Parts {
			p, ok, err := store.LoadCredential[part](r, kindOutput, partID(id, n))
			if err != nil {
				return err
			}
			if !ok {
				return domain.E(domain.NotFound, "The result is not kept any more: ask for it again.", "Kết quả đã hết hạn lưu: hãy yêu cầu lại.")
			}
			if out.Bytes, err = base64.StdEncoding.AppendDecode(out.Bytes, []byte(p.B)); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
