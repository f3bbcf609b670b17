// Package demo loads the synthetic cast through the same actions that people use:
// nothing is put into the store behind their back.
package demo

import (
	"context"

	"consilium/internal/actions"
	"consilium/people"
)

// Handle is the name under which the demo is signed in to.
const Handle = "demo"

// words are short, plain and easy to tell apart when read aloud.
var words = []string{
	"amber", "birch", "canyon", "daisy", "ember", "fjord", "garden", "harbor", "island", "juniper", "kettle", "lantern", "meadow", "nectar", "orchid", "pebble",
	"quartz", "river", "saddle", "timber", "umber", "velvet", "willow", "yarrow", "zephyr", "acorn", "breeze", "copper", "drift", "echo", "fern", "glacier",
}

// Passphrase makes five words out of a random id of letters and digits (25 bits of
// it): enough for made-up people on one's own machine.
func Passphrase(id string) string {
	out := ""
	for i := range 5 {
		if i > 0 {
			out += " "
		}
		out += words[(int(id[2*i])*31+int(id[2*i+1]))%len(words)]
	}
	return out
}

// Load makes the demo's owner and every case of the cast. work does one job that
// was put off; it is called until there is none, so that the records are read when
// the first page is shown.
func Load(ctx context.Context, h *actions.House, work func(context.Context) (bool, error), passphrase string) error {
	owner, err := h.CreateOwner(ctx, Handle, passphrase)
	if err != nil {
		return err
	}
	for _, who := range people.Cast() {
		r := replay{house: h, owner: owner.ID, work: work, who: who}
		if err := r.live(ctx); err != nil {
			return err
		}
	}
	return nil
}
