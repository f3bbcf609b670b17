package program

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// spyPress prints as ever and keeps what it was given.
type spyPress struct {
	actions.Paper
	got []letters.Letter
}

func (p *spyPress) PrintAll(ls []letters.Letter) ([]byte, error) {
	p.got = ls
	return p.Paper.PrintAll(ls)
}

// private is a file that the patient does not want to show to this doctor.
const private = `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","name":[{"given":["Ruth"],"family":"Alvarez"}],"birthDate":"1961-04-02"}},
{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Condition","id":"c","subject":{"reference":"urn:uuid:p"},"code":{"text":"Epilepsy"},"onsetDateTime":"2019-03-01"}},
{"fullUrl":"urn:uuid:m","resource":{"resourceType":"MedicationStatement","id":"m","status":"active","subject":{"reference":"urn:uuid:p"},"medicationCodeableConcept":{"text":"Valproate"},"dosage":[{"text":"500 mg twice a day"}]}},
{"fullUrl":"urn:uuid:a","resource":{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"urn:uuid:p"},"code":{"text":"Latex"}}},
{"fullUrl":"urn:uuid:s","resource":{"resourceType":"Procedure","id":"s","status":"completed","subject":{"reference":"urn:uuid:p"},"code":{"text":"Craniotomy"},"performedDateTime":"2019-05-02"}},
{"fullUrl":"urn:uuid:r","resource":{"resourceType":"DiagnosticReport","id":"r","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"text":"Electroencephalogram"},"effectiveDateTime":"2019-04-02","conclusion":"Sharp waves."}}]}`

var privateWords = []string{"Epilepsy", "Valproate", "500 mg twice", "Latex", "Craniotomy", "Electroencephalogram", "Sharp waves", "private.json"}

// told gives all that a packet says but its originals: the pages for people, by their
// kind, and the files for machines.
func told(t *testing.T, house *install, choice records.PacketChoice) (pages map[string]string, machines string) {
	t.Helper()
	p := &spyPress{Paper: house.House.Paper}
	house.House.Paper = p
	defer func() { house.House.Paper = p.Paper }()
	opened := openPacket(t, house.packet(choice))
	pages = map[string]string{}
	for _, l := range p.got {
		b, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		pages[l.Kind] = string(b)
	}
	for _, e := range opened.Manifest().Entries {
		if e.What == records.WhatOriginal || e.What == records.WhatPeople {
			machines += " " + e.Path + " " + e.Name
			continue
		}
		r, err := opened.Open(e.Path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		machines += " " + string(b)
	}
	return pages, machines
}

func TestNothingInAPacketSpeaksOfAFileThatWasLeftOut(t *testing.T) {
	house := newInstall(t)
	left := house.hand("private.json", []byte(private))
	house.hand("records.json", []byte(bundle))
	for _, lang := range []string{"en", "es"} {
		choice := records.PacketChoice{Language: lang, Agreed: records.PacketWording}
		// With it, each word is somewhere: otherwise that it is missing says nothing.
		pages, machines := told(t, house, choice)
		all := machines
		for _, p := range pages {
			all += p
		}
		for _, w := range privateWords {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %q is not in the packet with the file", lang, w)
			}
		}
		for _, w := range []string{"Epilepsy", "Valproate", "Latex", "Craniotomy"} {
			if !strings.Contains(pages["brief"], w) {
				t.Errorf("%s: %q is not on the brief with the file", lang, w)
			}
		}
		choice.LeftOut = []string{left}
		pages, machines = told(t, house, choice)
		if len(pages) != 4 {
			t.Errorf("%d kinds of page", len(pages))
		}
		for kind, page := range pages {
			for _, w := range append(privateWords, left) {
				if strings.Contains(page, w) {
					t.Errorf("%s: %q stands on the page %s, though its file was left out", lang, w, kind)
				}
			}
		}
		// The log names each file that was handed in by its SHA-256, and cannot be cut: so
		// the words alone are looked for there.
		for _, w := range privateWords {
			if strings.Contains(machines, w) {
				t.Errorf("%s: %q stands in a file for machines, though its file was left out", lang, w)
			}
		}
		// What stays is numbered anew, and its number leads to its file.
		if !strings.Contains(pages["brief"], "Letrozole") || !strings.Contains(pages["brief"], `"name":"1"`) || !strings.Contains(pages["packet_files"], "originals/0001-records.json") {
			t.Errorf("%s: %s %s", lang, pages["brief"], pages["packet_files"])
		}
	}
}

func TestNothingInAPacketSpeaksOfAnotherPersonsFile(t *testing.T) {
	house := newInstall(t)
	house.hand("private.json", []byte(strings.NewReplacer("Ruth", "Walter", "Alvarez", "Brandt", "1961-04-02", "1956-08-19").Replace(private)))
	house.hand("records.json", []byte(bundle))
	pages, machines := told(t, house, records.PacketChoice{Language: "en", Agreed: records.PacketWording})
	for kind, page := range pages {
		for _, w := range append(privateWords, "Brandt") {
			if strings.Contains(page, w) || strings.Contains(machines, w) {
				t.Errorf("%q stands in the packet or on its page %s", w, kind)
			}
		}
	}
}
