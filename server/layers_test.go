package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/banso/banso/"

// layers says which rooms of this module each room may see: the arrows of
// ARCHITECTURE.md. A room that is not in the table fails the test, so that a
// new one is placed on purpose.
var layers = map[string][]string{
	"syncproto":                       {},
	"syncproto/client":                {"syncproto"},
	"syncproto/mobile":                {"syncproto", "syncproto/client"},
	"syncproto/prototest":             {"syncproto"},
	"syncproto/ts":                    {},
	"deploy/data":                     {},
	"deploy/tally":                    {},
	"deploy/systemd":                  {},
	"deploy/proxy":                    {},
	"deploy/monitor":                  {},
	"deploy/handbook":                 {},
	"deploy/image":                    {},
	"deploy/sbom":                     {},
	"deploy/helm":                     {},
	"deploy/webbuild":                 {},
	"deploy/load":                     {"syncproto", "admin/client", "deploy/data"},
	"deploy/demo":                     {"syncproto", "syncproto/client", "admin/client", "deploy/data"},
	"deploy/bench":                    {"syncproto", "admin/client", "deploy/load"},
	"admin":                           {"syncproto", "syncproto/client", "admin/client"},
	"admin/client":                    {"syncproto"},
	"admin/console":                   {},
	"server":                          {"server/internal/app", "server/internal/demo"},
	"server/internal/domain":          {"syncproto"},
	"server/internal/policy":          {"syncproto", "server/internal/domain"},
	"server/internal/papers":          {"server/internal/domain"},
	"server/internal/site":            {},
	"server/internal/doctor":          {"server/internal/mail"},
	"server/internal/mail":            {},
	"server/internal/notify/sms":      {"server/internal/notify"},
	"server/internal/durable":         {},
	"server/internal/phone":           {"server/internal/site"},
	"server/internal/store":           {"server/internal/durable", "syncproto", "server/internal/domain"},
	"server/internal/notify/fcm":      {"server/internal/notify"},
	"server/internal/notify/webpush":  {"server/internal/notify"},
	"server/internal/notify/pushtest": {},
	"server/internal/notify":          {"syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/sheet":           {"server/internal/domain"},
	"server/internal/roster":          {"syncproto", "server/internal/domain", "server/internal/store", "server/internal/sheet", "deploy/data"},
	"server/internal/persons":         {"server/internal/durable", "server/internal/notify", "server/internal/auth", "server/internal/blob", "server/internal/jobs", "server/internal/ledger", "syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/settings":        {"syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/jobs":            {"syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster", "server/internal/notify"},
	"server/internal/stats":           {"syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/months":          {"server/internal/stats", "server/internal/notify", "syncproto", "server/internal/domain", "server/internal/policy", "server/internal/store", "server/internal/roster"},
	"server/internal/ledger":          {"server/internal/notify", "syncproto", "server/internal/domain", "server/internal/policy", "server/internal/store", "server/internal/roster", "server/internal/months", "server/internal/papers"},
	"server/internal/review":          {"server/internal/blob", "syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/auth":            {"server/internal/durable", "server/internal/notify", "syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/auth/oidc":       {"server/internal/auth", "server/internal/domain"},
	"server/internal/blob":            {"server/internal/durable", "syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster", "server/internal/months"},
	"server/internal/syncsvc":         {"server/internal/notify", "server/internal/blob", "syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster", "server/internal/review", "server/internal/months", "server/internal/stats", "server/internal/ledger"},
	"server/internal/seal":            {"server/internal/domain", "server/internal/store", "server/internal/roster"},
	"server/internal/audit":           {"syncproto", "server/internal/domain", "server/internal/store", "server/internal/roster", "server/internal/seal"},
	"server/internal/backup":          {"server/internal/durable", "server/internal/domain", "server/internal/store", "server/internal/roster", "server/internal/blob"},
	"server/internal/traces":          {"server/internal/store", "server/internal/notify"},
	"server/internal/httpapi":         {"server/internal/settings", "server/internal/jobs", "server/internal/persons", "server/internal/notify", "server/internal/backup", "server/internal/blob", "server/internal/audit", "server/internal/seal", "syncproto", "server/internal/domain", "server/internal/policy", "server/internal/roster", "server/internal/review", "server/internal/months", "server/internal/stats", "server/internal/auth", "server/internal/syncsvc", "server/internal/ledger"},
	"server/internal/app":             {"*"},
	"server/internal/demo":            {"syncproto", "deploy/demo", "deploy/data", "server/internal/app", "server/internal/domain", "server/internal/notify/pushtest", "admin/client"},
	"server/internal/sim":             {"*"},
	"server/internal/sim/oracle":      {}, // what it judges by must not be what it judges
	"server/internal/e2e":             {"*"},
	"server/internal/faults":          {},
}

// owners says which rooms may import a dependency that shapes the design.
// Prefix match on both sides.
var owners = map[string][]string{
	"go.etcd.io/bbolt":                       {"server/internal/store/boltstore", "syncproto/client/boltlocal", "deploy/bench"},
	"cel.dev/cel-go":                         {"server/internal/policy"},
	"github.com/labstack/echo/v4":            {"server/internal/httpapi", "deploy/bench"},
	"github.com/go-webauthn/webauthn":        {"server/internal/auth"},
	"github.com/golang-jwt/jwt/v5":           {"server/internal/auth", "server/internal/notify/pushtest"},
	"github.com/ccojocar/zxcvbn-go":          {"server/internal/auth"},
	"github.com/klauspost/compress":          {"server/internal/httpapi", "server/internal/backup"},
	"github.com/minio/minio-go/v7":           {"server/internal/backup"},
	"filippo.io/age":                         {"server/internal/backup", "server/internal/app"},
	"github.com/prometheus/client_golang":    {"server/internal/app", "server/internal/httpapi"},
	"firebase.google.com/go/v4":              {"server/internal/notify/fcm"},
	"github.com/getkin/kin-openapi":          {}, // tests only
	"golang.org/x/crypto":                    {"server/internal/auth", "server/internal/app"},
	"github.com/wneessen/go-mail":            {"server/internal/mail"},
	"github.com/google/go-containerregistry": {"deploy/image"},
	"github.com/coreos/go-systemd/v22":       {"server/internal/app"},
	"golang.org/x/image":                     {"server/internal/blob", "server/internal/papers"},
	"github.com/go-pdf/fpdf":                 {"server/internal/papers"},
	"github.com/xuri/excelize/v2":            {"server/internal/papers", "server/internal/sheet"},
	"go.opentelemetry.io":                    {"server/internal/traces"},
	"google.golang.org/api":                  {"server/internal/notify/fcm"},
	"golang.org/x/oauth2":                    {"server/internal/notify/fcm", "server/internal/auth/oidc"},
	"github.com/coreos/go-oidc/v3":           {"server/internal/auth/oidc"},
	"github.com/SherClockHolmes/webpush-go":  {"server/internal/notify/webpush"},
}

// pure lists what the protocol may import besides the standard library.
var pure = []string{"github.com/go-json-experiment/json"}

func TestLayers(t *testing.T) {
	rooms := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != ".." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rooms++
		dir := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), "../"))
		return checkFile(t, path, dir)
	})
	if err != nil {
		t.Fatal(err)
	}
	if rooms < 20 {
		t.Fatalf("only %d files were looked at", rooms)
	}
}

// TestLayers_Map: ARCHITECTURE.md names every room, one inside another by its
// last name at least, and no room that is not there.
func TestLayers_Map(t *testing.T) {
	b, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(b), "\n## Rooms\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for room := range layers {
		if room != "server" && !strings.Contains(table, "`"+room+"`") && !strings.Contains(table, "`"+path.Base(room)+"`") {
			t.Errorf("ARCHITECTURE.md has no room %s", room)
		}
	}
	for line := range strings.Lines(table) {
		row := strings.Split(line, "|")
		if len(row) < 3 {
			continue
		}
		for i, name := range strings.Split(row[1], "`") {
			if _, err := os.Stat(filepath.Join("..", name)); i%2 == 1 && err != nil {
				t.Errorf("ARCHITECTURE.md: there is no %s", name)
			}
		}
	}
}

