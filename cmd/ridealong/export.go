package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"ridealong/internal/app"
	"ridealong/internal/audit"
	"ridealong/recording/chunk"
	"ridealong/recording/export"
)

type recordingsExport struct {
	recordingsIn
	ID     string `arg:"" help:"The recording."`
	Format string `required:"" enum:"har,console,playwright,records" help:"har: its requests; console: text; playwright: a script that repeats the customer's steps; records: all of it, decrypted, as JSON lines."`
	Output string `short:"o" help:"File to write; the standard output when none is named."`
}

// Run writes the file, and into the log that it was.
func (e *recordingsExport) Run() error {
	return e.open(func(ctx context.Context, in app.Offline) error {
		d, err := in.Recordings.Detail(ctx, e.ID)
		if err != nil {
			return err
		}
		entry := audit.Entry{At: time.Now(), Actor: "server", Name: operator(), What: audit.Export, Subject: e.ID, Detail: e.Format + ", by the command line"}
		if err := in.Audit.Append(ctx, entry); err != nil {
			return err
		}
		input := export.Input{Started: d.Started, Records: in.Recordings.Records(ctx, e.ID), Began: d.Began}
		write := writeRecords
		if format, ok := export.Named(e.Format); ok {
			write = format.Write
		}
		return toFile(e.Output, func(w io.Writer) error { return write(w, input) })
	})
}

// toFile lets f write to a file that only its owner reads, or to the standard output.
func toFile(name string, f func(io.Writer) error) (err error) {
	out := os.Stdout
	if name != "" {
		if out, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil { //nolint:gosec // the operator names it
			return err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
	}
	w := bufio.NewWriter(out)
	return errors.Join(f(w), w.Flush())
}

// writeRecords writes a line for each record; bytes are base64.
func writeRecords(w io.Writer, in export.Input) error {
	out := json.NewEncoder(w)
	for record, err := range in.Records {
		if err != nil {
			return err
		}
		if err := out.Encode(lineOf(record)); err != nil {
			return err
		}
	}
	return nil
}

type recordLine struct {
	At    uint32 `json:"at"`
	Tab   uint32 `json:"tab"`
	Lane  uint8  `json:"lane"`
	Frame []byte `json:"frame"`
}

func lineOf(r chunk.Record) recordLine { return recordLine{r.At, r.Tab, uint8(r.Lane), r.Frame} }
