package records

import (
	"consilium/internal/contract"
	"consilium/internal/deadline"
	"consilium/internal/finding"
)

// RequestTopic is the topic of the rules that say how long a holder may take, what
// they may charge, and what a form must have.
const RequestTopic = "records_requests"

// Stands is how a request stands on a day.
type Stands string

// How a request can stand.
const (
	Draft     Stands = "draft"    // not sent yet
	AwaitAll  Stands = "waiting"  // sent, and there is time
	Near      Stands = "near"     // the day is close
	Overdue   Stands = "overdue"  // the day has passed
	SomeCame  Stands = "partly"   // some of it came
	Denied    Stands = "refused"  // they said no
	NoneThere Stands = "none"     // they keep nothing of it
	Complete  Stands = "complete" // all of it came
	LetGo     Stands = "dropped"
)

// nearDays is how many days before the last day a friendly reminder is drafted, and
// usualDays how long we wait for a holder whom no law binds to a day. No source says
// either: they leave time for a call.
const (
	nearDays  = 7
	usualDays = 14
)

// Clock is how long a request has been under way, and by when it must be answered.
type Clock struct {
	Stands   Stands
	Sent     contract.Date
	Came     contract.Date // when the holder got it, or zero
	Due      contract.Date // the last day to answer
	First    contract.Date // the same without an extension
	ByLaw    bool          // a law sets the day; else it is a fair time to ask again
	Counted  string        // one sentence: how it was counted
	Extended bool          // an extension counts
	NotSo    string        // why an extension that was asked for does not count: "unwritten", "late", "no_date", "second"; ""
	Since    int           // days since the request went out
	Complete contract.Date // the day on which all of it was there
	Whole    int           // days since then
	Late     int           // days past the last day
	Complain contract.Date // the last day for a complaint to the federal office; zero while there is nothing to complain of
	Findings []finding.Finding
}

// ClockOn counts on a day, in "en" or "es".
func (r Request) ClockOn(on contract.Date, lang string, book Book) Clock {
	k := Clock{Stands: Draft}
	sent, err := contract.ParseDate(r.FirstSent())
	if err != nil {
		if r.Dropped {
			k.Stands = LetGo
		}
		return k
	}
	k.Sent, k.Since = sent, sent.DaysUntil(on)
	k.Came, _ = contract.ParseDate(r.Received)
	k.count(r, on, lang, book)
	k.Stands = AwaitAll
	if !k.Due.IsZero() {
		switch left := on.DaysUntil(k.Due); {
		case left < 0:
			k.Stands, k.Late = Overdue, -left
		case left <= nearDays:
			k.Stands = Near
		}
	}
	last, ok := r.Last()
	_, missed := r.MissedThere()
	switch {
	case r.Dropped:
		k.Stands = LetGo
	case r.CompleteOn() != "":
		k.Stands = Complete
	case ok && last.Kind == Refused:
		k.Stands = Denied
	case ok && last.Kind == NoRecord:
		k.Stands = NoneThere
	case k.Stands != Overdue && (missed || ok && (last.Kind == CamePartly || last.Kind == CameAll)):
		k.Stands = SomeCame
	}
	if k.Complete, err = contract.ParseDate(r.CompleteOn()); err == nil {
		k.Whole = k.Complete.DaysUntil(on)
	}
	k.complain(r, on, lang, book)
	return k
}

// complain finds the last day for a complaint: counted from the day of the no, or from
// the day after the last day to answer, whichever the person knew of first.
func (k *Clock) complain(r Request, on contract.Date, lang string, book Book) {
	var knew contract.Date
	if k.ByLaw && k.Late > 0 && k.Open() {
		knew = k.Due.AddDays(1)
	}
	if a, ok := r.Last(); ok && a.Kind == Refused && k.ByLaw {
		knew, _ = contract.ParseDate(a.On)
	}
	if knew.IsZero() || k.Stands == LetGo {
		return
	}
	for _, f := range book.Judge(RequestTopic, r.clockFacts(), on, lang).Fired {
		if f.Kind == "complaint" && f.Decides && f.Numbers["days"] > 0 {
			k.Complain = deadline.Add(knew, f.Numbers["days"], deadline.Days)
		}
	}
}

// Open tells whether an answer is still awaited.
func (k Clock) Open() bool {
	return k.Stands == AwaitAll || k.Stands == Near || k.Stands == Overdue || k.Stands == SomeCame
}

// count finds the last day: the law's for whoever asks for their own records, a fair
// one for what goes by authorization alone.
func (k *Clock) count(r Request, on contract.Date, lang string, book Book) {
	events := deadline.Events{Notice: k.Sent, Received: k.Came}
	v := book.Judge(RequestTopic, r.clockFacts(), on, lang)
	days := 0
	for _, f := range v.Fired {
		if f.Kind == "clock" && f.Decides && f.Numbers["days"] > 0 {
			days = f.Numbers["days"]
			k.Findings = append(k.Findings, f.Finding)
		}
	}
	k.ByLaw = days > 0
	if !k.ByLaw {
		k.Due = k.Sent.AddDays(usualDays)
		k.First = k.Due
		return
	}
	counted := deadline.Count(deadline.Rule{Start: deadline.Received, Length: days, Unit: deadline.Days}, events)
	k.Counted = counted.Say(lang)
	if k.Due = counted.Date; k.Due.IsZero() {
		k.Due = counted.Safe
	}
	k.First = k.Due
	k.extend(r, on, lang, book)
}

// extend adds the one extension that the law allows, where it was asked for as the
// law wants it.
func (k *Clock) extend(r Request, on contract.Date, lang string, book Book) {
	for _, a := range r.Answers {
		if a.Kind != Extended {
			continue
		}
		if k.Extended {
			k.NotSo = "second"
			continue
		}
		facts := r.clockFacts()
		asked, _ := contract.ParseDate(a.On)
		facts["extension.written"] = a.Written == "yes"
		facts["extension.reason"] = a.Reason != ""
		facts["extension.dated"] = a.Until != ""
		facts["extension.in_time"] = !asked.After(k.First)
		for _, f := range book.Judge(RequestTopic, facts, on, lang).Fired {
			switch {
			case f.Kind == "extension" && f.Decides && f.Numbers["days"] > 0:
				k.Extended, k.NotSo = true, ""
				k.Due = deadline.Add(k.First, f.Numbers["days"], deadline.Days)
				if named, err := contract.ParseDate(a.Until); err == nil && named.After(k.First) && named.Before(k.Due) {
					k.Due = named // the day that they named themselves
				}
				k.Findings = append(k.Findings, f.Finding)
			case f.Kind == "no_extension":
				k.NotSo = f.Sets["flaw"]
				k.Findings = append(k.Findings, f.Finding)
			}
		}
	}
}

// clockFacts is what the rules on time need to know.
func (r Request) clockFacts() map[string]any {
	access := false
	for _, p := range r.Papers() {
		access = access || p == AccessPaper
	}
	return map[string]any{"asks.access": access}
}
