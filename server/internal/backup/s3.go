package backup

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket is a place in a store that speaks S3. Its keys come from the
// environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the file that
// AWS_SHARED_CREDENTIALS_FILE names, never from its address.
type bucket struct {
	client       *minio.Client
	name, prefix string
	label        string
}

// singlePut is the largest file sent in one piece: then the store itself
// compares its SHA-256 before it says yes.
const singlePut = 4 << 30

const checksumHeader = "X-Amz-Checksum-Sha256"

func newBucket(u *url.URL) (*bucket, error) {
	q := u.Query()
	endpoint, region := q.Get("endpoint"), q.Get("region")
	plain := q.Get("insecure") == "1"
	for k := range q {
		if k != "endpoint" && k != "region" && k != "insecure" {
			return nil, fmt.Errorf("%w: s3 knows endpoint, region and insecure=1, not %q", ErrTarget, k)
		}
	}
	if u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%w: s3://bucket/prefix?endpoint=host:port, with the keys in the environment", ErrTarget)
	}
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	c, err := minio.New(endpoint, &minio.Options{Secure: !plain, Region: region, MaxRetries: 3,
		Creds: credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}})})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	prefix := strings.Trim(u.Path, "/")
	return &bucket{client: c, name: u.Host, prefix: prefix, label: "s3://" + path.Join(endpoint, u.Host, prefix)}, nil
}

func (b *bucket) Label() string { return b.label }

func (b *bucket) key(name string) string { return path.Join(b.prefix, name) }

func (b *bucket) Put(ctx context.Context, root string, names []string) error {
	for _, name := range names {
		if err := b.put(ctx, filepath.Join(root, filepath.FromSlash(name)), name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (b *bucket) put(ctx context.Context, from, name string) error {
	sum, size, err := sumFile(from)
	if err != nil {
		return err
	}
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	opt := minio.PutObjectOptions{ContentType: "application/octet-stream"}
	want := base64.StdEncoding.EncodeToString(sum[:])
	if size <= singlePut {
		opt.DisableMultipart = true
		opt.UserMetadata = map[string]string{checksumHeader: want}
	}
	if _, err := b.client.PutObject(ctx, b.name, b.key(name), f, size, opt); err != nil {
		return err
	}
	info, err := b.client.StatObject(ctx, b.name, b.key(name), minio.StatObjectOptions{Checksum: true})
	switch {
	case err != nil:
		return err
	case info.Size != size:
		return fmt.Errorf("holds %d bytes of %d", info.Size, size)
	case info.ChecksumSHA256 == want:
		return nil
	}
	return b.readBack(ctx, name, sum) // a store without checksums, or several pieces
}

func (b *bucket) readBack(ctx context.Context, name string, want [32]byte) error {
	in, err := b.Get(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read from
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return err
	}
	if [32]byte(h.Sum(nil)) != want {
		return fmt.Errorf("reads back with other bytes")
	}
	return nil
}

func (b *bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	o, err := b.client.GetObject(ctx, b.name, b.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	if _, err := o.Stat(); err != nil { // GetObject asks at the first read only
		_ = o.Close() // the request has failed already
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		return nil, err
	}
	return o, nil
}

func (b *bucket) List(ctx context.Context, folder string, yield func(string, int64) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing when yield does
	defer cancel()
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.key(folder) + "/", Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		name := strings.TrimPrefix(strings.TrimPrefix(o.Key, b.prefix), "/")
		if err := yield(name, o.Size); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (b *bucket) Remove(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := b.client.RemoveObject(ctx, b.name, b.key(name), minio.RemoveObjectOptions{}); err != nil {
			return err
		}
	}
	return nil
}
