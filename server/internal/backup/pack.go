package backup

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Names inside a packed file and in a data folder.
const (
	storeName = "banso.db"
	keysName  = "keys.json"
)

// maxPacked bounds what unpacking writes: a file that claims more is no backup
// of ours.
const maxPacked = 1 << 40

// seal returns a writer that encrypts to all recipients, or writes plainly if
// there are none.
func seal(w io.Writer, to []age.Recipient) (io.WriteCloser, error) {
	if len(to) == 0 {
		return plain{w}, nil
	}
	return age.Encrypt(w, to...)
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// unseal is the other way round.
func unseal(r io.Reader, sealed bool, with []age.Identity) (io.Reader, error) {
	if !sealed {
		return r, nil
	}
	if len(with) == 0 {
		return nil, errors.New("the backup is encrypted: name the file of an identity that opens it")
	}
	return age.Decrypt(r, with...)
}

// errNotPacked is what is no packed file, or not to the end.
var errNotPacked = errors.New("backup: the packed file can't be read")

// pack writes the files of a folder into one durable file.
func pack(dir string, names []string, to []age.Recipient, path string) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Sync(), out.Close()) }()
	sealed, err := seal(out, to)
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(sealed, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	tw := tar.NewWriter(z)
	for _, name := range names {
		if err := packOne(tw, filepath.Join(dir, name), name); err != nil {
			return err
		}
	}
	return errors.Join(tw.Close(), z.Close(), sealed.Close())
}

func packOne(tw *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if err := tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: fi.Size(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.Copy(tw, f)
	return err
}

// unpack streams a packed file: open gets each name and returns where its
// bytes go. Both files must be there, once, and nothing else.
func unpack(r io.Reader, sealed bool, with []age.Identity, open func(name string) (io.WriteCloser, error)) error {
	in, err := unseal(r, sealed, with)
	if err != nil {
		return err
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return err
	}
	defer z.Close()
	tr := tar.NewReader(io.LimitReader(z, maxPacked))
	seen := map[string]bool{}
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errNotPacked, err)
		}
		if h.Typeflag != tar.TypeReg || seen[h.Name] || h.Name != storeName && h.Name != keysName {
			return fmt.Errorf("backup: %q has no place in a packed file", h.Name)
		}
		seen[h.Name] = true
		w, err := open(h.Name)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, tr)
		if err := errors.Join(err, w.Close()); err != nil {
			return err
		}
	}
	if len(seen) != 2 {
		return errors.New("backup: the packed file is not complete")
	}
	_, err = io.Copy(io.Discard, in) // age authenticates the end of the stream
	return err
}

// proveOpens reads a packed file again and holds it against what was packed.
func proveOpens(path, dir string, sealed bool, own []age.Identity) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	return unpack(f, sealed, own, func(name string) (io.WriteCloser, error) {
		want, _, err := sumFile(filepath.Join(dir, name))
		h := sha256.New()
		return &comparer{Writer: h, same: func() bool { return [32]byte(h.Sum(nil)) == want }, name: name}, err
	})
}

type comparer struct {
	io.Writer
	same func() bool
	name string
}

func (c *comparer) Close() error {
	if !c.same() {
		return fmt.Errorf("backup: %s does not come back as it was packed", c.name)
	}
	return nil
}
