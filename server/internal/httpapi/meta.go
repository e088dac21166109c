package httpapi

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/syncproto"
)

//go:embed openapi.yaml
var contract []byte

// OpenAPI is the contract of the API.
func OpenAPI() []byte { return contract }

func (a *API) openapi(c echo.Context) error {
	return a.taggedBytes(c, "application/yaml", "", contract)
}

func (a *API) healthz(c echo.Context) error {
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}

// readyz says whether the server can do its work: it can read and has not
// stopped writing. What the operator should know all the same follows in lines
// of its own.
func (a *API) readyz(c echo.Context) error {
	if err := a.cfg.Ready(c.Request().Context()); err != nil {
		return err
	}
	text := strings.Join(append([]string{"ready"}, a.cfg.Notes()...), "\n") + "\n"
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

func (a *API) capabilities(c echo.Context) error {
	return a.ok(c, syncproto.Capabilities{
		Proto:  syncproto.Range{Min: syncproto.ProtoMin, Max: syncproto.ProtoCurrent},
		Schema: syncproto.Range{Min: syncproto.SchemaMin, Current: syncproto.SchemaCurrent},
		Limits: map[string]int64{
			"mutation_bytes":         syncproto.MaxMutationBytes,
			"mutations_per_push":     syncproto.MaxMutationsPerPush,
			"request_bytes":          syncproto.MaxRequestBytes,
			"request_bytes_inflated": syncproto.MaxRequestBytesInflated,
			"changes_per_response":   syncproto.MaxChangesPerResponse,
			"response_bytes":         syncproto.MaxResponseBytes,
			"scopes_per_request":     syncproto.MaxScopesPerRequest,
			"photo_bytes":            syncproto.MaxPhotoBytes,
			"photo_pixels":           blob.MaxPixels,
			"photo_side":             blob.WantedSide,
			"team_photo_bytes":       a.cfg.Blobs.TeamQuota(),
		},
		Blobs: a.cfg.PhotosOn,
		Now:   a.cfg.Now().UnixMilli(),
	})
}
