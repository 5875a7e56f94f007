//go:build !linux

package recording

import "errors"

func datasync(f File) error { return f.Sync() }

func freeOf(string) (free, total uint64, err error) { return 0, 0, errors.ErrUnsupported }
