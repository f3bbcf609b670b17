// Package ccda reads C-CDA documents, R1.1 and R2.1, and pieces of them, into
// facts: the document with its sections, and every problem, medicine, allergy,
// result, procedure and so on that its entries hold, each with the place it stands
// at. Where a section is only in words, the words are kept. Nothing that a
// document declares or points at outside of itself is ever opened or expanded.
package ccda

import (
	"context"
	"errors"
	"io"
	"strings"

	"consilium/internal/clinical"
)

// Opener reads a file that was found inside a document, such as a PDF. The name is
// made here, for the document gives none.
type Opener func(name string, body []byte) clinical.Reading

// Read reads a document. A file inside it is said to be there, and not opened.
func Read(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source) clinical.Reading {
	return ReadOpening(ctx, in, size, src, nil)
}

// ReadOpening reads a document and hands each file inside it to open.
func ReadOpening(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source, open Opener) clinical.Reading {
	r := &reader{ctx: ctx, src: src, open: open, told: map[string]bool{}}
	r.out.Kind = clinical.FileUnknown
	text, err := load(ctx, in, size)
	letters := errors.Is(err, errLetters)
	switch {
	case ctx.Err() != nil:
		r.say(clinical.Error, "time", "")
		return r.out
	case errors.Is(err, errEncoding):
		r.say(clinical.Error, "encoding", "")
		return r.out
	case err != nil && !letters:
		r.say(clinical.Error, "damaged", "")
		return r.out
	}
	t, err := scan(ctx, text)
	r.t = &t
	r.read(err)
	if r.out.Kind != clinical.FileCCDA {
		return r.out
	}
	if letters {
		r.say(clinical.Warning, "letters", "")
	}
	if size > maxBytes {
		r.say(clinical.Error, "too_large", "")
	}
	return r.out
}

// reader is the state of reading one document.
type reader struct {
	ctx   context.Context
	t     *tree
	src   clinical.Source
	open  Opener
	out   clinical.Reading
	told  map[string]bool // issues that are said once
	steps int
	full  bool // no more facts are kept
	taken int  // bytes of the files found inside
}

func (r *reader) halt() bool {
	r.steps++
	if r.steps%256 == 0 && r.ctx.Err() != nil {
		r.full = true
	}
	return r.full
}

// pieces are the elements that a piece of a document can begin with.
var pieces = map[string]bool{
	"section": true, "component": true, "structuredBody": true, "entry": true, "observation": true, "act": true, "organizer": true,
	"substanceAdministration": true, "procedure": true, "encounter": true, "supply": true, "recordTarget": true,
}

const namespace = "urn:hl7-org:v3"

// read says what the file is and reads it; err is how taking it apart ended.
func (r *reader) read(err error) {
	t := r.t
	root := t.nodes[0].first
	switch {
	case t.declares:
		r.out.Kind = clinical.FileUnknown
		r.say(clinical.Error, "entities", "")
		return
	case t.is(root, "ClinicalDocument"):
		r.out.Kind = clinical.FileCCDA
		r.header(root)
		r.document(root)
		if r.out.Patient == nil {
			r.say(clinical.Warning, "no_patient", "")
		}
	case root != 0 && (pieces[t.name(root)] || t.attr(root, "xmlns") == namespace):
		r.out.Kind = clinical.FileCCDA
		r.say(clinical.Warning, "fragment", "")
		r.fragment()
	default:
		r.say(clinical.Note, "not_cda", "")
		return
	}
	if t.doctype {
		r.say(clinical.Error, "doctype", "")
	}
	if t.unknown {
		r.say(clinical.Error, "reference", "")
	}
	last := ""
	if n := len(r.out.Facts); n > 0 {
		last = r.out.Facts[n-1].Source.Path
	}
	switch {
	case r.ctx.Err() != nil:
		r.say(clinical.Error, "time", "")
	case errors.Is(err, errCut):
		r.say(clinical.Error, "cut_short", last)
	case errors.Is(err, errDeep):
		r.say(clinical.Error, "too_deep", "")
	case errors.Is(err, errMany):
		r.once(clinical.Error, "too_many", "")
	case err != nil:
		r.say(clinical.Error, "damaged", last)
	}
	if t.steps >= maxSteps || t.looks > maxLooks {
		r.once(clinical.Error, "too_many", "")
	}
}

