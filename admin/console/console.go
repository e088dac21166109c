package console

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files are the built app: index.html and what it names.
func Files() (fs.FS, error) { return fs.Sub(dist, "dist") }
