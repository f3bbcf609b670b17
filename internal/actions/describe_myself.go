package actions

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// maxDisplay is the most letters of the name that pages call a person.
const maxDisplay = 100

// DescribeMyself changes what pages call a person and the language they read; ""
// follows the browser.
func (h *House) DescribeMyself(ctx context.Context, who casefile.Person, display, language string) error {
	display = strings.TrimSpace(display)
	var wrong fault.Faults
	switch {
	case display == "":
		wrong = append(wrong, fault.New(fault.Invalid, "form.required").On("display"))
	case !utf8.ValidString(display):
		wrong = append(wrong, fault.New(fault.Invalid, "form.text").On("display"))
	case utf8.RuneCountInString(display) > maxDisplay:
		wrong = append(wrong, fault.New(fault.Invalid, "form.too_long").With("max", fmt.Sprint(maxDisplay)).On("display"))
	}
	if language != "" && language != "en" && language != "es" {
		wrong = append(wrong, fault.New(fault.Invalid, "form.choice").On("language"))
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	p, err := h.Accounts.Person(ctx, who)
	if err != nil {
		return err
	}
	p.Display, p.Language = display, language
	return h.Accounts.SavePerson(ctx, p, h.Now())
}
