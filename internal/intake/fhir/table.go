package fhir

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed elements.txt
var elementsText string

// primitive says how a primitive type is written in JSON and which format it has.
type primitive uint8

const (
	notPrimitive primitive = iota
	pString
	pBoolean
	pInteger
	pDecimal
	pPositiveInt
	pUnsignedInt
	pDate
	pDateTime
	pInstant
	pTime
	pCode
	pID
	pURI
	pOID
	pUUID
	pBase64
	pXHTML
	pMarkdown
)

var primitives = map[string]primitive{
	"string": pString, "boolean": pBoolean, "integer": pInteger, "decimal": pDecimal,
	"positiveInt": pPositiveInt, "unsignedInt": pUnsignedInt, "date": pDate, "dateTime": pDateTime,
	"instant": pInstant, "time": pTime, "code": pCode, "id": pID, "uri": pURI, "url": pURI,
	"canonical": pURI, "oid": pOID, "uuid": pUUID, "base64Binary": pBase64, "xhtml": pXHTML, "markdown": pMarkdown,
}

// structure is one type of the table: a resource, a data type or a nested part.
type structure struct {
	name     string
	resource bool
	members  map[string]*element // by the name in JSON; a choice has one for each type
	slots    []slot              // one for each element of the definition; a choice is one slot
}

// slot is what a definition asks of an element, however it is written.
type slot struct {
	name     string
	required bool
}

// element is one member that an object may have.
type element struct {
	name      string // as written in JSON: "valueQuantity"
	typeName  string // "Quantity"
	slot      int
	many      bool
	primitive primitive
	any       bool       // holds a whole resource
	of        *structure // for what is neither primitive nor a resource
	targets   []string   // what a reference may point at; nil means anything
}

// table is every structure by name, parsed the first time a file is checked.
var table = sync.OnceValue(parseTable)

func parseTable() map[string]*structure {
	all := map[string]*structure{}
	var open *structure
	type link struct {
		e    *element
		name string
	}
	var links []link
	for line := range strings.Lines(elementsText) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "= "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			open = &structure{name: name, resource: kind == "resource", members: map[string]*element{}}
			all[name] = open
			continue
		}
		fields := strings.Fields(line)
		low, high, _ := strings.Cut(fields[1], "..")
		base, choice := strings.CutSuffix(fields[0], "[x]")
		open.slots = append(open.slots, slot{name: fields[0], required: low != "0"})
		for _, t := range fields[2:] {
			e := &element{name: base, slot: len(open.slots) - 1, many: high != "1"}
			if rest, ok := strings.CutPrefix(t, "Reference("); ok {
				e.targets = strings.Split(strings.TrimSuffix(rest, ")"), "|")
				t = "Reference"
			}
			t = strings.TrimPrefix(t, "@")
			e.typeName, e.primitive, e.any = t, primitives[t], t == "Resource"
			if open.resource && base == "id" {
				e.primitive = pID // R4 calls it a string, yet gives it the format of an id
			}
			if choice {
				e.name = base + strings.ToUpper(t[:1]) + t[1:]
			}
			if e.primitive == notPrimitive && !e.any {
				links = append(links, link{e, t})
			}
			open.members[e.name] = e
		}
	}
	for _, l := range links {
		l.e.of = all[l.name]
	}
	return all
}
