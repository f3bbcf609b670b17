// Package program puts the house together: keys, store, vault, rules, pages, jobs.
// The command and the tests start the same program.
package program

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"consilium/internal/actions"
	"consilium/internal/api/link"
	"consilium/internal/clinical"
	"consilium/internal/directory"
	"consilium/internal/fault"
	"consilium/internal/intake"
	"consilium/internal/letters"
	"consilium/internal/notify"
	"consilium/internal/packet"
	"consilium/internal/paper"
	"consilium/internal/queue"
	"consilium/internal/rulebook"
	"consilium/internal/seal"
	"consilium/internal/storage"
	"consilium/internal/vault"
	"consilium/internal/web"
	"consilium/internal/web/patient/appeal"
	"consilium/internal/web/patient/compare"
	"consilium/internal/web/patient/cost"
	"consilium/internal/web/patient/coverage"
	"consilium/internal/web/patient/decide"
	"consilium/internal/web/patient/expert"
	"consilium/internal/web/patient/need"
	"consilium/internal/web/patient/opinion"
	"consilium/internal/web/patient/prepare"
	"consilium/internal/web/patient/records"
	"consilium/internal/web/patient/start"
	"consilium/internal/web/text"
	"consilium/rules"
)

// DirectoryFile is where in the data folder the national directory is looked for.
const DirectoryFile = "directory.db"

// Config is how one installation differs from another.
type Config struct {
	Data    string // the folder of keys, files and, unless Store says otherwise, the database
	Store   string // "sqlite:PATH" or "postgres://..."; "" is SQLite in Data
	Public  string // the address that people type: "http://127.0.0.1:8080"
	Proxies []netip.Prefix
	Mailer  actions.Mailer // nil: no e-mail is sent
	// Directory is the file of the national directory; "" is directory.db in Data. There
	// need be none: one that comes later is served as soon as it is whole.
	Directory string
	Version   string // of the program, for what it signs; "" is "dev"
	// Reading is how files are read: whose health cards are believed, and with which
	// programs of the operator's. The zero value believes nobody.
	Reading intake.Options
	// Portals are those from which people may fetch records; nil asks none.
	Portals actions.Portals
	Log     *slog.Logger
	Now     func() time.Time
}

// Program is the house, ready to serve.
type Program struct {
	House   *actions.House
	Store   *storage.Store
	Keys    *seal.Installation
	handler http.Handler
	queue   *queue.Queue
	served  *directory.Served
	book    *rulebook.Book
	log     *slog.Logger
}

// reader reads records as the operator said.
type reader struct{ opts intake.Options }

func (x reader) ReadRecord(ctx context.Context, name string, r io.ReaderAt, size int64) clinical.Reading {
	return intake.Read(ctx, name, r, size, x.opts)
}

// printer prints on the paper of the United States.
type printer struct{}

func (printer) Print(l letters.Letter) ([]byte, error) { return paper.Print(l, paper.USLetter) }

func (printer) PrintAll(ls []letters.Letter) ([]byte, error) {
	return paper.PrintAll(ls, paper.USLetter)
}

// press signs packets with the newest of the installation's keys.
func press(keys *seal.Installation, version string) packet.Press {
	public := keys.PublicKeys()
	return packet.Press{Signer: keys.Signer(), Key: public[len(public)-1], Public: public, Version: cmp.Or(version, "dev")}
}

// Steps are the folders of the patient's way.
func Steps() []web.Step {
	return []web.Step{start.Step, need.Step, coverage.Step, expert.Step, records.Step, prepare.Step, opinion.Step, compare.Step, decide.Step, cost.Step, appeal.Step}
}

// Words are all texts of all pages.
func Words() (*text.Words, error) {
	sources := []fs.FS{web.Words, link.Words}
	for _, s := range Steps() {
		sources = append(sources, s.Words)
	}
	return text.New(sources...)
}

// NewID gives a random name of 26 letters and digits: 130 bits.
func NewID() string {
	var b [17]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))[:26]
}

