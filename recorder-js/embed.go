// Package recorderjs holds what customers' pages load: the loader and the recorder. `make build` makes the files.
package recorderjs

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is recorder-js/dist: loader.js, recorder.<hash>.js and its parts.
func Files() fs.FS {
	files, _ := fs.Sub(dist, "dist") // the pattern above guarantees the directory
	return files
}
