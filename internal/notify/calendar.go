package notify

import (
	"bytes"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"consilium/internal/actions"
	"consilium/internal/fault"
)

// Calendars writes calendar files.
type Calendars struct{}

// alarms are when a calendar reminds: at nine in the morning of the seventh day and
// of the day before. A whole day begins at midnight, so the trigger counts from
// there.
var alarms = []string{"-P6DT15H", "-PT15H"}

// Calendar writes dates as an iCalendar file (RFC 5545): an event of a whole day
// each, without a time zone, so that it is the same day wherever it is read. The
// event bears a name that stays, so that the same date taken again replaces itself.
func (Calendars) Calendar(f actions.CalendarFile) ([]byte, error) {
	if len(f.Dates) == 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found").Because(fmt.Errorf("a calendar file needs a date"))
	}
	cal := ics.NewCalendar()
	cal.SetProductId("-//Consilium//Consilium//" + f.Lang)
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(f.Name)
	cal.SetXWRCalName(f.Name)
	lang := &ics.KeyValues{Key: string(ics.ParameterLanguage), Value: []string{f.Lang}}
	for _, d := range f.Dates {
		day, err := time.Parse(time.DateOnly, d.On)
		if err != nil {
			return nil, fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf("a date of a calendar file is none"))
		}
		e := cal.AddEvent(d.UID)
		e.SetDtStampTime(f.At)
		e.SetSequence(d.Revision)
		e.SetAllDayStartAt(day)
		e.SetAllDayEndAt(day.AddDate(0, 0, 1)) // the first day that it is over
		e.SetSummary(d.Title, lang)
		e.SetDescription(d.Text+"\n"+d.URL, lang)
		e.SetURL(d.URL)
		e.SetClass(ics.ClassificationPrivate)
		e.SetTimeTransparency(ics.TransparencyTransparent) // the person is not busy that day
		for _, trigger := range alarms {
			a := e.AddAlarm()
			a.SetAction(ics.ActionDisplay)
			a.SetTrigger(trigger)
			a.SetDescription(d.Title)
		}
	}
	var b bytes.Buffer
	// Lines end as the standard says, not as this machine does.
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return nil, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	return b.Bytes(), nil
}
