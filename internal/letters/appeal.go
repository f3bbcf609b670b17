package letters

// Insurer is the plan that refused, and how it knows the patient.
type Insurer struct {
	Name    string
	Address string // of the appeals department, lines parted by line ends
	Fax     string
	Phone   string
	Member  string // member id
	Group   string
}

// Claim is what was refused.
type Claim struct {
	Number    string   // claim, authorization or denial number
	Service   string   // in words
	Codes     []string // CPT or HCPCS
	Diagnosis string
	ICD10     string
	Provider  string
	On        string // YYYY-MM-DD, day of the service, done or planned
}

// RefusalIn is a refusal as every letter of a packet names it.
type RefusalIn struct {
	Today     string // YYYY-MM-DD
	Patient   Patient
	Plan      Insurer
	Claim     Claim
	Notice    string   // YYYY-MM-DD, the date printed on the letter of refusal
	Received  string   // YYYY-MM-DD, the day it came
	Reason    string   // quoted as the letter gives it
	Codes     []string // as the letter gives them: "CO 197", "N386"
	Class     string   // appeal.Answer.Class
	Also      []string // further classes of the same letter
	Regime    string   // appeal.Input.Regime
	Service   string   // pre_service, post_service, concurrent
	Level     string   // the level asked for, as appeal.Next names it: internal, external, redetermination …
	LevelName string   // what it is called, where these letters have no name of their own for it
	LevelLaw  string   // the citation of the level; "" leaves it out
	SendTo    string   // name and address of who decides at this level, lines parted by line ends; "" is the plan
}

// Said is what the plan said on the telephone before it refused.
type Said struct {
	Word      string // yes, no or unsure; "" when it was not said in one word
	Said      string // the answer, as it was written down
	Asked     string // the question it answered
	By        string // who said it
	On        string // YYYY-MM-DD
	Reference string
	Against   string // what the letter says of the same subject
}

// Law is a paragraph of law or a rule that speaks to the case.
type Law struct {
	Text     string
	Citation string
}

// Opinions are two opinions laid side by side, as evidence.
type Opinions struct {
	First      Doctor
	Second     Doctor
	SecondDate string // YYYY-MM-DD
	Agree      []string
	Differ     []Difference
}

// Circumstance is a fact about how the care came about that speaks against a refusal.
// Only what the person said is so is written.
type Circumstance string

// The circumstances that a letter can state.
const (
	Emergency      Circumstance = "emergency"        // it could not wait for an approval
	ToldNotNeeded  Circumstance = "told_not_needed"  // the office or the plan said that no approval was needed
	OfficeAsked    Circumstance = "office_asked"     // the office asked for the approval in time
	ApprovedBefore Circumstance = "approved_before"  // there is an approval, and the claim did not carry it
	NobodyInside   Circumstance = "nobody_inside"    // no doctor in the network can do it
	ListedInside   Circumstance = "listed_inside"    // the plan's list named the doctor as in the network
	OpinionHad     Circumstance = "opinion_had"      // the second opinion that the plan asks for was had
	IsOpinion      Circumstance = "is_opinion"       // what was refused is a second opinion itself: then the laws about it may be named
	NotToldOpinion Circumstance = "not_told_opinion" // nobody said that a second opinion was asked for
)

// Circumstances lists every circumstance, in the order in which a page asks for them.
func Circumstances() []Circumstance {
	return []Circumstance{IsOpinion, Emergency, ToldNotNeeded, OfficeAsked, ApprovedBefore, NobodyInside, ListedInside, OpinionHad, NotToldOpinion}
}

// AppealIn is what the letters of a packet are made of. Everything but the refusal may
// be empty, and what is empty is not written.
type AppealIn struct {
	RefusalIn
	Expedited     bool   // the fast way is asked for
	Urgent        bool   // the person says that waiting could do the harm that the law names
	Harm          string // what waiting, or not having it, does
	Tried         string // what was tried before, and how it went
	Addition      string // in the person's own words, above the closing
	Circumstances []Circumstance
	Opinions      Opinions
	Calls         []Said
	Laws          []Law    // state mandates and paragraphs of law that speak to the case
	Rights        []string // RGT-01 …: those of the regime, from appeal.Answer.Rights
	Enclosures    []string // titles in the order of the packet: "Enclosure 1" is the first
	Pages         int      // of the whole packet, its cover included; 0 leaves it out
	Signer        Doctor   // who signs the letter of medical necessity, and speaks with the plan
	SignerNPI     string   // NPI of that doctor, when it is known
	History       []Line   // findings, tests and treatments, oldest first
	Definition    string   // the plan's own definition of medical necessity, when it is known
	TalkBy        string   // YYYY-MM-DD, the last day that the plan names for a talk between doctors
	FileBy        string   // YYYY-MM-DD, the day to keep for the appeal itself
}
