package records

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Share is a packet that lies ready behind a link: sealed to a key that only the link
// has. Who opened it stands here too.
type Share struct {
	ID       string    `json:"id"`
	Label    string    `json:"label"` // what the link says of itself; whoever has the link reads it
	What     string    `json:"what"`  // one of the Share constants
	Made     time.Time `json:"made"`
	Expires  time.Time `json:"expires"`
	Most     int       `json:"most"`               // openings that are allowed; 0 is any number
	Passcode string    `json:"passcode,omitempty"` // slow hash; "" asks for none
	Tries    int       `json:"tries"`              // wrong passcodes that are still allowed
	Uses     int       `json:"uses"`
	Revoked  time.Time `json:"revoked,omitzero"`
	Direct   bool      `json:"direct,omitempty"` // the link leads to the one file itself
	Files    []Locked  `json:"files"`
	Openings []Opening `json:"openings,omitempty"`
}

// What lies behind a link.
const (
	ShareWhole   = "whole"   // the summary and the packet
	ShareSummary = "summary" // the summary alone
)

// Limits of a link.
const (
	MostTries      = 5
	MostDays       = 90
	MostOpenings   = 100
	MostLabel      = 80  // letters, by the standard
	MostRecipient  = 120 // letters
	MinPasscode    = 6
	MaxPasscode    = 64
	mostRemembered = 400 // openings and refusals that are kept
)

// Locked is one file behind a link, sealed to its key.
type Locked struct {
	Type  string          `json:"type"`
	Size  int64           `json:"size"` // as it is sent
	Parts []casefile.Part `json:"parts"`
}

// Opening is one time that somebody asked for what lies behind a link.
type Opening struct {
	At        time.Time `json:"at"`
	Recipient string    `json:"recipient"` // who they said they were
	Refused   bool      `json:"refused,omitempty"`
}

// ShareKind is the kind of document of one link.
const ShareKind casefile.Kind = "share"

// ShareRef is where one lies.
func ShareRef(id string) casefile.Ref { return casefile.Ref{Kind: ShareKind, Name: id} }

// Shares gives every link of a case, the newest first.
func Shares(c *casefile.Case) ([]Share, error) {
	all, err := casefile.ReadAll[Share](c, ShareKind)
	slices.SortStableFunc(all, func(a, b Share) int { return cmp.Or(b.Made.Compare(a.Made), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// Over says why a link no longer opens: "revoked", "expired", "used", "locked"; ""
// while it does.
func (s Share) Over(now time.Time) string {
	switch {
	case !s.Revoked.IsZero():
		return "revoked"
	case !now.Before(s.Expires):
		return "expired"
	case s.Passcode != "" && s.Tries <= 0:
		return "locked"
	case s.Most > 0 && s.Uses >= s.Most:
		return "used"
	}
	return ""
}

// Opened gives the link after somebody opened it.
func (s Share) Opened(at time.Time, recipient string) Share {
	s.Uses++
	s.Openings = s.with(Opening{At: at, Recipient: recipient})
	return s
}

// Refuse gives the link after a wrong passcode.
func (s Share) Refuse(at time.Time, recipient string) Share {
	s.Tries = max(0, s.Tries-1)
	s.Openings = s.with(Opening{At: at, Recipient: recipient, Refused: true})
	return s
}

func (s Share) with(o Opening) []Opening {
	all := append(slices.Clone(s.Openings), o)
	return all[max(0, len(all)-mostRemembered):]
}

// Revoke gives the link after it was taken back: nothing lies behind it any more.
func (s Share) Revoke(at time.Time) Share {
	s.Revoked, s.Files, s.Passcode = at, nil, ""
	return s
}

// ShareAsk is what a person wants of a new link.
type ShareAsk struct {
	Label    string
	What     string
	Days     int
	Most     int // 0: any number
	Passcode string
	Language string
	Agreed   string // the wording: PacketWording
}

// Check lists what is wrong, each fault on its field.
func (a ShareAsk) Check() error {
	var fs fault.Faults
	no := func(key, field string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	if a.What != ShareWhole && a.What != ShareSummary {
		no("form.choice", "what")
	}
	if utf8.RuneCountInString(a.Label) > MostLabel {
		fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", "80").On("label"))
	}
	if a.Days < 1 || a.Days > MostDays {
		no("form.choice", "days")
	}
	if a.Most < 0 || a.Most > MostOpenings {
		no("form.choice", "most")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(a.Passcode)); n > 0 && n < MinPasscode || n > MaxPasscode {
		no("records.share.passcode.short", "passcode")
	}
	if a.Language != "en" && a.Language != "es" {
		no("form.choice", "language")
	}
	if a.Agreed != PacketWording {
		no("form.required", "agreed")
	}
	return fs.OrNil()
}
