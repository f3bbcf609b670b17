package records

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the pages show: a form for a new link; the link itself, once; and all links
// with who opened them.

type shareView struct {
	Size  string // of all files, in MB, where it is more than a link may carry
	Limit string // in MB
}

type linkView struct {
	Text, View string
	Code       [][]bool
	Share      records.Share
	Local      bool // this house is on one machine only: nobody elsewhere can open the link
}

// Path draws the dark squares of the code.
func (l linkView) Path() string {
	var b strings.Builder
	for y, row := range l.Code {
		for x, dark := range row {
			if dark {
				b.WriteString("M" + strconv.Itoa(x+4) + " " + strconv.Itoa(y+4) + "h1v1h-1z")
			}
		}
	}
	return b.String()
}

// Box is the code with its quiet border.
func (l linkView) Box() string {
	n := strconv.Itoa(len(l.Code) + 8)
	return "0 0 " + n + " " + n
}

// The handlers.

func showShare(v *web.Visit) error {
	s, err := shareSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

// saveShare makes the link and shows it: the one time that it can be seen.
func saveShare(v *web.Visit) error {
	s, err := shareSheet(v)
	if err != nil {
		return err
	}
	l, err := v.House.SharePacket(v.Context(), v.Who, v.Case, readShare(v.Form))
	if err != nil {
		return v.Again(s, err)
	}
	code, err := v.House.Packets.QR(l.View)
	if err != nil {
		return err
	}
	x := linkView{Text: l.Text, View: l.View, Code: code, Share: l.Share, Local: local(v.House.Public)}
	ui.Acknowledge(v.W, v.R)
	return v.RenderAs(http.StatusOK, v.Say.T("records.share.link"), linkPage(v, x))
}

// local tells whether an address leads nowhere but to this machine.
func local(address string) bool {
	u, err := url.Parse(address)
	return err != nil || u.Hostname() == "localhost" || u.Hostname() == "::1" || strings.HasPrefix(u.Hostname(), "127.")
}

func showShares(v *web.Visit) error {
	all, err := records.Shares(v.Case)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.shares.title"), sharesPage(v, all))
}

func saveShares(v *web.Visit) error {
	if err := v.House.RevokeShare(v.Context(), v.Who, v.Case, v.Form.Get("revoke")); err != nil {
		return err
	}
	return v.Go("records.shares")
}

// mega is how many whole megabytes hold so many bytes.
func mega(n int64) string { return strconv.FormatInt((n+1<<20-1)>>20, 10) }

func shareSheet(v *web.Visit) (web.Sheet, error) {
	choice, _, err := casefile.Read[records.PacketChoice](v.Case, records.PacketChoiceRef)
	if err != nil {
		return web.Sheet{}, err
	}
	files, err := records.Files(v.Case)
	if err != nil {
		return web.Sheet{}, err
	}
	files, _ = records.Packable(files, choice)
	x, what := shareView{Limit: mega(actions.MaxShared)}, records.ShareWhole
	if n := records.SizeOf(files); n > actions.MaxShared {
		x.Size, what = mega(n), records.ShareSummary
	}
	t := v.Say.T
	return web.Sheet{
		Title: t("records.share.title"),
		Fields: []web.Named{
			{Name: "what", Label: t("records.share.what")},
			{Name: "label", Label: t("records.share.label")},
			{Name: "days", Label: t("records.share.days")},
			{Name: "most", Label: t("records.share.most")},
			{Name: "passcode", Label: t("records.share.passcode")},
			{Name: "language", Label: t("records.packet.language")},
			{Name: "agreed", Label: t("records.packet.agreed")},
		},
		Saved: func(*casefile.Case) (url.Values, casefile.Version, error) {
			return url.Values{"what": {what}, "days": {"14"}, "most": {"5"}, "language": {v.Lang()}}, 0, nil
		},
		Draw: func(f ui.Form) templ.Component { return sharePage(v, f, x) },
	}, nil
}

// The form.

func readShare(form url.Values) records.ShareAsk {
	number := func(name string) int {
		n, err := strconv.Atoi(form.Get(name))
		if err != nil {
			return -1
		}
		return n
	}
	a := records.ShareAsk{Label: strings.TrimSpace(form.Get("label")), What: form.Get("what"), Days: number("days"), Most: number("most"), Passcode: form.Get("passcode"), Language: form.Get("language")}
	if form.Get("agreed") == "yes" {
		a.Agreed = records.PacketWording
	}
	return a
}
