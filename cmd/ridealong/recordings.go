package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"text/tabwriter"
	"time"

	"ridealong/internal/app"
	"ridealong/internal/audit"
	"ridealong/internal/config"
	"ridealong/recording"
)

// recordingsCommands work on the data directory, also while the server runs.
type recordingsCommands struct {
	List   recordingsList   `cmd:"" help:"Print which recordings there are, newest first."`
	Verify recordingsVerify `cmd:"" help:"Read every byte of recordings and hold them to their checksums."`
	Index  recordingsIndex  `cmd:"" help:"Make anew what is found in recordings, from the recordings themselves."`
	Delete recordingsDelete `cmd:"" help:"Erase recordings: their keys first, so that no copy can be read."`
	Export recordingsExport `cmd:"" help:"Write a recording as a file that other programs read."`
}

// recordingsIn is where recordings are; the flags have the names of the server's keys, so that the server's file serves here too.
type recordingsIn struct {
	Data      string `default:"./data" help:"The server's data directory."`
	MasterKey string `name:"master-key" help:"The key that wraps the keys, when it is not in the data directory."`
	config.ObjectStore
}

func (in recordingsIn) open(f func(context.Context, app.Offline) error) error {
	if err := in.Check(); err != nil {
		return err
	}
	ctx, stop := interrupted()
	defer stop()
	c := config.Config{Data: in.Data, MasterKey: in.MasterKey, ObjectStore: in.ObjectStore}
	return app.WithRecordings(ctx, c, newLogger(os.Stderr, "warn", "text"), f)
}

// each calls f with every recording, newest first.
func each(ctx context.Context, service *recording.Service, f func(recording.Recording) error) error {
	for before := ""; ; {
		page, err := service.List(ctx, before, 200)
		if err != nil {
			return err
		}
		for _, r := range page {
			before = r.ID
			if err := f(r); err != nil {
				return err
			}
		}
		if len(page) < 200 {
			return nil
		}
	}
}

type recordingsList struct {
	recordingsIn
	JSON bool `help:"One JSON object per line."`
}

// Run prints a line for each.
func (l *recordingsList) Run() error {
	return l.open(func(ctx context.Context, in app.Offline) error {
		w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		if !l.JSON {
			fmt.Fprintln(w, "id\tstarted\tlasted\tstate\tsize\tcustomer\towner\tpage")
		}
		err := each(ctx, in.Recordings, func(r recording.Recording) error {
			if l.JSON {
				return json.NewEncoder(os.Stdout).Encode(r)
			}
			state := string(r.State)
			if r.Hold {
				state += ", on hold"
			}
			_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Started.Local().Format("2006-01-02 15:04"), r.Duration.Round(time.Second), state, sizeOf(r.Bytes), r.Reference, r.OwnerName, r.Title)
			return err
		})
		return errors.Join(err, w.Flush())
	})
}

type recordingsVerify struct {
	recordingsIn
	ID []string `arg:"" optional:"" help:"Recordings; all when none is named."`
}

