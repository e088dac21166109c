package blob

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// refused is why the bytes of a finished upload are no photo that is taken.
func refused(msg, vi string, cause error) error {
	return &domain.Error{Code: domain.Unprocessable, Field: "picture", Msg: msg, Vi: vi, Err: cause}
}

// unfit turns what is wrong with a picture into what its sender reads.
func unfit(err error) error {
	switch {
	case errors.Is(err, errKind):
		return refused("This is no picture in JPEG, PNG or WebP.", "Tệp này không phải ảnh JPEG, PNG hoặc WebP. Hãy chụp lại.", err)
	case errors.Is(err, errPixels), errors.Is(err, errCost):
		return refused("The picture has too many pixels. Send it smaller.", "Ảnh có quá nhiều điểm ảnh. Hãy thu nhỏ rồi gửi lại.", err)
	case errors.Is(err, errMoving):
		return refused("Animated pictures are not taken.", "Không nhận ảnh động. Hãy chụp lại.", err)
	case errors.Is(err, errCut), errors.Is(err, errForm), errors.Is(err, errFlavour):
		return refused("The picture is damaged or of a kind that can't be shown.", "Ảnh bị hỏng hoặc không mở được. Hãy chụp lại.", err)
	}
	return err
}

// errOther says that a complete upload is not what it was announced as.
var errOther = refused("The bytes are not those that were announced. Send the photo anew.",
	"Dữ liệu ảnh nhận được không khớp. Hãy gửi lại ảnh.", nil)

// finish makes the photo of a complete upload: checked, cleaned, durable, then
// noted in the store. Trouble that passes (a full disk, a busy store) leaves
// the upload complete, to be finished when it is asked for again.
func (s *Service) finish(ctx context.Context, c domain.Caller, u *upload) error {
	if err := s.stillPusher(ctx, c, u.Team); err != nil {
		return errors.Join(err, s.forget(u))
	}
	p, thumb, err := s.develop(ctx, u)
	if domain.CodeOf(err) == domain.Unprocessable {
		return errors.Join(err, s.forget(u))
	}
	if err != nil {
		return err
	}
	defer s.unguard(p.Stored)
	if len(thumb) > 0 {
		if err := writeFile(s.dir.thumb(p.Stored), thumb); err != nil {
			return storage(err)
		}
	}
	if err := s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		if err := s.pusher(tx, c, u.Team); err != nil {
			return err
		}
		return receive(tx, p, u.Length)
	}); err != nil {
		return err
	}
	done := u.ticket
	done.Done = true
	if err := s.dir.saveTicket(done); err != nil {
		return storage(err)
	}
	s.mu.Lock()
	u.ticket = done
	s.mu.Unlock()
	return storage(remove(s.dir.part(u.ID)))
}

// errLarge says that a picture must be decoded alone.
var errLarge = errors.New("photos: large")

// develop reads a part, checks and cleans it and writes the picture's file,
// which is guarded against the sweep until unguard. Whoever waits for a seat
// holds no bytes.
func (s *Service) develop(ctx context.Context, u *upload) (Photo, []byte, error) {
	p, thumb, err := s.developIn(ctx, u, false)
	if errors.Is(err, errLarge) {
		return s.developIn(ctx, u, true)
	}
	return p, thumb, err
}

func (s *Service) developIn(ctx context.Context, u *upload, alone bool) (p Photo, thumb []byte, err error) {
	leave, err := s.room.enter(ctx, alone)
	if err != nil {
		return p, nil, err
	}
	defer leave()
	b, err := os.ReadFile(s.dir.part(u.ID))
	if err != nil {
		return p, nil, storage(err)
	}
	if hexSum(b) != u.Name {
		return p, nil, errOther
	}
	kind, b, err := clean(b)
	cost := int64(0)
	if err == nil {
		_, cost, err = weigh(kind, b)
	}
	if err != nil {
		return p, nil, unfit(err)
	}
	if cost > halfDecode && !alone {
		return p, nil, errLarge
	}
	l, err := view(kind, b)
	if err != nil {
		return p, nil, unfit(err)
	}
	p = Photo{Team: u.Team, Name: u.Name, Stored: hexSum(b), Kind: kind, Bytes: int64(len(b)), Width: int64(l.W), Height: int64(l.H),
		Look: fmt.Sprintf("%016x", l.Hash), By: u.Person, Received: s.cfg.Now().UnixMilli(), State: Held}
	s.guard(p.Stored)
	if err := s.dir.put(p.Stored, b); err != nil {
		s.unguard(p.Stored)
		return p, nil, storage(err)
	}
	return p, l.Thumb, nil
}

// guard keeps a file from the sweep while no record names it yet.
func (s *Service) guard(sum string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh[sum]++
}

func (s *Service) unguard(sum string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh[sum]--; s.fresh[sum] <= 0 {
		delete(s.fresh, sum)
	}
}
