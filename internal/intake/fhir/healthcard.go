package fhir

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"consilium/internal/clinical"

	"github.com/go-json-experiment/json/jsontext"
)

// notFHIR reads JSON that names no resource type: a SMART Health Card file, or
// something that is not a health record at all.
func (r *reading) notFHIR(start int64) {
	const cardLimit = 1 << 20
	g := r.from(start)
	g.left = cardLimit
	d := jsontext.NewDecoder(g)
	raw, err := d.ReadValue()
	if err == nil {
		raw = bytes.Clone(raw)
		root := r.tree.parse(raw, r.lim.MaxDepth)
		if list := r.tree.get(root, "verifiableCredential"); list != 0 && r.sound("") {
			r.out.Kind = clinical.FileHealthCard
			var cards []string
			for _, c := range r.tree.items(list) {
				cards = append(cards, string(r.tree.unquoted(c)))
			}
			for i, card := range cards[:min(len(cards), 50)] {
				r.card(card, "verifiableCredential["+strconv.Itoa(i)+"]")
			}
			return
		}
	} else if key := r.reason(err); key != "resource_too_large" {
		r.failed(err, "")
		return
	}
	r.log.add("json_not_fhir", "", "")
}

// ReadCard reads a SMART Health Card in its QR form ("shc:/" and digits) or as the
// signed token itself. The signature is not checked, and an issue says so.
func ReadCard(text string, src clinical.Source, lim Limits) clinical.Reading {
	r := newReading(context.Background(), src, lim)
	r.out.Kind = clinical.FileHealthCard
	if number, ok := strings.CutPrefix(strings.TrimSpace(text), "shc:/"); ok {
		number = number[strings.LastIndexByte(number, '/')+1:]
		text = fromDigits(number)
	}
	r.card(strings.TrimSpace(text), "card")
	return r.finish()
}

// fromDigits undoes the QR form: two digits stand for one character, less 45.
func fromDigits(s string) string {
	var b strings.Builder
	for i := 0; i+1 < len(s); i += 2 {
		if !digit(s[i]) || !digit(s[i+1]) {
			return ""
		}
		b.WriteByte((s[i]-'0')*10 + (s[i+1] - '0') + 45)
	}
	return b.String()
}

// card unpacks one signed token: base64url parts, the middle one deflated.
func (r *reading) card(token, path string) {
	r.log.add("card_unsigned", path, "")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		r.log.add("card_damaged", path, "")
		return
	}
	packed, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		r.log.add("card_damaged", path, "")
		return
	}
	const unpackedLimit = 8 << 20
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), unpackedLimit))
	if err != nil || len(raw) == unpackedLimit {
		raw = packed // a card may also be sent unpacked
	}
	if !r.strict(raw, path) {
		return
	}
	root := r.tree.parse(raw, r.lim.MaxDepth)
	if !r.sound(path) {
		return
	}
	t := &r.tree
	bundle := t.get(t.get(t.get(root, "vc"), "credentialSubject"), "fhirBundle")
	if bundle == 0 {
		r.log.add("card_damaged", path, "")
		return
	}
	path += ".vc.credentialSubject.fhirBundle"
	if r.check.resource(bundle, path) {
		r.resource(bundle, "", path)
	}
}
