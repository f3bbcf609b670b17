package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"consilium/cmd/consilium/program"
	"consilium/internal/actions"
	"consilium/internal/demo"
	"consilium/internal/notify"
	"consilium/internal/web"
)

type serveCommand struct {
	Addr        string `help:"Listen here." default:"127.0.0.1:8080" env:"CONSILIUM_ADDR"`
	Data        string `help:"Folder of keys, files and database." default:"./data" env:"CONSILIUM_DATA"`
	Store       string `help:"Database: sqlite:PATH or postgres://... (default: SQLite in the data folder)." env:"CONSILIUM_STORE"`
	Public      string `help:"The address that people type, when it is not the one listened on." env:"CONSILIUM_PUBLIC"`
	TLSCert     string `name:"tls-cert" help:"TLS certificate file." type:"existingfile" env:"CONSILIUM_TLS_CERT"`
	TLSKey      string `name:"tls-key" help:"TLS key file." type:"existingfile" env:"CONSILIUM_TLS_KEY"`
	BehindProxy string `help:"Addresses of the proxy that speaks TLS for us." env:"CONSILIUM_BEHIND_PROXY"`
	MailFrom    string `name:"mail-from" help:"Reminders come from here, such as \"Consilium <reminders@example.org>\". Without it no e-mail is sent." env:"CONSILIUM_MAIL_FROM"`
	MailSMTP    string `name:"mail-smtp" help:"Mail server: smtp://user:password@host:587, smtps://host or smtp://host?tls=offered. Give a password by the environment only." env:"CONSILIUM_MAIL_SMTP"`
	Directory   string `help:"The directory of clinicians, made by directory build (default: directory.db in the data folder, when there). A new file is taken up while the server runs." env:"CONSILIUM_DIRECTORY" placeholder:"FILE"`
	Portals     string `help:"File of the patient portals from which people may fetch their records, by SMART on FHIR. Without it no portal is ever asked." type:"existingfile" env:"CONSILIUM_PORTALS" placeholder:"FILE"`
	Trust       string `help:"File of issuers whose SMART Health Cards are believed: a snapshot of the VCI directory." type:"existingfile" env:"CONSILIUM_TRUST" placeholder:"FILE"`
	OCR         string `name:"ocr" help:"Recognise the words of scanned pages with this program (tesseract). It makes mistakes." env:"CONSILIUM_OCR" placeholder:"PROGRAM"`
	Demo        bool   `help:"Load the synthetic cast when the store is empty." env:"CONSILIUM_DEMO"`
}

func (s serveCommand) Run(ctx context.Context, c console) error {
	if err := web.CheckListen(s.Addr, s.TLSCert, s.BehindProxy); err != nil {
		return wrong{exitWrong, err}
	}
	proxies, err := web.Proxies(s.BehindProxy)
	if err != nil {
		return wrong{exitWrong, err}
	}
	mailer, err := s.mailer()
	if err != nil {
		return wrong{exitWrong, err}
	}
	portals, err := s.portals()
	if err != nil {
		return wrong{exitWrong, err}
	}
	reading, err := s.reading()
	if err != nil {
		return wrong{exitWrong, err}
	}
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return wrong{exitFailed, fmt.Errorf("cannot listen on %s: %w; is Consilium running already? Choose another address with --addr", s.Addr, err)}
	}
	defer listener.Close()
	log := slog.New(slog.NewTextHandler(c.Err, nil))
	public := s.public(listener)
	p, err := program.Open(ctx, program.Config{Data: s.Data, Store: s.Store, Public: public, Proxies: proxies, Mailer: mailer, Directory: s.Directory, Version: version, Portals: portals, Reading: reading, Log: log, Now: now})
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.DirectoryFault(); err != nil && s.Directory != "" {
		return wrong{exitWrong, fmt.Errorf("--directory: %s cannot be used: %w", s.Directory, err)}
	}
	if err := s.welcome(ctx, c, p, public); err != nil {
		return err
	}
	work, stopWork := context.WithCancel(ctx)
	worked := make(chan struct{})
	go func() { defer close(worked); p.Work(work) }()
	err = s.serve(ctx, listener, p.Handler())
	stopWork()
	<-worked
	return err
}

