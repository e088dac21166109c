package client

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/banso/banso/syncproto"
)

// ErrOtherPerson says that the local database belongs to somebody else.
var ErrOtherPerson = errors.New("client: this local database belongs to another person")

// Config of an Engine. All fields but Limits are needed; Transport may be nil
// for an engine that never syncs.
type Config struct {
	Local     Local
	Transport Transport
	Now       func() time.Time // the phone's clock
	Rand      io.Reader
	Person    syncproto.ID // who is signed in
	App       string       // version of the app
	Schema    int          // 0: syncproto.SchemaCurrent
	Limits    Limits
}

// Limits of one request; 0 means the protocol's.
type Limits struct {
	Mutations int // in one push
	Bytes     int // of the mutations of one push
	Changes   int // in one answer
	Scopes    int // asked for
}

// pushBytes keeps a request below syncproto.MaxRequestBytes even where it does
// not compress at all.
const pushBytes = syncproto.MaxRequestBytes - 16<<10

func (l Limits) withDefaults() Limits {
	pick := func(v *int, def int) {
		if *v <= 0 || *v > def {
			*v = def
		}
	}
	pick(&l.Mutations, syncproto.MaxMutationsPerPush)
	pick(&l.Bytes, pushBytes)
	pick(&l.Changes, syncproto.MaxChangesPerResponse)
	pick(&l.Scopes, syncproto.MaxScopesPerRequest)
	return l
}

// Engine is the sync engine of one local database. Its methods may be called
// from several goroutines; one sync runs at a time and saving never waits for
// the network.
type Engine struct {
	cfg   Config
	local Local

	syncing sync.Mutex // held for one round trip

	mu       sync.Mutex // guards what follows
	rnd      io.Reader
	cap      int    // mutations in a push; halved by 413
	failures int    // round trips in a row that brought nothing
	haste    int    // of those, the newest in a row that asked for the next one at once
	turn     int    // where the scopes beyond the limit go on
	tag      string // of the pull list that the server expects next
	last     Outcome
}

// New opens the engine on a local database and gives an empty one its client
// id. ErrOtherPerson if it belongs to somebody else.
func New(cfg Config) (*Engine, error) {
	if cfg.Local == nil || cfg.Now == nil || cfg.Rand == nil {
		return nil, errors.New("client: Local, Now and Rand are needed")
	}
	if _, err := syncproto.ParseID(string(cfg.Person)); err != nil {
		return nil, fmt.Errorf("client: person: %w", err)
	}
	if cfg.Schema == 0 {
		cfg.Schema = syncproto.SchemaCurrent
	}
	cfg.Limits = cfg.Limits.withDefaults()
	e := &Engine{cfg: cfg, local: cfg.Local, rnd: cfg.Rand, cap: cfg.Limits.Mutations}
	meta, err := e.meta()
	if err != nil {
		return nil, err
	}
	if meta.Client == "" {
		return e, e.local.Update(func(tx LocalTx) error {
			return tx.SetMeta(Meta{Person: cfg.Person, Client: e.newID()})
		})
	}
	if meta.Person != cfg.Person {
		return nil, ErrOtherPerson
	}
	return e, nil
}

// newID makes 128 random bits.
func (e *Engine) newID() syncproto.ID {
	e.mu.Lock()
	defer e.mu.Unlock()
	return syncproto.NewRandomID(e.rnd)
}

// NewID makes an id for a new record.
func (e *Engine) NewID() syncproto.ID {
	now := e.cfg.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	return syncproto.NewRecordID(e.rnd, now)
}

// Person returns whose engine it is.
func (e *Engine) Person() syncproto.ID { return e.cfg.Person }

func (e *Engine) meta() (m Meta, err error) {
	err = e.local.View(func(r LocalReader) (err error) {
		m, err = r.Meta()
		return err
	})
	return m, err
}
