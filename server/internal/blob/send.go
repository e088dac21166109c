package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Wanted is what a phone says of a photo before it sends it.
type Wanted struct {
	Team   domain.ID
	Name   string // SHA-256 in hex
	Length int64
}

func (w Wanted) check() error {
	switch {
	case !ValidName(w.Name):
		return &domain.Error{Code: domain.Invalid, Field: "sha256", Msg: "Upload-Metadata must hold sha256, in hex.", Vi: "Thiếu mã băm của ảnh."}
	case w.Team == "":
		return &domain.Error{Code: domain.Invalid, Field: "team", Msg: "Upload-Metadata must hold team.", Vi: "Thiếu tổ của ảnh."}
	case w.Length <= 0:
		return &domain.Error{Code: domain.Invalid, Field: "Upload-Length", Msg: "Upload-Length is the size of the photo.", Vi: "Thiếu dung lượng ảnh."}
	case w.Length > syncproto.MaxPhotoBytes:
		return &domain.Error{Code: domain.TooLarge, Field: "Upload-Length", Msg: "The photo is larger than this server takes.", Vi: "Ảnh quá lớn. Hãy chụp hoặc thu nhỏ lại."}
	}
	return nil
}

// Begin opens the upload of a photo, or finds the one that this device began
// before. A photo that the server holds already needs no bytes.
func (s *Service) Begin(ctx context.Context, c domain.Caller, w Wanted) (Upload, error) {
	if err := w.check(); err != nil {
		return Upload{}, err
	}
	var used, today int64
	held := false
	if err := s.cfg.Store.View(ctx, func(r store.Reader) (err error) {
		if err := s.pusher(r, c, w.Team); err != nil {
			return err
		}
		if _, _, held, err = Of(r, w.Team, w.Name); err != nil {
			return err
		}
		if used, err = counter(r, teamPrefix+string(w.Team)); err != nil {
			return err
		}
		today, err = counter(r, dayPrefix+string(domain.DateOf(s.cfg.Now()))+"/"+string(c.Person))
		return err
	}); err != nil {
		return Upload{}, err
	}
	t := ticket{ID: uploadID(c, w.Team, w.Name), Person: c.Person, Device: c.Device, Team: w.Team, Name: w.Name,
		Length: w.Length, Expires: s.cfg.Now().Add(UploadTTL).UnixMilli(), Done: held}
	u, fresh, err := s.admit(t, used, today)
	if err != nil {
		return Upload{}, err
	}
	if fresh {
		if err := s.dir.saveTicket(t); err != nil {
			return Upload{}, storage(errors.Join(err, s.forget(u)))
		}
	}
	return s.Stand(ctx, c, t.ID)
}

// admit enters a ticket, or returns the upload that is there, within the
// limits of the person and the team.
func (s *Service) admit(t ticket, used, today int64) (u *upload, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.uploads[t.ID]; u != nil && u.Length == t.Length && u.Done == t.Done {
		return u, false, nil
	}
	open, mine, teams := 0, int64(0), used
	for _, o := range s.uploads {
		if o.Done || o.ID == t.ID {
			continue
		}
		if o.Person == t.Person {
			open, mine = open+1, mine+o.Length
		}
		if o.Team == t.Team {
			teams += o.Length
		}
	}
	switch {
	case t.Done:
	case open >= maxOpenUploads || mine+t.Length > maxOpenBytes || today+mine+t.Length > maxDayBytes:
		return nil, false, &domain.Error{Code: domain.TooMany, RetryAfterS: 600,
			Msg: "You are sending too many photos at once. Finish some first, or go on tomorrow.",
			Vi:  "Bạn đang gửi quá nhiều ảnh. Hãy đợi gửi xong bớt, hoặc gửi tiếp vào ngày mai."}
	case teams+t.Length > s.cfg.TeamBytes:
		return nil, false, &domain.Error{Code: domain.Unprocessable, Field: "team",
			Msg: "The team has used up its room for photos. Ask the administrator for more.",
			Vi:  "Tổ đã dùng hết dung lượng ảnh. Hãy báo quản trị viên cấp thêm."}
	}
	u = newUpload(t)
	s.uploads[t.ID] = u
	return u, true, nil
}

// Stand says how far an upload is. It ends the reading of a request that
// still holds it, so that the answer stays true. One that is complete is
// finished first, if a kill or a full disk came between.
func (s *Service) Stand(ctx context.Context, c domain.Caller, id domain.ID) (Upload, error) {
	u, err := s.take(ctx, c, id, nil)
	if err != nil {
		return Upload{}, err
	}
	defer s.release(u)
	n, err := s.dir.size(&u.ticket)
	if err != nil {
		return Upload{}, storage(err)
	}
	if !u.Done && n >= u.Length {
		if err := s.finish(ctx, c, u); err != nil {
			return Upload{}, err
		}
		n = u.Length
	}
	return u.stand(n), nil
}

