package dicom

import (
	"errors"
	"strings"

	"consilium/internal/clinical"
)

// What a file says of its examination: the numbers by which a report and its images
// find each other, and which part of the body was looked at.

// The elements of an issuer, a request and a reference to studies, DICOM PS3.3.
const (
	tagStudies   tag = 0x00081110 // Referenced Study Sequence
	tagReference tag = 0x00081155 // Referenced SOP Instance UID
	tagLocal     tag = 0x00400031 // Local Namespace Entity ID
	tagUniversal tag = 0x00400032 // Universal Entity ID
	tagPlacer    tag = 0x00402016
	tagFiller    tag = 0x00402017
)

// examSequence reads a sequence that speaks of the examination. One that is damaged
// inside is passed over where its length is given: the image is as good as before.
func (r *reader) examSequence(e element) (int64, error) {
	next, err := r.examPart(e)
	if err != nil && !errors.Is(err, errMany) && r.c.ctx.Err() == nil && e.length != undefined && e.at+int64(e.length) <= r.c.size {
		return 0, nil
	}
	return next, err
}

// examPart reads a sequence that speaks of the examination.
func (r *reader) examPart(e element) (int64, error) {
	rep := &report{charset: r.h.charset()} // only for its letters and its limits
	switch e.tag {
	case tagIssuerSeq:
		return r.c.issuer(e, 0, rep, &r.exam.Issuer)
	case tagRegion:
		var region clinical.Code
		next, err := r.c.coded(e, 0, rep, &region)
		if r.exam.BodyPart == "" {
			r.exam.BodyPart = region.Display
		}
		return next, err
	}
	return r.c.items(e, 0, func(at, end int64, inner *cursor, depth int) (int64, error) {
		var one clinical.Exam
		var accession, issuer string
		next, err := inner.elements(at, end, depth, func(e element) (int64, error) {
			var err error
			var s string
			switch e.tag {
			case tagStudyUID, tagReference:
				s, err = inner.words(e, rep)
				one.AddStudy(strings.Trim(s, " \x00"))
			case tagAccession:
				accession, err = inner.words(e, rep)
			case tagPlacer, tagFiller:
				s, err = inner.words(e, rep)
				one.AddOrder(s)
			case tagIssuerSeq:
				return inner.issuer(e, depth, rep, &issuer)
			}
			return 0, err
		})
		one.AddAccession(accession, issuer)
		if one.Accession == r.h.text(tagAccession) && one.Issuer != "" && r.exam.Issuer == "" {
			r.exam.Issuer = one.Issuer
		}
		own := r.exam.Issuer
		r.exam.Add(one)
		r.exam.Issuer = own // that of the file's own number
		return next, err
	})
}

// issuer reads who gave an accession number: the identifier that is unique everywhere,
// else the local name.
func (c *cursor) issuer(e element, depth int, rep *report, into *string) (int64, error) {
	return c.items(e, depth, func(at, end int64, inner *cursor, depth int) (int64, error) {
		var local, universal string
		next, err := inner.elements(at, end, depth, func(e element) (int64, error) {
			var err error
			switch e.tag {
			case tagLocal:
				local, err = inner.words(e, rep)
			case tagUniversal:
				universal, err = inner.words(e, rep)
			}
			return 0, err
		})
		for _, name := range []string{universal, local} {
			if *into == "" && len(name) <= 128 {
				*into = strings.Trim(name, " \x00")
			}
		}
		return next, err
	})
}

// named gives a study its number and what was looked at.
func (r *reader) named(s *clinical.Study) {
	h := r.h
	if s.Accession = h.text(tagAccession); s.Accession != "" {
		s.Issuer = r.exam.Issuer
	}
	if s.BodyPart = h.ascii(tagBodyPart); s.BodyPart == "" {
		s.BodyPart = r.exam.BodyPart
	}
	for _, t := range []tag{tagImageSide, tagSide} { // U is an organ without sides
		if side := clinical.Side(h.ascii(t)); side != "" && s.Laterality == "" {
			s.Laterality = side
		}
	}
}

// reportedOn gives what a structured report is about: the studies whose images it
// rests on, and the study that it lies in.
func (r *reader) reportedOn() *clinical.Exam {
	e := r.exam
	e.AddStudy(r.h.ascii(tagStudyUID))
	number, issuer := r.h.text(tagAccession), e.Issuer
	if number == "" {
		number = e.Accession
	}
	e.Accession, e.Issuer = "", ""
	rest := e.Orders
	e.Orders = nil
	e.AddAccession(number, issuer)
	e.AddAccession(r.exam.Accession, "")
	for _, o := range rest {
		e.AddOrder(o)
	}
	if e.BodyPart == "" {
		e.BodyPart = r.h.ascii(tagBodyPart)
	}
	for _, t := range []tag{tagImageSide, tagSide} {
		if e.Laterality == "" {
			e.Laterality = clinical.Side(r.h.ascii(t))
		}
	}
	return e.OrNil()
}
