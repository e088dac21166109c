package sbom

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// part is something that is passed on with the programs.
type part struct {
	name, version, purl string
	spdx                string // licence
	sha512              string // hex; of npm packages
	h1                  string // Go's own sum of a module
	text                string // licence and notices; "" where they could not be read here
}

const root = "../.."

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]es?|copying|notice|ofl)([-.].*)?$`)

// texts joins the licence files of a folder.
func texts(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		return "" // npm packages that are not installed here
	}
	var out []string
	for _, e := range list {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n")))
	}
	return strings.Join(out, "\n\n")
}

// marks tell licences apart by a phrase that only they have, the most telling
// first.
var marks = []struct{ id, phrase string }{
	{"Apache-2.0", "apache license"}, {"MPL-2.0", "mozilla public license"}, {"OFL-1.1", "sil open font license"}, {"Unlicense", "this is free and unencumbered software"},
	{"BSD-3-Clause", "neither the name"}, {"BSD-3-Clause", "may not be used to endorse"}, {"BSD-2-Clause", "redistributions in binary form"},
	{"MIT", "permission is hereby granted, free of charge"}, {"ISC", "permission to use, copy, modify, and"}, {"GPL", "gnu general public license"},
}

func identify(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, m := range marks {
		if strings.Contains(text, m.phrase) {
			return m.id
		}
	}
	return ""
}

// modules are what is linked into the two programs as they are released.
func modules(t *testing.T) (out []part) {
	t.Helper()
	sums := map[string]string{}
	b, err := os.ReadFile(root + "/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 {
			sums[f[0]+"@"+f[1]] = f[2]
		}
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}", "./server", "./admin")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	list, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		text := texts(t, f[2])
		out = append(out, part{name: f[0], version: f[1], purl: "pkg:golang/" + f[0] + "@" + f[1], spdx: identify(text), h1: sums[f[0]+"@"+f[1]], text: text})
	}
	return append(out, standardLibrary(t))
}

func standardLibrary(t *testing.T) part {
	t.Helper()
	mod, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(mod)
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil || version == nil {
		t.Fatal(err)
	}
	text := texts(t, strings.TrimSpace(string(goroot)))
	return part{name: "std", version: string(version[1]), purl: "pkg:golang/std@" + string(version[1]), spdx: identify(text), text: text}
}

// packages are the npm packages that the screens may be bundled from: what the
// lock file has for more than development.
func packages(t *testing.T) (out []part) {
	t.Helper()
	b, err := os.ReadFile(root + "/deploy/webbuild/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Version   string `json:"version"`
			License   string `json:"license"`
			Integrity string `json:"integrity"`
			Dev       bool   `json:"dev"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(b, &lock, json.RejectUnknownMembers(false)); err != nil {
		t.Fatal(err)
	}
	for path, p := range lock.Packages {
		name, ok := strings.CutPrefix(path, "node_modules/")
		if !ok || p.Dev {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.Integrity, "sha512-"))
		if err != nil || len(raw) != 64 {
			t.Fatalf("%s: integrity %q", name, p.Integrity)
		}
		out = append(out, part{name: name, version: p.Version, purl: fmt.Sprintf("pkg:npm/%s@%s", strings.Replace(name, "@", "%40", 1), p.Version),
			spdx: p.License, sha512: hex.EncodeToString(raw), text: texts(t, filepath.Join(root, "deploy/webbuild", path))})
	}
	slices.SortFunc(out, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return out
}

// files are what is embedded besides code.
func files(t *testing.T) (out []part) {
	t.Helper()
	for _, f := range []part{
		{name: "Be Vietnam Pro", version: "1", spdx: "OFL-1.1", text: texts(t, root+"/server/internal/papers/font")},
		{name: "units (deploy/data/units)", version: "1", spdx: "LicenseRef-units", text: texts(t, root+"/deploy/data/units")},
		{name: "maps (deploy/data/maps)", version: "1", spdx: "LicenseRef-maps", text: texts(t, root+"/deploy/data/maps")},
	} {
		if f.text == "" {
			t.Errorf("%s: no licence file", f.name)
		}
		out = append(out, f)
	}
	return out
}
