package notify

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"consilium/internal/actions"
	"consilium/internal/fault"
)

// sendWithin is the longest that the mail server may take for one message.
const sendWithin = 30 * time.Second

// Mailer sends e-mail through the operator's mail server (SMTP, RFC 5321).
type Mailer struct {
	from   *netmail.Address
	domain string
	client *mail.Client
}

// NewMailer takes who the messages come from, such as "Consilium
// <reminders@example.org>", and where the mail server is:
//
//	smtps://user:password@mail.example.org       encrypted from the start, port 465
//	smtp://user:password@mail.example.org        encrypted by STARTTLS, or not sent; port 587
//	smtp://mail.example.org:25?tls=offered       encrypted where the server offers it
//
// A server on this machine needs no encryption, unless tls=required is said. No error repeats the address: it
// may hold a password.
func NewMailer(from, server string) (*Mailer, error) { return newMailer(from, server, sendWithin) }

func newMailer(from, server string, within time.Duration) (*Mailer, error) {
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, errors.New("the sender of mail must look like reminders@example.org or Consilium <reminders@example.org>")
	}
	form := errors.New("the mail server must look like smtp://user:password@mail.example.org:587 or smtps://mail.example.org")
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, form
	}
	opts := []mail.Option{mail.WithTimeout(within)}
	port := 587
	tls := u.Query().Get("tls")
	switch {
	case u.Scheme == "smtps" && tls == "":
		opts, port = append(opts, mail.WithSSL()), 465
	case u.Scheme == "smtp" && (tls == "offered" || tls == "" && here(u.Hostname())):
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic))
	case u.Scheme == "smtp" && (tls == "" || tls == "required"):
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		return nil, form
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, form
		}
	}
	opts = append(opts, mail.WithPort(port))
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		how := mail.SMTPAuthAutoDiscover // never shows the password in the clear
		if here(u.Hostname()) {
			how = mail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, mail.WithSMTPAuth(how), mail.WithUsername(name), mail.WithPassword(password))
	}
	client, err := mail.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, form
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	return &Mailer{from: sender, domain: domain, client: client}, nil
}

// here tells whether a host is this machine.
func here(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Mail hands one message to the mail server. Refused when the server says that
// there is no such address; anything else may go better later. No error repeats the
// address, nor what the server said, which may.
func (m *Mailer) Mail(ctx context.Context, msg actions.Message) error {
	out, err := m.compose(msg)
	if err != nil {
		return fault.New(fault.Internal, "fault.internal").Because(errors.New("a message could not be written"))
	}
	conn, err := m.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fault.New(fault.Internal, "fault.internal").Because(errors.New("the mail server could not be reached, or did not let us in"))
	}
	defer m.client.CloseWithSMTPClient(conn) // a goodbye that fails takes no message back
	err = m.client.SendWithSMTPClient(conn, out)
	if err == nil || out.IsDelivered() {
		return nil
	}
	var why *mail.SendError
	if !errors.As(err, &why) {
		return fault.New(fault.Internal, "fault.internal").Because(errors.New("the mail server took no message"))
	}
	cause := fmt.Errorf("the mail server took no message: %s, code %d", why.Reason, why.ErrorCode())
	if unknownAddress(why) {
		return fault.New(fault.Refused, "reminders.refused").Because(cause)
	}
	return fault.New(fault.Internal, "fault.internal").Because(cause)
}

// unknownAddress tells whether the server will never take mail for the address.
// Where it gives a code of RFC 3463, that says whose fault it is: 5.1 is the
// address, others are ours or the operator's to mend.
func unknownAddress(e *mail.SendError) bool {
	if e.Reason != mail.ErrSMTPRcptTo {
		return false
	}
	if code := e.EnhancedStatusCode(); code != "" {
		return strings.HasPrefix(code, "5.1.")
	}
	switch e.ErrorCode() {
	case 550, 551, 553:
		return true
	}
	return false
}

// compose writes the message as plain text. Nothing in its head says what it is
// about but its subject.
func (m *Mailer) compose(msg actions.Message) (*mail.Msg, error) {
	out := mail.NewMsg(mail.WithNoDefaultUserAgent())
	out.FromMailAddress(m.from)
	if err := out.To(msg.To); err != nil {
		return nil, err
	}
	out.Subject(msg.Subject)
	out.SetDateWithValue(msg.At)
	out.SetMessageIDWithValue(msg.ID + "@" + m.domain)
	out.SetGenHeader(mail.HeaderContentLang, msg.Lang)
	out.SetGenHeader(mail.Header("Auto-Submitted"), "auto-generated") // RFC 3834: nobody's holiday answers
	out.SetGenHeader(mail.HeaderXAutoResponseSuppress, "All")
	if msg.Stop != "" {
		// One click needs https (RFC 8058).
		if err := out.SetListUnsubscribeOneClick(msg.Stop); err != nil {
			out.SetListUnsubscribe(msg.Stop)
		}
	}
	out.SetBodyString(mail.TypeTextPlain, msg.Text)
	return out, nil
}
