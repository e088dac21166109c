package systemd

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/banso/banso/deploy/load"
)

var units = []string{"banso.service", "banso.socket", "banso-doctor.service", "banso-doctor.timer"}

// exposure is the most that systemd may say a unit is exposed, in tenths. The
// doctor reads how far the clock is off, which counts as if he could set it.
var exposure = map[string]string{"banso.service": "12", "banso-doctor.service": "16"}

// analyze is systemd's checker, of the version that knows offline looks.
func analyze(t *testing.T, args ...string) (string, error) {
	t.Helper()
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze on this machine (package systemd)")
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	return string(out), err
}

// TestUnits_Verify: systemd itself reads the units without a word.
func TestUnits_Verify(t *testing.T) {
	dir := t.TempDir()
	paths := []string{"verify", "--man=no", "--recursive-errors=no"}
	for _, u := range units {
		text := strings.ReplaceAll(read(t, u), "/usr/local/bin/banso", "/bin/true") // must be there
		path := filepath.Join(dir, u)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	out, err := analyze(t, paths...)
	if err != nil {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, "banso") {
			t.Error(strings.TrimSpace(line))
		}
	}
}

// TestUnits_Exposure: what a break-in could reach stays small.
func TestUnits_Exposure(t *testing.T) {
	for u, most := range exposure {
		out, err := analyze(t, "security", "--offline=true", "--no-pager", "--threshold="+most, u)
		if err != nil {
			var open []string
			for line := range strings.Lines(out) {
				if !strings.Contains(line, "✓") {
					open = append(open, line)
				}
			}
			t.Errorf("%s: %v\n%s", u, err, strings.Join(open, ""))
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// installed runs the installer into a folder.
func installed(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	bin, err := load.Build("../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time is an upgrade
		if out, err := exec.Command("bash", "install.sh", "--root", root, "--binary", bin).CombinedOutput(); err != nil {
			t.Fatalf("install.sh: %v\n%s", err, out)
		}
	}
	return root
}

// TestInstall puts everything where the units look for it, keeps settings that
// somebody changed, and what it installed starts with the very arguments,
// environment and settings of the unit.
func TestInstall(t *testing.T) {
	root := installed(t)
	settings := filepath.Join(root, "etc/banso/banso.yaml")
	if err := os.WriteFile(settings, append([]byte("log-format: json\n"), read(t, "banso.yaml")...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("bash", "install.sh", "--root", root, "--binary", filepath.Join(root, "usr/local/bin/banso.old")).CombinedOutput(); err != nil {
		t.Fatalf("install.sh: %v\n%s", err, out)
	}
	if b := read(t, settings); !strings.HasPrefix(b, "log-format") {
		t.Error("changed settings were replaced")
	}
	for _, u := range units {
		if read(t, filepath.Join(root, "etc/systemd/system", u)) != read(t, u) {
			t.Errorf("%s differs", u)
		}
	}
	args, env := command(t, "banso.service")
	if args[0] != "/usr/local/bin/banso" {
		t.Fatalf("the unit starts %s", args[0])
	}
	addr, err := load.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	move := strings.NewReplacer("/usr/local/bin", filepath.Join(root, "usr/local/bin"), "/etc/banso", filepath.Join(root, "etc/banso"),
		"/var/lib/banso", filepath.Join(state, "d"), "/run/banso", state)
	for i, a := range args {
		args[i] = move.Replace(a)
	}
	if err := os.WriteFile(settings, []byte(move.Replace(read(t, settings))), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range append(env, "BANSO_ADDR="+addr, "BANSO_METRICS_ADDR=127.0.0.1:0") {
		name, value, _ := strings.Cut(move.Replace(e), "=")
		t.Setenv(name, value)
	}
	s, err := load.Start(addr, args[0], args[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	if err := s.Stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, s.Log())
	}
	if _, err := os.Stat(filepath.Join(state, "d/banso.db")); err != nil {
		t.Error(err)
	}
}

var value = regexp.MustCompile(`^(ExecStart|Environment)=(.*)$`)

// command reads what a unit starts, and with which environment.
func command(t *testing.T, unit string) (args, env []string) {
	t.Helper()
	sc := bufio.NewScanner(strings.NewReader(read(t, unit)))
	for sc.Scan() {
		switch m := value.FindStringSubmatch(sc.Text()); {
		case m == nil:
		case m[1] == "ExecStart":
			args = strings.Fields(m[2])
		default:
			env = append(env, strings.Fields(m[2])...)
		}
	}
	return args, env
}
