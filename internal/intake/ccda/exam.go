package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

// What a document says of the examination that it reports on.

// imagingReport is the template of a diagnostic imaging report.
const imagingReport = "2.16.840.1.113883.10.20.22.1.5"

// examined reads the order that a document answers and the study that it is about. In a
// report on images the order's number is that of the images, and the number of what
// was done is the study's UID (Diagnostic Imaging Report, headers inFulfillmentOf and
// documentationOf); where there are several numbers of the order, nothing tells which
// one the images bear.
func (r *reader) examined(doc int32, type_ concept) clinical.Exam {
	t := r.t
	var e clinical.Exam
	imaging := t.follows(doc, imagingReport)
	for _, c := range type_.codes {
		imaging = imaging || c.Code == "18748-4"
	}
	type number struct{ value, issuer string }
	var numbers []number
	t.all(doc, "inFulfillmentOf", func(_ int, c int32) {
		t.all(t.child(c, "order"), "id", func(_ int, id int32) {
			if v := t.attr(id, "extension"); v != "" && len(numbers) < maxCodes {
				numbers = append(numbers, number{strings.Clone(v), strings.Clone(t.attr(id, "root"))})
			}
		})
	})
	for _, n := range numbers {
		if imaging && len(numbers) == 1 {
			e.AddAccession(n.value, n.issuer)
			continue
		}
		e.AddOrder(n.value)
	}
	if imaging {
		t.all(doc, "documentationOf", func(_ int, c int32) {
			t.all(t.child(c, "serviceEvent"), "id", func(_ int, id int32) {
				if t.attr(id, "extension") == "" {
					e.AddStudy(strings.Clone(t.attr(id, "root")))
				}
			})
		})
	}
	return e
}

// reportsOn adds to the document what one of its statements says of the examination.
func (r *reader) reportsOn(more clinical.Exam) {
	if len(r.out.Facts) == 0 || r.out.Facts[0].Source.Path != "ClinicalDocument" || more.Empty() {
		return
	}
	f := &r.out.Facts[0]
	if f.Exam == nil {
		f.Exam = &clinical.Exam{}
	}
	f.Exam.Add(more)
}

// site gives the part of the body that a statement is about, and the side of it.
func (r *reader) site(n int32) (part, side string) {
	t := r.t
	t.all(n, "targetSiteCode", func(_ int, c int32) {
		if part == "" {
			part = strings.Clone(clip(t.coded(c).words(), maxText))
		}
		t.all(c, "qualifier", func(_ int, q int32) {
			v := t.child(q, "value")
			for _, s := range []string{clinical.Side(t.attr(v, "code")), clinical.Side(t.attr(v, "displayName"))} {
				if side == "" {
					side = s
				}
			}
		})
	})
	return part, side
}

// technique reads how the images were made, and of what.
func (r *reader) technique(n int32, at place, f *clinical.Fact) {
	r.procedure(n, at, f)
	var e clinical.Exam
	e.BodyPart, e.Laterality = r.site(n)
	f.Exam = e.OrNil()
	r.reportsOn(e)
}
