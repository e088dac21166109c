package sim

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// server is the host: its disk survives its processes.
type server struct {
	w    *world
	dir  string
	run  int // number of the process
	up   bool
	data string // folder that the process works in

	app     *app.App
	store   *boltstore.Store
	handler http.Handler

	backups []backedUp
	told    int64 // highest durable that a backup could justify
}

type backedUp struct {
	id     string
	commit int64
	point  oracle.Point
}

func newServer(w *world, dir string) *server { return &server{w: w, dir: dir} }

// start runs a new process on a data folder. Its background work is off: the
// history says when the follow-up comes.
func (s *server) start(data string) {
	s.run++
	s.data = data
	a, err := app.New(context.Background(), app.Config{Data: data, BackupTo: []string{string(s.place())}, Now: time.Now, Wall: time.Now, Handful: true,
		Rand: newEntropy(s.w.seed, 1<<48|uint64(s.run)), Log: slog.New(slog.DiscardHandler), Jitter: func(int) int { return 0 }})
	must(err)
	s.app, s.store, s.handler, s.up = a, a.Store(), a.Handler(), true
	must(s.store.View(context.Background(), func(r store.Reader) error {
		s.w.oracle.Started(r.Head().Epoch)
		return nil
	}))
}

// kill ends the process at once: what was committed is on the disk.
func (s *server) kill() {
	next := s.folder("run")
	copyFolder(s.data, next)
	s.bury()
	s.w.log("server", "killed")
	s.data = next
}

// bury lets the goroutines of a dead process end on the folder they had;
// nobody reads that folder again.
func (s *server) bury() {
	s.up = false
	s.run++ // answers under way die
	dead := s.app
	s.w.actors.Go(func() { must(dead.Close(context.Background())) })
}

func (s *server) folder(kind string) string {
	return filepath.Join(s.dir, fmt.Sprintf("%s-%d-%d", kind, s.run, len(s.backups)))
}

// stop closes the last process, at the end of a history.
func (s *server) stop() {
	if s.up {
		must(s.app.Close(context.Background()))
	}
}

// place is a second disk.
func (s *server) place() backup.Folder { return backup.Folder(filepath.Join(s.dir, "place")) }

// back takes and verifies a backup; only then does durable move, to the
// second-newest one.
func (s *server) back() {
	m, err := s.app.Backup(context.Background())
	must(err)
	s.note(backedUp{m.ID, m.Commit, s.w.oracle.BackedUp(m.Commit)})
}

// note takes in a verified backup: durable may move to the one before it.
func (s *server) note(b backedUp) {
	s.backups = append(s.backups, b)
	s.w.log("server", "backed up at %d", b.commit)
	if n := len(s.backups); n >= 2 {
		second := s.backups[n-2].commit
		s.w.oracle.Secured(second)
		s.told = max(s.told, second)
	}
}

// mark is where the server stands before a call that may take a backup by
// itself.
func (s *server) mark() backedUp {
	commit := s.w.head()
	return backedUp{commit: commit, point: s.w.oracle.BackedUp(commit)}
}

// noteHeld takes in the backup that issuing a list made since a mark. Nothing
// else was committed meanwhile, so it holds what the mark saw.
func (s *server) noteHeld(at backedUp) {
	_, m, err := backup.Find(context.Background(), []backup.Target{s.place()}, "")
	must(err)
	if m.Commit == at.commit && !slices.ContainsFunc(s.backups, func(b backedUp) bool { return b.id == m.ID }) {
		at.id = m.ID
		s.note(at)
	}
}

// restore goes on from the newest or the second-newest backup. What was ever
// called durable is in both.
func (s *server) restore(second bool) bool {
	n := len(s.backups) - 1
	if second && n > 0 && s.backups[n-1].commit >= s.told {
		n--
	}
	if n < 0 || s.backups[n].commit < s.told {
		return false
	}
	s.backups = s.backups[:n+1]
	if s.up {
		s.bury()
	}
	b := s.backups[n]
	data := s.folder("restored")
	_, m, err := backup.Find(context.Background(), []backup.Target{s.place()}, b.id)
	must(err)
	_, err = backup.Restore(context.Background(), s.place(), m, data, nil)
	must(err)
	s.w.oracle.Restored(b.point)
	s.w.log("server", "restored at %d", b.commit)
	s.start(data)
	return true
}

// follow does what must follow commits, and what the clock asks, until
// nothing is due.
func (s *server) follow() {
	if err := s.app.Follow(context.Background()); err != nil {
		s.w.oracle.Fail(oracle.Unblocked, "follow-up: %v", err)
	}
}

// copyFolder copies a data folder.
func copyFolder(from, to string) {
	must(os.MkdirAll(to, 0o700))
	copySparse(app.StorePath(from), app.StorePath(to))
	b, err := os.ReadFile(app.KeysPath(from))
	must(err)
	must(os.WriteFile(app.KeysPath(to), b, 0o600))
}

// copySparse copies what is written of a file; the rest stays a hole.
func copySparse(from, to string) {
	in, err := os.Open(from)
	must(err)
	defer func() { _ = in.Close() }()
	size, err := in.Seek(0, io.SeekEnd)
	must(err)
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	must(err)
	must(out.Truncate(size))
	const seekData, seekHole = 3, 4
	for at := int64(0); at < size; {
		start, err := in.Seek(at, seekData)
		if err != nil {
			break // nothing but a hole is left
		}
		end, err := in.Seek(start, seekHole)
		must(err)
		_, err = io.Copy(io.NewOffsetWriter(out, start), io.NewSectionReader(in, start, end-start))
		must(err)
		at = end
	}
	must(out.Close())
}
