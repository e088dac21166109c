package phone

import (
	"embed"
	"io/fs"

	"github.com/banso/banso/server/internal/site"
)

//go:embed dist
var dist embed.FS

// Site is the app, ready to be served at "/".
func Site() (*site.Site, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return site.New(files, "/")
}
