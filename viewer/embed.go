// Package viewer holds the built app, the customer's consent page and the stage. `make build` makes the files.
package viewer

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var app embed.FS

//go:embed all:stage/dist stage/stage.html
var stage embed.FS

// App is viewer/dist: index.html, join.html and assets/.
func App() fs.FS {
	files, _ := fs.Sub(app, "dist") // the pattern above guarantees the directory
	return files
}

// StagePage is the stage's document, with {{NONCE}} and {{SCRIPT}}.
func StagePage() string { return read("stage/stage.html") }

// StageScript is empty when it was not built; internal/web refuses to start then.
func StageScript() string { return read("stage/dist/stage.js") }

func read(name string) string {
	data, err := fs.ReadFile(stage, name)
	if err != nil {
		return ""
	}
	return string(data)
}