// Run reads them and says what is not as it should be; then it ends with 1.
func (v *recordingsVerify) Run() error {
	return v.open(func(ctx context.Context, in app.Offline) error {
		ids := v.ID
		if len(ids) == 0 {
			err := each(ctx, in.Recordings, func(r recording.Recording) error {
				if r.State != recording.Erased {
					ids = append(ids, r.ID)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		broken := 0
		for _, id := range ids {
			report, err := in.Recordings.Verify(ctx, id)
			if err != nil {
				report.Problems = append(report.Problems, err.Error())
			}
			fmt.Printf("%s: %d chunks, %d records, %d contents", id, report.Chunks, report.Records, report.Contents)
			if len(report.Problems) == 0 {
				fmt.Println(", whole")
				continue
			}
			broken++
			fmt.Println()
			for _, problem := range report.Problems {
				fmt.Printf("  %s\n", problem)
			}
		}
		if broken > 0 {
			return fmt.Errorf("%d of %d recordings are not whole", broken, len(ids))
		}
		return nil
	})
}

type recordingsIndex struct {
	recordingsIn
	ID []string `arg:"" optional:"" help:"Recordings; all when none is named."`
}

// Run reads each one whole.
func (x *recordingsIndex) Run() error {
	return x.open(func(ctx context.Context, in app.Offline) error { return reindex(ctx, in, x.ID) })
}

// reindex says how many were read, and which were not.
func reindex(ctx context.Context, in app.Offline, ids []string) error {
	if len(ids) == 0 {
		err := each(ctx, in.Recordings, func(r recording.Recording) error {
			if r.State != recording.Erased {
				ids = append(ids, r.ID)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	var problems []error
	for _, id := range ids {
		if err := in.Recordings.Reindex(ctx, id); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", id, err))
		}
	}
	fmt.Printf("%d of %d recordings can be searched\n", len(ids)-len(problems), len(ids))
	return errors.Join(problems...)
}

type recordingsDelete struct {
	recordingsIn
	ID        []string `arg:"" optional:"" help:"Recordings."`
	Reference string   `help:"All of this customer's: the agent's words for them, whole."`
}

// Run erases them, and writes down who did.
func (d *recordingsDelete) Run() error {
	if (len(d.ID) == 0) == (d.Reference == "") {
		return errors.New("name recordings, or a customer with --reference")
	}
	return d.open(func(ctx context.Context, in app.Offline) error {
		var all []recording.Recording
		for _, id := range d.ID {
			all = append(all, recording.Recording{ID: id})
		}
		if d.Reference != "" {
			var err error
			if all, err = in.Recordings.Find(ctx, d.Reference); err != nil {
				return err
			}
		}
		for _, r := range all {
			e := audit.Entry{At: time.Now(), Actor: "server", Name: operator(), What: audit.Delete, Subject: r.ID, Detail: "by the command line"}
			if err := in.Audit.Append(ctx, e); err != nil {
				return err
			}
		}
		erased, err := in.Recordings.EraseAll(ctx, all)
		for _, id := range erased {
			fmt.Printf("%s erased\n", id)
		}
		if err == nil && len(erased) == 0 {
			fmt.Println("There is none.")
		}
		return err
	})
}

// operator is who runs the command, as the machine knows them.
func operator() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

type auditCommands struct {
	List   auditList   `cmd:"" help:"Print the log as JSON lines, oldest first."`
	Verify auditVerify `cmd:"" help:"Hold each entry to the one before, and print the newest hash."`
}

type auditList struct {
	recordingsIn
	After int64 `help:"Entries after this number."`
}

// Run prints a line for each.
func (l *auditList) Run() error {
	return l.open(func(ctx context.Context, in app.Offline) error {
		out := json.NewEncoder(os.Stdout)
		for after := l.After; ; {
			page, err := in.Audit.Entries(ctx, after, 1000)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, e := range page {
				after = e.N
				if err := out.Encode(e); err != nil {
					return err
				}
			}
		}
	})
}

type auditVerify struct{ recordingsIn }

// Run says whether the chain holds.
func (v *auditVerify) Run() error {
	return v.open(func(ctx context.Context, in app.Offline) error {
		count, newest, err := audit.Verify(ctx, in.Audit)
		if err == nil {
			fmt.Printf("%d entries, whole. The newest is %s\n", count, newest)
		}
		return err
	})
}

type backupCommand struct {
	recordingsIn
	To string `arg:"" help:"Where to: TO.tar and TO.keys.tar are made. Keep the keys apart, and replace them every few days: what was erased is gone when no older ones are left."`
}

// Run writes both files.
func (b *backupCommand) Run() error {
	ctx, stop := interrupted()
	defer stop()
	data, keys := b.To+".tar", b.To+".keys.tar"
	if err := app.Backup(ctx, b.Data, b.MasterKey, data, keys); err != nil {
		return err
	}
	_, err := fmt.Printf("%s\n%s\n", data, keys)
	if b.S3URL != "" && err == nil {
		_, err = fmt.Fprintf(os.Stderr, "Whole recordings are not in it: they are in the bucket %s, which has a back-up of its own, or none.\n", b.S3Bucket)
	}
	return err
}

type restoreCommand struct {
	recordingsIn
	From string `arg:"" help:"What backup was told: FROM.tar and FROM.keys.tar are read."`
}

// Run fills the directory, which has to be empty, and makes anew what is found in recordings, which no back-up has.
func (r *restoreCommand) Run() error {
	ctx, stop := interrupted()
	defer stop()
	if err := app.Restore(ctx, r.Data, r.From+".tar", r.From+".keys.tar"); err != nil {
		return err
	}
	return r.open(func(ctx context.Context, in app.Offline) error {
		err := reindex(ctx, in, nil)
		if err != nil {
			err = fmt.Errorf("everything is restored, but some recordings could not be read (again with 'ridealong recordings index'): %w", err)
		}
		return err
	})
}
