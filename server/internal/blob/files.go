package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/durable"
)

// Names within the folder.
const (
	dirBlobs   = "blobs"
	dirThumbs  = "thumbs"
	dirUploads = "uploads"
)

// folder is where the files lie.
type folder string

func (f folder) blob(sum string) string { return filepath.Join(string(f), dirBlobs, sum[:2], sum) }

func (f folder) thumb(sum string) string {
	return filepath.Join(string(f), dirThumbs, sum[:2], sum+".jpg")
}

// put writes a picture under the hash of its bytes: whole and durable when it
// has its name. One that is there already is left alone.
func (f folder) put(sum string, b []byte) error {
	path := f.blob(sum)
	if fi, err := os.Stat(path); err == nil && fi.Size() == int64(len(b)) {
		return nil
	}
	return writeFile(path, b)
}

// writeFile makes or replaces a file, and its folder where it is missing.
func writeFile(path string, b []byte) error {
	if err := durable.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	return durable.WriteFile(path, b)
}

// remove deletes a file that may be gone already.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sumOf is the SHA-256 of a file in hex.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read from
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// shards lists the folders that hold files by their first two digits.
func (f folder) shards() ([]string, error) {
	list, err := os.ReadDir(filepath.Join(string(f), dirBlobs))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range list {
		if e.IsDir() && len(e.Name()) == 2 && strings.Trim(e.Name(), "0123456789abcdef") == "" {
			out = append(out, e.Name())
		}
	}
	return out, err
}

// storage tells a caller of a full disk; another error stays what it is.
func storage(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return &domain.Error{Code: domain.Full, RetryAfterS: 300, Err: err,
			Msg: "The server's disk is full. What was received is kept; go on later.",
			Vi:  "Máy chủ đã đầy bộ nhớ. Phần ảnh đã nhận vẫn được giữ, hãy gửi tiếp sau."}
	}
	if err != nil {
		return fmt.Errorf("photos: %w", err)
	}
	return nil
}