func checkFile(t *testing.T, path, dir string) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	room := roomOf(dir)
	allowed, known := layers[room]
	if !known {
		t.Errorf("%s: room %q is not in the table of layers", path, dir)
		return nil
	}
	for _, imp := range f.Imports {
		target, _ := strconv.Unquote(imp.Path.Value)
		if local, ok := strings.CutPrefix(target, module); ok {
			to := roomOf(local)
			if to != room && !slices.Contains(allowed, to) && !slices.Contains(allowed, "*") {
				t.Errorf("%s: %s may not see %s", path, room, local)
			}
			continue
		}
		checkOwner(t, path, dir, target)
		if dir == "syncproto" && (strings.Contains(target, ".") && !hasPrefixOf(pure, target) || target == "net/http" || target == "os") {
			t.Errorf("%s: the protocol may not import %s", path, target)
		}
	}
	return nil
}

func checkOwner(t *testing.T, path, dir, target string) {
	for dep, rooms := range owners {
		if (target == dep || strings.HasPrefix(target, dep+"/")) && !hasPrefixOf(rooms, dir) {
			t.Errorf("%s: only %v may import %s", path, rooms, dep)
		}
	}
}

// roomOf is the longest entry of the table that contains a directory.
func roomOf(dir string) string {
	best := ""
	for room := range layers {
		if (dir == room || strings.HasPrefix(dir, room+"/")) && len(room) > len(best) {
			// "server" is main alone, not everything below it.
			if (room == "server" || room == "syncproto") && dir != room {
				continue
			}
			best = room
		}
	}
	if best == "" {
		return dir
	}
	return best
}

func hasPrefixOf(list []string, s string) bool {
	return slices.ContainsFunc(list, func(p string) bool { return s == p || strings.HasPrefix(s, p+"/") })
}

// TestLayers_Clock: wall time enters at three doors only.
func TestLayers_Clock(t *testing.T) {
	doors := []string{"internal/app", "internal/store", "internal/auth", "internal/demo", "internal/sim", "internal/e2e"}
	for _, root := range []string{"internal", "../syncproto"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				hasPrefixOf(doors, filepath.ToSlash(filepath.Dir(path))) {
				return err
			}
			uses, err := callsTimeNow(path)
			if uses {
				t.Errorf("%s reads the clock: take now as a parameter", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
