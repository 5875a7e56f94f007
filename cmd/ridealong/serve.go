package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"ridealong/internal/app"
	"ridealong/internal/config"
)

type serveCommand struct{ config.Config }

// Run serves until SIGINT or SIGTERM; a second signal ends it at once.
func (s *serveCommand) Run() error {
	if err := s.Check(); err != nil {
		return err
	}
	ctx, stop := interrupted()
	defer stop()
	a, err := app.New(ctx, app.Options{Config: s.Config, Version: version(), Log: logger(s.Config), Out: os.Stdout})
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

// interrupted is done at the first signal and lets the second one have its usual effect.
func interrupted() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

func logger(c config.Config) *slog.Logger { return newLogger(os.Stderr, c.LogLevel, c.LogFormat) }

func newLogger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // the flag's enumeration allows only names that slog knows
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
