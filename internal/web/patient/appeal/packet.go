package appeal

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what belongs into the packet and what of it is there, the
// person's own words, what is enclosed, and each letter as it would read.

type packetView struct {
	Denial   appeal.Denial
	Standing standing
	Files    []records.File
	Calls    []letters.Said
	Fast     bool // there is a fast way at this level
	Doctors  map[string]string
	Saved    bool
}

func packetSheet(v *web.Visit, x packetView) web.Sheet {
	t := v.Say.T
	s := web.Sheet{
		Title: t("appeal.packet.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedPacket(v, c, x.Denial) },
		Draw:  func(f ui.Form) templ.Component { return packetPage(v, f, x) },
	}
	for _, name := range strings.Fields("language doctor harm tried addition definition circumstances expedited with_calls enclosed have send_to address phone") {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: t("appeal.packet." + name)})
	}
	return s
}

func savedPacket(v *web.Visit, c *casefile.Case, d appeal.Denial) (url.Values, casefile.Version, error) {
	draft, version, err := v.House.DraftOf(c, d, v.Lang())
	if err != nil {
		return nil, version, err
	}
	f := url.Values{
		"language": {draft.Language}, "doctor": {draft.Doctor}, "harm": {draft.Harm}, "tried": {draft.Tried}, "addition": {draft.Addition},
		"definition": {draft.Definition}, "send_to": {draft.SendTo}, "address": {draft.Address}, "phone": {draft.Phone},
		"circumstances": draft.Circumstances, "enclosed": draft.Enclosed, "have": draft.Have,
	}
	for name, on := range map[string]bool{"expedited": draft.Expedited, "with_calls": draft.WithCalls} {
		if on {
			f.Set(name, "yes")
		}
	}
	if draft.Doctor == "" {
		f.Set("doctor", "none")
	}
	return f, version, nil
}

func viewPacket(v *web.Visit, c *casefile.Case) (packetView, error) {
	var x packetView
	var err error
	if x.Denial, err = actions.DenialOf(c, v.Item("id")); err != nil {
		return x, err
	}
	if x.Standing, err = stand(v, x.Denial); err != nil {
		return x, err
	}
	if x.Files, err = records.Files(c); err != nil {
		return x, err
	}
	x.Files = slices.DeleteFunc(x.Files, func(f records.File) bool { return f.Read && !f.Piece.Belongs.Used() })
	promises, err := v.House.PromisesTo(c, x.Denial)
	if err != nil {
		return x, err
	}
	x.Calls = appeal.Exhibit(promises)
	next := x.Denial.Answer.Next
	x.Fast = next != nil && next.Expedited.Available
	x.Saved = c.Has(appeal.DraftRef(x.Denial.ID))
	x.Doctors, err = signers(v, c)
	return x, err
}

// signers are who may sign the letter of medical necessity, by name.
func signers(v *web.Visit, c *casefile.Case) (map[string]string, error) {
	who := map[string]string{}
	for _, which := range []string{"first", "second"} {
		name, err := v.House.AppealSigner(c, which)
		if err != nil {
			return nil, err
		}
		who[which] = name
	}
	return who, nil
}

// drafted is the draft as the form would make it, and what follows from it.
type drafted struct {
	Draft   appeal.Draft
	Packet  []appeal.Item
	Letters map[string]letters.Letter
}

// there is what the case fills by itself: it cannot be ticked.
func (d drafted) there(f ui.Form) []appeal.Item {
	return slices.DeleteFunc(slices.Clone(d.Packet), func(i appeal.Item) bool { return !i.Have || f.Is("have", i.Rule) })
}

// make gives the letters as the form would have them. A form that cannot be read
// leaves out what is wrong: the page around it says so.
func (x packetView) make(v *web.Visit, f ui.Form) drafted {
	d := drafted{Draft: readPacket(f.Values, x.Denial.ID), Letters: map[string]letters.Letter{}}
	if d.Draft.Language != "en" && d.Draft.Language != "es" {
		d.Draft.Language = v.Lang()
	}
	if a, err := v.House.PacketAnswer(v.Case, x.Denial, d.Draft, v.Lang()); err == nil {
		d.Packet = a.Packet
	}
	for _, name := range x.names(d.Draft) {
		if l, err := v.House.AppealLetterOf(v.Case, x.Denial, d.Draft, name); err == nil {
			d.Letters[name] = l
		}
	}
	return d
}

// names are the letters that there are of this draft, in their order.
func (x packetView) names(d appeal.Draft) []string {
	return slices.DeleteFunc(slices.Clone(actions.AppealLetters), func(name string) bool {
		return d.Doctor == "" && (name == actions.NecessityLetter || name == actions.PeerSheet)
	})
}

// The handlers.

func showPacket(v *web.Visit) error {
	x, err := viewPacket(v, v.Case)
	if err != nil {
		return err
	}
	return v.ShowSheet(packetSheet(v, x))
}

func savePacket(v *web.Visit) error {
	x, err := viewPacket(v, v.Case)
	if err != nil {
		return err
	}
	s := packetSheet(v, x)
	if v.Form.Get("do") == "preview" {
		return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
	}
	if err := v.House.DraftPacket(v.Context(), v.Who, v.Case, readPacket(v.Form, x.Denial.ID), v.Version()); err != nil {
		return v.Again(s, worded(err, nil))
	}
	return v.Go("appeal.packet", x.Denial.ID)
}

// showLetter gives one letter as PDF, as the draft that is saved makes it.
func showLetter(v *web.Visit) error {
	d, draft, err := savedDraft(v)
	if err != nil {
		return err
	}
	which := v.Item("which")
	pdf, err := v.House.PrintAppealLetter(v.Context(), v.Who, v.Case, d, draft, which)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-appeal-"+which+".pdf", v.House.Now(), bytes.NewReader(pdf))
}

// showPacketPDF gives all letters that go to the plan as one PDF.
func showPacketPDF(v *web.Visit) error {
	d, draft, err := savedDraft(v)
	if err != nil {
		return err
	}
	pdf, err := v.House.PrintPacket(v.Context(), v.Who, v.Case, d, draft)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-appeal.pdf", v.House.Now(), bytes.NewReader(pdf))
}

func savedDraft(v *web.Visit) (appeal.Denial, appeal.Draft, error) {
	d, err := actions.DenialOf(v.Case, v.Item("id"))
	if err != nil {
		return d, appeal.Draft{}, err
	}
	if which := v.Item("which"); which != "" && !slices.Contains(actions.AppealLetters, which) {
		return d, appeal.Draft{}, fault.New(fault.NotFound, "fault.not_found")
	}
	draft, _, err := v.House.DraftOf(v.Case, d, v.Lang())
	return d, draft, err
}

// The form: what it says is the draft's own check to judge.

func readPacket(form url.Values, denial string) appeal.Draft {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	d := appeal.Draft{
		Denial: denial, Language: form.Get("language"), Doctor: form.Get("doctor"),
		Address: text("address"), Phone: text("phone"), Harm: text("harm"), Tried: text("tried"), Addition: text("addition"), Definition: text("definition"), SendTo: text("send_to"),
		Expedited: form.Get("expedited") == "yes", WithCalls: form.Get("with_calls") == "yes",
		Enclosed: form["enclosed"], Have: form["have"], Circumstances: form["circumstances"],
	}
	if d.Doctor == "none" {
		d.Doctor = ""
	}
	return d
}
