package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

const cliPassword = "mật khẩu thử nghiệm 2023"

// terminal is a server in this process and the real banso-admin beside it,
// with a session file for each of its users. What is typed and answered is
// kept as a transcript, in which ids carry names.
type terminal struct {
	t          *testing.T
	bin, dir   string
	url, data  string
	now        atomic.Int64
	sys        *client.Client
	app        *app.App
	ids        map[string]string // id → name
	transcript strings.Builder
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	w := &terminal{t: t, dir: t.TempDir(), ids: map[string]string{}}
	w.bin = filepath.Join(w.dir, "banso-admin")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", w.bin, "github.com/banso/banso/admin").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	w.turn("2023-06-20")
	w.data = filepath.Join(w.dir, "data")
	a, err := app.New(t.Context(), app.Config{Data: w.data, Now: w.clock, Handful: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.app = a
	srv := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		srv.Close()
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	w.url = srv.URL
	code, err := a.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.run("admin", code+"\n"+cliPassword+"\n", "setup", "Quản Trị (thử)", "admin")
	w.sys = client.New(w.url, client.Options{})
	if _, err := w.sys.Login(t.Context(), client.Login{Login: "admin", Password: cliPassword, Install: syncproto.NewRandomID(rand.Reader)}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *terminal) clock() time.Time { return time.UnixMilli(w.now.Load()) }

func (w *terminal) turn(day domain.Date) { w.now.Store(day.Start().Add(10 * time.Hour).UnixMilli()) }

// imports sends rows and names the ids that they got.
func (w *terminal) imports(kind, header string, rows ...string) []client.ID {
	w.t.Helper()
	rep, err := w.sys.Import(w.t.Context(), kind, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), false, false)
	if err != nil || !rep.Written {
		w.t.Fatalf("import %s: %v %+v", kind, err, rep.Rows)
	}
	ids := make([]client.ID, len(rep.Rows))
	for i, r := range rep.Rows {
		ids[i] = r.ID
		name, _, _ := strings.Cut(rows[i], ",")
		if kind == "units" {
			name = strings.Split(rows[i], ",")[1]
		}
		w.ids[string(r.ID)] = "<" + name + ">"
	}
	return ids
}

// account activates a person; a login makes a password and signs the terminal in.
func (w *terminal) account(person client.ID, login string) *client.Client {
	w.t.Helper()
	codes, err := w.sys.NewCodes(w.t.Context(), []client.ID{person})
	if err != nil {
		w.t.Fatal(err)
	}
	in := client.Activate{Code: codes[0].Code, Install: syncproto.NewRandomID(rand.Reader), DeviceName: "máy thử", Login: login}
	if login != "" {
		in.Password = cliPassword
	}
	c := client.New(w.url, client.Options{})
	if _, err := c.Activate(w.t.Context(), in); err != nil {
		w.t.Fatal(err)
	}
	if login != "" {
		w.run(login, cliPassword+"\n", "login", login)
	}
	return c
}

// push sends mutations of a phone.
func (w *terminal) push(c *client.Client, by client.ID, ms ...*syncproto.Mutation) {
	w.t.Helper()
	req := &syncproto.Request{Proto: 1, Schema: 1, App: "test", Client: syncproto.NewRandomID(rand.Reader),
		Push: syncproto.Push{First: 1}, Pull: []syncproto.Pull{}, Top: int64(len(ms))}
	for i, m := range ms {
		m.By, m.T = by, w.clock().UnixMilli()+int64(i)
		raw, err := syncproto.EncodeMutation(m)
		if err != nil {
			w.t.Fatal(err)
		}
		req.Push.List = append(req.Push.List, raw)
	}
	res, err := c.Sync(w.t.Context(), req)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, v := range res.Verdicts {
		if v.V != syncproto.Applied {
			w.t.Fatalf("%+v", v)
		}
	}
}

// worked logs an activity and a report of a team's June and has them approved.
func (w *terminal) worked(leader, chair *client.Client, by, team, commune client.ID) {
	w.t.Helper()
	a := syncproto.NewRecordID(rand.Reader, w.clock())
	rep := syncproto.DerivedID(syncproto.TypeReport, team, "2023-06")
	w.push(leader, by,
		&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeActivity, ID: a, Set: syncproto.Doc{"team": syncproto.Str(string(team)),
			"done_on": syncproto.Str("2023-06-10"), "category": syncproto.Str("TUYEN_TRUYEN_TRUC_TIEP"), "measures": jsontext.Value(`{"so_ho":12}`)},
			Add: syncproto.Sets{"evidence": {"paper:01/BB"}}},
		&syncproto.Mutation{Op: syncproto.OpSubmit, Type: syncproto.TypeActivity, ID: a},
		&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReport, ID: rep, Set: syncproto.Doc{"team": syncproto.Str(string(team)),
			"month": syncproto.Str("2023-06"), "summary": syncproto.Str("Đã làm.")}},
		&syncproto.Mutation{Op: syncproto.OpSubmit, Type: syncproto.TypeReport, ID: rep})
	q, err := chair.ReviewQueue(w.t.Context(), commune, "2023-06", "", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var list []client.Decision
	for _, it := range q.Items {
		list = append(list, client.Decision{Key: syncproto.NewRandomID(rand.Reader), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "approve"})
	}
	if _, err := chair.Review(w.t.Context(), list); err != nil {
		w.t.Fatal(err)
	}
}

// run types a command as somebody and keeps it in the transcript.
func (w *terminal) run(as, in string, args ...string) (said string, code int) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), w.bin, append([]string{"--server", w.url, "--session", filepath.Join(w.dir, as+".json")}, args...)...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME=/config") // where help says that a session lies
	cmd.Stdin, cmd.Dir = strings.NewReader(in), w.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		w.t.Fatal(err)
	}
	for i, a := range args {
		if strings.ContainsAny(a, " …") || a == "" {
			args[i] = "'" + a + "'"
		}
	}
	fmt.Fprintf(&w.transcript, "%s$ banso-admin %s\n%s", as, strings.Join(args, " "), out.String())
	if code != 0 {
		fmt.Fprintf(&w.transcript, "(exit %d)\n", code)
	}
	w.transcript.WriteString("\n")
	return out.String(), code
}

var (
	aWord   = regexp.MustCompile(`[0-9A-Za-z_-]+`) // an id is one: it may begin with a dash
	aPrint  = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`)
	aHash   = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	aNumber = regexp.MustCompile(`"(commit|at_ms|rev)": \d+`)
)

// told is the transcript with all that chance makes replaced.
func (w *terminal) told() string {
	text := w.transcript.String()
	text = aHash.ReplaceAllString(aPrint.ReplaceAllString(text, "<fingerprint>"), "<hash>")
	text = aNumber.ReplaceAllString(text, `"$1": <n>`)
	for id, name := range w.ids {
		text = strings.ReplaceAll(text, id, name)
	}
	return aWord.ReplaceAllStringFunc(text, func(id string) string {
		if len(id) != 22 || !strings.ContainsAny(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			return id // a word
		}
		if w.ids[id] == "" {
			w.ids[id] = fmt.Sprintf("<#%d>", len(w.ids))
		}
		return w.ids[id]
	})
}
