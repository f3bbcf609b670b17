package records

import (
	"io"
	"net/url"
	"regexp"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/finding"
	"consilium/internal/letters"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// isSHA256 is the form of a fingerprint.
var isSHA256 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// What the page shows: the whole paper as it will be signed, beside it what it says in
// the person's own language, and three ways to sign it: the name typed, drawn on the
// screen, or by hand on the printed paper.

type signView struct {
	Asked  askedFor
	Paper  string
	Letter letters.Letter
	Name   string // of who signs
	Files  []records.File
	Lacks  []finding.Finding // what the law wants in it and it has not
	ToRead *letters.Letter   // the same in the person's language, where the paper is in another
}

func viewSign(v *web.Visit) (signView, error) {
	x := signView{Paper: v.Item("which")}
	r, _, err := actions.RequestOf(v.Case, v.Item("id"))
	if err != nil {
		return x, err
	}
	x.Asked = askedFor{r, v.House.RequestClock(r, v.Lang())}
	if x.Letter, err = v.House.RequestPaper(v.Case, r, x.Paper); err != nil {
		return x, err
	}
	if x.Letter.Language != v.Lang() {
		own := r
		own.Language = v.Lang()
		read, err := v.House.RequestPaper(v.Case, own, x.Paper)
		if err != nil {
			return x, err
		}
		x.ToRead = &read
	}
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return x, err
	}
	x.Name = actions.SignerName(r, p)
	x.Lacks = r.LacksOn(day(v), v.Lang(), x.Paper, v.House.Rules).Missing
	x.Files, err = records.Files(v.Case)
	return x, err
}

func signSheet(v *web.Visit, x signView) web.Sheet {
	t := v.Say.T
	return web.Sheet{
		Title:  t("records.sign.title"),
		Fields: []web.Named{{Name: "how", Label: t("records.sign.how")}, {Name: "name", Label: t("records.sign.name")}, {Name: "strokes", Label: t("records.sign.how.drawn")}, {Name: "self", Label: t("records.sign.self", "name", x.Name)}, {Name: "scan", Label: t("records.sign.scan")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			return url.Values{"how": {records.Typed}}, c.Version(records.RequestRef(x.Asked.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return signPage(v, f, x) },
	}
}

// The handlers.

func showSign(v *web.Visit) error {
	x, err := viewSign(v)
	if err != nil {
		return err
	}
	v.Scripts("sign.js")
	return v.ShowSheet(signSheet(v, x))
}

func saveSign(v *web.Visit) error {
	x, err := viewSign(v)
	if err != nil {
		return err
	}
	if err := v.House.SignRequest(v.Context(), v.Who, v.Case, x.Asked.ID, readSign(v.Form, x.Paper), v.Version()); err != nil {
		v.Scripts("sign.js")
		return v.Again(signSheet(v, x), err)
	}
	return v.Go("records.request", x.Asked.ID)
}

// showSigned gives a paper or letter exactly as it was sealed: the newest signed one of a
// name, or the one with a fingerprint, signed or sent.
func showSigned(v *web.Visit) error {
	which := v.Item("which")
	open, name := v.House.OpenSigned, "consilium-signed-"+which+".pdf"
	if isSHA256.MatchString(which) {
		open, name = v.House.OpenCopy, "consilium-records-copy-"+which[:8]+".pdf"
	}
	r, err := open(v.Context(), v.Who, v.Case, v.Item("id"), which)
	if err != nil {
		return err
	}
	defer r.Close()
	return v.Send("application/pdf", name, v.Case.Changed, io.NewSectionReader(r, 0, r.Size()))
}

// The form.

func readSign(form url.Values, paper string) actions.Signing {
	return actions.Signing{Paper: paper, How: form.Get("how"), Name: form.Get("name"), Path: form.Get("strokes"), Self: form.Get("self") == "yes", Scan: form.Get("scan")}
}
