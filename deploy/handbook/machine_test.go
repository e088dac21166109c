package handbook

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
)

// machine is a folder that stands for a server's root: the real banso and
// banso-admin, and small stand-ins for what belongs to the system.
type machine struct {
	t    *testing.T
	dir  string
	port string
}

// systemctl starts and stops the real server, as the unit would.
const systemctl = `#!/bin/sh
pid=$ROOT/run/pid
stop() { [ -f "$pid" ] || return 0; kill "$(cat "$pid")" 2>/dev/null; while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.05; done; rm -f "$pid"; }
start() {
  [ ! -f "$pid" ] || return 0
  "$ROOT/bin/banso" serve --config "$ROOT/etc/banso/banso.yaml" --addr "127.0.0.1:$PORT" --metrics-addr "" --debug-socket "$ROOT/run/banso/debug.sock" >>"$ROOT/run/log" 2>&1 &
  echo $! >"$pid"
  for _ in $(seq 400); do curl -fsS -o /dev/null "http://127.0.0.1:$PORT/readyz" 2>/dev/null && return 0; kill -0 "$(cat "$pid")" || break; sleep 0.05; done
  cat "$ROOT/run/log" >&2; return 1
}
case "$1 $2" in
"stop banso") stop ;; "start banso") start ;; "restart banso") stop; start ;; "status banso") [ -f "$pid" ] ;;
*) echo "no such command here: $*" >&2; exit 64 ;;
esac
`

// stands are the other stand-ins: as little as the commands need.
var stands = map[string]string{
	"systemctl":   systemctl,
	"runuser":     "#!/bin/sh\nshift 3 # -u NAME --\nexec \"$@\"\n",
	"journalctl":  "#!/bin/sh\ntail -n 5 \"$ROOT/run/log\"\n",
	"timedatectl": "#!/bin/sh\n[ \"$*\" = 'set-ntp true' ]\n",
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "jq", "rsync"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s on this machine", tool)
		}
	}
	dir, err := os.MkdirTemp("", "m") // a socket's path has little room
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, dir: dir}
	t.Cleanup(func() { m.kill(); os.RemoveAll(dir) })
	for _, d := range []string{"bin", "run/banso", "etc/banso", "var/lib", "mnt/backup", "mnt/new-server", "home"} {
		m.check(os.MkdirAll(filepath.Join(dir, d), 0o700))
	}
	m.check(os.Mkdir(filepath.Join(dir, "var/lib/banso"), 0o700))
	_, err = load.Build("../..", filepath.Join(dir, "bin"))
	m.check(err)
	build := exec.Command("go", "run", "-exec", "cp -t "+filepath.Join(dir, "home"), "./admin")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m.check(os.Rename(filepath.Join(dir, "home/admin"), filepath.Join(dir, "bin/banso-admin")))
	for name, text := range stands {
		m.check(os.WriteFile(filepath.Join(dir, "bin", name), []byte(text), 0o700))
	}
	addr, err := load.FreeAddr()
	m.check(err)
	_, m.port, _ = strings.Cut(addr, ":")
	b, err := os.ReadFile("../systemd/banso.yaml")
	m.check(err)
	settings := m.move(string(b)) + "\nbackup-to: [" + dir + "/mnt/backup]\n"
	m.check(os.WriteFile(filepath.Join(dir, "etc/banso/banso.yaml"), []byte(settings), 0o600))
	return m
}

func (m *machine) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// move puts paths and the port of a text into this machine's folder.
func (m *machine) move(text string) string {
	return strings.NewReplacer("/var/lib/banso", m.dir+"/var/lib/banso", "/etc/banso", m.dir+"/etc/banso", "/run/banso", m.dir+"/run/banso",
		"/mnt/", m.dir+"/mnt/", "127.0.0.1:8080", "127.0.0.1:"+m.port).Replace(text)
}

// run is one block of commands in a shell of its own.
func (m *machine) run(script string) (string, error) {
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", m.move(script))
	cmd.Dir = filepath.Join(m.dir, "home")
	cmd.Env = []string{"PATH=" + m.dir + "/bin:" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "ROOT=" + m.dir, "PORT=" + m.port, "LC_ALL=C.UTF-8"}
	cmd.WaitDelay = time.Second // the server that it started keeps the pipe
	out, err := cmd.CombinedOutput()
	if err == exec.ErrWaitDelay {
		err = nil
	}
	return string(out), err
}

func (m *machine) must(script string) string {
	m.t.Helper()
	out, err := m.run(script)
	if err != nil {
		m.t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

func (m *machine) kill() {
	if b, err := os.ReadFile(filepath.Join(m.dir, "run/pid")); err == nil {
		_ = exec.Command("kill", "-9", strings.TrimSpace(string(b))).Run()
	}
}

// setUp is the first day: a server, its administrator, a backup.
func (m *machine) setUp() {
	m.t.Helper()
	m.must("systemctl start banso")
	code, ok := "", false
	for end := time.Now().Add(10 * time.Second); !ok && time.Now().Before(end); time.Sleep(20 * time.Millisecond) { // it is printed after it serves
		log, err := os.ReadFile(filepath.Join(m.dir, "run/log"))
		m.check(err)
		_, code, ok = strings.Cut(string(log), "Setup code (good once): ")
		ok = ok && strings.Contains(code, "\n")
	}
	if !ok {
		m.t.Fatal("no setup code was printed")
	}
	code, _, _ = strings.Cut(code, "\n")
	m.must(fmt.Sprintf("printf '%%s\\n%%s\\n' %s 'chỉ dùng để thử 8431' | banso-admin --server http://127.0.0.1:8080 setup 'Quản trị (thử)' admin", code))
	m.must("systemctl stop banso; banso backup now --config /etc/banso/banso.yaml; systemctl start banso")
}
