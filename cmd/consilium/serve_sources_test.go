package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestServeTakesTheOperatorsSourcesAndRefusesWrongOnes(t *testing.T) {
	file := func(name, body string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if got, err := (serveCommand{}).portals(); got != nil || err != nil {
		t.Errorf("without a list: %v %v", got, err)
	}
	good := file("portals.json", `{"portals":[{"id":"general","name":"General Hospital","base":"https://fhir.example.org/r4","client_id":"c"}]}`)
	if got, err := (serveCommand{Portals: good}).portals(); err != nil || len(got.List()) != 1 || got.List()[0].Host != "fhir.example.org" {
		t.Errorf("a list: %v %v", got, err)
	}
	bad := file("portals.json", `{"portals":[{"id":"general","name":"General Hospital","base":"http://fhir.example.org/r4","client_id":"c"}]}`)
	if _, err := (serveCommand{Portals: bad}).portals(); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("a portal without TLS: %v", err)
	}
	if o, err := (serveCommand{}).reading(); err != nil || o.Tools.OCR.Tesseract != "" || o.Limits.Time != 0 {
		t.Errorf("without sources: %+v %v", o, err)
	}
	if _, err := (serveCommand{OCR: filepath.Join(t.TempDir(), "none")}).reading(); err == nil || !strings.Contains(err.Error(), "--ocr") {
		t.Errorf("a program that is not there: %v", err)
	}
	if _, err := (serveCommand{Trust: file("trust.json", "no list")}).reading(); err == nil || !strings.Contains(err.Error(), "--trust") {
		t.Errorf("issuers that are no list: %v", err)
	}
}
