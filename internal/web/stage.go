package web

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
)

// stage serves the document that becomes the customer's page. The policy is the second wall behind the opaque origin that the
// sandbox gives: no network of any kind, and only the one script that carries this answer's nonce.
// There is no frame-ancestors: a frame inside the customer's page is a stage too, and its ancestor's opaque origin matches no source.
func (s *site) stage(w http.ResponseWriter, r *http.Request) {
	var random [16]byte
	_, _ = rand.Read(random[:])
	nonce := base64.RawStdEncoding.EncodeToString(random[:])
	page := s.config.Stage.Page
	if r.URL.Query().Get("compat") == "quirks" {
		page = strings.TrimPrefix(strings.TrimSpace(page), "<!doctype html>")
	}
	page = strings.NewReplacer("{{NONCE}}", nonce, "{{SCRIPT}}", s.config.Stage.Script).Replace(page)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "sandbox allow-scripts; default-src 'none'; script-src 'nonce-"+nonce+"'; style-src 'unsafe-inline'; "+
		"img-src data: blob:; font-src data: blob:; media-src data: blob:; connect-src 'none'; frame-src 'self'; base-uri 'none'; form-action 'none'")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Permissions-Policy", "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(page))
}
