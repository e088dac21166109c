package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
)

// PhotoState is what the server has of a photo: "missing", "stored" or
// "durable" (a backup has it too).
type PhotoState struct {
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
}

// PhotoName is how a photo is named: the SHA-256 of its bytes, in hex.
func PhotoName(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// HavePhotos asks what the server has of a team's photos.
func (c *Client) HavePhotos(ctx context.Context, team ID, names []string) ([]PhotoState, error) {
	in := struct {
		Team   ID       `json:"team"`
		SHA256 []string `json:"sha256"`
	}{team, names}
	var out struct {
		Photos []PhotoState `json:"photos"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/blobs/have", in: in, out: &out})
	return out.Photos, err
}

// Photo gets a photo, or with thumb its small derivative.
func (c *Client) Photo(ctx context.Context, name string, thumb bool) (b []byte, err error) {
	path := "/v1/blobs/" + esc(name)
	if thumb {
		path += "/thumb"
	}
	_, err = c.do(ctx, call{method: http.MethodGet, path: path, out: &b})
	return b, err
}

// Upload is an upload under way: where it is, and how many bytes of the photo
// the server has.
type Upload struct {
	Path   string
	Offset int64
}

// tusHeader goes with every request of an upload.
func tusHeader(pairs ...string) map[string]string {
	h := map[string]string{"Tus-Resumable": "1.0.0"}
	for i := 0; i+1 < len(pairs); i += 2 {
		h[pairs[i]] = pairs[i+1]
	}
	return h
}

// BeginUpload begins to send a photo, or finds what this device sent of it
// before.
func (c *Client) BeginUpload(ctx context.Context, team ID, name string, size int64) (Upload, error) {
	meta := "team " + base64.StdEncoding.EncodeToString([]byte(team)) + ",sha256 " + base64.StdEncoding.EncodeToString([]byte(name))
	h, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/uploads",
		header: tusHeader("Upload-Length", strconv.FormatInt(size, 10), "Upload-Metadata", meta)})
	return readUpload(h, "", err)
}

// UploadOffset asks how far an upload is.
func (c *Client) UploadOffset(ctx context.Context, u Upload) (Upload, error) {
	h, err := c.do(ctx, call{method: http.MethodHead, path: u.Path, header: tusHeader()})
	return readUpload(h, u.Path, err)
}

// SendPart sends bytes of a photo from where the upload stands; the last ones
// make the photo.
func (c *Client) SendPart(ctx context.Context, u Upload, part []byte) (Upload, error) {
	sum := sha256.Sum256(part)
	h, err := c.do(ctx, call{method: http.MethodPatch, path: u.Path, body: part, mime: "application/offset+octet-stream",
		header: tusHeader("Upload-Offset", strconv.FormatInt(u.Offset, 10), "Upload-Checksum", "sha256 "+base64.StdEncoding.EncodeToString(sum[:]))})
	return readUpload(h, u.Path, err)
}

// EndUpload gives an upload up.
func (c *Client) EndUpload(ctx context.Context, u Upload) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: u.Path, header: tusHeader()})
	return err
}

// SendPhoto sends what the server does not have of a photo and returns its
// name.
func (c *Client) SendPhoto(ctx context.Context, team ID, b []byte) (name string, err error) {
	name = PhotoName(b)
	u, err := c.BeginUpload(ctx, team, name, int64(len(b)))
	if err == nil && u.Offset < int64(len(b)) {
		_, err = c.SendPart(ctx, u, bytes.Clone(b[u.Offset:]))
	}
	return name, err
}

func readUpload(h http.Header, path string, err error) (Upload, error) {
	if err != nil {
		return Upload{}, err
	}
	u := Upload{Path: path}
	if l := h.Get("Location"); l != "" {
		u.Path = l
	}
	if u.Offset, err = strconv.ParseInt(h.Get("Upload-Offset"), 10, 64); err != nil {
		return u, fmt.Errorf("read answer of an upload: %w", err)
	}
	return u, nil
}
