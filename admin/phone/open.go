package phone

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/boltlocal"
)

// saved is session.json.
type saved struct {
	URL     string       `json:"url"`
	Install syncproto.ID `json:"install"` // secret of this installation
	Session api.Session  `json:"session"`
}

// terminal is an open phone.
type terminal struct {
	*client.Engine
	local client.Local
	lang  string
}

func (t *terminal) Close() error { return t.local.Close() }

// open opens the phone in dir.
func open(dir, lang string) (*terminal, error) {
	s, err := load(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errors.New(tNotActive.in(lang))
	}
	if err != nil {
		return nil, err
	}
	local, err := boltlocal.Open(filepath.Join(dir, "phone.db"))
	if err != nil {
		return nil, err
	}
	tokens := api.New(s.URL, api.Options{Session: s.Session, OnSession: func(n api.Session) {
		s.Session = n
		if err := store(dir, s); err != nil {
			fmt.Fprintln(os.Stderr, err) // the server keeps the old token alive until the new one is used
		}
	}})
	e, err := client.New(client.Config{
		Local: local, Now: time.Now, Rand: rand.Reader, Person: s.Session.Person, App: "terminal",
		Transport: &client.HTTP{Base: s.URL, Client: &http.Client{Timeout: time.Minute}, Tokens: source{tokens}},
	})
	if err != nil {
		local.Close()
		return nil, err
	}
	return &terminal{Engine: e, local: local, lang: lang}, nil
}

// source gives the engine the tokens of the typed client, which refreshes.
type source struct{ *api.Client }

func (s source) Token(context.Context) (string, error) { return s.Client.Token(), nil }

func (s source) Refresh(ctx context.Context, refused string) (string, error) {
	if t := s.Client.Token(); t != refused {
		return t, nil
	}
	n, err := s.Client.Refresh(ctx)
	if api.AsProblem(err) != nil {
		return "", client.ErrSignIn
	}
	return n.Access, err
}

// signIn signs a new phone in, by whatever way sign says, and keeps its session
// in dir. The same way may be tried again if the answer was lost.
func signIn(dir, url string, sign func(*api.Client, syncproto.ID) (api.Session, error)) (syncproto.ID, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	s, err := load(dir)
	if err != nil {
		s = &saved{Install: syncproto.NewRandomID(rand.Reader)}
	}
	s.URL = url
	if err := store(dir, s); err != nil {
		return "", err
	}
	if s.Session, err = sign(api.New(url, api.Options{}), s.Install); err != nil {
		return "", err
	}
	return s.Session.Person, store(dir, s)
}

func load(dir string) (*saved, error) {
	b, err := os.ReadFile(filepath.Join(dir, "session.json"))
	if err != nil {
		return nil, err
	}
	var s saved
	return &s, json.Unmarshal(b, &s)
}

// store replaces session.json in one step.
func store(dir string, s *saved) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, "session.json")
	if err := os.WriteFile(name+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
