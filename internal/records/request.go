package records

import (
	"slices"

	"consilium/internal/casefile"
)

// RequestKind is the kind of document of one request for records: several in a case,
// each by its id.
const RequestKind casefile.Kind = "records_request"

// RequestRef is where one request lies.
func RequestRef(id string) casefile.Ref { return casefile.Ref{Kind: RequestKind, Name: id} }

// Request asks one holder for what they keep of the patient: what is asked for, on
// which papers, how they were signed and sent, and what came of it.
type Request struct {
	ID     string   `json:"id"`
	Holder Keeper   `json:"holder"`
	Items  []string `json:"items,omitempty"` // ids of what the list of records lacks, such as pathology_slides
	Ask    Ask      `json:"ask"`
	Send   Where    `json:"send"`
	Sender Sender   `json:"sender,omitzero"` // how the holder reaches whoever asks
	Form   Release  `json:"form,omitzero"`   // what the authorization needs besides
	Signer Signer   `json:"signer,omitzero"`

	Home     string `json:"home,omitempty"`     // the state in which the patient lives
	Language string `json:"language,omitempty"` // of the papers: "en" or "es"
	Filled   bool   `json:"filled,omitempty"`   // the form was filled in and saved
	Dated    string `json:"dated,omitempty"`    // YYYY-MM-DD, the date that the papers bear

	Signed   []Signed  `json:"signed,omitempty"`
	Sent     []Sending `json:"sent,omitempty"`
	Received string    `json:"received,omitempty"` // YYYY-MM-DD, the day on which the holder got it, where it is known
	Answers  []Answer  `json:"answers,omitempty"`
	Bills    []Fee     `json:"bills,omitempty"`
	Arrivals []Arrival `json:"arrivals,omitempty"`
	Dropped  bool      `json:"dropped,omitempty"` // not needed any more
}

