package letters

import (
	"slices"
	"strconv"
	"strings"
)

// FileRequest asks the plan for its file on the decision: the papers, the rule that
// was used, and who decided.
func FileRequest(in AppealIn, lang string) Letter {
	w := newWriter("file_request", lang, in.Patient, in.Today)
	in.SendTo, in.Level = "", "" // the file lies with the plan, whoever decides next
	w.address(in.RefusalIn, "file.subject")
	w.para(w.say("file.open"))
	w.identify(in.RefusalIn)
	w.heading("file.what")
	w.list(Numbered, []string{w.say("file.all"), w.say("file.criteria"), w.say("file.reviewers"), w.say("file.codes")})
	var laws []string
	for _, id := range []string{"RGT-02", "RGT-03", "RGT-05"} {
		if slices.Contains(in.Rights, id) {
			laws = append(laws, w.say("cite."+id))
		}
	}
	if len(laws) > 0 {
		w.para(w.say("file.law", "citations", strings.Join(laws, "; ")))
	}
	if in.FileBy != "" {
		w.para(w.say("file.by", "date", Day(in.FileBy, w.lang)))
	}
	w.para(w.say("file.not"))
	if w.acting {
		w.para(w.say("appeal.representative", "patient", in.Patient.Name))
	}
	w.sign(in.Patient)
	return w.letter
}

// Cover is the first page of a packet, for mail and fax: to whom, from whom, about
// which case, and every enclosure by its number.
func Cover(in AppealIn, lang string) Letter {
	w := newWriter("cover", lang, in.Patient, in.Today)
	w.letter.To = in.receiver()
	w.letter.Subject = w.say("cover.subject")
	if who := w.who(in.Patient); who != "" {
		w.letter.Subject += ": " + who
	}
	if in.Expedited {
		w.add(Block{Sort: Notice, Text: w.say("cover.fast")})
	}
	count := ""
	if in.Pages > 0 {
		count = strconv.Itoa(in.Pages)
	}
	fax := in.Plan.Fax
	if in.SendTo != "" {
		fax = ""
	}
	w.table([][2]string{
		{"cover.to", w.letter.To.Name},
		{"cover.fax", fax},
		{"cover.from", w.letter.From.Name},
		{"ids.phone", in.Patient.Phone},
		{"cover.pages", count},
		{member(in.RefusalIn), in.Plan.Member},
		{"ids.group", in.Plan.Group},
		{"ids.number", in.Claim.Number},
		{"ids.notice", Day(in.Notice, w.lang)},
	})
	if len(in.Enclosures) > 0 {
		w.heading("cover.what")
		rows := [][]string{}
		for i, t := range in.Enclosures {
			rows = append(rows, []string{w.say("cover.item", "n", strconv.Itoa(i+1)), t})
		}
		w.add(Block{Sort: Table, Head: []string{w.say("cover.number"), w.say("cover.title")}, Rows: rows})
	}
	private := w.say("cover.private.bare")
	if phone := oneLine(in.Patient.Phone); phone != "" {
		private = w.say("cover.private", "phone", phone)
	}
	w.para(private)
	return w.letter
}
