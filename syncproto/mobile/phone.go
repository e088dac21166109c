package mobile

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/boltlocal"
)

// Config of a phone. Its zero value works.
type Config struct {
	App        string // version of the app
	DeviceName string // shown to the person in the list of their devices
	TimeoutS   int    // of one request; 0: 60
}

// Keychain keeps the session in the platform's key store. Load returns "" if
// there is none.
type Keychain interface {
	Load() (string, error)
	Save(session string) error
}

// ErrNotActive says that nobody has signed in on this phone yet.
var ErrNotActive = errors.New("mobile: nobody is signed in on this phone")

// Phone is the local database with its engine.
type Phone struct {
	local *boltlocal.Local
	tr    *client.HTTP
	sess  *sessions
	app   string

	mu     sync.Mutex
	engine *client.Engine     // nil until somebody has signed in
	stop   context.CancelFunc // of the sync under way
}

// Open opens or creates the database at path. baseURL is "https://host". cfg
// may be nil.
func Open(path, baseURL string, keys Keychain, cfg *Config) (*Phone, error) {
	if cfg == nil {
		cfg = &Config{}
	}
	timeout := time.Duration(cfg.TimeoutS) * time.Second
	if timeout <= 0 {
		timeout = time.Minute
	}
	web := &http.Client{Timeout: timeout}
	sess, err := openSessions(web, baseURL, keys, cfg.DeviceName)
	if err != nil {
		return nil, err
	}
	local, err := boltlocal.Open(path)
	if err != nil {
		return nil, err
	}
	p := &Phone{local: local, sess: sess, app: cfg.App,
		tr: &client.HTTP{Base: baseURL, Client: web, Tokens: sess, Agent: "banso-phone/" + cfg.App, Now: time.Now}}
	if person := sess.person(); person != "" {
		if err := p.begin(person); err != nil {
			return nil, errors.Join(err, local.Close())
		}
	}
	return p, nil
}

func (p *Phone) begin(person syncproto.ID) error {
	e, err := client.New(client.Config{Local: p.local, Transport: p.tr, Now: time.Now, Rand: rand.Reader,
		Person: person, App: p.app})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.engine = e
	return nil
}

func (p *Phone) open() (*client.Engine, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine == nil {
		return nil, ErrNotActive
	}
	return p.engine, nil
}

// Close stops a sync under way and closes the file.
func (p *Phone) Close() error {
	p.Cancel()
	return p.local.Close()
}

// Activate signs in with a single-use code. Officers choose a login and a
// password here; members leave both empty. It may be repeated if the answer
// was lost.
func (p *Phone) Activate(code, login, password string) error {
	s, err := p.sess.activate(context.Background(), code, login, password)
	if err != nil {
		return err
	}
	return p.adopt(s)
}

// SetSession takes over a session that the app got in another way: the JSON
// that the server answers to a sign-in.
func (p *Phone) SetSession(session string) error {
	s, err := parseSession([]byte(session))
	if err != nil {
		return err
	}
	return p.adopt(s)
}

// adopt keeps a session only if the database is of the same person.
func (p *Phone) adopt(s *session) error {
	if err := p.begin(s.Person); err != nil {
		return err
	}
	return p.sess.set(s)
}

// Person returns the id of who is signed in, "" if nobody is.
func (p *Phone) Person() string { return string(p.sess.person()) }
