package backup

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"filippo.io/age"

	"github.com/banso/banso/server/internal/store/boltstore"
)

// DefaultEvery is how often a running server makes a backup.
const DefaultEvery = 15 * time.Minute

// dirOwn is the folder, inside the data folder, of backups where no other
// place is configured, and of what is being made.
const dirOwn = "backups"

// OwnFolder is where backups go when no other place is configured.
func OwnFolder(data string) string { return filepath.Join(data, dirOwn) }

// Config of a Service. Store, Data, SaveKeys, Freeze and Now are required.
type Config struct {
	Store *boltstore.Store
	Data  string // the data folder
	// Places are where backups go. Empty: a folder inside the data folder.
	Places []Target
	// Recipients who can open what is written; empty: nothing is encrypted.
	Recipients []age.Recipient
	Own        *age.X25519Identity // the server's own, one of the recipients; nil without encryption
	Every      time.Duration       // 0: DefaultEvery

	// Sign signs manifests with the key of Signer; nil: they are not signed.
	Sign   func(statement []byte) (sig []byte)
	Signer ed25519.PublicKey

	SaveKeys func(path string) error // writes the key file
	Freeze   func() (thaw func())    // keeps photos from being removed
	// Prove folds a restored data folder: every decision again. nil: not done.
	Prove func(ctx context.Context, data string) error

	Now func() time.Time
	Log *slog.Logger
}

// Service makes the backups of one shard.
type Service struct {
	cfg    Config
	places []*place

	busy    sync.Mutex // one backup or drill at a time
	settled int64      // commit of our own last note: nothing else has happened since
	foreign int64      // newest commit that was not a note of ours

	mu    sync.Mutex // guards state
	state state
}

// place is a Target and what is known of it.
type place struct {
	Target
	inside bool            // shares the disk of the data folder for sure
	photos map[string]bool // names that it holds; nil: not asked yet
}

// New makes a Service. It remembers across restarts when each place last took
// a backup.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.Every <= 0 {
		cfg.Every = DefaultEvery
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	abs, err := filepath.Abs(cfg.Data)
	if err != nil {
		return nil, err
	}
	cfg.Data = abs
	if len(cfg.Places) == 0 {
		cfg.Places = []Target{Folder(OwnFolder(cfg.Data))}
	}
	s := &Service{cfg: cfg}
	for _, t := range cfg.Places {
		s.places = append(s.places, &place{Target: t, inside: inside(cfg.Data, t)})
	}
	n, err := readNote(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	s.state = state{since: cfg.Now(), note: n}
	return s, nil
}

// inside reports whether a place lies in the data folder itself.
func inside(data string, t Target) bool {
	f, ok := t.(Folder)
	if !ok {
		return false
	}
	rel, err := filepath.Rel(data, string(f))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Made is what Make did.
type Made struct {
	Manifest
	Took   time.Duration
	Places []string // that hold it now
	New    int64    // photos that a place did not have
}

// Make makes a backup now. It is good if at least one place holds it; what
// went wrong elsewhere is in the error too, together with a Made that stands.
func (s *Service) Make(ctx context.Context) (m Made, err error) {
	s.busy.Lock()
	defer s.busy.Unlock()
	return s.make(ctx)
}

func (s *Service) make(ctx context.Context) (m Made, err error) {
	start := s.cfg.Now()
	defer func() { s.told(m, err) }()
	stage, err := s.stage()
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	thaw := s.cfg.Freeze()
	defer thaw()
	b, err := s.snapshot(ctx, stage, start)
	if err != nil {
		return m, err
	}
	m.Manifest = b.Manifest
	var bad error
	for _, p := range s.places {
		added, err := s.ship(ctx, p, b)
		m.New += added
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("backup: %s: %w", p.Label(), err))
			continue
		}
		m.Places = append(m.Places, p.Label())
	}
	m.Took = s.cfg.Now().Sub(start)
	if len(m.Places) == 0 {
		return m, bad
	}
	if err := b.lost(); err != nil { // the copies stand, but phones must not forget on their word
		return m, errors.Join(err, bad)
	}
	return m, errors.Join(s.note(ctx, m), bad)
}

// built is a snapshot on its way.
type built struct {
	Manifest
	stage string
	names []string // of photos, sorted, each once
	gone  []string // named by records, but neither here nor in a place
}

func (b *built) lost() error {
	if len(b.gone) == 0 {
		return nil
	}
	return fmt.Errorf("backup: %d photos are missing or damaged, the first: %s", len(b.gone), b.gone[0])
}

// stage makes the folder in which a backup is built. What an earlier process
// left there goes.
func (s *Service) stage() (string, error) {
	dir := OwnFolder(s.cfg.Data)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	old, err := filepath.Glob(filepath.Join(dir, "making-*"))
	if err != nil {
		return "", err
	}
	for _, o := range old {
		if err := os.RemoveAll(o); err != nil {
			return "", err
		}
	}
	if err := s.roomFor(dir); err != nil {
		return "", err
	}
	return os.MkdirTemp(dir, "making-*")
}

// snapshot copies, checks and packs the store and its keys, and tries whether
// the packed file opens.
func (s *Service) snapshot(ctx context.Context, stage string, now time.Time) (*built, error) {
	dir := filepath.Join(stage, "data")
	for _, d := range []string{dir, filepath.Join(stage, dirSnaps), filepath.Join(stage, dirLists)} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
	}
	if err := s.cfg.SaveKeys(filepath.Join(dir, keysName)); err != nil {
		return nil, err
	}
	snap := filepath.Join(dir, storeName)
	commit, err := s.cfg.Store.Backup(ctx, snap)
	if err != nil {
		return nil, err
	}
	rep, err := boltstore.VerifyBackup(snap, commit)
	if err != nil {
		return nil, err
	}
	b := &built{stage: stage, Manifest: Manifest{Version: manifestVersion, ID: newID(now, commit), AtMs: now.UnixMilli(),
		Facts: factsOf(rep), Sealed: len(s.cfg.Recipients) > 0}}
	b.Snap.Name = dirSnaps + "/" + b.ID + packSuffix
	if b.Sealed {
		b.Snap.Name += sealedSuffix
	}
	path := filepath.Join(stage, b.Snap.Name)
	if err := pack(dir, []string{keysName, storeName}, s.cfg.Recipients, path); err != nil {
		return nil, err
	}
	if err := proveOpens(path, dir, b.Sealed, s.identities()); err != nil {
		return nil, err
	}
	sum, size, err := sumFile(path)
	if err != nil {
		return nil, err
	}
	b.Snap.Bytes, b.Snap.SHA256 = size, hex.EncodeToString(sum[:])
	if b.names, err = photosOf(ctx, snap); err != nil {
		return nil, err
	}
	if err := b.writeList(); err != nil {
		return nil, err
	}
	return b, errors.Join(b.sign(s.cfg.Signer, s.cfg.Sign), os.RemoveAll(dir))
}

func (s *Service) identities() []age.Identity {
	if s.cfg.Own == nil {
		return nil
	}
	return []age.Identity{s.cfg.Own}
}

func factsOf(rep boltstore.Report) Facts {
	return Facts{Commit: rep.Commit, Epoch: rep.Epoch, Schema: rep.Schema, Bytes: rep.Bytes, Records: rep.Records, Verdicts: rep.Verdicts,
		Decisions: rep.Decisions, Chain: hex.EncodeToString(rep.Chain[:]), Fold: hex.EncodeToString(rep.Fold[:])}
}