// mailer is how reminders are sent; nil when the operator wants none.
func (s serveCommand) mailer() (actions.Mailer, error) {
	switch {
	case s.MailFrom == "" && s.MailSMTP == "":
		return nil, nil
	case s.MailFrom == "":
		return nil, errors.New("--mail-smtp needs --mail-from: whom the reminders come from")
	case s.MailSMTP == "":
		return nil, errors.New("--mail-from needs --mail-smtp: which mail server to use")
	}
	return notify.NewMailer(s.MailFrom, s.MailSMTP)
}

// serve answers until ctx ends, then lets the requests in hand finish.
func (s serveCommand) serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	done := make(chan error, 1)
	go func() {
		if s.TLSCert != "" {
			done <- srv.ServeTLS(listener, s.TLSCert, s.TLSKey)
			return
		}
		done <- srv.Serve(listener)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		return err
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// public is the address that people type.
func (s serveCommand) public(l net.Listener) string {
	if s.Public != "" {
		return strings.TrimSuffix(s.Public, "/")
	}
	scheme := "http"
	if s.TLSCert != "" {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if host == "::1" {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// welcome says where the house is and how to get in: by the demo's sign-in, by the
// one-time link of the first run, or as always.
func (s serveCommand) welcome(ctx context.Context, c console, p *program.Program, public string) error {
	fmt.Fprintf(c.Out, "Consilium is at %s\n", public)
	if s.Demo {
		return s.loadDemo(ctx, c, p)
	}
	secret, err := p.House.FirstLink(ctx)
	if err != nil {
		return err
	}
	if secret != "" {
		fmt.Fprintf(c.Out, "Nobody can sign in yet. Open this link once, within a day, to make the owner:\n  %s/welcome/%s\n", public, secret)
		return nil
	}
	fmt.Fprintf(c.Out, "Sign in at %s/sign-in\n", public)
	return nil
}

// loadDemo loads the cast once and prints how to sign in. The passphrase of the
// demo is made for this installation and kept beside its keys, so that every start
// can print it: it guards made-up people only.
func (s serveCommand) loadDemo(ctx context.Context, c console, p *program.Program) error {
	file := filepath.Join(s.Data, "keys", "demo-passphrase")
	if made := filepath.Join(s.Data, program.DirectoryFile); s.Directory == "" && missing(made) {
		fmt.Fprintln(c.Out, "Making a small directory of made-up doctors ...")
		if err := demo.BuildDirectory(ctx, made, time.Now()); err != nil {
			return fmt.Errorf("the demo's directory could not be made: %w", err)
		}
		if err := p.ReloadDirectory(); err != nil {
			return err
		}
	}
	fresh, err := p.House.Fresh(ctx)
	if err != nil {
		return err
	}
	if fresh {
		passphrase := demo.Passphrase(program.NewID())
		fmt.Fprintln(c.Out, "Loading the demo cast ...")
		if err := demo.Load(ctx, p.House, p.WorkOnce, passphrase); err != nil {
			return fmt.Errorf("the demo cast could not be loaded: %w", err)
		}
		if err := os.WriteFile(file, []byte(passphrase+"\n"), 0o600); err != nil {
			return err
		}
	}
	passphrase, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(c.Out, "This store has its own people, so the demo was not loaded. Sign in at the address above, or start with another --data folder.\n")
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "Sign in as:  %s\nPassphrase:  %s\n", demo.Handle, strings.TrimSpace(string(passphrase)))
	return nil
}

// missing tells whether there is no such file.
func missing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, os.ErrNotExist)
}

type migrateCommand struct {
	Data  string `help:"Folder of keys, files and database." default:"./data" env:"CONSILIUM_DATA"`
	Store string `help:"Database: sqlite:PATH or postgres://..." env:"CONSILIUM_STORE"`
}

// Run opens the store, which brings its schema up to date, and closes it.
func (m migrateCommand) Run(ctx context.Context, c console) error {
	p, err := program.Open(ctx, program.Config{Data: m.Data, Store: m.Store, Public: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		return err
	}
	fmt.Fprintln(c.Out, "The store is up to date.")
	return p.Close()
}
