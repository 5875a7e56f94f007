// Command ridealong is the whole server: signaling, the agent's app, the loader and recorder for customers' pages.
package main

import (
	"os"

	"github.com/alecthomas/kong"

	"ridealong/internal/config"
)

type cli struct {
	File kong.ConfigFlag `name:"config" help:"YAML file with the keys of 'ridealong config doc'." type:"existingfile" placeholder:"FILE"`

	Serve      serveCommand       `cmd:"" help:"Run the server."`
	Demo       demoCommand        `cmd:"" help:"Run the server with an example shop on a second origin, and print a signed-in link."`
	Sourcemaps sourcemapsCommands `cmd:"" help:"Source maps for the errors that agents see."`
	Recordings recordingsCommands `cmd:"" help:"Recordings: list, check, delete."`
	Audit      auditCommands      `cmd:"" help:"Who looked at, shared, held and deleted what."`
	Backup     backupCommand      `cmd:"" help:"Write a back-up of everything, also while the server runs."`
	Restore    restoreCommand     `cmd:"" help:"Fill an empty data directory from a back-up."`
	Doctor     doctorCommand      `cmd:"" help:"Say what works from here to a server, and what to open where it does not."`
	Config     configCommands     `cmd:"" help:"Look at the configuration."`
	Version    versionCommand     `cmd:"" help:"Print the version."`
}

// exit says wrong use with 2, as other programs do; kong's code for it is 80.
func exit(code int) {
	if code == 80 {
		code = 2
	}
	os.Exit(code)
}

func main() {
	var c cli
	options := append(config.Options(),
		kong.Name("ridealong"),
		kong.Description("Ride along in a customer's browser tab: live, peer to peer, with consent."),
		kong.UsageOnError(),
		kong.Exit(exit),
	)
	command := kong.Parse(&c, options...)
	if err := command.Run(); err != nil {
		command.Errorf("%s", err)
		os.Exit(1)
	}
}
