package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
)

// Target is a place that holds backups. Names are slash-separated and ours:
// they need no quoting anywhere. A name that is absent is fs.ErrNotExist.
type Target interface {
	// Label names the place in lists and logs; it holds no secret.
	Label() string
	// Put brings files, which lie under their names below root, into the place,
	// replacing what is there. nil means that the place holds these bytes: it
	// was asked again after they were written.
	Put(ctx context.Context, root string, names []string) error
	// Get opens a file for reading.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// List streams the files below a folder.
	List(ctx context.Context, folder string, yield func(name string, size int64) error) error
	// Remove deletes files; one that is gone already is fine.
	Remove(ctx context.Context, names []string) error
}

// ErrTarget is a place that can't be understood or used as it is configured.
var ErrTarget = errors.New("backup: bad place")

// Parse reads a place: a folder, s3://bucket/prefix?endpoint=host:port, or
// rsync:destination. hosted says that it is not a folder of this machine.
func Parse(text string) (t Target, hosted bool, err error) {
	switch {
	case text == "":
		return nil, false, fmt.Errorf("%w: it has no name", ErrTarget)
	case strings.HasPrefix(text, "s3://"):
		u, err := url.Parse(text)
		if err != nil {
			return nil, true, fmt.Errorf("%w: %q is no address", ErrTarget, text)
		}
		t, err := newBucket(u)
		return t, true, err
	case strings.HasPrefix(text, "rsync:"):
		t, err := newRsync(text)
		return t, true, err
	case strings.Contains(text, "://"):
		return nil, false, fmt.Errorf("%w: %q is no folder, and starts neither with s3:// nor with rsync: as other places do", ErrTarget, text)
	}
	dir, err := filepath.Abs(text)
	return Folder(dir), false, err
}