// Open puts the house together over a data folder, which it makes at first use.
func Open(ctx context.Context, c Config) (p *Program, err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	p = &Program{log: c.Log}
	if p.Keys, err = seal.Open(filepath.Join(c.Data, "keys")); err != nil {
		return nil, err
	}
	if c.Store == "" {
		c.Store = "sqlite:" + filepath.Join(c.Data, "consilium.db")
	}
	if p.Store, err = storage.Open(ctx, c.Store, p.Keys); err != nil {
		return nil, err
	}
	store := p.Store
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
			if p.served != nil {
				err = errors.Join(err, p.served.Close())
			}
		}
	}()
	files, err := vault.Open(filepath.Join(c.Data, "files"), c.Now())
	if err != nil {
		return nil, err
	}
	book, problems := rulebook.Load(rules.Files)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the rules are not as they should be: %s:%d: %s", problems[0].File, problems[0].Line, problems[0].Message)
	}
	p.book = book
	if c.Directory == "" {
		c.Directory = filepath.Join(c.Data, DirectoryFile)
	}
	p.served = directory.Serve(c.Directory, func(err error) {
		c.Log.Error("the directory of clinicians is not as it should be and is not served", "file", c.Directory, "error", err.Error())
	})
	p.House = &actions.House{Directory: p.served, Networks: &networks{dir: filepath.Join(c.Data, NetworksFolder), log: c.Log}, Cases: p.Store, Uploads: p.Store, Vault: files, Reader: reader{c.Reading}, Viewer: viewer{}, Portals: c.Portals, Paper: printer{}, Packets: press(p.Keys, c.Version), Shares: p.Store, Calendars: notify.Calendars{}, Rules: book, Accounts: p.Store, Public: c.Public, Mailer: c.Mailer, Now: c.Now, NewID: NewID}
	words, err := Words()
	if err != nil {
		return nil, err
	}
	p.House.Words = func(lang string) actions.Speaker { return words.In(lang) }
	doors, err := web.NewDoors(web.DoorsConfig{House: p.House, Words: words, Log: c.Log, Sessions: p.Store.Contents(c.Now), SessionID: storage.SessionID, Sealer: p.Keys, Public: c.Public, Proxies: c.Proxies})
	if err != nil {
		return nil, err
	}
	server, err := web.New(web.Config{House: p.House, Words: words, Doors: doors, Log: c.Log, Steps: Steps()})
	if err != nil {
		return nil, err
	}
	p.handler = link.New(link.Config{
		House: p.House, Words: words, Sealer: p.Keys, Log: c.Log, Address: web.AddressOf(c.Proxies), Language: web.Language,
	}).Over(server.Handler())
	p.queue = &queue.Queue{
		Jobs: p.Store, Workers: Workers(p.House), Log: c.Log, Name: NewID()[:6], Now: c.Now,
		Hands: 2, Rest: 500 * time.Millisecond, Hold: 10 * time.Minute,
	}
	return p, nil
}

// Workers are the jobs that can be put off, each calling one action.
func Workers(h *actions.House) map[string]queue.Worker {
	return map[string]queue.Worker{
		actions.ReadRecordJob:       h.DoReadRecord,
		actions.ConfirmRemindersJob: h.DoConfirmReminders,
		actions.RemindJob:           h.DoRemind,
		actions.PullPortalJob:       h.DoPullPortal,
	}
}

// Handler answers the requests.
func (p *Program) Handler() http.Handler { return p.handler }

// Work does put-off work until ctx ends, and once an hour takes away what is no
// longer of use (sessions that have expired, tries at signing in, uploads that
// nobody went on with) and plans the reminders of the day.
func (p *Program) Work(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { p.queue.Run(ctx) })
	all.Go(func() { p.book.Compile() }) // so that the first question is as fast as the next
	all.Go(func() {
		for hour := time.NewTicker(time.Hour); ; {
			if err := p.tidy(ctx); err != nil && ctx.Err() == nil {
				p.log.Error("the hourly tidying failed", "kind", fault.KindOf(err).String())
			}
			select {
			case <-ctx.Done():
				hour.Stop()
				return
			case <-hour.C:
			}
		}
	})
	all.Wait()
}

// staleUpload is how long an upload that nobody adds to is kept.
const staleUpload = 7 * 24 * time.Hour

func (p *Program) tidy(ctx context.Context) error {
	_, err := p.House.DropUploads(ctx, p.House.Now().Add(-staleUpload))
	return errors.Join(err, p.House.ForgetOldTries(ctx), p.House.PlanReminders(ctx), p.Store.Contents(p.House.Now).Prune(ctx))
}

// WorkOnce does one job, if one is due: for tests, which do not wait.
func (p *Program) WorkOnce(ctx context.Context) (bool, error) { return p.queue.One(ctx, "once") }

// ReloadDirectory takes up a directory that has just been put in its place, without
// waiting until somebody asks.
func (p *Program) ReloadDirectory() error { return p.served.Reload() }

// DirectoryFault tells why no directory of clinicians is served; nil when one is.
func (p *Program) DirectoryFault() error { return p.served.Err() }

// Close closes the store and the directory.
func (p *Program) Close() error { return errors.Join(p.served.Close(), p.Store.Close()) }
