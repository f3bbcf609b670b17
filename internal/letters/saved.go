package letters

import (
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Ref is where the letter to a doctor lies, by the id of that doctor's opinion:
// "first", "second".
func Ref(to string) casefile.Ref { return casefile.Ref{Kind: "letter", Name: to} }

// Sent is a letter as it was sent: its exact text, what the person added, and what
// they agreed to.
type Sent struct {
	To       string `json:"to"` // "first" or "second"
	Terms    Terms  `json:"terms"`
	Addition string `json:"addition,omitempty"`
	On       string `json:"on"` // YYYY-MM-DD
	Letter   Letter `json:"letter"`

	Reasons  []string `json:"reasons,omitempty"`   // of a letter that asks the first doctor for something
	MemberID string   `json:"member_id,omitempty"` // of the plan, in that letter
	Refused  bool     `json:"refused,omitempty"`   // of the request for a referral: the doctor said no to it
	Asked    string   `json:"asked,omitempty"`     // YYYY-MM-DD, of the same: when it was asked before
	ReplyBy  string   `json:"reply_by,omitempty"`  // YYYY-MM-DD, of the same: by when an answer is asked for
}

// Terms are what the person settles for both letters at once.
type Terms struct {
	Language  string   `json:"language"`             // "en" or "es"
	Talk      Consent  `json:"talk,omitempty"`       // may the two doctors talk with each other?
	TalkUntil string   `json:"talk_until,omitempty"` // YYYY-MM-DD
	Send      []string `json:"send,omitempty"`       // records that the doctor who hands over is asked for
	Enclosed  []string `json:"enclosed,omitempty"`
	Address   string   `json:"address,omitempty"` // of the person who writes
	Phone     string   `json:"phone,omitempty"`
}

// Check lists what is wrong, each fault on its field. today is YYYY-MM-DD.
func (t Terms) Check(today string) error {
	var fs fault.Faults
	if t.Language != "en" && t.Language != "es" {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("language"))
	}
	if !slices.Contains([]Consent{Unknown, Given, Refused}, t.Talk) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("talk"))
	}
	if t.TalkUntil != "" && t.TalkUntil < today {
		fs = append(fs, fault.New(fault.Invalid, "form.date.future").On("talk_until"))
	}
	return fs.OrNil()
}

// With gives the letter with what the person added in their own words, above the
// closing. A blank line starts a new paragraph.
func (l Letter) With(addition string) Letter {
	addition = strings.TrimSpace(strings.ReplaceAll(addition, "\r\n", "\n"))
	if addition == "" {
		return l
	}
	var own []Block
	for _, p := range strings.Split(addition, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			own = append(own, Block{Sort: Paragraph, Text: p})
		}
	}
	at := len(l.Blocks)
	if at > 0 && l.Blocks[at-1].Sort == Sign {
		at--
	}
	l.Blocks = slices.Insert(slices.Clone(l.Blocks), at, own...)
	return l
}
