package deadline

import (
	"fmt"
	"strings"
	"time"

	"consilium/internal/contract"
)

// Say tells in one plain sentence, in "en" or "es", how the day was counted: "From
// the day the letter came, November 5, 2026, and 180 days: May 4, 2027." It gives ""
// for an empty result.
func (r Result) Say(lang string) string {
	if len(r.Steps) == 0 {
		return ""
	}
	w := english
	if lang == "es" {
		w = spanish
	}
	var b strings.Builder
	for _, s := range r.Steps {
		switch s.Kind {
		case FromStart:
			fmt.Fprintf(&b, w.start[s.Event], Date(s.From, lang))
		case FromPresume:
			fmt.Fprintf(&b, w.presumed, s.N, Date(s.From, lang), Date(s.To, lang))
		case FromSafe:
			fmt.Fprintf(&b, w.safe[s.Event], Date(s.From, lang))
		case Plus:
			if s.N == 0 {
				b.WriteString(w.sameDay)
			} else {
				fmt.Fprintf(&b, w.plus, Length(s.N, s.Unit, lang), Date(s.To, lang))
			}
		case NoSuchDay:
			fmt.Fprintf(&b, w.noSuch, Length(s.N, s.Unit, lang), Date(s.To, lang))
		case Rolled:
			fmt.Fprintf(&b, w.rolled, w.why(s.From), Date(s.To, lang))
		}
	}
	return b.String() + "."
}

// Length is "180 days", "1 month"; "180 días", "1 mes".
func Length(n int, unit Unit, lang string) string {
	w := english
	if lang == "es" {
		w = spanish
	}
	form := w.units[unit]
	if n == 1 {
		return fmt.Sprintf("%d %s", n, form[0])
	}
	return fmt.Sprintf("%d %s", n, form[1])
}

// Date is a day as people write it: "November 5, 2026", "5 de noviembre de 2026".
func Date(d contract.Date, lang string) string {
	if d.IsZero() {
		return ""
	}
	if lang == "es" {
		return fmt.Sprintf("%d de %s de %d", d.Day(), spanish.months[d.Month()-1], d.Year())
	}
	return fmt.Sprintf("%s %d, %d", d.Month(), d.Day(), d.Year())
}

// Weekday names the day of the week.
func Weekday(d contract.Date, lang string) string {
	if lang == "es" {
		return spanish.days[d.Weekday()]
	}
	return d.Weekday().String()
}

type sentences struct {
	start, safe                             map[Start]string
	presumed, plus, noSuch, rolled, sameDay string
	holiday                                 string
	lang                                    string
	units                                   map[Unit][2]string
	months                                  []string
	days                                    []string
}

// why says what kind of day a day is that is no business day.
func (w sentences) why(d contract.Date) string {
	if weekend(d) {
		return w.on(d)
	}
	return fmt.Sprintf(w.holiday, Date(d, w.lang))
}

func (w sentences) on(d contract.Date) string {
	if w.lang == "es" {
		return Date(d, w.lang) + " es " + Weekday(d, w.lang)
	}
	return Date(d, w.lang) + " is a " + Weekday(d, w.lang)
}

var english = sentences{
	lang: "en",
	start: map[Start]string{
		Notice:   "From the date on the letter, %s",
		Received: "From the day the letter came, %s",
		Mailed:   "From the day the letter was mailed, %s",
		Decision: "From the day of the decision, %s",
		Event:    "From %s",
	},
	safe: map[Start]string{
		Received: "The time runs from the day the letter came, which is not known, so to be safe from the date on it, %s",
		Mailed:   "The time runs from the day the letter was mailed, so to be safe from the date on it, %s",
	},
	presumed: "A letter counts as received %d days after its date, %s, so from %s",
	plus:     ", and %s: %s",
	noSuch:   ", and %s: that month has no such day, so %s",
	rolled:   "; %s, so the next working day, %s",
	sameDay:  ", and that same day is the last",
	holiday:  "%s is a federal holiday",
	units:    map[Unit][2]string{Days: {"day", "days"}, Months: {"month", "months"}, WorkingDays: {"working day", "working days"}, Hours: {"hour", "hours"}},
}

var spanish = sentences{
	lang: "es",
	start: map[Start]string{
		Notice:   "Desde la fecha de la carta, el %s",
		Received: "Desde el día en que llegó la carta, el %s",
		Mailed:   "Desde el día en que se envió la carta, el %s",
		Decision: "Desde el día de la decisión, el %s",
		Event:    "Desde el %s",
	},
	safe: map[Start]string{
		Received: "El plazo corre desde el día en que llegó la carta, que no se conoce; para estar seguros, desde la fecha de la carta, el %s",
		Mailed:   "El plazo corre desde el día en que se envió la carta; para estar seguros, desde la fecha de la carta, el %s",
	},
	presumed: "Una carta cuenta como recibida %d días después de su fecha, el %s, así que desde el %s",
	plus:     ", y %s: el %s",
	noSuch:   ", y %s: ese mes no tiene ese día, así que el %s",
	rolled:   "; el %s, así que el siguiente día hábil, el %s",
	sameDay:  ", y ese mismo día es el último",
	holiday:  "%s es feriado federal",
	units:    map[Unit][2]string{Days: {"día", "días"}, Months: {"mes", "meses"}, WorkingDays: {"día hábil", "días hábiles"}, Hours: {"hora", "horas"}},
	months:   []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	days:     []string{time.Sunday: "domingo", time.Monday: "lunes", time.Tuesday: "martes", time.Wednesday: "miércoles", time.Thursday: "jueves", time.Friday: "viernes", time.Saturday: "sábado"},
}
