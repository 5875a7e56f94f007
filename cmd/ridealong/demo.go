package main

import (
	"os"

	"ridealong/internal/app"
	"ridealong/internal/config"
)

type demoCommand struct {
	config.Config
	Shop string `default:"127.0.0.1:8081" help:"Address of the example shop."`
}

// Run serves Ridealong and the shop and prints where to begin.
func (d *demoCommand) Run() error {
	if d.Organisation == "Ridealong" {
		d.Organisation = "Tern & Tide support"
	}
	if err := d.Check(); err != nil {
		return err
	}
	ctx, stop := interrupted()
	defer stop()
	a, err := app.NewDemo(ctx, app.Options{Config: d.Config, Version: version(), Log: logger(d.Config), Out: os.Stdout}, d.Shop)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
