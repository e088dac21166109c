package blob

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Config of a Service. Store, Dir and Now are required.
type Config struct {
	Store     store.Store
	Dir       string // folder of the files
	Now       func() time.Time
	Log       *slog.Logger
	TeamBytes int64 // that a team's photos may take; 0: TeamBytes
}

// Service takes photos in and gives them out.
type Service struct {
	cfg  Config
	dir  folder
	room *room

	mu      sync.Mutex
	uploads map[domain.ID]*upload
	fresh   map[string]int // files whose record is about to be written
	tidied  time.Time      // when Tidy last worked
	shard   int            // that it swept last
	keep    sync.RWMutex   // held for reading while a backup copies files
}

// New opens the folder and finds the uploads that an earlier run left.
func New(cfg Config) (*Service, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.TeamBytes <= 0 {
		cfg.TeamBytes = TeamBytes
	}
	s := &Service{cfg: cfg, dir: folder(cfg.Dir), room: newRoom(), fresh: map[string]int{}}
	var err error
	if s.uploads, err = s.dir.tickets(); err != nil {
		return nil, storage(err)
	}
	return s, nil
}

// TeamQuota is what a team's photos may take, in bytes.
func (s *Service) TeamQuota() int64 { return s.cfg.TeamBytes }

// mayPush reports whether a person may hand over what he holds for a team: who
// is in it, or left it not long ago.
func mayPush(gs domain.Grants, team domain.ID, today domain.Date) bool {
	span := domain.Interval{From: today.Add(-syncproto.LeaverDays), To: today}
	for _, g := range gs {
		if g.Team == team && team != "" && g.Overlaps(span) {
			return true
		}
	}
	return false
}

var errForeign = domain.E(domain.Forbidden, "You are not in this team.", "Bạn không thuộc tổ này.")

// pusher checks that the caller may hand over photos of a team.
func (s *Service) pusher(r store.Reader, c domain.Caller, team domain.ID) error {
	gs, err := roster.GrantsOf(r, c.Person)
	if err != nil {
		return err
	}
	if !mayPush(gs, team, domain.DateOf(s.cfg.Now())) {
		return errForeign
	}
	return nil
}

// Stand is what the server has of a photo.
type Stand string

const (
	Missing Stand = "missing" // send it
	Stored  Stand = "stored"  // the server has it: it counts
	Durable Stand = "durable" // a backup has it too: the phone may forget it
)

// Have answers for each name what the server has of a team's photos; a
// push-only device may ask too.
func (s *Service) Have(ctx context.Context, c domain.Caller, team domain.ID, names []string) (stands []Stand, err error) {
	if len(names) > maxHave {
		return nil, domain.E(domain.TooLarge, "Too many photos in one question.", "Hỏi quá nhiều ảnh trong một lần.")
	}
	for _, n := range names {
		if !ValidName(n) {
			return nil, &domain.Error{Code: domain.Invalid, Field: "sha256", Msg: "A photo is named by its SHA-256 in hex.", Vi: "Tên ảnh không hợp lệ."}
		}
	}
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		stands = make([]Stand, len(names))
		if err := s.pusher(r, c, team); err != nil {
			return err
		}
		durable := r.Head().Durable
		for i, n := range names {
			_, rev, ok, err := Of(r, team, n)
			switch {
			case err != nil:
				return err
			case !ok:
				stands[i] = Missing
			case rev <= durable:
				stands[i] = Durable
			default:
				stands[i] = Stored
			}
		}
		return nil
	})
	return stands, err
}

// find returns the photo of that name which the caller may look at: an
// activity names it that lives in a scope he reads. Who may not is told the
// same whether it exists or not.
func (s *Service) find(ctx context.Context, c domain.Caller, name string) (p Photo, err error) {
	errNone := domain.E(domain.Forbidden, "No record that you may read names this photo.", "Không có bản ghi nào bạn được xem có ảnh này.")
	if c.PushOnly || !ValidName(name) {
		return p, errNone
	}
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		gs, err := roster.GrantsOf(r, c.Person)
		if err != nil {
			return err
		}
		found, bad := false, error(nil)
		today := domain.DateOf(s.cfg.Now())
		err = r.Counters(refPrefix+name+"/", func(key string, _ int64) bool {
			team, id := refParts(key)
			if found, bad = reads(r, gs, c.Person, id, today); found && bad == nil {
				p, _, found, bad = Of(r, team, name)
			}
			return !found && bad == nil
		})
		if err := errors.Join(err, bad); err != nil {
			return err
		}
		if !found {
			return errNone
		}
		return nil
	})
	return p, err
}

// reads reports whether a record lives in a scope that somebody may read.
func reads(r store.Reader, gs domain.Grants, who, record domain.ID, today domain.Date) (bool, error) {
	rec, err := naming(r, record)
	if err != nil || rec.Deleted {
		return false, err
	}
	for _, sc := range rec.Scopes {
		if ps, ok := sc.Parse(); ok && gs.MayRead(who, ps, today) {
			return true, nil
		}
	}
	return false, nil
}

// refParts takes the key of a counter of the index apart.
func refParts(key string) (team, activity domain.ID) {
	const id = 22
	if len(key) < len(refPrefix)+64+2*(id+1) {
		return "", ""
	}
	rest := key[len(refPrefix)+65:]
	return domain.ID(rest[:id]), domain.ID(rest[id+1:])
}