// document reads the body: sections, or one file instead of them.
func (r *reader) document(doc int32) {
	t := r.t
	at := place{path: "ClinicalDocument.component", section: prose, who: r.out.Facts[0].Who}
	t.all(doc, "component", func(i int, c int32) {
		here := at
		if i > 0 {
			here.path += "[" + itoa(i) + "]"
		}
		if body := t.child(c, "structuredBody"); body != 0 {
			here.path += ".structuredBody"
			r.sections(body, here, 0)
		}
		if body := t.child(c, "nonXMLBody"); body != 0 {
			r.unstructured(t.child(body, "text"), here.path+".nonXMLBody.text")
		}
	})
	own(&r.out.Facts[0])
}

// sections reads the sections inside a body or another section.
func (r *reader) sections(n int32, at place, depth int) {
	t := r.t
	t.all(n, "component", func(i int, c int32) {
		if s := t.child(c, "section"); s != 0 {
			here := at
			here.path += ".component[" + itoa(i) + "].section"
			r.section(s, here, depth)
		}
	})
}

// section reads one section: its entries, its words, and the sections inside it.
func (r *reader) section(n int32, at place, depth int) {
	if r.halt() || depth > 20 {
		return
	}
	t := r.t
	code := t.coded(t.child(n, "code"))
	at.section = t.sectionOf(n)
	if at.title = t.line(t.child(n, "title")); at.title == "" {
		at.title = code.words()
	}
	if by := r.who(n, "author"); by != "" {
		at.who = by
	}
	if r.out.Title == "" { // of a piece
		r.out.Title = strings.Clone(clip(at.title, maxText))
	}
	// The part of the document is placed before those of the sections inside.
	at_ := -1
	if len(r.out.Facts) > 0 && r.out.Facts[0].Source.Path == "ClinicalDocument" {
		if f := &r.out.Facts[0]; len(f.Components) < maxComponents {
			at_ = len(f.Components)
			f.Components = append(f.Components, clinical.Component{Text: at.title, Codes: code.codes})
		}
	}
	count := 0
	t.all(n, "entry", func(i int, c int32) {
		if s := t.part(c); s != 0 {
			here := at
			here.path += ".entry[" + itoa(i) + "]." + t.name(s)
			count += r.statement(s, here)
		}
	})
	if t.null(n) == "MSK" {
		r.once(clinical.Warning, "masked", at.path)
	}
	if count == 0 {
		r.onlyWords(n, at, at_)
	}
	r.sections(n, at, depth+1)
}

// onlyWords keeps the words of a section that has nothing else.
func (r *reader) onlyWords(n int32, at place, component int) {
	t := r.t
	words := t.words(t.child(n, "text"), maxNarrative)
	if words == "" {
		return
	}
	if component >= 0 {
		r.out.Facts[0].Components[component].Value = words
	} else if len(r.out.Facts) < maxFacts { // a piece has no document to be part of
		f := clinical.Fact{Kind: clinical.Document, Text: at.title, Source: r.src, Who: at.who, Codes: t.coded(t.child(n, "code")).codes}
		f.Source.Path = at.path
		f.ID = clinical.FactID(r.src.File, at.path)
		f.Components = []clinical.Component{{Text: at.title, Value: words}}
		own(&f)
		r.out.Facts = append(r.out.Facts, f)
	}
	if at.section.name != "" && t.null(n) == "" {
		r.say(clinical.Note, "narrative", at.path)
	}
}

// fragment reads pieces that stand alone.
func (r *reader) fragment() {
	t := r.t
	counts := map[string]int{}
	for c := t.nodes[0].first; c != 0 && !r.halt(); c = t.nodes[c].next {
		name := t.name(c)
		if name == "" {
			continue
		}
		at := place{path: name + "[" + itoa(counts[name]) + "]", section: prose}
		counts[name]++
		switch {
		case name == "section":
			r.section(c, at, 0)
		case name == "recordTarget":
			if r.out.Patient == nil {
				r.patient(t.child(c, "patientRole"))
			}
		case statements[name]:
			r.statement(c, at)
		default:
			r.loose(c, at, 0)
		}
	}
}

// loose looks for sections and statements inside something unknown.
func (r *reader) loose(n int32, at place, depth int) {
	if depth > 10 {
		return
	}
	t := r.t
	counts := map[string]int{}
	for c := t.nodes[n].first; c != 0 && !r.halt(); c = t.nodes[c].next {
		name := t.name(c)
		if name == "" {
			continue
		}
		here := at
		here.path += "." + name + "[" + itoa(counts[name]) + "]"
		counts[name]++
		switch {
		case name == "section":
			r.section(c, here, 0)
		case statements[name]:
			r.statement(c, here)
		case pieces[name]:
			r.loose(c, here, depth+1)
		}
	}
}
