package web

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// assets are files kept in memory with their compressed forms, which the build puts beside them as name.br.
type assets struct {
	files map[string]asset
}

type asset struct {
	plain, brotli []byte
	mime, etag    string
}

func newAssets(files fs.FS) *assets {
	a := &assets{files: map[string]asset{}}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".br" {
			return err
		}
		plain, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		brotli, _ := fs.ReadFile(files, name+".br") // absent for what does not compress
		sum := sha256.Sum256(plain)
		a.files[name] = asset{plain, brotli, mimeOf(name), `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
		return nil
	})
	return a
}

// mimeOf does not ask the machine's tables: an answer is the same everywhere.
func mimeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json":
		return "application/json"
	}
	if m := mime.TypeByExtension(path.Ext(name)); m != "" {
		return m
	}
	return "application/octet-stream"
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request, name string) {
	f, ok := a.files[name]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if f.brotli != nil && acceptsBrotli(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "br")
		body = f.brotli
	}
	_, _ = w.Write(body)
}

func acceptsBrotli(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "br" && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

const immutable = "public, max-age=31536000, immutable"

// asset serves a file of the app. The policy is for a script that runs as a worker, which has no other: it asks the network nothing.
func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", immutable)
	if path.Ext(r.URL.Path) == ".js" {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
	}
	s.assets.serve(w, r, strings.TrimPrefix(r.URL.Path, "/"))
}

// recorderFile serves what customers' pages load, so any site may. The loader and the preview are evergreen, the rest carries its hash in its name.
func (s *site) recorderFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", immutable)
	if name == "loader.js" || name == "preview.js" {
		h.Set("Cache-Control", "public, max-age=300")
	}
	s.recorder.serve(w, r, name)
}
