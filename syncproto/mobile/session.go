package mobile

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// session is what the server answers to a sign-in, and what the key store
// keeps. The expiry that it names is of no use to a phone with a wrong clock.
type session struct {
	Person  syncproto.ID `json:"person"`
	Access  string       `json:"access"`
	Refresh string       `json:"refresh"`
	Install syncproto.ID `json:"install,omitzero"` // secret of this installation, not of the server's answer
}

// sessions is the client.TokenSource of a phone.
type sessions struct {
	web    *http.Client
	base   string
	keys   Keychain
	device string

	mu      sync.Mutex
	current session
}

func openSessions(web *http.Client, base string, keys Keychain, device string) (*sessions, error) {
	k := &sessions{web: web, base: base, keys: keys, device: device}
	text, err := keys.Load()
	if err != nil || text == "" {
		return k, err
	}
	if err := json.Unmarshal([]byte(text), &k.current); err != nil {
		return nil, fmt.Errorf("mobile: the key store's session: %w", err)
	}
	return k, nil
}

func parseSession(b []byte) (*session, error) {
	var s session
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("mobile: session: %w", err)
	}
	if _, err := syncproto.ParseID(string(s.Person)); err != nil || s.Access == "" {
		return nil, errors.New("mobile: session: person or access is missing")
	}
	return &s, nil
}

func (k *sessions) person() syncproto.ID {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current.Person
}

// set keeps a session before it is used: a session that is used but not kept
// would lock the phone out.
func (k *sessions) set(s *session) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keep(s)
}

func (k *sessions) keep(s *session) error {
	if s.Install == "" {
		s.Install = k.current.Install
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := k.keys.Save(string(b)); err != nil {
		return err
	}
	k.current = *s
	return nil
}

// Token implements client.TokenSource.
func (k *sessions) Token(context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current.Access == "" {
		return "", client.ErrSignIn
	}
	return k.current.Access, nil
}

// Refresh implements client.TokenSource.
func (k *sessions) Refresh(ctx context.Context, refused string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current.Access != refused {
		return k.current.Access, nil
	}
	if k.current.Refresh == "" {
		return "", client.ErrSignIn
	}
	s, err := k.post(ctx, "/v1/auth/refresh", map[string]string{"refresh": k.current.Refresh})
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Status < 500 && refusal.Status != http.StatusTooManyRequests {
		return "", client.ErrSignIn
	}
	if err != nil {
		return "", err
	}
	if s.Refresh == "" {
		s.Refresh = k.current.Refresh
	}
	return s.Access, k.keep(s)
}

// activate keeps the installation's secret first, so that a repeat after a
// lost answer is recognised as one.
func (k *sessions) activate(ctx context.Context, code, login, password string) (*session, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current.Install == "" {
		next := k.current
		next.Install = syncproto.NewRandomID(rand.Reader)
		if err := k.keep(&next); err != nil {
			return nil, err
		}
	}
	in := map[string]string{"code": code, "install": string(k.current.Install)}
	for name, v := range map[string]string{"login": login, "password": password, "device_name": k.device} {
		if v != "" {
			in[name] = v
		}
	}
	return k.post(ctx, "/v1/auth/activate", in)
}

// Refusal is the server's answer to a sign-in that failed, in the person's
// languages.
type Refusal struct {
	Status  int
	Code    string
	Title   string
	TitleVi string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("mobile: the server refused (%d %s): %s", r.Status, r.Code, r.Title)
}

// maxSession bounds an answer to a sign-in.
const maxSession = 64 << 10

func (k *sessions) post(ctx context.Context, path string, in map[string]string) (*session, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := k.web.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxSession))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		var p struct {
			Code    string `json:"code"`
			Title   string `json:"title"`
			TitleVi string `json:"title_vi"`
		}
		_ = json.Unmarshal(data, &p) // a proxy's page has none of it
		return nil, &Refusal{resp.StatusCode, p.Code, p.Title, p.TitleVi}
	}
	return parseSession(data)
}
