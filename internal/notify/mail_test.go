package notify_test

import (
	"context"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/notify"
	"consilium/internal/notify/notifytest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func message() actions.Message {
	return actions.Message{
		ID: "0123456789abcdef", To: "ruth@example.org", Subject: "Consilium: mañana", Lang: "es", At: noon,
		Text: "Una fecha es mañana.\n\nEntre para verla:\nhttps://consilium.example.org/" + strings.Repeat("x", 90) + "\n",
		Stop: "https://consilium.example.org/reminders/secret",
	}
}

func mailer(t *testing.T, server string) *notify.Mailer {
	t.Helper()
	m, err := notify.NewMailer("Consilium <reminders@example.org>", server)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMessageArrivesAsItWasWritten(t *testing.T) {
	s := notifytest.Start(t)
	if err := mailer(t, s.URL).Mail(context.Background(), message()); err != nil {
		t.Fatal(err)
	}
	got := s.Got()
	if len(got) != 1 || got[0].From != "reminders@example.org" || strings.Join(got[0].To, ",") != "ruth@example.org" {
		t.Fatalf("got %+v", got)
	}
	head := got[0].Mail.Header
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
	if err != nil || subject != "Consilium: mañana" {
		t.Errorf("subject %q, %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(got[0].Mail.Body))
	if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != message().Text {
		t.Errorf("text %q, %v", body, err)
	}
	for name, want := range map[string]string{
		"From": `"Consilium" <reminders@example.org>`, "To": "<ruth@example.org>", "Message-ID": "<0123456789abcdef@example.org>",
		"Auto-Submitted": "auto-generated", "Content-Language": "es", "Date": "Sun, 22 Nov 2026 12:00:00 +0000",
		"List-Unsubscribe": "<https://consilium.example.org/reminders/secret>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	} {
		if head.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, head.Get(name), want)
		}
	}
	if !strings.HasPrefix(head.Get("Content-Type"), "text/plain") || head.Get("User-Agent") != "" {
		t.Errorf("the head says more than it needs: %v", head)
	}
}

func TestOneClickToStopIsOfferedOnlyWhereItIsSafe(t *testing.T) {
	s := notifytest.Start(t)
	m := message()
	m.Stop = "http://127.0.0.1:8080/reminders/secret"
	if err := mailer(t, s.URL).Mail(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	head := s.Got()[0].Mail.Header
	if head.Get("List-Unsubscribe") != "<"+m.Stop+">" || head.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("got %v", head)
	}
}

func TestAnAddressThatIsNoneIsRefusedAndNothingElseIs(t *testing.T) {
	none := [3]int{-1, -1, -1}
	for _, c := range []struct {
		what     string
		code     int
		enhanced [3]int
		want     fault.Kind
	}{
		{"no such mailbox", 550, [3]int{5, 1, 1}, fault.Refused},
		{"no such host", 550, [3]int{5, 1, 2}, fault.Refused},
		{"we may not send there", 550, [3]int{5, 7, 1}, fault.Internal},
		{"mailbox full", 552, [3]int{5, 2, 2}, fault.Internal},
		{"come back later", 450, [3]int{4, 2, 0}, fault.Internal},
		{"no such mailbox, an old server", 550, none, fault.Refused},
		{"sign in first, an old server", 530, none, fault.Internal},
	} {
		s := notifytest.Start(t)
		s.RefuseAddress(c.code, c.enhanced, "nothing for ruth@example.org here")
		err := mailer(t, s.URL).Mail(context.Background(), message())
		if !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
		quiet(t, err)
	}
	s := notifytest.Start(t)
	s.RefuseMessage(554, [3]int{5, 1, 1}, "a message for ruth@example.org that we do not like")
	err := mailer(t, s.URL).Mail(context.Background(), message())
	if !fault.Is(err, fault.Internal) {
		t.Errorf("a refused message says nothing of the address: %v", err)
	}
	quiet(t, err)
}

// quiet fails when an error repeats the address, a password or the link's secret.
func quiet(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; {
		for _, word := range []string{"ruth", "hush", "secret"} {
			if strings.Contains(e.Error(), word) {
				t.Errorf("the error repeats %q: %v", word, e)
			}
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			return
		}
		e = u.Unwrap()
	}
}

func TestAServerThatIsNotThereOrAsksForMoreIsTriedLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "smtp://" + l.Addr().String()
	l.Close()
	err = mailer(t, gone).Mail(context.Background(), message())
	if !fault.Is(err, fault.Internal) {
		t.Errorf("nobody there: %v", err)
	}
	quiet(t, err)

	s := notifytest.Start(t)
	s.Ask("consilium", "hush")
	if err := mailer(t, strings.Replace(s.URL, "//", "//consilium:wrong-hush@", 1)).Mail(context.Background(), message()); !fault.Is(err, fault.Internal) {
		t.Errorf("the wrong password: %v", err)
	} else {
		quiet(t, err)
	}
	if err := mailer(t, strings.Replace(s.URL, "//", "//consilium:hush@", 1)).Mail(context.Background(), message()); err != nil {
		t.Errorf("the right password: %v", err)
	}
	if len(s.Got()) != 1 {
		t.Errorf("%d messages", len(s.Got()))
	}
}

func TestAServerThatSwallowsWordsIsLeftInTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	m, err := notify.NewMailerWithin("reminders@example.org", "smtp://"+l.Addr().String(), 300*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := m.Mail(context.Background(), message()); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAMailServersAddressIsReadStrictlyAndNeverRepeated(t *testing.T) {
	for _, server := range []string{
		"", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://user:hush@", "smtp://user:hush@mail.example.org:70000",
		"smtp://mail.example.org/path", "smtp://mail.example.org?tls=never", "smtps://user:hush@mail.example.org?tls=offered", "smtp://us%zzer:hush@mail.example.org",
	} {
		if _, err := notify.NewMailer("reminders@example.org", server); err == nil {
			t.Errorf("%q was taken", server)
		} else {
			quiet(t, err)
		}
	}
	for _, from := range []string{"", "Consilium", "a@b, c@d"} {
		if _, err := notify.NewMailer(from, "smtp://mail.example.org"); err == nil {
			t.Errorf("the sender %q was taken", from)
		}
	}
	for _, server := range []string{"smtp://mail.example.org", "smtps://user:p%40ss@mail.example.org:465", "smtp://mail.example.org:25?tls=offered", "smtp://[::1]:2525"} {
		if _, err := notify.NewMailer("reminders@example.org", server); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
}

func TestAServerThatOffersNoEncryptionGetsNothingUnlessItMay(t *testing.T) {
	s := notifytest.Start(t) // offers none
	if err := mailer(t, s.URL+"?tls=required").Mail(context.Background(), message()); err == nil || s.Tries() != 0 {
		t.Errorf("it was sent in the clear: %v", err)
	}
	if err := mailer(t, s.URL+"?tls=offered").Mail(context.Background(), message()); err != nil || len(s.Got()) != 1 {
		t.Errorf("an operator who allows it: %v", err)
	}
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "::1": true,
		"localhost.example.org": false, "10.0.0.1": false, "mail.example.org": false, "0.0.0.0": false, "": false,
	} {
		if notify.Here(host) != want {
			t.Errorf("%q is this machine: %v", host, !want)
		}
	}
}
