package main

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// fdatasyncMedian is the disk's own answer time for 8 KiB appended and synced.
func fdatasyncMedian(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "canary"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 8<<10)
	var took []time.Duration
	for i := range 200 {
		start := time.Now()
		if _, err := f.WriteAt(page, int64(i)*int64(len(page))); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
	}
	return median(took), nil
}

// median of a non-empty list; the upper one of an even number.
func median[T int64 | float64 | time.Duration](list []T) T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// percentile p (0 to 100) of a non-empty list.
func percentile(list []time.Duration, p int) time.Duration {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[min(len(list)-1, len(list)*p/100)]
}
