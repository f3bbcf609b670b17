package appeal

import (
	"io"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: one packet as it was sent: when, how, the proof, its letters,
// what went with it, and its PDF with the number by which it can be told from any
// other.

type sentView struct {
	Packet appeal.Packet
	Denial appeal.Denial
}

func (x sentView) facts(v *web.Visit) []ui.Fact {
	t := v.Say.T
	p := x.Packet
	facts := []ui.Fact{
		{Label: t("appeal.send.on"), Value: v.Say.Day(p.On)},
		{Label: t("appeal.send.how"), Value: t("appeal.way." + p.How)},
		{Label: t("appeal.send.proof"), Value: p.Proof},
	}
	if p.DecideBy != "" {
		facts = append(facts, ui.Fact{Label: t("appeal.sent.decide_by"), Value: v.Say.Day(p.DecideBy)})
	}
	return facts
}

// The handlers.

func showSent(v *web.Visit) error {
	p, err := actions.PacketOf(v.Case, v.Item("id"))
	if err != nil {
		return err
	}
	d, err := actions.DenialOf(v.Case, p.Denial)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("appeal.sent.title"), sentPage(v, sentView{p, d}))
}

func showSentPDF(v *web.Visit) error {
	r, err := v.House.OpenPacket(v.Context(), v.Who, v.Case, v.Item("id"))
	if err != nil {
		return err
	}
	defer r.Close()
	return v.Send("application/pdf", "consilium-appeal-sent.pdf", v.Case.Changed, io.NewSectionReader(r, 0, r.Size()))
}
