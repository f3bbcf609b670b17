package appeal

import (
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/letters"
)

// Kind is the kind of document of one denial: several in a case, each by its id.
const Kind casefile.Kind = "denial"

// Ref is where one denial lies.
func Ref(id string) casefile.Ref { return casefile.Ref{Kind: Kind, Name: id} }

// Denial is one letter of refusal as the person entered it, and what the rules
// answered that day. The input is kept, so that the answer can be given again in
// another language, and explained years later.
type Denial struct {
	ID      string   `json:"id"`
	On      string   `json:"on"`               // YYYY-MM-DD, the day of the answer
	After   string   `json:"after,omitempty"`  // id of the denial whose appeal this letter refused
	Letter  string   `json:"letter,omitempty"` // SHA-256 of the uploaded letter among the case's files
	Pages   []string `json:"pages,omitempty"`  // SHA-256 of its further pages, where each was photographed by itself
	Plan    Payer    `json:"plan"`
	Claim   Claim    `json:"claim"`
	Input   Input    `json:"input"`
	Answer  Answer   `json:"answer"`
	Done    []string `json:"done,omitempty"`    // ids of the first moves that are done
	Settled string   `json:"settled,omitempty"` // won, partly, dropped; "" while open
}

// Has tells whether a first move has been done.
func (d Denial) Has(move string) bool { return slices.Contains(d.Done, move) }

// Beyond tells whether somebody else than the plan has to be asked now: the plan, or
// the first level of Medicare, has refused an appeal already.
func (d Denial) Beyond() bool { return d.Input.Level != "" && d.Input.Level != "initial_denial" }

// Papers are the files that hold the letter, in the order of its pages.
func (d Denial) Papers() []string {
	if d.Letter == "" {
		return nil
	}
	return append([]string{d.Letter}, d.Pages...)
}

// Payer is who refused, and how they know the patient.
type Payer struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"` // of the appeals department, as the letter gives it
	Fax     string `json:"fax,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Member  string `json:"member,omitempty"` // member id
	Group   string `json:"group,omitempty"`
}

// Claim is what was refused.
type Claim struct {
	Number   string   `json:"number,omitempty"`  // claim, authorization or denial number
	Service  string   `json:"service,omitempty"` // in words
	Codes    []string `json:"codes,omitempty"`   // CPT or HCPCS
	ICD10    string   `json:"icd10,omitempty"`
	Provider string   `json:"provider,omitempty"`
	On       string   `json:"on,omitempty"` // YYYY-MM-DD, day of the service, done or planned
}

// PacketKind is the kind of document of one packet as it was sent: written once.
const PacketKind casefile.Kind = "packet"

// PacketRef is where one sent packet lies.
func PacketRef(id string) casefile.Ref { return casefile.Ref{Kind: PacketKind, Name: id} }

// DraftKind is the kind of document of a packet that is being put together: one for
// each denial, by the denial's id.
const DraftKind casefile.Kind = "packet_draft"

// DraftRef is where the packet of a denial is being put together.
func DraftRef(denial string) casefile.Ref { return casefile.Ref{Kind: DraftKind, Name: denial} }

// Draft is what the person adds to the packet: their own words, what to enclose,
// what is there already.
type Draft struct {
	Denial    string   `json:"denial"`
	Language  string   `json:"language"`            // of the letters: "en" or "es"
	Expedited bool     `json:"expedited,omitempty"` // ask for the fast way
	Address   string   `json:"address,omitempty"`   // of the person who writes
	Phone     string   `json:"phone,omitempty"`
	Harm      string   `json:"harm,omitempty"`     // what waiting, or not having it, does
	Tried     string   `json:"tried,omitempty"`    // what was tried before, and how it went
	Addition  string   `json:"addition,omitempty"` // in the person's own words, above the closing
	Enclosed  []string `json:"enclosed,omitempty"` // SHA-256 of the case's files that go with it
	Have      []string `json:"have,omitempty"`     // packet items that the person ticked: LMN-01
	Doctor    string   `json:"doctor,omitempty"`   // who signs the letter of medical necessity: "first" or "second"
	WithCalls bool     `json:"with_calls,omitempty"`

	Circumstances []string `json:"circumstances,omitempty"` // letters.Circumstance that the person says are so
	Definition    string   `json:"definition,omitempty"`    // the plan's own definition of medical necessity
	Dated         string   `json:"dated,omitempty"`         // YYYY-MM-DD, the date that the letters bear
	SendTo        string   `json:"send_to,omitempty"`       // who decides after the plan, with the address as the letter gives it
}

// Packet is one packet exactly as it was sent.
type Packet struct {
	ID       string           `json:"id"`
	Denial   string           `json:"denial"`
	Level    string           `json:"level"`               // the level it asks for
	On       string           `json:"on"`                  // YYYY-MM-DD, the day it was sent
	How      string           `json:"how"`                 // mail, fax, portal, hand, phone
	Proof    string           `json:"proof,omitempty"`     // tracking or confirmation number
	DecideBy string           `json:"decide_by,omitempty"` // YYYY-MM-DD, when the plan must have answered
	Letters  []letters.Letter `json:"letters"`
	Enclosed []Enclosure      `json:"enclosed,omitempty"`
	SHA256   string           `json:"sha256"` // of the PDF that was sent
	Draft    Draft            `json:"draft"`
}

// Enclosure is one thing that went with a packet.
type Enclosure struct {
	Title  string `json:"title"`
	SHA256 string `json:"sha256,omitempty"` // of a file of the case
	Pages  int    `json:"pages,omitempty"`
}