func (u *upload) stand(offset int64) Upload {
	out := Upload{ID: u.ID, Offset: offset, Length: u.Length}
	if !u.Done {
		out.Expires = time.UnixMilli(u.Expires)
	}
	return out
}

// Body is the body of a request. Stop ends a Read that waits, from another
// goroutine.
type Body interface {
	io.Reader
	Stop()
}

// ErrOffset says that bytes don't begin where the upload stands.
var ErrOffset = domain.E(domain.Conflict, "The upload stands at another offset. Ask for it first.",
	"Vị trí gửi tiếp không khớp. Hãy hỏi lại máy chủ trước.")

// ErrChecksum says that bytes don't have the checksum sent with them; none of
// them was kept.
var ErrChecksum = errors.New("photos: checksum differs")

// Append takes bytes of an upload from offset on and returns where it stands
// then; what it returns is durable. What arrived before a body broke off is
// kept, unless a checksum spoke for all of it. The last byte finishes the
// photo: a picture that can't be taken ends the upload (Unprocessable).
func (s *Service) Append(ctx context.Context, c domain.Caller, id domain.ID, offset int64, body Body, sum *Checksum) (Upload, error) {
	u, err := s.take(ctx, c, id, body.Stop)
	if err != nil {
		return Upload{}, err
	}
	defer s.release(u)
	if err := s.stillPusher(ctx, c, u.Team); err != nil {
		return Upload{}, err
	}
	n, err := s.dir.size(&u.ticket)
	if err != nil {
		return Upload{}, storage(err)
	}
	if n != offset {
		return Upload{}, ErrOffset
	}
	if !u.Done {
		if n, err = s.dir.extend(&u.ticket, offset, body, sum); err != nil {
			return Upload{}, err
		}
		s.calm(u)
		if err := s.prolong(u); err != nil {
			return Upload{}, storage(err)
		}
		if n == u.Length {
			if err := s.finish(ctx, c, u); err != nil {
				return Upload{}, err
			}
		}
	}
	return u.stand(n), nil
}

func (s *Service) stillPusher(ctx context.Context, c domain.Caller, team domain.ID) error {
	return s.cfg.Store.View(ctx, func(r store.Reader) error { return s.pusher(r, c, team) })
}

// prolong moves the end of an upload on, at most once a day, for each move is
// a write to disk.
func (s *Service) prolong(u *upload) error {
	next := s.cfg.Now().Add(UploadTTL).UnixMilli()
	if next-u.Expires < (24 * time.Hour).Milliseconds() {
		return nil
	}
	s.mu.Lock()
	u.Expires = next
	s.mu.Unlock()
	return s.dir.saveTicket(u.ticket)
}

// chunkBytes is how much of a body is in memory at a time.
const chunkBytes = 64 << 10

// extend writes a body behind the first offset bytes and syncs it.
func (f folder) extend(t *ticket, offset int64, body io.Reader, sum *Checksum) (n int64, err error) {
	p, err := os.OpenFile(f.part(t.ID), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return 0, storage(err)
	}
	defer func() {
		if cerr := p.Close(); err == nil {
			err = cerr
		}
	}()
	w := &counted{w: io.NewOffsetWriter(p, offset)}
	from := body
	if sum != nil {
		from = io.TeeReader(body, sum.h)
	}
	_, cerr := io.CopyBuffer(w, io.LimitReader(from, t.Length-offset), make([]byte, chunkBytes))
	n = offset + w.n
	if sum != nil && (cerr != nil || !bytes.Equal(sum.h.Sum(nil), sum.want)) {
		n = offset
		if cerr == nil {
			cerr = ErrChecksum
		}
	}
	if err := errors.Join(p.Truncate(n), p.Sync()); err != nil {
		return 0, storage(err)
	}
	if w.err != nil {
		return 0, storage(w.err)
	}
	return n, cerr
}

// counted counts what was written, also of a write that failed half way.
type counted struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.err = err
	return n, err
}

// Stop ends an upload and removes its bytes; a photo that is held stays.
func (s *Service) Stop(ctx context.Context, c domain.Caller, id domain.ID) error {
	u, err := s.take(ctx, c, id, nil)
	if err != nil {
		return err
	}
	defer s.release(u)
	return storage(s.forget(u))
}
