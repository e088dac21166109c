package backup

import (
	"fmt"
	"os"
	"syscall"
)

// spare is what a backup leaves free on the data's disk, in bytes, or a
// twentieth of a small one: pushes must
// not fail for want of room because a copy was being made.
const spare = 256 << 20

// roomFor refuses to begin where a copy of the store and its packed form would
// not fit.
func (s *Service) roomFor(dir string) error {
	fi, err := os.Stat(s.cfg.Store.Path())
	if err != nil {
		return err
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return err
	}
	free := int64(fs.Bavail) * fs.Bsize
	if need := 2*fi.Size() + min(spare, int64(fs.Blocks)*fs.Bsize/20); free < need {
		return fmt.Errorf("backup: %s has %d MB free and a backup needs %d: %w", dir, free>>20, need>>20, syscall.ENOSPC)
	}
	return nil
}
