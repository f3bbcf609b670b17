package directory

import (
	"context"
	"os"
	"sync"
	"time"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

// lookAgain is how often the path is looked at for a new file.
const lookAgain = 3 * time.Second

// Served is the directory at a path, whichever file lies there: a new file takes the
// place of the old one while questions run, which end on the one they began with. A
// damaged new file is refused, and the old one stays.
type Served struct {
	path string
	log  func(error)

	loading sync.Mutex // one look at a time
	mu      sync.Mutex
	now     *held
	stamp   os.FileInfo // of the file that was last opened or refused
	looked  time.Time
	why     error // nothing is served
	looks   sync.WaitGroup
	closed  bool
}

// held is a directory with the number of those who use it, and one for being served.
type held struct {
	*Directory
	users int
}

var _ expert.Directory = (*Served)(nil)

// Serve opens the directory at a path. Where there is none yet, or a damaged one, it
// serves none until there is one: Err tells why. refused hears of each new file that is
// not taken; nil is allowed.
func Serve(path string, refused func(error)) *Served {
	s := &Served{path: path, log: refused}
	_ = s.Reload()
	return s
}

// Err tells why nothing is served; nil when something is.
func (s *Served) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil {
		return nil
	}
	return s.why
}

// Reload opens the file at the path now if it is another one. The error says why the
// new file is not taken; the old one then stays.
func (s *Served) Reload() error {
	s.loading.Lock()
	defer s.loading.Unlock()
	info, err := os.Stat(s.path)
	s.mu.Lock()
	s.looked = time.Now()
	same := err == nil && s.stamp != nil && os.SameFile(info, s.stamp) && info.Size() == s.stamp.Size() && info.ModTime().Equal(s.stamp.ModTime())
	serves, closed, why := s.now != nil, s.closed, s.why
	s.mu.Unlock()
	switch {
	case closed:
		return fault.New(fault.NotFound, "directory.none")
	case same:
		return why
	case err != nil && serves:
		return nil // taken away: what is open stays open
	}
	d, err := Open(s.path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stamp, s.why = info, err; err != nil {
		if s.log != nil && !fault.Is(err, fault.NotFound) {
			s.log(err)
		}
		return err
	}
	if s.closed {
		return d.Close()
	}
	old := s.now
	s.now = &held{d, 1}
	if old != nil {
		s.leave(old)
	}
	return nil
}

// leave gives up one use; the last closes the file. s.mu is held.
func (s *Served) leave(h *held) {
	if h.users--; h.users == 0 {
		_ = h.Close()
	}
}

// use gives the directory at hand, to be given back with done.
func (s *Served) use() (d *Directory, done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed && time.Since(s.looked) > lookAgain {
		s.looked = time.Now()
		s.looks.Go(func() { _ = s.Reload() }) // verifying takes a while: nobody waits for it
	}
	h := s.now
	if h == nil {
		err := s.why
		if err == nil {
			err = fault.New(fault.NotFound, "directory.none")
		}
		return nil, nil, err
	}
	h.users++
	return h.Directory, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.leave(h)
	}, nil
}

// Find answers a query.
func (s *Served) Find(ctx context.Context, q expert.Query) (expert.Found, error) {
	d, done, err := s.use()
	if err != nil {
		return expert.Found{}, err
	}
	defer done()
	return d.Find(ctx, q)
}

// Profile gives everything about one NPI.
func (s *Served) Profile(ctx context.Context, npi string) (expert.Profile, error) {
	d, done, err := s.use()
	if err != nil {
		return expert.Profile{}, err
	}
	defer done()
	return d.Profile(ctx, npi)
}

// ZIP gives a ZIP's centre and state.
func (s *Served) ZIP(zip string) (expert.Centre, string, bool) {
	d, done, err := s.use()
	if err != nil {
		return expert.Centre{}, "", false
	}
	defer done()
	return d.ZIP(zip)
}

// Specialty gives the name of a taxonomy code; ok is false when nothing is served.
func (s *Served) Specialty(code string) (name string, ok bool) {
	d, done, err := s.use()
	if err != nil {
		return "", false
	}
	defer done()
	return d.Specialty(code)
}

// Each gives every row's profile in the order of the file.
func (s *Served) Each(ctx context.Context, take func(expert.Profile) error) error {
	d, done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	return d.Each(ctx, take)
}

// Data gives the day of each public file; nil when nothing is served.
func (s *Served) Data() map[string]string {
	d, done, err := s.use()
	if err != nil {
		return nil
	}
	defer done()
	return d.Data()
}

// Close stops serving. Questions that still run end first.
func (s *Served) Close() error {
	s.mu.Lock()
	s.closed, s.why = true, fault.New(fault.NotFound, "directory.none")
	h := s.now
	s.now = nil
	if h != nil {
		s.leave(h)
	}
	s.mu.Unlock()
	s.looks.Wait()
	return nil
}
