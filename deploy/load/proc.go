package load

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// SelfCPU is user and system time of this process.
func SelfCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Usage is what the kernel says of a process.
type Usage struct {
	CPU     time.Duration // user + system
	Written int64         // bytes handed to the disk
	RSS     int64         // bytes, now
	Peak    int64         // bytes, the most so far
	Anon    int64         // bytes, now, without the pages of mapped files
}

// Use reads /proc of a process. Clock ticks are 1/100 s on Linux.
func Use(pid int) (u Usage, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	u.CPU = time.Duration(user+system) * 10 * time.Millisecond
	u.Written = procField(pid, "io", "write_bytes:")
	u.RSS = procField(pid, "status", "VmRSS:") << 10
	u.Peak = procField(pid, "status", "VmHWM:") << 10
	u.Anon = procField(pid, "status", "RssAnon:") << 10
	return u, nil
}

func procField(pid int, file, name string) int64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), name); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
