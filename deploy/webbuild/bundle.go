package webbuild

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// ErrNoPackages says that `npm ci` has not been run in deploy/webbuild.
var ErrNoPackages = errors.New("webbuild: no npm packages: run npm ci in deploy/webbuild")

// Names by which apps import what isn't theirs alone: the sync engine, and the
// words, calls and pieces that phone and console share.
const (
	SyncModule = "@banso/sync"
	KitModule  = "@banso/kit"
)

// Bundle is one set of files to build. Paths are relative to Root.
type Bundle struct {
	Root     string            // folder of go.mod
	Entries  []string          // source files
	Out      string            // folder of the results; names are those of the entries
	Names    map[string]string // other names for the results of entries, without extension
	Static   []string          // files that go into Out as they are
	Global   string            // not empty: a classic script that sets this global; else a module
	Target   api.Target        // language level; 0: ES2020, as browsers of 2021 speak
	Platform api.Platform      // 0: browser
	Split    bool              // screens loaded when opened become files of their own in Out/c, named by their content
	Minify   bool              // white space, names and syntax
	LineLen  int               // longest line of minified output, so that diffs stay readable; 0: no limit
	Define   map[string]string // identifiers replaced by JavaScript expressions
	Loader   map[string]api.Loader
	Patched  map[string]string // source texts to be taken in place of files, by path relative to Root
}

// File is one result; Path is relative to Root.
type File struct {
	Path string
	Text []byte
}

// Build makes the files without writing them.
func (b Bundle) Build() ([]File, error) {
	root, err := filepath.Abs(b.Root)
	if err != nil {
		return nil, err
	}
	packages := filepath.Join(root, "deploy", "webbuild", "node_modules")
	if _, err := os.Stat(packages); err != nil {
		return nil, ErrNoPackages
	}
	opt := b.options(root, packages)
	res := api.Build(opt)
	if len(res.Errors) > 0 {
		text := api.FormatMessages(res.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, fmt.Errorf("webbuild: %s", strings.Join(text, "\n"))
	}
	files := make([]File, 0, len(res.OutputFiles))
	for _, f := range res.OutputFiles {
		rel, err := filepath.Rel(root, f.Path)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: filepath.ToSlash(rel), Text: f.Contents})
	}
	for _, name := range b.Static {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: b.Out + "/" + path.Base(name), Text: text})
	}
	return files, nil
}

func (b Bundle) options(root, packages string) api.BuildOptions {
	opt := api.BuildOptions{
		AbsWorkingDir: root, Outdir: b.Out, Bundle: true, Write: false,
		NodePaths: []string{packages}, Alias: map[string]string{SyncModule: filepath.Join(root, "syncproto", "ts", "src", "index.ts"),
			KitModule: filepath.Join(root, "deploy", "webbuild", "kit")}, Platform: b.Platform, Target: b.Target, Format: api.FormatESModule,
		MinifyWhitespace: b.Minify, MinifyIdentifiers: b.Minify, MinifySyntax: b.Minify, LineLimit: b.LineLen,
		Define: b.Define, Loader: b.Loader, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
		JSX: api.JSXAutomatic, JSXImportSource: "preact", Metafile: false, LogLevel: api.LogLevelSilent,
	}
	if opt.Target == api.DefaultTarget {
		opt.Target = api.ES2020
	}
	if b.Split {
		opt.Splitting, opt.ChunkNames = true, chunks+"/[name]-[hash]"
	}
	if b.Global != "" {
		opt.Format, opt.GlobalName = api.FormatIIFE, b.Global
	}
	for _, e := range b.Entries {
		name := b.Names[e]
		if name == "" {
			name = strings.TrimSuffix(path.Base(e), path.Ext(e))
		}
		opt.EntryPointsAdvanced = append(opt.EntryPointsAdvanced, api.EntryPoint{InputPath: "./" + filepath.ToSlash(e), OutputPath: name})
	}
	if len(b.Patched) > 0 {
		opt.Plugins = append(opt.Plugins, patches(root, b.Patched))
	}
	return opt
}

// patches gives texts for files: a test builds a deliberately broken engine
// that way.
func patches(root string, texts map[string]string) api.Plugin {
	return api.Plugin{Name: "patches", Setup: func(p api.PluginBuild) {
		p.OnLoad(api.OnLoadOptions{Filter: `\.tsx?$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			rel, err := filepath.Rel(root, a.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text, ok := texts[filepath.ToSlash(rel)]
			if !ok {
				return api.OnLoadResult{}, nil
			}
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderTS}, nil
		})
	}}
}

// chunks is the folder of what is loaded later.
const chunks = "c"

// Write builds and writes the files below Root, in place of older chunks.
func (b Bundle) Write() ([]File, error) {
	files, err := b.Build()
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(b.Root, filepath.FromSlash(b.Out), chunks)); err != nil {
		return nil, err
	}
	for _, f := range files {
		path := filepath.Join(b.Root, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, f.Text, 0o644); err != nil {
			return nil, err
		}
	}
	return files, nil
}
