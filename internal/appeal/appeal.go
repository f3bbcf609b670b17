// Package appeal is what to do when a plan says no: what kind of no it is, what to
// mend first, until which day the next level must be asked for, how the whole ladder
// goes on, which rights can be named, and what belongs into the packet.
package appeal

import (
	"consilium/internal/contract"
	"consilium/internal/deadline"
	"consilium/internal/finding"
)

// Answer is the plan for an appeal.
type Answer struct {
	Class      string            `json:"class" enum:"clerical,missing_information,prior_authorization,necessity,experimental,network,benefit,eligibility,timeliness,coordination,cost_share,second_opinion_required,unknown"`
	Plain      []Plain           `json:"plain" doc:"what each code of the denial says, in plain words"`
	Owes       string            `json:"owes" enum:"provider,patient,nobody_yet,unknown" doc:"who pays if nothing is done, by the group code"`
	FirstMoves []Move            `json:"first_moves"`
	Next       *Next             `json:"next" doc:"null when no level is left, or the denial is none"`
	Ladder     []Rung            `json:"ladder"`
	Beside     []Beside          `json:"beside" doc:"routes that may run beside the next level: expedited, external at once, keeping benefits, a peer-to-peer talk"`
	Packet     []Item            `json:"packet"`
	Rights     []string          `json:"rights"`
	Warnings   []string          `json:"warnings" doc:"what not to do, and what is late"`
	Findings   []finding.Finding `json:"findings"`
}

// Plain is one code of the denial.
type Plain struct {
	Code string `json:"code" doc:"CARC 197, RARC N386, group CO"`
	Text string `json:"text"`
}

// Move is something to mend before, or while, appealing.
type Move struct {
	ID    string        `json:"id"`
	Rule  string        `json:"rule"`
	Title string        `json:"title"`
	Why   string        `json:"why"`
	Who   string        `json:"who" enum:"patient,first_doctor,expert,plan"`
	By    contract.Date `json:"by,omitzero"`
}

// Next is the level to ask for now.
type Next struct {
	Level        string        `json:"level"`
	Title        string        `json:"title" doc:"what the level is called"`
	Rule         string        `json:"rule"`
	FileBy       contract.Date `json:"file_by,omitzero" doc:"the date to keep: the letter's where it names one, else the law's; where the day it came is not known, a day that is surely not too late; absent while none is sure"`
	LawDate      contract.Date `json:"law_date,omitzero" doc:"what the law gives"`
	LetterDate   contract.Date `json:"letter_date,omitzero" doc:"what the letter says"`
	ToConfirm    bool          `json:"to_confirm" doc:"the law's date rests on a time that nobody verified: show it with whom to ask"`
	Counted      string        `json:"counted" doc:"how the law's date was counted, in one sentence"`
	Late         bool          `json:"late" doc:"the date to keep is past"`
	DecideWithin *Span         `json:"decide_within"`
	DecideBy     contract.Date `json:"decide_by,omitzero" doc:"only when filed_date is given"`
	Expedited    Expedited     `json:"expedited"`
	Automatic    bool          `json:"automatic" doc:"it goes on by itself: the patient files nothing"`
	SendTo       string        `json:"send_to"`
	Needs        []string      `json:"needs" doc:"such as the least amount in dispute"`
}

// SendBy is the day to plan for: the last working day on or before the day to keep,
// for on a Sunday nobody takes a letter in. On the last days themselves it is the day to
// keep. Zero where none is known.
func (n Next) SendBy(today contract.Date) contract.Date {
	if n.FileBy.IsZero() || deadline.IsBusinessDay(n.FileBy) {
		return n.FileBy
	}
	if before := deadline.BusinessDays(n.FileBy, -1); !before.Before(today) {
		return before
	}
	return n.FileBy
}

// Span is a length of time.
type Span struct {
	Value int    `json:"value"`
	Unit  string `json:"unit" enum:"hours,days,business_days,months"`
}

// Expedited is the fast way.
type Expedited struct {
	Available bool `json:"available"`
	Hours     int  `json:"hours" doc:"0 when it is counted in days"`
	Days      int  `json:"days"`
}

// Rung is one level of the ladder, from the first to the last.
type Rung struct {
	Level      string        `json:"level"`
	Title      string        `json:"title"`
	Rule       string        `json:"rule"`
	State      string        `json:"state" enum:"past,next,later"`
	FileBy     contract.Date `json:"file_by,omitzero" doc:"only of the next level: later ones start with a letter that is not there yet"`
	File       *Span         `json:"file" doc:"how long one has, from the letter that opens the level"`
	DecideDays int           `json:"decide_days,omitempty"`
	Text       string        `json:"text"`
	Automatic  bool          `json:"automatic"`
	Citation   string        `json:"citation"`
}

// Beside is a route that may run beside the next level.
type Beside struct {
	ID    string        `json:"id" enum:"expedited,external_at_once,peer_to_peer,keep_benefits,grievance,reopening,quality_organization,complaint"`
	Rule  string        `json:"rule"`
	Title string        `json:"title"`
	Text  string        `json:"text"`
	By    contract.Date `json:"by,omitzero"`
}

// Item is one thing that belongs into the packet.
type Item struct {
	Rule string `json:"rule"`
	Item string `json:"item"`
	Who  string `json:"who" enum:"patient,first_doctor,expert"`
	Have bool   `json:"have"`
}

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}
