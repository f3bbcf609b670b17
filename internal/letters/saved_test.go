package letters_test

import (
	"strings"
	"testing"

	"consilium/internal/fault"
	"consilium/internal/letters"
)

func TestWhatIsAddedStandsBeforeTheClosing(t *testing.T) {
	l := letters.Letter{Blocks: []letters.Block{{Sort: letters.Paragraph, Text: "Dear doctor:"}, {Sort: letters.Sign, Text: "With kind regards,"}}}
	got := l.With("Please call\r\nmy daughter.\r\n\r\nThank you.")
	if text := got.Text(); text != "Dear doctor:\nPlease call my daughter.\nThank you.\nWith kind regards,\n" {
		t.Errorf("%q", text)
	}
	if len(l.Blocks) != 2 || strings.Contains(l.Text(), "daughter") {
		t.Error("the letter itself was changed")
	}
	if same := l.With(" \n "); len(same.Blocks) != 2 {
		t.Error("nothing was added, and yet there is a block more")
	}
}

func TestTermsNameEveryWrongField(t *testing.T) {
	err := letters.Terms{Language: "fr", Talk: "perhaps", TalkUntil: "2026-01-01"}.Check("2026-11-22")
	var fields []string
	for _, f := range fault.All(err) {
		fields = append(fields, f.Field)
	}
	if strings.Join(fields, " ") != "language talk talk_until" {
		t.Errorf("%v", fields)
	}
	if err := (letters.Terms{Language: "es", Talk: letters.Given}).Check("2026-11-22"); err != nil {
		t.Error(err)
	}
}
