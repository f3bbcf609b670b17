package network

import (
	"bytes"
	"encoding/json"
	"strings"
)

// resource is what we read of any of the types that Plan-Net has.
type resource struct {
	Type         string                           `json:"resourceType"`
	ID           string                           `json:"id"`
	Meta         struct{ LastUpdated string }     `json:"meta"`
	Active       *bool                            `json:"active"`
	Status       string                           `json:"status"`
	Period       struct{ End string }             `json:"period"`
	Identifier   []identifier                     `json:"identifier"`
	Name         json.RawMessage                  `json:"name"`    // text, or a list of people's names
	Address      json.RawMessage                  `json:"address"` // one, or a list
	Telecom      []struct{ System, Value string } `json:"telecom"`
	Kind         json.RawMessage                  `json:"type"`
	Extension    []extension                      `json:"extension"`
	Practitioner *reference                       `json:"practitioner"`
	Organization *reference                       `json:"organization"`
	Participant  *reference                       `json:"participatingOrganization"`
	Network      []reference                      `json:"network"`
	Location     []reference                      `json:"location"`
	Service      []reference                      `json:"healthcareService"`
	Specialty    []concept                        `json:"specialty"`
}

type identifier struct{ System, Value string }

type reference struct {
	Reference  string
	Display    string
	Identifier *identifier
}

type concept struct {
	Coding []struct{ System, Code string }
}

type extension struct {
	URL       string
	Reference *reference `json:"valueReference"`
	Concept   concept    `json:"valueCodeableConcept"`
	Code      string     `json:"valueCode"`
	Extension []extension
}

const (
	npiSystem   = "http://hl7.org/fhir/sid/us-npi"
	nuccSystem  = "http://nucc.org/provider-taxonomy"
	definitions = "/davinci-pdex-plan-net/StructureDefinition/"
)

type accepting struct {
	value   Accepting
	network uint64 // lower 48 bits of its key; 0 any
}

// accepting reads the extension newpatients.
func (d *directory) accepting(r *resource) (all []accepting) {
	for _, e := range r.Extension {
		if !strings.HasSuffix(e.URL, definitions+"newpatients") {
			continue
		}
		var a accepting
		for _, x := range e.Extension {
			switch x.URL {
			case "fromNetwork":
				if x.Reference != nil {
					a.network = d.key(x.Reference.Reference) & (1<<48 - 1)
				}
			case "acceptingPatients":
				for _, c := range x.Concept.Coding {
					a.value = max(a.value, acceptingCode(c.Code))
				}
			}
		}
		if a.value != AcceptsUnknown {
			all = append(all, a)
		}
	}
	return all
}

func acceptingCode(code string) Accepting {
	switch code {
	case "newpt":
		return AcceptsNew
	case "existptonly", "existptfam":
		return AcceptsExisting
	case "nopt":
		return AcceptsNone
	}
	return AcceptsUnknown
}

// textOf reads a name that is a text; of a list of people's names, nothing.
func textOf(raw json.RawMessage) string {
	var t string
	if !bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, &t) != nil {
		return ""
	}
	return cut(strings.TrimSpace(t), 300)
}

func cut(t string, most int) string {
	if len(t) > most {
		t = strings.ToValidUTF8(t[:most], "")
	}
	return t
}
