package recording

import (
	"os"
	"syscall"
)

// datasync waits until what was written is on disk; of the file's times nobody needs to know.
func datasync(f File) error {
	file, ok := f.(*os.File)
	if !ok {
		return f.Sync()
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var synced error
	err = raw.Control(func(fd uintptr) {
		for {
			if synced = syscall.Fdatasync(int(fd)); synced != syscall.EINTR {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return synced
}

// freeOf is what a disk has for those who are not root, and its size.
func freeOf(dir string) (free, total uint64, err error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, 0, err
	}
	size := uint64(fs.Bsize)
	return fs.Bavail * size, fs.Blocks * size, nil
}
