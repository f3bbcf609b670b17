package main

import (
	"strings"
	"testing"
)

func TestMailThatIsHalfSetUpIsRefusedInOneLineAndNoPasswordIsRepeated(t *testing.T) {
	for says, args := range map[string][]string{
		"--mail-from":           {"--mail-smtp", "smtp://user:hush@mail.example.org"},
		"--mail-smtp":           {"--mail-from", "reminders@example.org"},
		"the sender of mail":    {"--mail-from", "Consilium", "--mail-smtp", "smtp://user:hush@mail.example.org"},
		"the mail server must":  {"--mail-from", "reminders@example.org", "--mail-smtp", "http://user:hush@mail.example.org"},
		"smtp://user:password@": {"--mail-from", "reminders@example.org", "--mail-smtp", "smtp://user:hush@mail.example.org:x"},
	} {
		s := consilium(t, "", append([]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir()}, args...)...)
		if s.Code != exitWrong || strings.Count(strings.TrimSpace(s.Err), "\n") != 0 || !strings.Contains(s.Err, says) || strings.Contains(s.Err+s.Out, "hush") {
			t.Errorf("%v: exit %d: %s", args, s.Code, s.Err)
		}
	}
}

func TestMailIsOffUnlessTheOperatorSetsItUp(t *testing.T) {
	if m, err := (serveCommand{}).mailer(); m != nil || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
	if m, err := (serveCommand{MailFrom: "reminders@example.org", MailSMTP: "smtp://mail.example.org"}).mailer(); m == nil || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
}
