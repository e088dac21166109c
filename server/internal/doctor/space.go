package doctor

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Names in the data folder, as app has them.
const (
	storeFile = "banso.db"
	keysFile  = "keys.json"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

func room(dir string) Finding {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return unknown("disk_room", "The room on the disk can't be read: "+reason(err), "Không đọc được dung lượng trống: "+reason(err))
	}
	file := int64(0)
	if info, err := os.Stat(filepath.Join(dir, storeFile)); err == nil {
		file = info.Size()
	}
	return judgeRoom(int64(s.Bavail)*s.Bsize, int64(s.Blocks)*s.Bsize, file)
}

// judgeRoom: a backup and a compaction each need the size of the file again.
func judgeRoom(free, all, file int64) Finding {
	const check = "disk_room"
	en := fmt.Sprintf("%s of %s are free; the data file has %s.", size(free), size(all), size(file))
	vi := fmt.Sprintf("Còn trống %s trên %s; tệp dữ liệu %s.", size(free), size(all), size(file))
	switch {
	case free < 256*mib || free < file/4:
		return Finding{check, Now, en, vi, "Make room today: when the disk is full, the server takes nothing any more (RUNBOOK, “disk full”).",
			"Giải phóng dung lượng ngay hôm nay: đĩa đầy thì máy chủ không nhận dữ liệu nữa (RUNBOOK, “đầy đĩa”)."}
	case free < 2*gib || free < 2*file || free < all/20:
		return Finding{check, Soon, en, vi, "Make room: backup and compaction each need as much as the data file again.",
			"Cần thêm dung lượng: sao lưu và nén mỗi việc cần thêm chừng bằng tệp dữ liệu."}
	}
	return fine(check, en, vi)
}

func size(n int64) string {
	switch {
	case n >= gib:
		return strconv.FormatFloat(float64(n)/gib, 'f', 1, 64) + " GiB"
	case n >= mib:
		return strconv.FormatInt(n/mib, 10) + " MiB"
	}
	return strconv.FormatInt(n/1024, 10) + " KiB"
}

func inodes(dir string) Finding {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return unknown("inodes", "The count of free inodes can't be read: "+reason(err), "Không đọc được số inode còn trống: "+reason(err))
	}
	return judgeInodes(s.Ffree, s.Files)
}

func judgeInodes(free, all uint64) Finding {
	if all > 0 && free < all/20 {
		return Finding{"inodes", Soon, fmt.Sprintf("Only %d more files fit on the disk.", free), fmt.Sprintf("Ổ đĩa chỉ chứa thêm được %d tệp.", free),
			"Photos need files: remove what is not needed, or use a file system with more inodes.", "Ảnh cần nhiều tệp: xóa bớt tệp không cần hoặc dùng hệ thống tệp có nhiều inode hơn."}
	}
	return fine("inodes", "There is room for more files.", "Còn chỗ cho nhiều tệp.")
}

// folder looks who may read the data, and whether file and keys are together.
func folder(dir string) Finding {
	const check = "folder"
	info, err := os.Stat(dir)
	if err != nil {
		return Finding{check, Now, "The data folder is not there: " + reason(err), "Không có thư mục dữ liệu: " + reason(err),
			"Mount the disk, or name the folder with --data. Never start a new server in an empty folder by mistake.",
			"Gắn ổ đĩa, hoặc chỉ đúng thư mục bằng --data. Đừng vô ý khởi động máy chủ mới trong thư mục trống."}
	}
	store, err1 := os.Stat(filepath.Join(dir, storeFile))
	keys, err2 := os.Stat(filepath.Join(dir, keysFile))
	if (err1 == nil) != (err2 == nil) {
		return Finding{check, Now, "Data file and keys belong together, and one of them is missing.", "Tệp dữ liệu và tệp khóa phải đi cùng nhau, nhưng đang thiếu một tệp.",
			"Restore both from a backup (RUNBOOK, “lost keys”).", "Khôi phục cả hai từ bản sao lưu (RUNBOOK, “mất khóa”)."}
	}
	for _, i := range []fs.FileInfo{info, store, keys} {
		if i != nil && i.Mode().Perm()&0o077 != 0 {
			return Finding{check, Soon, "Others on this machine may read data or keys.", "Người dùng khác trên máy này có thể đọc dữ liệu hoặc khóa.",
				"chmod 700 the folder, chmod 600 banso.db and keys.json.", "Chạy chmod 700 cho thư mục, chmod 600 cho banso.db và keys.json."}
		}
	}
	return fine(check, "Data and keys are there, for their owner alone.", "Dữ liệu và khóa đầy đủ, chỉ chủ sở hữu đọc được.")
}

const wantedFiles = 8192

func descriptors() Finding {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return unknown("open_files", "The limit of open files can't be read.", "Không đọc được giới hạn số tệp mở.")
	}
	return judgeDescriptors(l.Cur, l.Max)
}

// judgeDescriptors: Go raises the soft limit to the hard one by itself.
func judgeDescriptors(soft, hard uint64) Finding {
	if most := max(soft, hard); most < wantedFiles {
		return Finding{"open_files", Soon, fmt.Sprintf("At most %d files and connections may be open; a herd of phones needs more.", most),
			fmt.Sprintf("Chỉ mở được tối đa %d tệp và kết nối; không đủ khi nhiều điện thoại vào cùng lúc.", most),
			"Set LimitNOFILE=65536 in the unit (the one in deploy/systemd has it).", "Đặt LimitNOFILE=65536 trong tệp dịch vụ (có sẵn trong deploy/systemd)."}
	}
	return fine("open_files", "Enough files and connections may be open.", "Giới hạn số tệp và kết nối mở là đủ.")
}

func memory() Finding {
	const check = "memory"
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return unknown(check, "The memory of this machine can't be read.", "Không đọc được dung lượng bộ nhớ của máy.")
	}
	var kb int64
	if _, err := fmt.Fscanf(bytes.NewReader(b), "MemTotal: %d kB", &kb); err != nil {
		return unknown(check, "The memory of this machine can't be read.", "Không đọc được dung lượng bộ nhớ của máy.")
	}
	return judgeMemory(kb * 1024)
}

func judgeMemory(all int64) Finding {
	en, vi := "The machine has "+size(all)+" of memory.", "Máy có "+size(all)+" bộ nhớ."
	if all < 900*mib {
		return Finding{"memory", Soon, en, vi, "Give it 2 GiB: a herd of phones needs 256 MiB, the rest is cache of the file.",
			"Nên có 2 GiB: lúc đông điện thoại cần 256 MiB, phần còn lại làm bộ đệm cho tệp dữ liệu."}
	}
	return fine("memory", en, vi)
}
