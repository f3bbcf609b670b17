// Package notifytest gives tests a mail server on this machine: a real one, that
// speaks SMTP, keeps what it is sent and can be told to refuse.
package notifytest

import (
	"errors"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Received is one message as it came in.
type Received struct {
	From string
	To   []string
	Raw  string        // head and body, as sent
	Mail *mail.Message // the head read; the body is still encoded
}

// Server keeps every message that it takes.
type Server struct {
	URL string // "smtp://127.0.0.1:PORT"

	mu      sync.Mutex
	got     []Received
	rcpt    error // what is answered to the receiver's address
	data    error // what is answered to the message
	tries   int   // how often somebody began a message
	account [2]string
}

// Start serves until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{URL: "smtp://" + listener.Addr().String()}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{Server: s}, nil }))
	srv.Domain, srv.AllowInsecureAuth = "mail.test", true
	srv.ReadTimeout, srv.WriteTimeout = 10*time.Second, 10*time.Second
	srv.ErrorLog = quiet{}
	go func() { _ = srv.Serve(listener) }()
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Got lists the messages so far.
func (s *Server) Got() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.got...)
}

// Tries tells how often somebody began to send a message.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// RefuseAddress answers every address with this code and these words from now on;
// code 0 takes them again. enhanced is such as {5, 1, 1}.
func (s *Server) RefuseAddress(code int, enhanced [3]int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpt = refusal(code, enhanced, words)
}

// RefuseMessage does the same for every message, once it has been read.
func (s *Server) RefuseMessage(code int, enhanced [3]int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = refusal(code, enhanced, words)
}

// Ask lets only this account send.
func (s *Server) Ask(name, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = [2]string{name, password}
}

func refusal(code int, enhanced [3]int, words string) error {
	if code == 0 {
		return nil
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode(enhanced), Message: words}
}

type session struct {
	*Server
	in   bool
	from string
	to   []string
}

func (s *session) AuthMechanisms() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.account[0] == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.account != [2]string{name, password} {
			return errors.New("no such account")
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries++
	if s.account[0] != "" && !s.in {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rcpt != nil {
		return s.rcpt
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		return s.data
	}
	s.got = append(s.got, Received{From: s.from, To: s.to, Raw: string(raw), Mail: msg})
	return nil
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }
