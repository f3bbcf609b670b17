package ccda_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"consilium/internal/clinical"
)

// openData is the optional set of real open records beside the checkout.
const openData = "../../../../shared/data/open"

// element is one element of a document as encoding/xml reads it: the count here
// has no help from our own scanner.
type element struct {
	name   string
	attrs  map[string]string
	parent *element
	kids   []*element
}

func parse(t *testing.T, b []byte) (*element, bool) {
	t.Helper()
	root := &element{}
	at := root
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return root, true
		}
		if err != nil {
			return nil, false
		}
		switch x := tok.(type) {
		case xml.StartElement:
			e := &element{name: x.Name.Local, attrs: map[string]string{}, parent: at}
			for _, a := range x.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			at.kids = append(at.kids, e)
			at = e
		case xml.EndElement:
			at = at.parent
		}
	}
}

func (e *element) each(do func(*element)) {
	for _, k := range e.kids {
		do(k)
		k.each(do)
	}
}

func (e *element) has(roots ...string) bool {
	for _, k := range e.kids {
		if k.name == "templateId" && slices.Contains(roots, strings.TrimPrefix(k.attrs["root"], "2.16.840.1.113883.10.20.")) {
			return true
		}
	}
	return false
}

// counted says what a template is; the roots are written after
// 2.16.840.1.113883.10.20.
var counted = map[clinical.Kind][]string{
	clinical.Condition:     {"22.4.4", "22.4.68", "22.4.73", "22.4.70", "22.4.114"},
	clinical.Allergy:       {"22.4.7", "22.4.90"},
	clinical.Medication:    {"22.4.16"},
	clinical.Immunization:  {"22.4.52"},
	clinical.Report:        {"22.4.1"},
	clinical.Result:        {"22.4.2", "22.4.27", "22.4.38", "22.4.78", "22.4.85", "22.4.200", "22.4.67", "22.4.74", "22.4.128", "22.4.69", "22.4.72", "22.4.109", "22.4.111", "22.4.76", "22.4.77", "22.4.124", "22.4.138", "22.4.127", "22.4.125", "22.4.126", "22.4.501", "22.4.113", "15.3.8", "6.2.12", "6.2.13", "6.2.14"},
	clinical.Procedure:     {"22.4.12", "22.4.13", "22.4.14", "6.2.5"},
	clinical.Encounter:     {"22.4.49"},
	clinical.FamilyHistory: {"22.4.45"},
	clinical.Device:        {"22.4.50"},
	clinical.Document:      {"22.4.202"},
	clinical.ImagingStudy:  {"6.2.6"},
	clinical.Other:         {"22.4.500", "22.4.61", "22.4.42", "22.4.120", "22.4.43", "22.4.39", "22.4.40", "22.4.41", "22.4.44", "22.4.48", "22.4.121", "22.4.130", "22.4.131", "22.4.132", "22.4.136", "22.4.140", "22.4.141", "22.4.144", "22.4.146"},
}

var partOf = []string{"22.4.6", "22.4.8", "22.4.9", "22.4.19", "22.4.28", "22.4.31", "22.4.46", "22.4.47", "22.4.53", "22.4.86", "22.4.110", "22.4.122", "22.4.123", "22.4.143", "22.4.145", "22.4.147", "22.4.311", "22.4.410"}

// bySection says what statements are that follow no counted template.
var bySection = map[string]map[string]clinical.Kind{
	"observation": {
		"11450-4": "condition", "11348-0": "condition", "46241-6": "condition", "11535-2": "condition", "78375-3": "condition", "10219-4": "condition",
		"10218-6": "condition", "59769-0": "condition", "55109-3": "condition", "48765-2": "allergy", "30954-2": "result", "11493-4": "result", "8716-3": "result",
		"29545-1": "result", "10184-0": "result", "10210-3": "result", "29762-2": "result", "47420-5": "result", "10190-7": "result", "61144-2": "result",
		"47519-4": "procedure", "29554-3": "procedure",
	},
	"act":                     {"47519-4": "procedure", "29554-3": "procedure"},
	"organizer":               {"10157-6": "family_history"},
	"substanceAdministration": {"": "medication", "11369-6": "immunization"},
	"procedure":               {"": "procedure", "46264-8": "device"},
	"encounter":               {"": "encounter"},
	"supply":                  {"": "device"},
}

var plansOf = []string{"18776-5", "51847-2", "59772-4", "61146-7", "75310-3", "62387-6", "11383-7", "69730-0", "42348-3", "48768-6", "85847-2"}

