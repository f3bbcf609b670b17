package fhir

import (
	"bytes"
	"context"
	"strconv"

	"consilium/internal/clinical"
	"consilium/internal/intake/healthcard"

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

// ReadCard reads a SMART Health Card in its QR form ("shc:/" and digits, on several
// lines where the card was spread over several codes) or as the signed token itself.
func (r Reader) ReadCard(text string, src clinical.Source) clinical.Reading {
	one := newReading(context.Background(), src, r.Limits)
	one.cards = r.Cards
	one.out.Kind = clinical.FileHealthCard
	tokens, whole := healthcard.Tokens(text)
	if !whole {
		one.log.add("card_part", "card", "")
	}
	for i, token := range tokens[:min(len(tokens), 50)] {
		path := "card"
		if len(tokens) > 1 {
			path += "[" + strconv.Itoa(i) + "]"
		}
		one.card(token, path)
	}
	return one.finish()
}

// card reads what one signed token says, when it may be believed.
func (r *reading) card(token, path string) {
	raw, said := healthcard.Open(token, r.cards)
	for _, key := range said {
		r.log.add(key, path, "")
	}
	if raw == nil || !r.strict(raw, path) {
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
