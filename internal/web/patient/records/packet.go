package records

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// packetPages are the pages by which the whole record leaves the house and comes in.
var packetPages = []web.Page{
	{ID: "records.packet", Show: showPacket, Save: savePacket},
	{ID: "records.packet_zip", Show: showPacketZip},
	{ID: "records.import", Show: showImport, Save: saveImport, Raw: true},
	{ID: "records.import_check", Item: "{upload}", Show: showImportCheck, Save: saveImportCheck},
	{ID: "records.share", Show: showShare, Save: saveShare},
	{ID: "records.shares", Show: showShares, Save: saveShares},
}

// What the page shows: what goes into the full packet, and what the person agrees to.

type packetView struct {
	Files   []ui.Option
	LeftOut int // files that never go: they may be another person's
	Ready   bool
}

// The handlers.

func showPacket(v *web.Visit) error {
	s, err := packetSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func savePacket(v *web.Visit) error {
	s, err := packetSheet(v)
	if err != nil {
		return err
	}
	if err := v.House.ChoosePacket(v.Context(), v.Who, v.Case, readPacket(v.Form), v.Version()); err != nil {
		return v.Again(s, err)
	}
	return v.Go("records.packet")
}

// showPacketZip streams the packet. One that breaks off is broken off for the browser
// too, so that half a packet never looks like a whole one.
func showPacketZip(v *web.Visit) error {
	p, err := v.House.MakePacket(v.Context(), v.Who, v.Case)
	if fault.Is(err, fault.Forbidden) && fault.All(err)[0].Key == "packet.not_agreed" {
		return v.Go("records.packet")
	}
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", disposition("health-records-"+v.Today()+".zip"))
	h.Set("X-Content-Type-Options", "nosniff")
	if _, err := p.Write(v.Context(), v.W); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func packetSheet(v *web.Visit) (web.Sheet, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return web.Sheet{}, err
	}
	in, left := records.Packable(files, records.PacketChoice{})
	x := packetView{}
	for _, f := range in {
		x.Files = append(x.Files, ui.Option{Value: f.SHA256, Label: f.Base()})
	}
	for _, l := range left {
		x.LeftOut += l.Files
	}
	saved, version, err := casefile.Read[records.PacketChoice](v.Case, records.PacketChoiceRef)
	if err != nil {
		return web.Sheet{}, err
	}
	x.Ready = version > 0 && saved.Check() == nil
	t := v.Say.T
	return web.Sheet{
		Title:  t("records.packet.title"),
		Fields: []web.Named{{Name: "leave", Label: t("records.packet.leave")}, {Name: "language", Label: t("records.packet.language")}, {Name: "agreed", Label: t("records.packet.agreed")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			p, version, err := casefile.Read[records.PacketChoice](c, records.PacketChoiceRef)
			if p.Language == "" {
				p.Language = v.Lang()
			}
			return url.Values{"leave": p.LeftOut, "language": {p.Language}}, version, err
		},
		Draw: func(f ui.Form) templ.Component { return packetPage(v, f, x) },
	}, nil
}

// The form. Consent is asked for each time that the choice is saved.

func readPacket(form url.Values) records.PacketChoice {
	p := records.PacketChoice{LeftOut: slices.Clone(form["leave"]), Language: form.Get("language")}
	if form.Get("agreed") == "yes" {
		p.Agreed = records.PacketWording
	}
	return p
}
