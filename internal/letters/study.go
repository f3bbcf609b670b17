package letters

import "strings"

// StudyLine names one imaging study or specimen for whoever keeps it: what it is, its
// day and its number, as far as they are known. day is YYYY-MM-DD, or less of it.
func StudyLine(what, day, number, lang string) string {
	w := newWriter("access", lang, Patient{}, "")
	parts := []string{what}
	if day != "" {
		parts = append(parts, Day(day, lang))
	}
	if number != "" {
		parts = append(parts, w.say("access.specimen.accession")+" "+number)
	}
	return strings.Join(parts, ", ")
}
