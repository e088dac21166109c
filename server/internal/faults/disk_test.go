package faults

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

const sector = 512

// disk is a file system of one folder that knows what would be left of it if
// the power failed now: of a file what was synced, and of what was written
// since any of its sectors; of the folder its names at its last sync, and of
// what changed since a beginning.
type disk struct {
	mu      sync.Mutex
	names   map[string]*content // as processes see them
	durable map[string]*content // at the folder's last sync
	moves   []map[string]*content

	lies    bool          // syncs of files do nothing: the test of the test
	cutAt   int           // writes, syncs and moves until the power fails; 0: never
	onSync  syscall.Errno // of file syncs, once armed
	onRead  syscall.Errno
	syncFor time.Duration // each sync takes so long
	dead    bool
	syncs   int
}

// content is a file's bytes.
type content struct {
	now, safe []byte
	dirty     map[int64]bool // sectors written since the last sync
}

func newDisk(files map[string][]byte) *disk {
	d := &disk{names: map[string]*content{}}
	for name, b := range files {
		d.names[name] = &content{now: slices.Clone(b), safe: slices.Clone(b), dirty: map[int64]bool{}}
	}
	d.durable = maps.Clone(d.names)
	return d
}

// step counts down to the power cut and reports whether there is power.
func (d *disk) step() bool {
	if d.cutAt > 0 {
		if d.cutAt--; d.cutAt == 0 {
			d.dead = true
		}
	}
	return !d.dead
}

// crash is what the disk holds after the power came back.
func (d *disk) crash(rnd *rand.Rand) map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := d.durable
	if n := rnd.IntN(len(d.moves) + 1); n > 0 {
		names = d.moves[n-1]
	}
	out := map[string][]byte{}
	for name, c := range names {
		out[name] = c.torn(rnd)
	}
	return out
}

// torn is a file of which some of the unsynced sectors arrived, and perhaps its
// new length.
func (c *content) torn(rnd *rand.Rand) []byte {
	size := len(c.safe)
	if rnd.IntN(2) == 0 {
		size = len(c.now)
	}
	b := make([]byte, size)
	copy(b, c.safe)
	odds := []int{0, 20, 50, 80, 100}[rnd.IntN(5)]
	for s := range c.dirty {
		at := s * sector
		if rnd.IntN(100) < odds && at < int64(size) && at < int64(len(c.now)) {
			copy(b[at:min(at+sector, int64(size))], c.now[at:min(at+sector, int64(len(c.now)))])
		}
	}
	return b
}

// mount serves the disk at a folder until the test or the returned function
// ends it. It skips the test where FUSE is not to be had.
func (d *disk) mount(t *testing.T) (dir string, end func()) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skip("no /dev/fuse on this machine")
	}
	dir = t.TempDir()
	none := time.Duration(0)
	srv, err := fs.Mount(dir, &folderNode{d: d}, &fs.Options{EntryTimeout: &none, AttrTimeout: &none, NegativeTimeout: &none,
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "faults", MaxWrite: 1 << 20}})
	if err != nil {
		t.Skipf("FUSE can't be mounted here: %v", err)
	}
	var once sync.Once
	end = func() {
		once.Do(func() {
			for range 100 {
				if err = srv.Unmount(); err == nil {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			if err != nil {
				_ = syscall.Unmount(dir, syscall.MNT_DETACH)
			}
			srv.Wait()
		})
	}
	t.Cleanup(end)
	return dir, end
}

// folderNode is the only folder.
type folderNode struct {
	fs.Inode
	d *disk
}

func (n *folderNode) file(ctx context.Context, c *content, out *fuse.EntryOut) *fs.Inode {
	out.Attr.Mode, out.Attr.Size = syscall.S_IFREG|0o600, uint64(len(c.now))
	return n.NewInode(ctx, &fileNode{d: n.d, c: c}, fs.StableAttr{Mode: syscall.S_IFREG})
}

func (n *folderNode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	c, ok := n.d.names[name]
	if !ok {
		return nil, syscall.ENOENT
	}
	if old := n.GetChild(name); old != nil {
		if f, ok := old.Operations().(*fileNode); ok && f.c == c {
			out.Attr.Mode, out.Attr.Size = syscall.S_IFREG|0o600, uint64(len(c.now))
			return old, 0
		}
	}
	return n.file(ctx, c, out), 0
}

func (n *folderNode) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if !n.d.step() {
		return nil, nil, 0, syscall.EIO
	}
	c := &content{dirty: map[int64]bool{}}
	n.d.names[name] = c
	n.d.moved()
	return n.file(ctx, c, out), nil, 0, 0
}

