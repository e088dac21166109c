package doctor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// File systems by the magic number of statfs(2).
var kinds = map[int64]string{
	unix.EXT4_SUPER_MAGIC: "ext4", unix.XFS_SUPER_MAGIC: "xfs", unix.BTRFS_SUPER_MAGIC: "btrfs", 0x2fc12fc1: "zfs",
	unix.F2FS_SUPER_MAGIC: "f2fs", unix.TMPFS_MAGIC: "tmpfs", unix.RAMFS_MAGIC: "ramfs", unix.OVERLAYFS_SUPER_MAGIC: "overlay",
	unix.NFS_SUPER_MAGIC: "nfs", unix.CIFS_SUPER_MAGIC: "cifs", unix.SMB2_SUPER_MAGIC: "smb2", unix.FUSE_SUPER_MAGIC: "fuse",
}

func fileSystem(dir string) Finding {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return unknown("file_system", "The data folder can't be looked at: "+reason(err), "Không xem được thư mục dữ liệu: "+reason(err))
	}
	kind, ok := kinds[int64(s.Type)]
	if !ok {
		kind = fmt.Sprintf("0x%x", s.Type)
	}
	return judgeFileSystem(kind)
}

func judgeFileSystem(kind string) Finding {
	const check = "file_system"
	switch kind {
	case "ext4", "xfs", "btrfs", "zfs", "f2fs":
		return fine(check, "The data lies on "+kind+".", "Dữ liệu nằm trên "+kind+".")
	case "tmpfs", "ramfs":
		return Finding{check, Now, "The data lies in memory (" + kind + "): a restart of the machine loses it.",
			"Dữ liệu nằm trong bộ nhớ (" + kind + "): khởi động lại máy là mất.",
			"Move the data folder to a disk.", "Chuyển thư mục dữ liệu sang ổ đĩa."}
	case "nfs", "cifs", "smb2":
		return Finding{check, Now, "The data lies on a network share (" + kind + "): locks and syncs are not kept there.",
			"Dữ liệu nằm trên ổ mạng (" + kind + "): khóa tệp và ghi xuống đĩa không được bảo đảm.",
			"Move the data folder to a local disk; keep the share for backups.", "Chuyển thư mục dữ liệu sang ổ đĩa trong máy; ổ mạng chỉ dùng cho bản sao lưu."}
	}
	return Finding{check, Soon, "The data lies on a file system that is not known to keep its word (" + kind + ").",
		"Dữ liệu nằm trên hệ thống tệp chưa biết có bảo đảm ghi xuống đĩa hay không (" + kind + ").",
		"Prefer ext4 or xfs on a local disk; in a container use a volume, not the container's own layer.",
		"Nên dùng ext4 hoặc xfs trên ổ đĩa trong máy; với container hãy gắn volume."}
}

// ext4's super block: where the compatible features stand, and the one that
// can lose what was synced (a known hazard to bbolt's files).
const (
	ext4Features   = 1024 + 0x5c
	ext4FastCommit = 0x400
)

func fastCommit(dir string) Finding {
	const check = "fast_commit"
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil || int64(s.Type) != unix.EXT4_SUPER_MAGIC {
		return fine(check, "ext4's fast_commit is no matter here.", "Không liên quan đến fast_commit của ext4.")
	}
	dev, err := device(dir)
	if err != nil {
		return unknown(check, "The device of the data folder can't be found: "+reason(err), "Không tìm được thiết bị chứa dữ liệu: "+reason(err))
	}
	f, err := os.Open(dev)
	if err != nil {
		return unknown(check, "Whether ext4 uses fast_commit can only be read by root.", "Chỉ tài khoản root đọc được ext4 có dùng fast_commit hay không.")
	}
	defer f.Close()
	return judgeFastCommit(f, dev)
}

