package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"ridealong/internal/config"
)

type configCommands struct {
	Default configDefault `cmd:"" help:"Print a YAML file with every key at its default."`
	Doc     configDoc     `cmd:"" help:"Print what each key is."`
	Check   configCheck   `cmd:"" help:"Check the configuration and print the values in force."`
}

type configDefault struct{}

func (configDefault) Run() error { return config.WriteDefaults(os.Stdout) }

type configDoc struct{}

func (configDoc) Run() error { return config.WriteDoc(os.Stdout) }

type configCheck struct{ config.Config }

func (c *configCheck) Run() error {
	if err := c.Check(); err != nil {
		return err
	}
	return c.Write(os.Stdout)
}

type versionCommand struct{}

func (versionCommand) Run() error {
	_, err := fmt.Println("ridealong", version())
	return err
}

// version is the module's, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
