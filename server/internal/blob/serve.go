package blob

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/banso/banso/server/internal/domain"
)

// File is an open picture, to be closed by who asked for it.
type File struct {
	*os.File
	Kind Kind
	Tag  string // changes with its bytes
}

var errLost = domain.E(domain.NotFound, "The server has lost this photo. Send it again.", "Máy chủ không còn ảnh này. Hãy gửi lại ảnh.")

// Open returns the picture of a photo to whoever may read a record that names
// it: without any metadata.
func (s *Service) Open(ctx context.Context, c domain.Caller, name string) (File, error) {
	p, err := s.find(ctx, c, name)
	if err != nil {
		return File{}, err
	}
	f, err := os.Open(s.dir.blob(p.Stored))
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, errLost
	}
	return File{File: f, Kind: p.Kind, Tag: p.Stored}, storage(err)
}

// OpenThumb returns the small derivative of a photo; one that was deleted is
// made again.
func (s *Service) OpenThumb(ctx context.Context, c domain.Caller, name string) (File, error) {
	p, err := s.find(ctx, c, name)
	if err != nil {
		return File{}, err
	}
	path := s.dir.thumb(p.Stored)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.thumb(ctx, p); err != nil {
			return File{}, err
		}
		f, err = os.Open(path)
	}
	return File{File: f, Kind: JPEG, Tag: "t" + p.Stored}, storage(err)
}

// thumb makes the small derivative of a photo that is held.
func (s *Service) thumb(ctx context.Context, p Photo) error {
	leave, err := s.room.enter(ctx, true)
	if err != nil {
		return err
	}
	defer leave()
	b, err := os.ReadFile(s.dir.blob(p.Stored))
	if errors.Is(err, fs.ErrNotExist) {
		return errLost
	}
	if err != nil {
		return storage(err)
	}
	l, err := view(p.Kind, b)
	if err != nil {
		return unfit(err)
	}
	return storage(writeFile(s.dir.thumb(p.Stored), l.Thumb))
}