func judgeFastCommit(r io.ReaderAt, dev string) Finding {
	const check = "fast_commit"
	var b [4]byte
	if _, err := r.ReadAt(b[:], ext4Features); err != nil {
		return unknown(check, "The head of the file system can't be read: "+reason(err), "Không đọc được phần đầu hệ thống tệp: "+reason(err))
	}
	if binary.LittleEndian.Uint32(b[:])&ext4FastCommit == 0 {
		return fine(check, "ext4 does without fast_commit.", "ext4 không dùng fast_commit.")
	}
	return Finding{check, Now, "ext4 uses fast_commit, which has lost synced data on several kernels.",
		"ext4 đang dùng fast_commit, tính năng từng làm mất dữ liệu đã ghi trên nhiều phiên bản nhân.",
		"Stop the server, unmount, then: tune2fs -O ^fast_commit " + dev, "Dừng máy chủ, gỡ ổ đĩa (umount) rồi chạy: tune2fs -O ^fast_commit " + dev}
}

// device finds the block device that a folder is mounted from.
func device(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	best, dev := "", ""
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		dash := slices.Index(f, "-")
		if len(f) < 5 || dash < 0 || len(f) < dash+3 {
			continue
		}
		at := f[4]
		if (abs == at || strings.HasPrefix(abs, strings.TrimSuffix(at, "/")+"/")) && len(at) >= len(best) {
			best, dev = at, f[dash+2]
		}
	}
	if !strings.HasPrefix(dev, "/") {
		return "", fmt.Errorf("mounted from %q", dev)
	}
	return dev, nil
}

// How the honesty of a disk is measured.
const (
	syncs      = 16
	tooFast    = 15 * time.Microsecond // nothing that keeps data is that fast
	tooSlow    = 60 * time.Millisecond
	probeBytes = 4096
)

// honesty syncs a few blocks and takes the median.
func honesty(dir string) Finding {
	took, err := measureSyncs(dir)
	if err != nil {
		return Finding{"fsync", Now, "Nothing can be written into the data folder: " + reason(err), "Không ghi được vào thư mục dữ liệu: " + reason(err),
			"Look at the owner of the folder, at the disk and at the kernel's log (dmesg).", "Kiểm tra chủ sở hữu thư mục, ổ đĩa và nhật ký nhân (dmesg)."}
	}
	return judgeSyncs(took)
}

func measureSyncs(dir string) (time.Duration, error) {
	f, err := os.CreateTemp(dir, "doctor-*.tmp")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, probeBytes)
	took := make([]time.Duration, syncs)
	for i := range took {
		block[0] = byte(i)
		if _, err := f.WriteAt(block, int64(i%4)*probeBytes); err != nil {
			return 0, err
		}
		var a, b unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &a); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &b); err != nil {
			return 0, err
		}
		took[i] = time.Duration(b.Nano() - a.Nano())
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

func judgeSyncs(median time.Duration) Finding {
	const check = "fsync"
	shown := median.Round(time.Microsecond).String()
	switch {
	case median < tooFast:
		return Finding{check, Soon, "A sync takes " + shown + ": too fast to be true. After a power cut, acknowledged data may be missing.",
			"Một lần ghi xuống đĩa chỉ mất " + shown + ": nhanh đến mức khó tin. Mất điện có thể làm mất dữ liệu đã báo nhận.",
			"Switch off write caches that lie (in a virtual machine: cache=none), or make sure the disk has a battery.",
			"Tắt bộ đệm ghi không an toàn (máy ảo: cache=none), hoặc bảo đảm ổ đĩa có pin dự phòng."}
	case median > tooSlow:
		return Finding{check, Soon, "A sync takes " + shown + ": phones will wait.", "Một lần ghi xuống đĩa mất " + shown + ": điện thoại sẽ phải chờ.",
			"Move the data folder to an SSD, or find what else keeps the disk busy.", "Chuyển dữ liệu sang ổ SSD, hoặc tìm xem chương trình nào đang chiếm ổ đĩa."}
	}
	return fine(check, "A sync to disk takes "+shown+".", "Một lần ghi xuống đĩa mất "+shown+".")
}

// reason is an error without the paths that it may name.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