func countAlone(root *element) clinical.Counts {
	kinds := map[*element]clinical.Kind{}
	up := func(e *element) *element { // the statement around a statement
		if p := e.parent; p != nil && (p.name == "entryRelationship" || p.name == "component") {
			if _, ok := bySection[p.parent.name]; ok || p.parent.name == "observationMedia" {
				return p.parent
			}
		}
		return nil
	}
	wraps := func(e *element) bool { return e.name == "act" || e.name == "organizer" }
	inside := func(e *element) bool { // something that is a fact with parts
		for p := up(e); p != nil; p = up(p) {
			if k := kinds[p]; k != "" && k != clinical.Report {
				return true
			}
		}
		return false
	}
	inFamily := func(e *element) bool {
		for p := up(e); p != nil; p = up(p) {
			if kinds[p] == clinical.FamilyHistory {
				return true
			}
		}
		return false
	}
	sectionKind := func(e *element) clinical.Kind {
		section := ""
		for p := e; p != nil; p = p.parent {
			if p.name == "section" {
				for _, k := range p.kids {
					if k.name == "code" && section == "" {
						section = k.attrs["code"]
					}
				}
				break
			}
		}
		if slices.Contains(plansOf, section) {
			return clinical.Other
		}
		if k := bySection[e.name][section]; k != "" {
			return k
		}
		if k := bySection[e.name][""]; k != "" {
			return k
		}
		return clinical.Other
	}
	var all, frames []*element
	root.each(func(e *element) {
		if _, ok := bySection[e.name]; !ok {
			return
		}
		switch p := e.parent; {
		case up(e) != nil, p.name == "entry", p == root:
			all = append(all, e)
		}
	})
	for _, e := range all { // in the order of the file: what is around comes first
		if inFamily(e) {
			continue
		}
		for kind, roots := range counted {
			if e.has(roots...) {
				kinds[e] = kind
			}
		}
		if kinds[e] == clinical.Medication {
			for p := up(e); p != nil; p = up(p) {
				if kinds[p] == clinical.Medication {
					delete(kinds, e)
				}
			}
		}
		switch {
		case kinds[e] != "":
		case e.has("22.4.17", "22.4.18") && !inside(e):
			kinds[e] = clinical.Medication
		case e.has("22.4.5") && !inside(e):
			kinds[e] = clinical.Result
		case e.has(partOf...) || inside(e):
		case wraps(e):
			frames = append(frames, e)
		default:
			kinds[e] = sectionKind(e)
		}
	}
	devices := 0
	holding := map[*element]bool{}
	root.each(func(e *element) {
		if e.name != "participantRole" || !e.has("22.4.37") || e.parent.name != "participant" {
			return
		}
		of := e.parent.parent
		if of.name != "supply" && kinds[of] != clinical.Device && slices.Contains(all, of) && !inFamily(of) {
			devices++
			holding[of] = true
		}
	})
	for i := len(frames) - 1; i >= 0; i-- { // the innermost first
		f := frames[i]
		empty := !holding[f]
		f.each(func(e *element) { empty = empty && kinds[e] == "" && !holding[e] })
		if empty {
			kinds[f] = sectionKind(f)
		}
	}
	counts := clinical.Count(nil)
	for _, k := range kinds {
		counts[k]++
	}
	counts[clinical.Device] += devices
	root.each(func(e *element) {
		if e.name == "ClinicalDocument" {
			counts[clinical.Document]++
		}
		if e.name == "encompassingEncounter" {
			counts[clinical.Encounter]++
		}
	})
	return counts
}

func records(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/records/*.xml")
	if err != nil || len(files) < 12 {
		t.Fatalf("the records are missing: %v", err)
	}
	for _, pattern := range []string{"/ccda/*/*.xml", "/ccda/*/*.XML", "/ccda/*/*.ccda"} {
		more, _ := filepath.Glob(openData + pattern)
		files = append(files, more...)
	}
	return files
}

func TestCountsOfFactsByKindEqualAnIndependentCount(t *testing.T) {
	sum, checked := clinical.Count(nil), 0
	for _, p := range records(t) {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		root, whole := parse(t, b)
		got := readFile(t, p)
		if !whole {
			if !got.Has(clinical.Error) {
				t.Errorf("%s is damaged, and nothing was said", p)
			}
			continue
		}
		want := countAlone(root)
		if got.Kind == clinical.FileUnknown {
			t.Logf("%s is no C-CDA", p)
			continue
		}
		have := clinical.Count(got.Facts)
		for _, k := range clinical.Kinds() {
			n := have[k]
			if k == clinical.Document { // words of a piece stand for a document
				for _, f := range got.Facts {
					if len(f.Components) == 1 && f.Components[0].Text == f.Text && f.Source.Path != "ClinicalDocument" {
						n--
					}
				}
			}
			if n != want[k] {
				t.Errorf("%s: %d facts of kind %s, an independent count gives %d", p, n, k, want[k])
			}
		}
		sum = sum.Add(want)
		checked++
	}
	if checked < 12 {
		t.Errorf("only %d files were counted", checked)
	}
	t.Logf("%d files, %v", checked, sum)
}
