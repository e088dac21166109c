package blob

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/syncproto"
)

// ticket is what is known of an upload besides its bytes; uploads/<id>.json.
type ticket struct {
	ID      domain.ID `json:"id"`
	Person  domain.ID `json:"person"`
	Device  domain.ID `json:"device"`
	Team    domain.ID `json:"team"`
	Name    string    `json:"name"`   // SHA-256 that the bytes must have
	Length  int64     `json:"length"` // of the whole
	Expires int64     `json:"expires"`
	Done    bool      `json:"done,omitzero"` // the photo is held; only this note is left
}

// Upload is how an upload stands.
type Upload struct {
	ID      domain.ID
	Offset  int64 // bytes that are durable
	Length  int64
	Expires time.Time // zero: the photo is held, nothing is left to send
}

// upload is a ticket and whose turn it is to work on its part.
type upload struct {
	ticket
	turn chan struct{} // holds one: who works on it
	stop func()        // ends the reading of who works on it; guarded by Service.mu
}

// uploadID names the upload of one photo by one device, so that a phone that
// lost its notes finds what it sent.
func uploadID(c domain.Caller, team domain.ID, name string) domain.ID {
	return syncproto.DerivedID("upload/"+string(c.Device)+"/"+string(c.Person), team, name)
}

func newUpload(t ticket) *upload { return &upload{ticket: t, turn: make(chan struct{}, 1)} }

func (f folder) part(id domain.ID) string {
	return filepath.Join(string(f), dirUploads, string(id)+".part")
}

func (f folder) note(id domain.ID) string {
	return filepath.Join(string(f), dirUploads, string(id)+".json")
}

func (f folder) saveTicket(t ticket) error {
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return writeFile(f.note(t.ID), b)
}

// discard removes an upload: the bytes first, so that none stays unnoticed.
func (f folder) discard(id domain.ID) error {
	return errors.Join(remove(f.part(id)), remove(f.note(id)))
}

// tickets reads the uploads that an earlier run left; parts without a ticket
// and broken tickets are removed.
func (f folder) tickets() (map[domain.ID]*upload, error) {
	dir := filepath.Join(string(f), dirUploads)
	if err := durable.MkdirAll(dir); err != nil {
		return nil, err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := map[domain.ID]*upload{}
	for _, e := range list {
		base, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok {
			continue
		}
		var t ticket
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &t); err == nil && string(t.ID) == base && ValidName(t.Name) {
			out[t.ID] = newUpload(t)
		}
	}
	for _, e := range list {
		base, _, _ := strings.Cut(e.Name(), ".")
		if out[domain.ID(base)] == nil || strings.HasSuffix(e.Name(), durable.TempSuffix) {
			if err := remove(filepath.Join(dir, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// size is how many bytes of an upload are there, made durable first.
func (f folder) size(t *ticket) (int64, error) {
	if t.Done {
		return t.Length, nil
	}
	p, err := os.OpenFile(f.part(t.ID), os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	fi, serr := p.Stat()
	if err := errors.Join(serr, p.Sync(), p.Close()); err != nil {
		return 0, err
	}
	return fi.Size(), nil
}

// take waits for the turn on an upload of the caller's own. Who works on it is
// told to stop reading: its line is dead, or it would not be asked for again.
func (s *Service) take(ctx context.Context, c domain.Caller, id domain.ID, stop func()) (*upload, error) {
	s.mu.Lock()
	u := s.uploads[id]
	if u == nil || u.Person != c.Person {
		s.mu.Unlock()
		if u != nil {
			return nil, errNotYours
		}
		return nil, errNoUpload
	}
	if u.stop != nil {
		u.stop()
	}
	s.mu.Unlock()
	select {
	case u.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploads[id] != u { // gone meanwhile
		<-u.turn
		return nil, errNoUpload
	}
	if !u.Done && u.Expires <= s.cfg.Now().UnixMilli() {
		delete(s.uploads, id)
		<-u.turn
		return nil, errors.Join(errNoUpload, s.dir.discard(id))
	}
	u.stop = stop
	return u, nil
}

// calm says that the part of an upload is read: it may not be stopped.
func (s *Service) calm(u *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u.stop = nil
}

func (s *Service) release(u *upload) {
	s.calm(u)
	<-u.turn
}

// forget ends an upload.
func (s *Service) forget(u *upload) error {
	s.mu.Lock()
	delete(s.uploads, u.ID)
	s.mu.Unlock()
	return s.dir.discard(u.ID)
}

var errNotYours = domain.E(domain.Forbidden, "This upload is somebody else's.", "Lượt gửi ảnh này của người khác.")

var errNoUpload = domain.E(domain.NotFound, "There is no such upload, or it has expired. Begin anew.",
	"Không có lượt gửi ảnh này, hoặc đã hết hạn. Hãy gửi lại từ đầu.")
