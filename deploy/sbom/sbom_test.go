package sbom

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the bill of materials and the licences")

// bill is the document: no time and no machine in it, so that the same build
// gives the same bytes.
func bill(t *testing.T, parts []part) []byte {
	t.Helper()
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{Type: cdx.ComponentTypeApplication, Name: "banso", BOMRef: "banso"}}
	list := make([]cdx.Component, len(parts))
	for i, p := range parts {
		c := cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: p.purl, Name: p.name, Version: p.version, PackageURL: p.purl}
		switch {
		case p.purl == "":
			c.Type, c.BOMRef = cdx.ComponentTypeData, p.name
			c.Licenses = &cdx.Licenses{{License: &cdx.License{Name: p.spdx}}}
		default:
			c.Licenses = &cdx.Licenses{{License: &cdx.License{ID: p.spdx}}}
		}
		if p.sha512 != "" {
			c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA512, Value: p.sha512}}
		}
		if p.h1 != "" {
			c.Properties = &[]cdx.Property{{Name: "go:sum", Value: p.h1}}
		}
		list[i] = c
	}
	bom.Components = &list
	var b bytes.Buffer
	if err := cdx.NewBOMEncoder(&b, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// book are the texts, each once, under the names of what it goes for.
func book(parts []part) []byte {
	names, text := map[[32]byte][]string{}, map[[32]byte]string{}
	var order [][32]byte
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p.text))
		if names[sum] == nil {
			order = append(order, sum)
		}
		names[sum], text[sum] = append(names[sum], p.name+" "+p.version), p.text
	}
	var b bytes.Buffer
	b.WriteString("Bản Số is made of the following parts besides its own. / Bản Số dùng các thành phần sau.\n")
	for _, sum := range order {
		fmt.Fprintf(&b, "\n%[1]s\n%[2]s\n%[1]s\n\n%[3]s\n", strings.Repeat("=", 72), strings.Join(names[sum], "\n"), text[sum])
	}
	return b.Bytes()
}

// TestBOM: what is committed is what the programs are made of, each part with
// a licence that allows passing it on.
func TestBOM(t *testing.T) {
	parts := slices.Concat(modules(t), packages(t), files(t))
	installed := true
	for _, p := range parts {
		if p.spdx == "" || p.spdx == "GPL" {
			t.Errorf("%s %s: licence %q", p.name, p.version, p.spdx)
		}
		if strings.HasPrefix(p.purl, "pkg:npm/") && p.text == "" {
			_, err := os.Stat(filepath.Join(root, "deploy/webbuild/node_modules", p.name))
			installed = installed && err == nil
		} else if p.text == "" {
			t.Errorf("%s %s: no text of its licence", p.name, p.version)
		}
	}
	same(t, "banso.cdx.json", bill(t, parts))
	t.Run("texts", func(t *testing.T) {
		if !installed {
			t.Skip("the npm packages are not installed here (npm ci in deploy/webbuild)")
		}
		same(t, "licences.txt", book(parts))
	})
}

func same(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: dependencies have changed: go test ./deploy/sbom -update\n%.2000s", path, diff)
	}
}
