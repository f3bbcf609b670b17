// Command consilium is the whole house in one binary: the server, the engines as
// commands, the rules' keeper's tools, and the log's proof. It holds wiring only.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set at build time by -ldflags "-X main.version=...".
var version = "dev"

// Exit codes: the engines' contract.
const (
	exitAnswered = 0 // it answered
	exitFailed   = 1 // our fault, or the machine's
	exitWrong    = 2 // the input is wrong; standard error names the field
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], console{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// console is where a command reads and writes.
type console struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// commands are what the binary can do.
type commands struct {
	Serve     serveCommand      `cmd:"" help:"Serve the pages, and do the put-off work."`
	Need      needCommands      `cmd:"" help:"Do I need a second opinion?"`
	Coverage  coverCommands     `cmd:"" help:"Will the plan pay, and what must be done first?"`
	Appeal    appealCommands    `cmd:"" help:"A denial: deadlines, ladder, packet."`
	Experts   expertsCommands   `cmd:"" help:"Find an independent expert."`
	Network   networkCommands   `cmd:"" help:"Read what a health plan says of its network."`
	Directory directoryCommands `cmd:"" help:"The national directory of clinicians: build, update, check."`
	Records   recordsCommands   `cmd:"" help:"Read medical records."`
	Packet    packetCommands    `cmd:"" help:"Check a full packet of records."`
	Opinions  opinionCommands   `cmd:"" help:"Compare opinions."`
	Schema    schemaCommand     `cmd:"" help:"Print the JSON Schema of a command's input and output."`
	Rules     rulesCommands     `cmd:"" help:"Check, test and explain the rules."`
	Log       logCommands       `cmd:"" help:"Prove that a case's log is whole."`
	Migrate   migrateCommand    `cmd:"" help:"Bring the store to this version's schema."`
	Recover   recoverCommand    `cmd:"" help:"Make a one-time link for somebody who lost their passphrase."`
	Version   versionCommand    `cmd:"" help:"Print the version."`
}

// wrong is an error with the exit code that it ends the command with.
type wrong struct {
	code int
	err  error
}

func (w wrong) Error() string { return w.err.Error() }
func (w wrong) Unwrap() error { return w.err }

// run parses the arguments, runs one command and gives its exit code.
func run(ctx context.Context, args []string, c console) int {
	var cmds commands
	parser, err := kong.New(&cmds, kong.Name("consilium"), kong.Description("Helps a person get a medical second opinion."),
		kong.Writers(c.Out, c.Err), kong.Exit(func(code int) { panic(exit(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c))
	if err != nil {
		fmt.Fprintln(c.Err, err)
		return exitFailed
	}
	return parseAndRun(parser, args, c)
}

// exit carries a code out of the parser, which wants to end the process itself
// after --help.
type exit int

func parseAndRun(parser *kong.Kong, args []string, c console) (code int) {
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(e)
		}
	}()
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(c.Err, "%v\nconsilium --help lists the commands.\n", err)
		return exitWrong
	}
	if err := k.Run(); err != nil {
		var w wrong
		if errors.As(err, &w) {
			fmt.Fprintln(c.Err, w.err)
			return w.code
		}
		fmt.Fprintln(c.Err, err)
		return exitFailed
	}
	return exitAnswered
}

type versionCommand struct{}

func (versionCommand) Run(c console) error {
	fmt.Fprintln(c.Out, "consilium", version)
	return nil
}