func (n *folderNode) Unlink(_ context.Context, name string) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if !n.d.step() {
		return syscall.EIO
	}
	delete(n.d.names, name)
	n.d.moved()
	return 0
}

func (n *folderNode) Rename(_ context.Context, name string, _ fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if !n.d.step() {
		return syscall.EIO
	}
	n.d.names[to] = n.d.names[name]
	delete(n.d.names, name)
	n.d.moved()
	return 0
}

// moved notes the folder after a change that is not synced.
func (d *disk) moved() { d.moves = append(d.moves, maps.Clone(d.names)) }

// Fsync makes the folder's names durable.
func (n *folderNode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if !n.d.step() {
		return syscall.EIO
	}
	n.d.durable, n.d.moves = maps.Clone(n.d.names), nil
	return 0
}

// fileNode is a file.
type fileNode struct {
	fs.Inode
	d *disk
	c *content
}

func (f *fileNode) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, 0
}

func (f *fileNode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	out.Attr.Mode, out.Attr.Size = syscall.S_IFREG|0o600, uint64(len(f.c.now))
	return 0
}

func (f *fileNode) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		f.d.mu.Lock()
		if !f.d.step() {
			f.d.mu.Unlock()
			return syscall.EIO
		}
		f.c.resize(int(size))
		f.d.mu.Unlock()
	}
	return f.Getattr(ctx, h, out)
}

func (c *content) resize(n int) {
	if n <= len(c.now) {
		c.now = c.now[:n]
		return
	}
	c.now = append(c.now, make([]byte, n-len(c.now))...)
}

func (f *fileNode) Read(_ context.Context, _ fs.FileHandle, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.d.onRead != 0 {
		return nil, f.d.onRead
	}
	if at >= int64(len(f.c.now)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(slices.Clone(f.c.now[at:min(at+int64(len(dest)), int64(len(f.c.now)))])), 0
}

func (f *fileNode) Write(_ context.Context, _ fs.FileHandle, b []byte, at int64) (uint32, syscall.Errno) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if !f.d.step() {
		return 0, syscall.EIO
	}
	if end := int(at) + len(b); end > len(f.c.now) {
		f.c.resize(end)
	}
	copy(f.c.now[at:], b)
	for s := at / sector; s <= (at+int64(len(b))-1)/sector; s++ {
		f.c.dirty[s] = true
	}
	return uint32(len(b)), 0
}

// Fsync makes the file's bytes and length durable.
func (f *fileNode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	time.Sleep(f.d.syncFor)
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if !f.d.step() {
		return syscall.EIO
	}
	if f.d.onSync != 0 {
		return f.d.onSync
	}
	f.d.syncs++
	if f.d.lies {
		return 0
	}
	c := f.c
	switch n := len(c.now); {
	case n < len(c.safe):
		c.safe = c.safe[:n]
	case n > len(c.safe):
		c.safe = append(c.safe, make([]byte, n-len(c.safe))...)
	}
	for s := range c.dirty {
		at := s * sector
		if at < int64(len(c.now)) {
			copy(c.safe[at:], c.now[at:min(at+sector, int64(len(c.now)))])
		}
	}
	clear(c.dirty)
	return 0
}
