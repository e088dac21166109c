package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Headers of tus 1.0.0.
const (
	hTus       = "Tus-Resumable"
	hOffset    = "Upload-Offset"
	hLength    = "Upload-Length"
	hMetadata  = "Upload-Metadata"
	hExpires   = "Upload-Expires"
	hChecksum  = "Upload-Checksum"
	hOverride  = "X-HTTP-Method-Override"
	pathUpload = "/v1/uploads/"
	mimeOffset = "application/offset+octet-stream"
)

// codeChecksum is a status of tus' own: the bytes were not kept.
const codeChecksum domain.Code = "checksum_mismatch"

// uploadOptions tells what this server can, to anybody.
func (a *API) uploadOptions(c echo.Context) error {
	h := c.Response().Header()
	h.Set(hTus, blob.TusVersion)
	h.Set("Tus-Version", blob.TusVersion)
	h.Set("Tus-Extension", blob.TusExtensions)
	h.Set("Tus-Checksum-Algorithm", blob.TusAlgorithms)
	h.Set("Tus-Max-Size", strconv.Itoa(syncproto.MaxPhotoBytes))
	return c.NoContent(http.StatusNoContent)
}

// tus wraps a handler of uploads: version of the protocol both ways.
func (a *API) tus(do func(c echo.Context) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(hTus, blob.TusVersion)
		h.Set("Cache-Control", "no-store")
		if c.Request().Header.Get(hTus) != blob.TusVersion {
			h.Set("Tus-Version", blob.TusVersion)
			return domain.E(domain.Precondition, "Send Tus-Resumable: "+blob.TusVersion+".", "Phiên bản gửi ảnh không được hỗ trợ. Hãy cập nhật ứng dụng.")
		}
		err := do(c)
		if errors.Is(err, blob.ErrChecksum) {
			return domain.E(codeChecksum, "The bytes were damaged on the way and not kept. Send them again.", "Dữ liệu bị hỏng trên đường truyền. Hãy gửi lại.")
		}
		return err
	}
}

func (a *API) beginUpload(c echo.Context) error {
	h := c.Request().Header
	w, err := blob.ParseWanted(h.Get(hMetadata), h.Get(hLength))
	if err != nil {
		return &domain.Error{Code: domain.Invalid, Field: hMetadata, Err: err,
			Msg: "Upload-Length and Upload-Metadata (team, sha256) describe the photo.", Vi: "Thiếu thông tin của ảnh cần gửi."}
	}
	u, err := a.cfg.Blobs.Begin(c.Request().Context(), caller(c), w)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", pathUpload+string(u.ID))
	return a.stand(c, u, http.StatusCreated)
}

// stand answers how far an upload is.
func (a *API) stand(c echo.Context, u blob.Upload, status int) error {
	h := c.Response().Header()
	h.Set(hOffset, strconv.FormatInt(u.Offset, 10))
	if !u.Expires.IsZero() {
		h.Set(hExpires, u.Expires.UTC().Format(http.TimeFormat))
	}
	if c.Request().Method == http.MethodHead {
		h.Set(hLength, strconv.FormatInt(u.Length, 10))
	}
	return c.NoContent(status)
}

func (a *API) uploadStand(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	u, err := a.cfg.Blobs.Stand(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return a.stand(c, u, http.StatusOK)
}

func (a *API) appendUpload(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := wantType(c, mimeOffset); err != nil {
		return err
	}
	req := c.Request()
	offset, err := blob.ParseOffset(req.Header.Get(hOffset))
	if err != nil {
		return bad(hOffset, "Upload-Offset is a number of bytes.", "Thiếu vị trí gửi tiếp.")
	}
	sum, err := blob.ParseChecksum(req.Header.Get(hChecksum))
	if err != nil {
		return bad(hChecksum, "Upload-Checksum is an algorithm and a digest in base64.", "Mã kiểm của ảnh không hợp lệ.")
	}
	if enc := req.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return domain.E(codeMediaType, "Photos are not compressed on the way.", "Không nén ảnh khi gửi.")
	}
	if req.ContentLength > syncproto.MaxPhotoBytes {
		return errTooLarge
	}
	p := &paced{r: req.Body, ctl: http.NewResponseController(c.Response()), start: a.cfg.Wall()}
	defer p.done()
	u, err := a.cfg.Blobs.Append(req.Context(), caller(c), id, offset, &stoppable{p: p}, sum)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errStopped) {
		return bodyError(err)
	}
	if err != nil {
		return err
	}
	return a.stand(c, u, http.StatusNoContent)
}

// stoppable is a paced body whose reading somebody else can end.
type stoppable struct {
	p    *paced
	mu   sync.Mutex
	over bool
}

var errStopped = errors.New("another request asked for this upload")

// Read implements io.Reader.
func (s *stoppable) Read(b []byte) (int, error) {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return 0, errStopped
	}
	s.p.allow()
	s.mu.Unlock()
	n, err := s.p.r.Read(b)
	s.p.n += int64(n)
	if err != nil && err != io.EOF {
		err = errors.Join(errStopped, err) // the line is dead, or was cut by Stop
	}
	return n, err
}

// Stop implements blob.Body.
func (s *stoppable) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	_ = s.p.ctl.SetReadDeadline(time.Unix(1, 0)) // a test's recorder has no deadlines
}

func (a *API) endUpload(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := a.cfg.Blobs.Stop(c.Request().Context(), caller(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// overrideUpload serves lines that let nothing but GET and POST through.
func (a *API) overrideUpload(c echo.Context) error {
	switch c.Request().Header.Get(hOverride) {
	case http.MethodPatch:
		return a.appendUpload(c)
	case http.MethodDelete:
		return a.endUpload(c)
	}
	return domain.E(codeMethod, "Name PATCH or DELETE in X-HTTP-Method-Override.", "Phương thức không được hỗ trợ.")
}

type haveRequest struct {
	Team   domain.ID `json:"team"`
	SHA256 []string  `json:"sha256"`
}

type havePhoto struct {
	SHA256 string     `json:"sha256"`
	State  blob.Stand `json:"state"`
}

func (a *API) haveBlobs(c echo.Context) error {
	var in haveRequest
	if err := a.decode(c, &in); err != nil {
		return err
	}
	stands, err := a.cfg.Blobs.Have(c.Request().Context(), caller(c), in.Team, in.SHA256)
	if err != nil {
		return err
	}
	out := make([]havePhoto, len(stands))
	for i := range stands {
		out[i] = havePhoto{in.SHA256[i], stands[i]}
	}
	return a.ok(c, struct {
		Photos []havePhoto `json:"photos"`
	}{out})
}

func (a *API) blobFile(c echo.Context) error {
	f, err := a.cfg.Blobs.Open(c.Request().Context(), caller(c), c.Param("sha256"))
	return a.picture(c, f, err)
}

func (a *API) blobThumb(c echo.Context) error {
	f, err := a.cfg.Blobs.OpenThumb(c.Request().Context(), caller(c), c.Param("sha256"))
	return a.picture(c, f, err)
}

// picture gives a file out, in ranges if asked. It never changes, so it may be
// kept for ever by the one who asked; nothing in it may run.
func (a *API) picture(c echo.Context, f blob.File, err error) error {
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	h := c.Response().Header()
	h.Set("Content-Type", string(f.Kind))
	h.Set("ETag", `"`+f.Tag+`"`)
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, f)
	return nil
}