// Keeper is who keeps the records, and how to reach their records office.
type Keeper struct {
	Name    string `json:"name"`
	Office  string `json:"office,omitempty"` // "Medical records", "Pathology"
	Address string `json:"address,omitempty"`
	Fax     string `json:"fax,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
	Officer string `json:"officer,omitempty"` // the privacy officer, where their notice names one
	Insurer bool   `json:"insurer,omitempty"` // a health plan, not a place of care
}

// What can be asked for.
const (
	AskRecords   = "records"   // notes, reports, results
	AskImages    = "images"    // DICOM, every series
	AskPathology = "pathology" // slides, blocks, recuts, and the report
	AskBilling   = "billing"
)

// AskKinds lists what can be asked for, in the order of the page.
var AskKinds = []string{AskRecords, AskImages, AskPathology, AskBilling}

// PathologyWants lists what can be asked for of a specimen.
var PathologyWants = []string{"report", "slides", "recuts", "blocks", "digital"}

// Formats lists the forms in which copies can be asked for.
var Formats = []string{"portal", "download", "disc", "email", "paper"}

// Ask is what a request asks for.
type Ask struct {
	Kinds     []string `json:"kinds,omitempty"`   // of AskKinds
	Details   string   `json:"details,omitempty"` // in words: which visits, which scans
	From      string   `json:"from,omitempty"`    // YYYY-MM-DD
	Until     string   `json:"until,omitempty"`
	Chart     string   `json:"chart,omitempty"`     // the holder's own number for the patient
	Specimen  string   `json:"specimen,omitempty"`  // what was taken, from where
	Accession string   `json:"accession,omitempty"` // the laboratory's number for it
	Taken     string   `json:"taken,omitempty"`     // YYYY-MM-DD
	Wants     []string `json:"wants,omitempty"`     // of PathologyWants
	Format    string   `json:"format,omitempty"`    // of Formats
	NeedBy    string   `json:"need_by,omitempty"`   // YYYY-MM-DD
}

// Has tells whether a kind is asked for.
func (a Ask) Has(kind string) bool { return slices.Contains(a.Kinds, kind) }

// Where the copies go.
const (
	ToMe     = "me"     // under the right of access
	ToDoctor = "doctor" // under a signed authorization
)

// Where is where the copies go: to the person, to a doctor, or to both.
type Where struct {
	To      []string `json:"to,omitempty"` // ToMe, ToDoctor
	Name    string   `json:"name,omitempty"`
	Place   string   `json:"place,omitempty"`
	Address string   `json:"address,omitempty"`
	Fax     string   `json:"fax,omitempty"`
	Phone   string   `json:"phone,omitempty"`
}

// Sender is how whoever asks is reached.
type Sender struct {
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
}

// SensitiveKinds are the kinds of information that many laws let go only where the
// person says so for each.
var SensitiveKinds = []string{"substance_use", "hiv", "genetic", "mental_health", "reproductive"}

// NotesKinds are notes that each need a form of their own, combined with no other.
var NotesKinds = []string{"psychotherapy", "counseling"}

// Release is what an authorization says besides what is asked for and where it goes.
type Release struct {
	Purpose   string   `json:"purpose,omitempty"`   // "request" (at the patient's request) or "opinion"
	Expires   string   `json:"expires,omitempty"`   // YYYY-MM-DD
	Event     string   `json:"event,omitempty"`     // or the event with which it ends, in words
	Sensitive []string `json:"sensitive,omitempty"` // of SensitiveKinds: said yes to
	Notes     []string `json:"notes,omitempty"`     // of NotesKinds: a form of its own for each
}

// Who signs.
const (
	ByPatient        = "patient"
	ByRepresentative = "representative"
)

// Authorities are the papers and ties from which a representative's right to sign can
// come. Which of them holds is never inferred: the person says it.
var Authorities = []string{"parent", "guardian", "health_care_power", "court", "executor", "other"}

// Signer is who signs, and by what right.
type Signer struct {
	Who       string `json:"who,omitempty"` // ByPatient, ByRepresentative
	Name      string `json:"name,omitempty"`
	Authority string `json:"authority,omitempty"` // of Authorities
	Document  string `json:"document,omitempty"`  // the paper that shows it, in words
	State     string `json:"state,omitempty"`     // whose law it rests on
}

// The papers of a request, by the name under which a page asks for them.
const (
	AccessPaper        = "access"
	AuthorizationPaper = "authorization"
	PsychotherapyPaper = "psychotherapy"
	CounselingPaper    = "counseling"
)

// Papers lists the papers that the request is made of, in their order.
func (r Request) Papers() []string {
	var all []string
	if slices.Contains(r.Send.To, ToMe) {
		all = append(all, AccessPaper)
	}
	if slices.Contains(r.Send.To, ToDoctor) {
		all = append(all, AuthorizationPaper)
		for _, n := range NotesKinds {
			if slices.Contains(r.Form.Notes, n) {
				all = append(all, n)
			}
		}
	}
	return all
}

// How a paper can be signed.
const (
	Typed = "typed" // the name, typed
	Drawn = "drawn" // on the screen
	Hand  = "hand"  // on the printed paper
)

// Signed is one paper as it was signed.
type Signed struct {
	Paper   string `json:"paper"`
	How     string `json:"how"` // Typed, Drawn, Hand
	Name    string `json:"name"`
	Path    string `json:"path,omitempty"` // of a drawn one: strokes as an SVG path in a field of SignWidth by SignHeight
	At      string `json:"at"`             // instant, RFC 3339
	Wording string `json:"wording"`        // version of the words of the paper
	Text    string `json:"text"`           // SHA-256 of what was signed, before the signature
	SHA256  string `json:"sha256"`         // of the sealed PDF, the signature in it
	Scan    string `json:"scan,omitempty"` // SHA-256 of a file of the case: the paper signed by hand
}

// SignatureOf gives the newest signature of a paper.
func (r Request) SignatureOf(paper string) (Signed, bool) {
	for i := len(r.Signed) - 1; i >= 0; i-- {
		if r.Signed[i].Paper == paper {
			return r.Signed[i], true
		}
	}
	return Signed{}, false
}

// What can go out for one request: the request with its papers, or one of the letters
// that follow it.
const (
	SentRequest   = "request"
	SentChaser    = "chaser"
	SentOverdue   = "overdue"
	SentMoreTime  = "more_time" // the answer to a holder who wants more time
	SentFee       = "fee"
	SentReview    = "review"
	SentComplaint = "complaint"
)

// SendKinds lists them in the order of the page.
var SendKinds = []string{SentRequest, SentChaser, SentMoreTime, SentOverdue, SentFee, SentReview, SentComplaint}

// Follows lists the letters that make sense only once the request is out.
var Follows = SendKinds[1:]

// SendWays lists how a person sends the papers.
var SendWays = []string{"mail", "fax", "portal", "email", "hand"}

// Sending is one time that the papers went out.
type Sending struct {
	ID     string   `json:"id"`
	What   string   `json:"what"`             // of SendKinds
	On     string   `json:"on"`               // YYYY-MM-DD
	How    string   `json:"how"`              // of SendWays
	Proof  string   `json:"proof,omitempty"`  // tracking or confirmation number
	Papers []string `json:"papers,omitempty"` // SHA-256 of the PDFs that went, of a sending kept before Copies were
	Copies []Copy   `json:"copies,omitempty"` // what went, exactly as it was
}

// Signature tells how the papers of a sending were signed, where the case has no
// signature of its own: "hand" with a pen, "none" not at all.
type Signature string

// Ways in which a person can answer whether the papers were signed.
const (
	WithPen  Signature = "hand"
	NotAtAll Signature = "none"
)

// FirstSent is the day on which the request first went out, "" before that.
func (r Request) FirstSent() string {
	first := ""
	for _, s := range r.Sent {
		if s.What == SentRequest && (first == "" || s.On < first) {
			first = s.On
		}
	}
	return first
}

// LastSent is the last time that a paper of a kind went out.
func (r Request) LastSent(what string) (Sending, bool) {
	var last Sending
	for _, s := range r.Sent {
		if s.What == what && s.On >= last.On {
			last = s
		}
	}
	return last, last.ID != ""
}

// What a holder can answer.
const (
	CameAll    = "all"
	CamePartly = "partly"
	Refused    = "refused"
	Extended   = "extended" // more time, in writing or not
	NoRecord   = "none"     // they keep nothing of it
)

// AnswerKinds lists them in the order of the page.
var AnswerKinds = []string{CameAll, CamePartly, Extended, Refused, NoRecord}

// Grounds are the reasons for which records can be refused, as the law sorts them.
var Grounds = []string{"psychotherapy_notes", "legal_case", "prison", "research", "confidential_source", "danger", "names_another", "representative", "not_said", "other"}

// Answer is what a holder said or sent.
type Answer struct {
	ID      string   `json:"id"`
	On      string   `json:"on"`   // YYYY-MM-DD
	Kind    string   `json:"kind"` // of AnswerKinds
	Files   []string `json:"files,omitempty"`
	Lacks   string   `json:"lacks,omitempty"`   // what did not come, in words
	Written string   `json:"written,omitempty"` // "yes" or "no": it came in writing
	Reason  string   `json:"reason,omitempty"`  // as they gave it
	Until   string   `json:"until,omitempty"`   // YYYY-MM-DD: of an extension, the day that they named
	Ground  string   `json:"ground,omitempty"`  // of a refusal, of Grounds
	Offered string   `json:"offered,omitempty"` // of a refusal: "yes" or "no", they said how to have it reviewed
}

// Last gives the newest answer.
func (r Request) Last() (Answer, bool) {
	if len(r.Answers) == 0 {
		return Answer{}, false
	}
	return r.Answers[len(r.Answers)-1], true
}

// CompleteOn is the day on which everything was there, "" before that. Copies that the
// second doctor's side still misses are not there, whatever the holder says.
func (r Request) CompleteOn() string {
	on := ""
	if a, ok := r.Last(); ok && a.Kind == CameAll {
		on = a.On
	}
	missed := false
	for _, x := range r.Arrivals {
		switch {
		case x.Came != CameAll:
			missed = missed || x.On >= on
		case missed || on == "" && !slices.Contains(r.Send.To, ToMe):
			on, missed = x.On, false // it goes to the doctor alone: their word is the only one
		}
	}
	if missed {
		return ""
	}
	return on
}

// MissedThere is the word of the second doctor's side that something has not reached
// them, as long as nothing was said or sent since.
func (r Request) MissedThere() (Arrival, bool) {
	if len(r.Arrivals) == 0 {
		return Arrival{}, false
	}
	last := r.Arrivals[len(r.Arrivals)-1]
	a, ok := r.Last()
	return last, last.Came != CameAll && (!ok || last.On >= a.On)
}

// Arrival is the word of the second doctor's side on what reached them.
type Arrival struct {
	ID   string `json:"id"`
	On   string `json:"on"`   // YYYY-MM-DD, the day of asking
	Whom string `json:"whom"` // who said it
	Came string `json:"came"` // "all", "partly", "none"
	What string `json:"what,omitempty"`
}

// Requests gives every request of a case, in the order of their ids.
func Requests(c *casefile.Case) ([]Request, error) {
	return casefile.ReadAll[Request](c, RequestKind)
}
