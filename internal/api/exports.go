package api

import (
	"bytes"
	"net/http"
	"strconv"

	"ridealong/internal/audit"
	"ridealong/recording"
	"ridealong/recording/export"
)

// export sends a recording as a file of another format; of one that is live what there is.
func (a *api) export(r *request) (any, error) {
	format, ok := export.Named(r.PathValue("format"))
	if !ok {
		return nil, problemNotFound
	}
	d, err := a.Recordings.Detail(r.Context(), r.PathValue("id"))
	if err == nil && d.State == recording.Erased {
		err = recording.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if err := a.audited(r, audit.Export, format.Name); err != nil {
		return nil, err
	}
	// The whole file before its head: one that cannot be made is a problem, and not half a file.
	var file bytes.Buffer
	if err := format.Write(&file, export.Input{Started: d.Started, Records: a.Recordings.Records(r.Context(), d.ID), Began: d.Began}); err != nil {
		return nil, err
	}
	return sent(func(w http.ResponseWriter) error {
		h := w.Header()
		h.Set("Content-Type", format.MIME)
		h.Set("Content-Length", strconv.Itoa(file.Len()))
		h.Set("Content-Disposition", `attachment; filename="`+d.FileName(format.Suffix)+`"`)
		h.Set("Cache-Control", "private, no-store")
		_, err := w.Write(file.Bytes())
		return err
	}), nil
}
