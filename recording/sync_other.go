//go:build !linux

package recording

func datasync(f File) error { return f.Sync() }
