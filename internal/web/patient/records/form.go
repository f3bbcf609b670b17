package records

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: everything that the papers of a request are made of: who keeps
// the records, what is asked for, where it goes, what the form needs, who signs.

type formView struct {
	ID     string
	Acting casefile.Acting
	Name   string // of the patient
	For    []string
	Copies []finding.Finding // what to know of copies for oneself
	Others []finding.Finding // and of copies for somebody else
}

// formFields are the fields of the form in their order.
var formFields = strings.Fields("holder office address fax phone email officer insurer kinds details from until chart specimen accession taken wants format need_by to send_name send_place send_address send_fax send_phone purpose expires event sensitive notes signer signer_name authority document authority_state my_address my_phone my_email language")

func formSheet(v *web.Visit, x formView) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("records.form.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			r, version, err := actions.RequestOf(c, x.ID)
			return formOf(v, r), version, err
		},
		Draw: func(f ui.Form) templ.Component { return formPage(v, f, x) },
	}
	for _, name := range formFields {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("records.form." + name)})
	}
	return s
}

func formOf(v *web.Visit, r records.Request) url.Values {
	f := url.Values{
		"holder": {r.Holder.Name}, "office": {r.Holder.Office}, "address": {r.Holder.Address}, "fax": {r.Holder.Fax}, "phone": {r.Holder.Phone}, "email": {r.Holder.Email}, "officer": {r.Holder.Officer},
		"kinds": r.Ask.Kinds, "details": {r.Ask.Details}, "chart": {r.Ask.Chart}, "specimen": {r.Ask.Specimen}, "accession": {r.Ask.Accession}, "wants": r.Ask.Wants, "format": {r.Ask.Format},
		"to": r.Send.To, "send_name": {r.Send.Name}, "send_place": {r.Send.Place}, "send_address": {r.Send.Address}, "send_fax": {r.Send.Fax}, "send_phone": {r.Send.Phone},
		"purpose": {r.Form.Purpose}, "event": {r.Form.Event}, "sensitive": r.Form.Sensitive, "notes": r.Form.Notes,
		"signer": {r.Signer.Who}, "signer_name": {r.Signer.Name}, "authority": {r.Signer.Authority}, "document": {r.Signer.Document}, "authority_state": {r.Signer.State},
		"my_address": {r.Sender.Address}, "my_phone": {r.Sender.Phone}, "my_email": {r.Sender.Email}, "language": {r.Language},
	}
	if r.Holder.Insurer {
		f.Set("insurer", "yes")
	}
	for name, on := range map[string]string{"from": r.Ask.From, "until": r.Ask.Until, "taken": r.Ask.Taken, "need_by": r.Ask.NeedBy, "expires": r.Form.Expires} {
		ui.SetDate(f, name, on)
	}
	return f
}

func viewForm(v *web.Visit) (formView, error) {
	x := formView{ID: v.Item("id")}
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	x.Acting, x.Name = p.Acting, p.Patient.Name
	if err != nil {
		return x, err
	}
	r, _, err := actions.RequestOf(v.Case, x.ID)
	if err != nil {
		return x, err
	}
	x.Copies = r.AdviceOn(day(v), v.Lang(), records.AccessPaper, v.House.Rules)
	x.Others = r.AdviceOn(day(v), v.Lang(), records.AuthorizationPaper, v.House.Rules)
	x.For, err = itemNames(v, r.Items)
	return x, err
}

// The handlers.

func showForm(v *web.Visit) error {
	x, err := viewForm(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(formSheet(v, x))
}

func saveForm(v *web.Visit) error {
	x, err := viewForm(v)
	if err != nil {
		return err
	}
	r, err := readForm(v.Form, x.ID)
	if err != nil {
		err = append(fault.All(err), fault.All(r.Check(v.Today()))...).OrNil()
	} else {
		err = v.House.FillRequest(v.Context(), v.Who, v.Case, r, v.Version())
	}
	if err != nil {
		return v.Again(formSheet(v, x), err)
	}
	return v.Go("records.request", x.ID)
}

// The form: what it says is the request's own check to judge.

func readForm(form url.Values, id string) (records.Request, error) {
	line := func(name string) string { return strings.Join(strings.Fields(form.Get(name)), " ") }
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	var fs fault.Faults
	date := func(name string) string {
		on, wrong := ui.ParseDate(form, name)
		if wrong != nil {
			fs = append(fs, wrong)
		}
		return on
	}
	r := records.Request{
		ID:     id,
		Holder: records.Keeper{Name: line("holder"), Office: line("office"), Address: text("address"), Fax: line("fax"), Phone: line("phone"), Email: line("email"), Officer: line("officer"), Insurer: form.Get("insurer") == "yes"},
		Ask: records.Ask{
			Kinds: form["kinds"], Details: text("details"), From: date("from"), Until: date("until"), Chart: line("chart"),
			Specimen: line("specimen"), Accession: line("accession"), Taken: date("taken"), Wants: form["wants"], Format: form.Get("format"), NeedBy: date("need_by"),
		},
		Send:     records.Where{To: form["to"], Name: line("send_name"), Place: line("send_place"), Address: text("send_address"), Fax: line("send_fax"), Phone: line("send_phone")},
		Sender:   records.Sender{Address: text("my_address"), Phone: line("my_phone"), Email: line("my_email")},
		Form:     records.Release{Purpose: form.Get("purpose"), Expires: date("expires"), Event: line("event"), Sensitive: form["sensitive"], Notes: form["notes"]},
		Signer:   records.Signer{Who: form.Get("signer"), Name: line("signer_name"), Authority: form.Get("authority"), Document: line("document"), State: form.Get("authority_state")},
		Language: form.Get("language"),
	}
	return r, fs.OrNil()
}

// itemNames gives what things are called in the case's own list.
func itemNames(v *web.Visit, items []string) ([]string, error) {
	if len(items) == 0 {
		return nil, nil
	}
	names, err := v.House.ItemNames(v.Case, v.Lang())
	if err != nil {
		return nil, err
	}
	var all []string
	for _, i := range items {
		if name := names.Of(i); name != "" {
			all = append(all, name)
		}
	}
	return all, nil
}

// options makes the choices of a field from its values, with a hint where there are
// words for one.
func options(v *web.Visit, key string, values []string) []ui.Option {
	var os []ui.Option
	for _, x := range values {
		o := ui.Option{Value: x, Label: v.Say.T(key + x)}
		if hint := key + x + ".hint"; v.Say.Has(hint) {
			o.Hint = v.Say.T(hint)
		}
		os = append(os, o)
	}
	return os
}

func states(v *web.Visit) []ui.Option {
	var os []ui.Option
	for _, s := range casefile.States {
		os = append(os, ui.Option{Value: s, Label: v.Say.T("us." + s)})
	}
	return os
}
