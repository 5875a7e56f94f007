package api

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"ridealong/internal/sourcemaps"
)

// sent is an answer that is not JSON of ours; it is written as it is.
type sent func(w http.ResponseWriter) error

// sourcemap answers the map of a script that a customer's page told of; of several that are told alike, the one with number n. It is for whoever is signed in: maps hold the site's sources.
func (a *api) sourcemap(r *request) (any, error) {
	script := r.URL.Query().Get("url")
	if script == "" || len(script) > sourcemaps.MaxAddress {
		return nil, problemBody
	}
	n, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("n"), "0"))
	if err != nil || n < 0 {
		return nil, problemBody
	}
	found, err := a.Maps.Find(r.Context(), sourcemaps.Told(script), n)
	if errors.Is(err, sourcemaps.ErrNotFound) {
		return nil, problemNotFound
	}
	if err != nil {
		return nil, err
	}
	zipped := strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	return sent(func(w http.ResponseWriter) error {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Vary", "Accept-Encoding")
		h.Set("Ridealong-Alike", strconv.Itoa(found.Alike))
		if zipped {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(found.Packed)))
			_, err := w.Write(found.Packed)
			return err
		}
		text, err := sourcemaps.Unpack(found.Packed)
		if err == nil {
			_, err = io.Copy(w, text)
		}
		return err
	}), nil
}
